import { expect } from 'chai';
import { stackSettings } from '../api/defaults.ts';
import type { MonitoringStackSpec } from '../api/monitoring-stack.ts';
import { aStack } from '../testing/build.ts';
import { checkClusterComponents } from './check-cluster-components.ts';

type Spec = MonitoringStackSpec;

function problems(spec: Spec): string[] {
  const stack = aStack('cluster', spec);
  return checkClusterComponents(stack, stackSettings(stack)).map(({ path, message }) => `${path}: ${message}`);
}

const cluster = (spec: Spec): Spec => ({ scope: 'Cluster', ...spec });
const kubeState = (settings: NonNullable<NonNullable<Spec['exporters']>['kubeState']>): Spec => cluster({ exporters: { kubeState: settings } });
const detector = (rules: NonNullable<NonNullable<NonNullable<Spec['exporters']>['nodeProblemDetector']>['rules']>): Spec => cluster({ exporters: { nodeProblemDetector: { rules } } });
type Plugin = NonNullable<NonNullable<NonNullable<Spec['exporters']>['nodeProblemDetector']>['plugins']>[number];
const plugins = (...some: readonly Partial<Plugin>[]): Spec =>
  cluster({ exporters: { nodeProblemDetector: { rules: [{ condition: 'DiskGone', reason: 'Gone', pattern: 'offline' }], plugins: some.map((plugin) => ({ name: 'ntp', script: { configMap: { name: 'npd', key: 'a.sh' } }, reason: 'Down', ...plugin })) } } });
const custom = (rule: NonNullable<NonNullable<NonNullable<Spec['metricsApi']>['custom']>['rules']>[number]): Spec => cluster({ metricsApi: { custom: { rules: [rule] } } });
const resource = (metrics: object[]): Spec => kubeState({ customResources: [{ group: 'example.com', version: 'v1', kind: 'Shop', plural: 'shops', metrics: metrics as never }] });

