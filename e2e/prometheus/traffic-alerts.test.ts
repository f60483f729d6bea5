import { expect } from 'chai';
import { dump } from 'js-yaml';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { policyOf, settingsOf, stackOf } from '../../src/render/alert-policy/testdata/render-case.ts';
import { renderPolicy } from '../../src/render/alert-policy/render-policy.ts';
import { ensureTool } from '../support/tools.ts';

const STACK = stackOf({ scope: 'Cluster', exporters: { networkFlows: {} } }, { name: 'cluster', namespace: 'monitoring' });

/** One side of a flow: namespace/workload, with its kind where it is no Deployment; a node; or the outside. */
type Side = string;

/** From whom to whom, and the values of the counter, one a minute. */
interface Flow {
  readonly from: Side;
  readonly to: Side;
  readonly values?: string;
  readonly direction?: 'request' | 'response' | 'unknown';
}

function labels(side: 'src' | 'dst', of: Side): string {
  const [, namespace = '', name = '', kind = 'Deployment'] = /^(?:([^/]+)\/)?([^ ]*)(?: (\w+))?$/.exec(of) ?? [];
  const isOutside = of === 'outside';
  const values = isOutside ? ['', '', ''] : [namespace, name, kind];
  return ['namespace', 'owner_name', 'owner_type'].map((label, index) => `k8s_${side}_${label}="${values[index]}"`).join(',');
}

