import { expect } from 'chai';
import type { MonitoringStackSpec } from '../api/monitoring-stack.ts';
import { EVERYTHING } from '../testing/every-rule.ts';
import { stackInput } from '../testing/stack-case.ts';
import { image } from './images.ts';
import { renderStack } from './render-stack.ts';
import { IMAGE_REPOSITORIES, type Component } from './versions.ts';

/** What pods of a stack run, init containers too, and what they pull it with. */
function pulled(spec: MonitoringStackSpec): { readonly images: readonly string[]; readonly secrets: readonly unknown[] } {
  const pods = renderStack(stackInput({ spec })).objects.flatMap((object) => (object['spec'] as { template?: { spec: PodSpec } } | undefined)?.template?.spec ?? []);
  return {
    images: pods.flatMap(({ containers, initContainers = [] }) => [...initContainers, ...containers].map(({ image: name }) => name)),
    secrets: pods.map(({ imagePullSecrets }) => imagePullSecrets),
  };
}

interface PodSpec {
  readonly containers: readonly { readonly image: string }[];
  readonly initContainers?: readonly { readonly image: string }[];
  readonly imagePullSecrets?: readonly { readonly name: string }[];
}

describe('render/images', () => {
  it('take everything that a stack runs from the mirror, with its secrets', () => {
    const everything = { ...EVERYTHING, metricsApi: { custom: { rules: [{ series: 'http_requests_total' }] } } };
    // A stack has one collector of log lines at a time.
    const stacks = (['OpenTelemetry', 'FluentBit', 'Fluentd'] as const).map((collector) => pulled({
      ...everything, logs: { collector, output: { elasticsearch: { url: 'http://search.logging:9200' } } }, images: { registry: 'mirror.example', pullSecrets: ['regcred'] },
    }));
    const images = stacks.flatMap((stack) => stack.images);
    const secrets = stacks.flatMap((stack) => stack.secrets);
    expect(images.filter((name) => !name.startsWith('mirror.example/'))).to.deep.equal([]);
    expect(secrets.filter((names) => JSON.stringify(names) !== '[{"name":"regcred"}]')).to.deep.equal([]);
    // All that there are: a component that brings its own way to write an image would be missed.
    const paths = new Set(images.map((name) => name.slice('mirror.example/'.length, name.lastIndexOf(':'))));
    expect(paths).to.deep.equal(new Set(Object.values(IMAGE_REPOSITORIES).map((repository) => repository.slice(repository.indexOf('/') + 1))));
  });

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
