import { expect } from 'chai';
import { clusterSettings, KUBERNETES_PARTS } from './cluster-settings.ts';
import type { MonitoringStackSpec } from './monitoring-stack.ts';

/** What is on, the parts of Kubernetes among it. */
function on(spec: MonitoringStackSpec): string[] {
  const { kubernetes, ...components } = clusterSettings(spec);
  return [...Object.keys(components), ...Object.keys(kubernetes)].sort();
}

const DEFAULT = ['kubeState', 'metricsServer', ...KUBERNETES_PARTS].sort();

describe('api/cluster-settings', () => {
  const CASES: readonly { says: string; spec: MonitoringStackSpec; on: readonly string[] }[] = [
    { says: 'nothing for a namespace', spec: {}, on: [] },
    { says: 'Pushgateway for a namespace that asks', spec: { exporters: { pushgateway: {} } }, on: ['pushgateway'] },
    { says: 'a collector of logs for a namespace that says where they go', spec: { logs: { output: { loki: { url: 'http://loki.test' } } } }, on: ['logs'] },
    { says: 'nothing that looks at the whole cluster for a namespace, even when asked', spec: { exporters: { kubeState: {}, nodeProblemDetector: {} }, metricsApi: { resource: {}, custom: {} }, kubernetes: {} }, on: [] },
    { says: 'kube-state-metrics, metrics-server and all of Kubernetes for a cluster', spec: { scope: 'Cluster' }, on: DEFAULT },
    { says: 'what is asked for beside that', spec: { scope: 'Cluster', exporters: { nodeProblemDetector: {} }, metricsApi: { custom: {} } }, on: [...DEFAULT, 'nodeProblemDetector', 'prometheusAdapter'].sort() },
    {
      says: 'not what is switched off',
      spec: { scope: 'Cluster', exporters: { kubeState: { enabled: false } }, metricsApi: { resource: { enabled: false } }, kubernetes: { etcd: { enabled: false }, proxy: { enabled: false } } },
      on: KUBERNETES_PARTS.filter((part) => part !== 'etcd' && part !== 'proxy').sort(),
    },
    { says: 'nothing of Kubernetes where that is off as a whole', spec: { scope: 'Cluster', kubernetes: { enabled: false, etcd: {} } }, on: ['kubeState', 'metricsServer'] },
  ];
  for (const { says, spec, on: wanted } of CASES) it(`switches on ${says}`, () => expect(on(spec)).to.deep.equal(wanted));

  it('takes releases with and without the v, and writes them with it', () => {
    expect(clusterSettings({ scope: 'Cluster', exporters: { kubeState: { version: '2.18.0' } } }).kubeState?.version).to.equal('v2.18.0');
  });

  it('knows what of Kubernetes was named and what is only there by default', () => {
    const { kubernetes } = clusterSettings({ scope: 'Cluster', kubernetes: { scheduler: { addresses: ['10.0.0.5'] } } });
    expect(kubernetes.scheduler).to.deep.equal({ isAsked: true, addresses: ['10.0.0.5'] });
    expect(kubernetes.etcd).to.deep.equal({ isAsked: false, addresses: [] });
  });
});