describe('render/check-cluster-components', () => {
  const GOOD: readonly { says: string; spec: Spec }[] = [
    { says: 'a cluster without a word', spec: cluster({}) },
    { says: 'Pushgateway in a namespace', spec: { exporters: { pushgateway: {} } } },
    { says: 'what is off in a namespace', spec: { exporters: { kubeState: { enabled: false } }, kubernetes: { enabled: false } } },
    { says: 'labels of known resources', spec: kubeState({ metricLabels: { pods: ['*'] }, metricDenylist: ['kube_pod_.+_time'], resources: ['pods', 'secrets'] }) },
    { says: 'the three types of metrics', spec: resource([{ name: 'a', each: { type: 'Gauge', gauge: { path: ['status', 'x'] } } }, { name: 'b', each: { type: 'StateSet', stateSet: { labelName: 'phase', path: ['status', 'phase'], list: ['A'] } } }, { name: 'c', each: { type: 'Info', info: {} } }]) },
    { says: 'a rule for the kernel log', spec: detector([{ condition: 'DiskGone', reason: 'Gone', pattern: String.raw`sd[a-z]\b.*offline|nvme\d+: removed` }]) },
    { says: 'plugins with all defaults', spec: plugins({}, { name: 'other' }) },
    { says: 'plugins with conditions of their own', spec: plugins({ condition: 'NTPProblem', interval: '1d', timeout: '1h' }, { name: 'other', condition: 'MountProblem', interval: '5s' }) },
    { says: 'a rule of the adapter\'s', spec: custom({ series: '{__name__=~"^http_.*",namespace!=""}', matches: '^(.*)_total$', query: 'sum(rate(<<.Series>>{<<.LabelMatchers>>}[2m])) by (<<.GroupBy>>)' }) },
    { says: 'a template beyond plain fields', spec: custom({ series: 'x', query: 'sum(x{<< range $key, $value := .LabelValuesByName >><<$key>>="<<$value>>",<< end >>}) by (<<.GroupBy>>)' }) },
    { says: 'addresses of every kind', spec: cluster({ kubernetes: { etcd: { addresses: ['10.0.0.5', 'fd00::5', 'etcd-1.internal'] }, scheduler: { interval: '1m30s' } } }) },
  ];
  for (const { says, spec } of GOOD) it(`takes ${says}`, () => expect(problems(spec)).to.deep.equal([]));

  const BAD: readonly { says: string; spec: Spec; message: RegExp }[] = [
    ...([
      ['exporters.kubeState', { exporters: { kubeState: {} } }], ['exporters.nodeProblemDetector', { exporters: { nodeProblemDetector: {} } }],
      ['metricsApi.resource', { metricsApi: { resource: {} } }], ['metricsApi.custom', { metricsApi: { custom: {} } }], ['kubernetes', { kubernetes: {} }], ['exporters.node', { exporters: { node: {} } }],
    ] as const).map(([path, spec]) => ({ says: `${path} in a namespace`, spec, message: new RegExp(`^spec\\.${path}: .*scope: Cluster.*remove ${path}$`) })),
    { says: 'a resource that is misspelt', spec: kubeState({ resources: ['pod'] }), message: /resources\[0\].*no resource "pod": did you mean pods\?/ },
    { says: 'labels of an unknown resource', spec: kubeState({ metricLabels: { shops: ['a'] } }), message: /metricLabels\.shops.*customResources/ },
    { says: 'labels of what is not reported', spec: kubeState({ metricLabels: { secrets: ['a'] } }), message: /metricLabels\.secrets.*add secrets to resources/ },
    { says: 'an expression that is none', spec: kubeState({ metricDenylist: ['kube_(pod'] }), message: /metricDenylist\[0\].*"kube_\(pod"/ },
    { says: 'two expressions in one', spec: kubeState({ metricDenylist: ['a,b'] }), message: /comma/ },
    { says: 'a metric without a name', spec: resource([{ each: { type: 'Info', info: {} } }]), message: /metrics\[0\]\.name/ },
    { says: 'a metric of no type', spec: resource([{ name: 'a', each: { type: 'Counter' } }]), message: /each\.type: "Counter" is not one of Gauge, StateSet, Info/ },
    { says: 'a metric whose value is nowhere', spec: resource([{ name: 'a', each: { type: 'Gauge' } }]), message: /add gauge: \{ path/ },
    { says: 'a path that is no list', spec: resource([{ name: 'a', each: { type: 'Gauge', gauge: { path: 'status.x' } } }]), message: /gauge\.path.*\[status, phase\]/ },
    { says: 'a pattern that RE2 does not know', spec: detector([{ reason: 'X', pattern: '(?!x)y' }]), message: /rules\[0\]\.pattern.*\(\?!x\)y/ },
    { says: 'a pattern with a bracket too many', spec: detector([{ reason: 'X', pattern: 'a)|(b' }]), message: /rules\[0\]\.pattern/ },
    { says: 'a condition of the kubelet\'s', spec: detector([{ condition: 'Ready', reason: 'X', pattern: 'x' }]), message: /"Ready" is a condition of Kubernetes' own/ },
    { says: 'two plugins of one name', spec: plugins({}, {}), message: /plugins\[1\]\.name: there is a plugin "ntp" already/ },
    { says: 'a plugin with a condition of the kubelet\'s', spec: plugins({ condition: 'DiskPressure' }), message: /plugins\[0\]\.condition: "DiskPressure" is a condition of Kubernetes' own/ },
    { says: 'two plugins with one condition', spec: plugins({ condition: 'NTPProblem' }, { name: 'b', condition: 'NTPProblem' }), message: /plugins\[1\]\.condition: plugin ntp sets the condition "NTPProblem" already/ },
    { says: 'a plugin with the condition of a rule', spec: plugins({ condition: 'DiskGone' }), message: /plugins\[0\]\.condition: a rule for the kernel log sets/ },
    { says: 'a plugin with a condition that comes with the detector', spec: plugins({ condition: 'KernelDeadlock' }), message: /plugins\[0\]\.condition: a rule for the kernel log sets/ },
    { says: 'a plugin without a pause', spec: plugins({ interval: '0' }), message: /plugins\[0\]\.interval: the interval "0" is too short/ },
    { says: 'a plugin without time', spec: plugins({ timeout: '0s' }), message: /plugins\[0\]\.timeout: the timeout "0s" would end each run/ },
    { says: 'a plugin that may run into its next run', spec: plugins({ interval: '10s', timeout: '11s' }), message: /plugins\[0\]\.timeout: the timeout "11s" is longer than the interval "10s"/ },
    { says: 'an interval that nothing can hold', spec: plugins({ interval: '300y' }), message: /plugins\[0\]\.interval: .*292 years/ },
    { says: 'series that are no selector', spec: custom({ series: 'rate(x[5m])' }), message: /rules\[0\]\.series.*query/ },
    { says: 'series that do not parse', spec: custom({ series: 'x{' }), message: /no selector of series/ },
    { says: 'a query that does not parse', spec: custom({ series: 'x', query: 'sum(<<.Series>>{<<.LabelMatchers>>) by (<<.GroupBy>>)' }), message: /rules\[0\]\.query.*no PromQL/ },
    { says: 'a field that templates do not have', spec: custom({ series: 'x', query: 'sum(<<.Metric>>)' }), message: /"Metric" is not one of \.Series/ },
    { says: 'several groups without a name', spec: custom({ series: 'x', matches: '^(a)_(b)$' }), message: /2 groups.*\$\{1\}/ },
    { says: 'a resource in words', spec: custom({ series: 'x', resources: { pod: 'the pod' } }), message: /resources\.pod.*deployments\.apps/ },
    { says: 'an adapter of an agent\'s', spec: { ...custom({ series: 'x' }), prometheus: { mode: 'Agent' } }, message: /an agent answers no queries/ },
    { says: 'an address with a port', spec: cluster({ kubernetes: { etcd: { addresses: ['10.0.0.5:2381'] } } }), message: /addresses\[0\].*without scheme and port/ },
    { says: 'a URL for an address', spec: cluster({ kubernetes: { proxy: { addresses: ['http://a'] } } }), message: /addresses\[0\]/ },
  ];
  for (const { says, spec, message } of BAD) {
    it(`refuses ${says}, once`, () => {
      expect(problems(spec)).to.have.length(1);
      expect(problems(spec)[0]).to.match(message);
    });
  }
});
