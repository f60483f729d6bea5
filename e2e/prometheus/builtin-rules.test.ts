import { expect } from 'chai';
import { compareWithFile } from '../../src/testing/golden.ts';
import { everyRule, EVERYTHING, rulesOf } from '../../src/testing/every-rule.ts';
import type { RuleGroup } from '../../src/formats/prometheus/rule-group.ts';
import { selectors } from '../../src/formats/prometheus/promql.ts';
import { firedAlerts, testRules, type FiredAlert } from './fired-alerts.ts';
import { checkRules } from './promtool.ts';
import { CLUSTER_CASES } from './rule-cases/cluster-rules.ts';
import { EXPORTER_CASES } from './rule-cases/exporter-rules.ts';
import { HEALTHY } from './rule-cases/healthy.ts';
import { KUBERNETES_CASES } from './rule-cases/kubernetes-rules.ts';
import { LOG_CASES } from './rule-cases/log-rules.ts';
import { NODE_CASES } from './rule-cases/node-rules.ts';
import { OPERATOR_CASES } from './rule-cases/operator-rules.ts';
import { state, type RuleCase } from './rule-cases/rule-case.ts';
import { STACK_CASES } from './rule-cases/stack-rules.ts';

const GROUPS = everyRule();
const CASES: readonly RuleCase[] = [...STACK_CASES, ...EXPORTER_CASES, ...NODE_CASES, ...KUBERNETES_CASES, ...CLUSTER_CASES, ...OPERATOR_CASES, ...LOG_CASES];
const RECORDS = new Map(GROUPS.flatMap((group) => group.rules.flatMap(({ record }) => (record === undefined ? [] : [[record, group] as const]))));

const alertsOf = ({ rules }: RuleGroup): Set<string> => new Set(rules.flatMap(({ alert }) => alert ?? []));
const namesIn = (expr: string): string[] => selectors(expr).flatMap(({ name, matchers }) => name ?? matchers.filter((matcher) => matcher.name === '__name__').map(({ value }) => value));

/** A group and the records that it builds on, and nothing else: promtool evaluates all there is for every test. */
function withRecords(group: RuleGroup): RuleGroup[] {
  if (group.name === 'belfry/general') return GROUPS.filter(({ name }) => /general|node/.test(name));
  const found = new Set([group]);
  for (const one of found) for (const name of one.rules.flatMap(({ expr }) => namesIn(expr))) if (RECORDS.has(name)) found.add(RECORDS.get(name) as RuleGroup);
  return GROUPS.filter((one) => found.has(one));
}

const sentence = ({ labels, annotations }: FiredAlert): string => `${labels['severity']?.padEnd(8)} ${labels['alertname']}: ${annotations['summary']}\n         ${annotations['description']}\n`;

