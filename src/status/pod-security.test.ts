import { expect } from 'chai';
import type { KubeObject } from '../api/kube-object.ts';
import { podSecurityObstacle } from './pod-security.ts';

const workload = (spec: object): KubeObject => ({ apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'x', namespace: 'monitoring' }, spec: { template: { spec } } });
const enforce = (level: string) => ({ 'pod-security.kubernetes.io/enforce': level });

describe('status/pod-security', () => {
  const HOST: readonly { says: string; spec: object }[] = [
    { says: 'the node\'s network', spec: { hostNetwork: true, containers: [] } },
    { says: 'the node\'s files', spec: { volumes: [{ name: 'root', hostPath: { path: '/' } }] } },
    { says: 'privileges', spec: { containers: [{ name: 'a', securityContext: { privileged: true } }] } },
  ];
  for (const { says, spec } of HOST) {
    it(`tells that a restricted namespace refuses pods with ${says}, and what to do`, () => {
      expect(podSecurityObstacle(workload(spec), enforce('restricted'))).to.match(/"restricted".*kubectl label namespace monitoring pod-security\.kubernetes\.io\/enforce=privileged/);
      expect(podSecurityObstacle(workload(spec), enforce('baseline'))).to.be.a('string');
      expect(podSecurityObstacle(workload(spec), enforce('privileged'))).to.equal(undefined);
      expect(podSecurityObstacle(workload(spec), {})).to.equal(undefined);
    });
  }
  it('has nothing against plain pods', () => {
    expect(podSecurityObstacle(workload({ volumes: [{ name: 'a', emptyDir: {} }], containers: [{ name: 'a' }] }), enforce('restricted'))).to.equal(undefined);
  });
});
