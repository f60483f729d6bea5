import { expect } from 'chai';
import type { MonitoringStackSpec } from '../api/monitoring-stack.ts';
import type { Reason } from '../api/conditions.ts';
import { stackInput, type StackCase } from '../testing/stack-case.ts';
import { renderStack } from './render-stack.ts';

const CASES: readonly { says: string; spec: MonitoringStackSpec; with?: StackCase; path: string; reason: Reason; message: string }[] = [
  {
    says: 'a release that is too old', spec: { prometheus: { version: 'v2.44.9' } },
    path: 'spec.prometheus.version', reason: 'VersionUnsupported', message: 'Prometheus v2.44.9 is older than v2.45.0, the oldest that configs are written for: use v2.45.0 or newer',
  },
  {
    says: 'a release with a fault', spec: { prometheus: { version: '3.9.0' } },
    path: 'spec.prometheus.version', reason: 'VersionWithdrawn', message: 'Prometheus v3.9.0 has a fault: its relabel actions keep and drop do the wrong thing; use v3.9.1 or newer',
  },
  {
    says: 'a StorageClass that is not there', spec: { prometheus: { storage: { size: '1Gi', className: 'fats' } } }, with: { storageClasses: ['slow', 'fast'] },
    path: 'spec.prometheus.storage.className', reason: 'StorageClassMissing', message: 'there is no StorageClass "fats" (there are fast, slow): name one that exists, or leave className out for the default',
  },
  {
    says: 'a StorageClass where there is none', spec: { alertmanager: { storage: { size: '1Gi', className: 'fast' } } }, with: { storageClasses: [] },
    path: 'spec.alertmanager.storage.className', reason: 'StorageClassMissing', message: 'there is no StorageClass "fast" (there is none): name one that exists, or leave className out for the default',
  },
  {
    says: 'an argument that is no flag', spec: { prometheus: { pod: { extraArgs: ['--log.level=debug', 'query.timeout=1m'] } } },
    path: 'spec.prometheus.pod.extraArgs[1]', reason: 'Invalid', message: '"query.timeout=1m" is no flag: write --name or --name=value, in one item',
  },
  {
    says: 'a flag that we set', spec: { prometheus: { pod: { extraArgs: ['--storage.tsdb.retention.time=1d'] } } },
    path: 'spec.prometheus.pod.extraArgs[0]', reason: 'Invalid', message: '--storage.tsdb.retention.time is set by the operator already: remove it, and look for a field of the stack that says the same',
  },
  {
    says: 'the opposite of a flag that we set', spec: { prometheus: { pod: { extraArgs: ['--no-web.enable-lifecycle'] } } },
    path: 'spec.prometheus.pod.extraArgs[0]', reason: 'Invalid', message: '--web.enable-lifecycle is set by the operator already: remove it, and look for a field of the stack that says the same',
  },
  {
    says: 'a flag of Alertmanager\'s that we set', spec: { alertmanager: { pod: { extraArgs: ['--data.retention=1h'] } } },
    path: 'spec.alertmanager.pod.extraArgs[0]', reason: 'Invalid', message: '--data.retention is set by the operator already: remove it, and look for a field of the stack that says the same',
  },
  {
    says: 'the node exporter in a namespace', spec: { exporters: { node: {} } },
    path: 'spec.exporters.node', reason: 'Invalid', message: 'the node exporter looks at whole nodes, so it needs scope: Cluster: set that, or remove exporters.node',
  },
  {
    says: 'Thanos beside an agent', spec: { prometheus: { mode: 'Agent', thanos: {} } },
    path: 'spec.prometheus.thanos', reason: 'Invalid', message: 'an agent keeps no blocks that Thanos could read: remove thanos, or set mode: Server',
  },
  {
    says: 'object storage whose Secret is not there', spec: { prometheus: { thanos: { objectStorage: { name: 'bucket', key: 'thanos.yaml' } } } },
    with: { references: { 'Secret/shop/buckets/thanos.yaml': 'x' } },
    path: 'spec.prometheus.thanos.objectStorage', reason: 'SecretMissing',
    message: 'there is no key "thanos.yaml" in Secret shop/bucket (there is buckets/thanos.yaml): create it with Thanos\' object storage config',
  },
  {
    says: 'an override that matches nothing', spec: { overrides: [{ kind: 'Service', name: 'prometheus', patch: {} }] },
    path: 'spec.overrides[0]', reason: 'Invalid', message: 'the stack has no Service called "prometheus"; the nearest is Service/prometheus-shop: correct kind and name, or remove the override',
  },
];

describe('render/check-stack', () => {
  for (const { says, spec, with: rest, path, reason, message } of CASES) {
    it(`refuses ${says}, and writes nothing`, () => {
      const { objects, rejections } = renderStack(stackInput({ ...rest, spec }));
      expect(rejections).to.deep.equal([{ object: { apiVersion: 'belfry.dev/v1alpha1', kind: 'MonitoringStack', namespace: 'shop', name: 'shop' }, path, reason, message }]);
      expect(objects).to.deep.equal([]);
    });
  }

  const FINE: readonly { says: string; spec: MonitoringStackSpec; with?: StackCase }[] = [
    { says: 'the oldest release', spec: { prometheus: { version: 'v2.45.0' } } },
    { says: 'a release of tomorrow', spec: { prometheus: { version: 'v4.0.0' } } },
    { says: 'a StorageClass that is there', spec: { prometheus: { storage: { size: '1Gi', className: 'fast' } } }, with: { storageClasses: ['fast'] } },
    { says: 'any StorageClass where nobody looked', spec: { prometheus: { storage: { size: '1Gi', className: 'fast' } } } },
    { says: 'the empty StorageClass, which asks for a volume made by hand', spec: { prometheus: { storage: { size: '1Gi', className: '' } } }, with: { storageClasses: ['fast'] } },
    { says: 'one more feature flag', spec: { prometheus: { version: 'v3.5.0', pod: { extraArgs: ['--enable-feature=exemplar-storage'] } } } },
    { says: 'a node exporter that is switched off in a namespace', spec: { exporters: { node: { enabled: false } } } },
  ];
  for (const { says, spec, with: rest } of FINE) {
    it(`takes ${says}`, () => expect(renderStack(stackInput({ ...rest, spec })).rejections).to.deep.equal([]));
  }
});