/** The summaries of what fires after `at` (default 2m) of such flows, by a real rule engine. */
async function firing(traffic: object, flows: readonly Flow[], at = '2m'): Promise<string[]> {
  const promtool = await ensureTool('promtool');
  const { piece, rejections } = renderPolicy({ policy: policyOf({ traffic: [traffic] }), references: undefined }, settingsOf(STACK));
  expect(rejections).to.deep.equal([]);
  const dir = mkdtempSync(join(tmpdir(), 'belfry-traffic-'));
  try {
    writeFileSync(join(dir, 'rules.yaml'), `groups:\n${piece?.text}`);
    const input = flows.map(({ from, to, values = '100x60', direction = 'request' }, index) => ({
      series: `beyla_network_flow_bytes_total{job="network-flows",instance="node-${index}",node="node-${index}",direction="${direction}",${labels('src', from)},${labels('dst', to)}}`, values,
    }));
    // With nothing expected, promtool prints whatever fires.
    writeFileSync(join(dir, 'test.yaml'), dump({
      rule_files: ['rules.yaml'], evaluation_interval: '1m',
      tests: [{ interval: '1m', input_series: input, alert_rule_test: [{ eval_time: at, alertname: 'UnexpectedTraffic', exp_alerts: [] }] }],
    }));
    const output = await new Promise<string>((resolve) => {
      execFile(promtool, ['test', 'rules', join(dir, 'test.yaml')], (_, stdout, stderr) => resolve(stdout + stderr));
    });
    expect(output).to.match(/SUCCESS|FAILED/);
    return [...output.slice(output.indexOf('got:')).matchAll(/summary="([^"]*), which nobody declared\."/g)].map(([, words = '']) => words).sort();
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

const FROM = { workload: 'checkout', from: [{ workload: 'frontend' }, { namespace: 'ingress' }] };
const TO = { workload: 'checkout', to: [{ workload: 'db' }, { namespace: 'kube-system', workload: 'coredns' }] };
const flow = (from: Side, to: Side, rest: Partial<Flow> = {}): Flow => ({ from, to, ...rest });

describe('prometheus: alerts on traffic that a policy does not declare', function () {
  this.timeout(120_000);

  const CASES: readonly (readonly [says: string, traffic: object, flows: readonly Flow[], fires: readonly string[]])[] = [
    ['stay silent about declared workloads and namespaces', FROM, [flow('shop/frontend', 'shop/checkout'), flow('ingress/nginx DaemonSet', 'shop/checkout')], []],
    ['fire on a workload of the same namespace that is not declared', FROM, [flow('shop/frontend', 'shop/checkout'), flow('shop/batch CronJob', 'shop/checkout')], ['shop/checkout is talked to by shop/batch']],
    ['fire on a workload of a declared name in another namespace', FROM, [flow('dev/frontend', 'shop/checkout')], ['shop/checkout is talked to by dev/frontend']],
    ['fire once for each of several, on whatever nodes they are seen', FROM, [flow('dev/a', 'shop/checkout'), flow('dev/a', 'shop/checkout'), flow('dev/b', 'shop/checkout')], ['shop/checkout is talked to by dev/a', 'shop/checkout is talked to by dev/b']],
    ['need one connection only', FROM, [flow('dev/a', 'shop/checkout', { values: '_ 60 60 60' })], ['shop/checkout is talked to by dev/a']],
    ['let kubelets probe', FROM, [flow('node-1 Node', 'shop/checkout')], []],
    ['take an answer for no connection', FROM, [flow('shop/db', 'shop/checkout', { direction: 'response' }), flow('dev/a', 'shop/checkout', { direction: 'unknown' })], []],
    ['are of the workload, not of a Service that is called the same', FROM, [flow('dev/a', 'shop/checkout Service')], []],
    ['are of the workload in the policy\'s own namespace', FROM, [flow('dev/a', 'dev/checkout')], []],
    ['watch one side alone where the other is not declared', FROM, [flow('shop/checkout', 'dev/a')], []],
    ['let nobody in where nobody is declared', { workload: 'checkout', from: [] }, [flow('shop/frontend', 'shop/checkout')], ['shop/checkout is talked to by shop/frontend']],
    ['stay silent about what it is declared to talk to, and about the Services before it', TO, [flow('shop/checkout', 'shop/db StatefulSet'), flow('shop/checkout', 'kube-system/coredns'), flow('shop/checkout', 'shop/payments Service')], []],
    ['fire on what it talks to otherwise', TO, [flow('shop/checkout', 'shop/payments'), flow('shop/checkout', 'kube-system/metrics-server')], ['shop/checkout talks to kube-system/metrics-server', 'shop/checkout talks to shop/payments']],
    ['fire on nodes that it talks to', TO, [flow('shop/checkout', 'node-1 Node')], ['shop/checkout talks to node-1']],
    ['unless nodes are declared', { workload: 'checkout', to: [{ nodes: true }] }, [flow('shop/checkout', 'node-1 Node')], []],
  ];
  for (const [says, traffic, flows, fires] of CASES) it(says, async () => expect(await firing(traffic, flows)).to.deep.equal(fires));

  it('fire on the outside when it goes on for ten minutes, and not on an address that nobody knew yet', async () => {
    expect(await firing(FROM, [flow('outside', 'shop/checkout', { values: '0+100x60' })], '25m')).to.deep.equal(['shop/checkout is talked to by addresses outside of the cluster']);
    expect(await firing(FROM, [flow('outside', 'shop/checkout', { values: '_ 60x20' })], '15m')).to.deep.equal([]);
    // A rollout of some minutes, each of whose pods looked so for a second.
    for (const at of ['11m', '14m', '16m', '20m']) expect(await firing(FROM, [flow('outside', 'shop/checkout', { values: '0+100x8 800x20' })], at), at).to.deep.equal([]);
    expect(await firing(TO, [flow('shop/checkout', 'outside', { values: '0+100x60' })], '25m')).to.deep.equal(['shop/checkout talks to addresses outside of the cluster']);
    expect(await firing({ workload: 'checkout', to: [{ outside: true }] }, [flow('shop/checkout', 'outside', { values: '0+100x60' })], '25m')).to.deep.equal([]);
  });

  it('wait as long as they are told, and end when the flow is no longer seen', async () => {
    const patient = { ...FROM, for: '5m' };
    expect(await firing(patient, [flow('dev/a', 'shop/checkout')], '3m')).to.deep.equal([]);
    expect(await firing(patient, [flow('dev/a', 'shop/checkout')], '6m')).to.deep.equal(['shop/checkout is talked to by dev/a']);
    expect(await firing(FROM, [flow('dev/a', 'shop/checkout', { values: '100x10 stale' })], '12m')).to.deep.equal([]);
  });
});
