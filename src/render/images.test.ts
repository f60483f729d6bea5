import { expect } from 'chai';
import { image } from './images.ts';
import { IMAGE_REPOSITORIES, type Component } from './versions.ts';

describe('render/images', () => {
  it('takes images from where their projects publish them', () => {
    expect(image('prometheus', 'v3.15.0', { pullSecrets: [] })).to.equal('quay.io/prometheus/prometheus:v3.15.0');
    expect(image('grafana', '13.1.3', { pullSecrets: [] })).to.equal('docker.io/grafana/grafana:13.1.3');
  });

  it('puts a mirror in place of the host, for every component', () => {
    for (const component of Object.keys(IMAGE_REPOSITORIES) as Component[]) {
      const mirrored = image(component, 'v1', { registry: 'mirror.example:5000/cache/', pullSecrets: [] });
      expect(mirrored).to.equal(`mirror.example:5000/cache/${IMAGE_REPOSITORIES[component].split('/').slice(1).join('/')}:v1`);
    }
  });
});
