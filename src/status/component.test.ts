import { expect } from 'chai';
import type { KubeObject } from '../api/kube-object.ts';
import { apiTrouble, componentOf } from './component.ts';
import { isReady } from './components-ready.ts';

const workload = (kind: string, spec: object, status: object): KubeObject => ({ apiVersion: 'apps/v1', kind, metadata: { name: 'x', generation: 2 }, spec, status });
const pod = (name: string, status: object, metadata: object = {}): KubeObject => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name, ...metadata }, status });
const sts = workload('StatefulSet', { replicas: 2 }, { observedGeneration: 2, readyReplicas: 2, updatedReplicas: 2 });

const COUNTS: readonly { says: string; object: KubeObject; ready: string; isReady: boolean }[] = [
  { says: 'a full StatefulSet', object: sts, ready: '2/2', isReady: true },
  { says: 'a StatefulSet whose newest spec nobody has seen', object: workload('StatefulSet', { replicas: 2 }, { observedGeneration: 1, readyReplicas: 2, updatedReplicas: 2 }), ready: '2/2', isReady: false },
  { says: 'a Deployment that rolls', object: workload('Deployment', { replicas: 2 }, { observedGeneration: 2, readyReplicas: 2, updatedReplicas: 1 }), ready: '2/2', isReady: false },
  { says: 'a Deployment without a status', object: workload('Deployment', {}, {}), ready: '0/1', isReady: false },
  { says: 'a DaemonSet on three nodes', object: workload('DaemonSet', {}, { observedGeneration: 2, desiredNumberScheduled: 3, numberReady: 3, updatedNumberScheduled: 3 }), ready: '3/3', isReady: true },
  { says: 'a DaemonSet that nobody has seen', object: workload('DaemonSet', {}, {}), ready: '0/1', isReady: false },
  { says: 'a DaemonSet without nodes', object: workload('DaemonSet', {}, { observedGeneration: 2, desiredNumberScheduled: 0 }), ready: '0/0', isReady: true },
  { says: 'a StatefulSet scaled to nothing', object: workload('StatefulSet', { replicas: 0 }, { observedGeneration: 2 }), ready: '0/0', isReady: true },
];

const PODS: readonly { says: string; object: KubeObject; reason?: string; message?: string }[] = [
  { says: 'a ready pod', object: pod('a', { conditions: [{ type: 'Ready', status: 'True' }] }) },
  { says: 'a pod that goes away', object: pod('a', { conditions: [{ type: 'Ready', status: 'False' }] }, { deletionTimestamp: 'now' }) },
  { says: 'a pod without a node', object: pod('a', { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/3 nodes' }] }), reason: 'Unschedulable', message: '0/3 nodes' },
  {
    says: 'a crash loop, with its last words',
    object: pod('a', { containerStatuses: [{ name: 'p', ready: false, state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s' } }, lastState: { terminated: { reason: 'Error', exitCode: 2, message: 'bad flag' } } }] }),
    reason: 'CrashLoopBackOff', message: 'container p ended with code 2: bad flag',
  },
  {
    says: 'a crash loop, with the last line of its log',
    object: pod('a', { containerStatuses: [{ name: 'p', ready: false, state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: { terminated: { reason: 'Error', exitCode: 1, message: 'starting\nflags are fine\nlisten tcp :9100: bind: address already in use\n' } } }] }),
    reason: 'CrashLoopBackOff', message: 'container p ended with code 1: listen tcp :9100: bind: address already in use',
  },
  {
    says: 'the container that fails rather than the one that waits for it',
    object: pod('a', { initContainerStatuses: [{ name: 'i', ready: false, state: { waiting: { reason: 'ImagePullBackOff', message: 'no image' } } }], containerStatuses: [{ name: 'p', ready: false, state: { waiting: { reason: 'PodInitializing' } } }] }),
    reason: 'ImagePullBackOff', message: 'no image',
  },
  {
    says: 'memory',
    object: pod('a', { containerStatuses: [{ name: 'p', ready: false, state: { terminated: { reason: 'OOMKilled', exitCode: 137 } } }] }),
    reason: 'OOMKilled', message: 'container p ended with code 137 (OOMKilled)',
  },
  { says: 'a probe', object: pod('a', { phase: 'Running', conditions: [{ type: 'Ready', status: 'False', reason: 'ContainersNotReady', message: 'unready: [p]' }], containerStatuses: [{ name: 'p', ready: false, state: { running: {} } }] }), reason: 'ContainersNotReady', message: 'unready: [p]' },
  { says: 'an eviction', object: pod('a', { phase: 'Failed', reason: 'Evicted', message: 'low on memory' }), reason: 'Evicted', message: 'low on memory' },
];

describe('status/component', () => {
  for (const { says, object, ready, isReady: expected } of COUNTS) {
    it(`counts ${says} as ${ready}, ${expected ? '' : 'not '}ready`, () => {
      const component = componentOf('x', object, []);
      expect(`${component.ready}/${component.wanted}`).to.equal(ready);
      expect(isReady(component)).to.equal(expected);
    });
  }
  for (const { says, object, reason, message } of PODS) {
    it(reason ? `names ${says}` : `leaves out ${says}`, () => {
      expect(componentOf('x', sts, [object]).waiting).to.deep.equal(reason ? [{ name: 'a', reason, message }] : []);
    });
  }

  it('tells of an API that the API server cannot reach, and not of one that it has yet to try', () => {
    const api = (status: object): KubeObject => ({ apiVersion: 'apiregistration.k8s.io/v1', kind: 'APIService', metadata: { name: 'v1beta1.metrics.k8s.io' }, status });
    expect(apiTrouble(api({ conditions: [{ type: 'Available', status: 'False', reason: 'FailedDiscoveryCheck', message: 'no route to host' }] }))).to.equal('v1beta1.metrics.k8s.io cannot be reached by the API server: FailedDiscoveryCheck: no route to host');
    expect(apiTrouble(api({ conditions: [{ type: 'Available', status: 'True', reason: 'Passed' }] }))).to.equal(undefined);
    expect(apiTrouble(api({}))).to.equal(undefined);
  });
});