describe('builtin rules, by promtool', function () {
  this.timeout(120_000);
  const texts = new Map<RuleCase, string>();

  for (const version of ['2.45', '2.55', '3.5', undefined]) {
    it(`are taken by Prometheus ${version ?? 'of today'}`, async () => {
      expect(await checkRules([JSON.stringify({ groups: GROUPS })], version)).to.deep.equal([undefined]);
    });
  }

  for (const group of GROUPS.filter((one) => alertsOf(one).size > 0)) {
    it(`every alert of ${group.name} fires when it should, as often as it should, and not otherwise`, async () => {
      const cases = CASES.filter(({ alert }) => alertsOf(group).has(alert));
      for (const some of Object.values(Object.groupBy(cases, ({ step = '1m' }) => step))) {
        const fired = await firedAlerts(withRecords(group), some ?? []);
        for (const [index, one] of (some ?? []).entries()) {
          expect(fired[index]?.length, `${one.alert} at ${one.at}: ${one.says ?? ''}`).to.equal(one.count ?? 1);
          texts.set(one, (fired[index] ?? []).map(sentence).join(''));
        }
      }
    });
  }

  it('say what people can read', () => {
    const all = CASES.map((one) => texts.get(one) ?? '').join('');
    expect(all).not.to.match(/<error|%!|NaN|<no value>|undefined|\(\)|  \S+ of \/|: \.|\{\{/);
    compareWithFile(`${import.meta.dirname}/testdata/alert-texts.txt`, all);
  });

  it('have a case for every alert there is, and for every severity of it', () => {
    const most = Map.groupBy(CASES, ({ alert }) => alert);
    const rules = Map.groupBy(GROUPS.flatMap(({ rules: all }) => all).filter(({ alert }) => alert !== undefined), ({ alert = '' }) => alert);
    for (const [alert, several] of rules) {
      const severities = new Set(several.map(({ labels }) => labels?.['severity'])).size;
      expect(Math.max(0, ...(most.get(alert) ?? []).map(({ count = 1 }) => count)), alert).to.be.at.least(severities);
    }
    expect([...most.keys()].filter((alert) => !rules.has(alert))).to.deep.equal([]);
  });

  it('do not fire while all is well, but for Watchdog', async () => {
    const exp_samples = [{ labels: '{alertname="Watchdog"}', value: 1 }];
    const promql_expr_test = [{ expr: 'count by (alertname) (ALERTS{alertname!=""})', eval_time: '60m', exp_samples }];
    const input_series = Object.entries(HEALTHY).map(([series, values]) => ({ series, values }));
    const { code, output } = await testRules(GROUPS, '1m', [{ name: 'healthy', interval: '1m', input_series, promql_expr_test }]);
    expect(code, output).to.equal(0);
  });

  it('have something to look at while all is well', () => {
    const there = new Set(Object.keys(HEALTHY).map((series) => series.slice(0, series.indexOf('{'))));
    const asked = new Set(rulesOf(EVERYTHING).flatMap(({ rules }) => rules.flatMap(({ expr }) => namesIn(expr))));
    expect([...asked].filter((name) => !there.has(name) && !RECORDS.has(name) && name !== 'ALERTS').sort()).to.deep.equal([]);
  });

  it('record what their names say', async () => {
    const idle = 'node_cpu_seconds_total{job="node-exporter",instance="node-1",cpu="0",mode="idle"}';
    const series = { [idle]: '0+45x60', [idle.replace('cpu="0"', 'cpu="1"')]: '0+15x60', 'node_load1{job="node-exporter",instance="node-1"}': '4x60' };
    const at = (expr: string, value: number) => ({ expr, eval_time: '30m', exp_samples: [{ labels: `${expr}{instance="node-1",job="node-exporter"}`, value }] });
    const promql_expr_test = [at('instance:node_num_cpu:sum', 2), at('instance:node_cpu_utilisation:rate5m', 0.5), at('instance:node_load1_per_cpu:ratio', 2)];
    const input_series = Object.entries(series).map(([key, values]) => ({ series: key, values }));
    const { code, output } = await testRules(GROUPS, '1m', [{ name: 'records', interval: '1m', input_series, promql_expr_test }]);
    expect(code, output).to.equal(0);
  });

  it('record for dashboards from elsewhere what those expect', async () => {
    const pod = 'namespace="shop",pod="web-1"';
    const series = {
      [state('kube_pod_info', `${pod},node="node-1"`)]: '1x60',
      [state('kube_pod_status_phase', `${pod},phase="Running"`)]: '1x60',
      [state('kube_pod_owner', `${pod},owner_kind="ReplicaSet",owner_name="web-5d"`)]: '1x60',
      [state('kube_replicaset_owner', 'namespace="shop",replicaset="web-5d",owner_kind="Deployment",owner_name="web"')]: '1x60',
      [state('kube_pod_container_resource_limits', `${pod},container="app",node="node-1",resource="memory"`)]: '1000x60',
      [`container_cpu_usage_seconds_total{job="kubelet",node="node-1",${pod},container="app"}`]: '0+30x60',
      [`container_memory_working_set_bytes{job="kubelet",node="node-1",${pod},container="app"}`]: '500x60',
    };
    const inNode = '{container="app",namespace="shop",node="node-1",pod="web-1"}';
    const wanted: Readonly<Record<string, readonly [labels: string, value: number]>> = {
      'node_namespace_pod_container:container_cpu_usage_seconds_total:sum_rate5m': [inNode, 0.5],
      'node_namespace_pod_container:container_memory_working_set_bytes': [inNode, 500],
      'cluster:namespace:pod_memory:active:kube_pod_container_resource_limits': [inNode, 1000],
      'namespace_memory:kube_pod_container_resource_limits:sum': ['{namespace="shop"}', 1000],
      'namespace_workload_pod:kube_pod_owner:relabel': ['{namespace="shop",pod="web-1",workload="web",workload_type="deployment"}', 1],
    };
    const promql_expr_test = Object.entries(wanted).map(([expr, [labels, value]]) => ({ expr, eval_time: '30m', exp_samples: [{ labels: expr + labels, value }] }));
    const input_series = Object.entries(series).map(([key, values]) => ({ series: key, values }));
    const { code, output } = await testRules(GROUPS.filter(({ name }) => name === 'belfry/kubernetes-dashboards'), '1m', [{ name: 'dashboards', interval: '1m', input_series, promql_expr_test }]);
    expect(code, output).to.equal(0);
  });
});
