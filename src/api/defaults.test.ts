import { expect } from 'chai';
import { stackSettings } from './defaults.ts';
import type { MonitoringStackSpec } from './monitoring-stack.ts';

const settings = (spec: MonitoringStackSpec = {}) => stackSettings({ spec });

describe('api/defaults', () => {
  it('{} is a whole stack for its own namespace', () => {
    expect(settings()).to.deep.equal({
      scope: 'Namespace',
      select: { namespaces: 'Own', targets: {}, policies: {} },
      crossNamespace: false,
      annotations: { enabled: true, prefix: 'prometheus.io' },
      prometheus: {
        version: 'v3.15.0', mode: 'Server', replicas: 1, shards: 1, spread: [1], retention: { time: '15d' }, scrape: { interval: '30s', timeout: '10s', limits: {} },
        evaluationInterval: '30s', externalLabels: {}, remoteWrite: [], pod: {},
      },
      alertmanager: { version: 'v0.31.1', replicas: 1, routeScope: 'Namespace', groupBy: ['alertname', 'namespace'], retention: '120h', pod: {} },
      grafana: { version: '13.1.3', dashboardsFromNamespaces: false, pod: {} },
      blackbox: { on: 'WhenProbed', version: 'v0.28.0', modules: {}, pod: {} },
      rulePacks: { enabled: true, disable: [], enable: [], overrides: [], runbookUrl: 'https://belfry.dev/runbooks/' },
      images: { pullSecrets: [] },
      kubernetes: {},
      suspend: false,
    });
  });

  it('scope Cluster selects all namespaces and brings the node exporter', () => {
    const { select, nodeExporter } = settings({ scope: 'Cluster' });
    expect(select.namespaces).to.deep.equal({});
    expect(nodeExporter).to.deep.equal({ version: 'v1.12.1', port: 9100, pod: {} });
  });

  it('the same spec gives the same object', () => {
    const spec = {};
    expect(stackSettings({ spec })).to.equal(stackSettings({ spec }));
  });

  const ON_AND_OFF: readonly { says: string; spec: MonitoringStackSpec; is: (got: ReturnType<typeof settings>) => unknown; wanted: unknown }[] = [
    { says: 'an empty key switches a component on', spec: { prometheus: { thanos: {} } }, is: ({ prometheus }) => prometheus.thanos?.version, wanted: 'v0.41.0' },
    { says: 'Thanos gets a label by which replicas are told apart', spec: { prometheus: { thanos: {}, externalLabels: { cluster: 'a' } } }, is: ({ prometheus }) => prometheus.externalLabels, wanted: { prometheus_replica: '${POD_NAME}', cluster: 'a' } },
    { says: 'Thanos gets none where there is one', spec: { prometheus: { thanos: {}, externalLabels: { who: 'x-$POD_NAME' } } }, is: ({ prometheus }) => prometheus.externalLabels, wanted: { who: 'x-$POD_NAME' } },
    { says: 'without Thanos no label is added', spec: { prometheus: { replicas: 2, externalLabels: { cluster: 'a' } } }, is: ({ prometheus }) => prometheus.externalLabels, wanted: { cluster: 'a' } },
    { says: 'enabled: false switches one off', spec: { grafana: { enabled: false } }, is: ({ grafana }) => grafana, wanted: undefined },
    { says: 'enabled: false goes before everything beside it', spec: { alertmanager: { enabled: false, replicas: 3 } }, is: ({ alertmanager }) => alertmanager, wanted: undefined },
    { says: 'annotation discovery goes off as a whole', spec: { discovery: { annotations: { enabled: false } } }, is: ({ annotations }) => annotations.enabled, wanted: false },
    { says: 'rule packs go off as a whole', spec: { rulePacks: { enabled: false } }, is: ({ rulePacks }) => rulePacks.enabled, wanted: false },
    { says: 'an agent has no Alertmanager', spec: { prometheus: { mode: 'Agent' } }, is: ({ alertmanager }) => alertmanager, wanted: undefined },
    { says: 'an agent has no Grafana', spec: { prometheus: { mode: 'Agent' } }, is: ({ grafana }) => grafana, wanted: undefined },
    { says: 'an agent has the Alertmanager that is asked for', spec: { prometheus: { mode: 'Agent' }, alertmanager: {} }, is: ({ alertmanager }) => alertmanager?.replicas, wanted: 1 },
    { says: 'the node exporter stays off in a namespace', spec: {}, is: ({ nodeExporter }) => nodeExporter, wanted: undefined },
    { says: 'the node exporter can be switched off', spec: { scope: 'Cluster', exporters: { node: { enabled: false } } }, is: ({ nodeExporter }) => nodeExporter, wanted: undefined },
    { says: 'systemd is asked when its key is there', spec: { scope: 'Cluster', exporters: { node: { systemd: {} } } }, is: ({ nodeExporter }) => nodeExporter?.systemdUnits, wanted: '(docker|containerd|ssh|sshd|rsyslog|kubelet).service' },
    { says: 'systemd units are the user\'s', spec: { scope: 'Cluster', exporters: { node: { systemd: { units: 'x.service' } } } }, is: ({ nodeExporter }) => nodeExporter?.systemdUnits, wanted: 'x.service' },
    { says: 'the blackbox exporter runs when asked for', spec: { exporters: { blackbox: {} } }, is: ({ blackbox }) => blackbox.on, wanted: 'Always' },
    { says: 'the blackbox exporter never runs when switched off', spec: { exporters: { blackbox: { enabled: false } } }, is: ({ blackbox }) => blackbox.on, wanted: 'Never' },
    { says: 'a release may lack its v', spec: { prometheus: { version: '2.55.1' } }, is: ({ prometheus }) => prometheus.version, wanted: 'v2.55.1' },
    { says: 'Grafana\'s images have no v', spec: { grafana: { version: 'v12.0.0' } }, is: ({ grafana }) => grafana?.version, wanted: '12.0.0' },
    { says: 'a size leaves the default time', spec: { prometheus: { retention: { size: '1GB' } } }, is: ({ prometheus }) => prometheus.retention, wanted: { time: '15d', size: '1GB' } },
    { says: 'no replicas are no replicas', spec: { prometheus: { replicas: 0 } }, is: ({ prometheus }) => prometheus.replicas, wanted: 0 },
  ];
  for (const { says, spec, is, wanted } of ON_AND_OFF) {
    it(says, () => expect(is(settings(spec))).to.deep.equal(wanted));
  }
});
