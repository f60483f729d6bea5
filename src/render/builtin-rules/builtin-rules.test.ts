import { parser } from '@prometheus-io/lezer-promql';
import { expect } from 'chai';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stackSettings } from '../../api/defaults.ts';
import type { MonitoringStackSpec } from '../../api/monitoring-stack.ts';
import type { RuleOverride } from '../../api/rule-packs.ts';
import { ruleGroupProblems } from '../../formats/prometheus/rule-group-problems.ts';
import type { ScrapeConfig } from '../../formats/prometheus/scrape-config.ts';
import { everyRule, EVERYTHING, rulesOf } from '../../testing/every-rule.ts';
import { stackOf } from '../../testing/scrape-target-case.ts';
import { UNEXPECTED_TRAFFIC } from '../alert-policy/traffic-rules.ts';
import { builtinTargets } from '../builtin-targets/builtin-targets.ts';
import { kubernetesParts } from '../builtin-targets/kubernetes-parts.ts';
import { stackParts } from '../stack-parts.ts';
import { ruleName, type PackAlert } from './alert.ts';
import { builtinRules } from './builtin-rules.ts';
import { PACKS } from './packs.ts';

const names = (spec: MonitoringStackSpec) => rulesOf(spec).flatMap(({ rules }) => rules.map(({ alert = '', record = '' }) => alert || record));
const only = (spec: MonitoringStackSpec, name: string) => rulesOf(spec).flatMap(({ rules }) => rules.filter(({ alert }) => alert === name));
const ALERTS = PACKS.flatMap(({ rules }) => rules.filter((rule): rule is PackAlert => 'alert' in rule));

/** Alerts that are made of what a policy declares. */
const OF_POLICIES = [UNEXPECTED_TRAFFIC];

const ROOT = join(import.meta.dirname, '../../..');

describe('render/builtin-rules', () => {
  it('are what Prometheus takes, from the oldest release on', () => {
    const strict = parser.configure({ strict: true });
    for (const group of everyRule()) {
      for (const version of [[2, 45, 0], [3, 15, 0]] as const) expect(ruleGroupProblems(group, version), group.name).to.deep.equal([]);
      for (const { expr } of group.rules) expect(() => strict.parse(expr), expr).not.to.throw();
    }
  });

  it('have texts that are sentences, and a summary that fits on a phone', () => {
    for (const { alert, summary, description } of ALERTS) {
      expect(summary, alert).to.match(/\S\.$/);
      expect(summary.replace(/\{\{.*?\}\}/g, 'twelve words').length, alert).to.be.below(120);
      expect(description, alert).to.match(/\S\.$/);
    }
  });

  it('have names of their own: packs are not called as rules are, and an alert is in one pack', () => {
    const packNames = PACKS.map(({ name }) => name);
    expect(new Set(packNames).size).to.equal(packNames.length);
    for (const name of packNames) expect(name).to.match(/^[a-z]+(-[a-z]+)*$/);
    const packsOf = new Map<string, Set<string>>();
    for (const { name, rules } of PACKS) for (const rule of rules) packsOf.set(ruleName(rule), (packsOf.get(ruleName(rule)) ?? new Set()).add(name));
    expect([...packsOf].filter(([name, packs]) => packs.size > 1 || packNames.includes(name)).map(([name]) => name)).to.deep.equal([]);
  });

  it('tell rules of one alert apart by severity or labels, as Prometheus must', () => {
    const keys = ALERTS.map(({ alert, severity, labels }) => JSON.stringify([alert, severity, labels]));
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).to.deep.equal([]);
  });

  it('record only what a rule or a dashboard needs, or what is off', () => {
    const expressions = everyRule().flatMap(({ rules }) => rules.map(({ expr }) => expr)).join('\n');
    const unused = PACKS.flatMap(({ rules }) => rules.filter((rule) => 'record' in rule && rule.off === undefined)).map(ruleName).filter((name) => !expressions.includes(name));
    expect(unused).to.deep.equal([]);
  });

  it('come with what is on, and go with it', () => {
    const few = names({ alertmanager: { enabled: false }, exporters: { blackbox: { enabled: false } } });
    expect(few).to.include.members(['TargetDown', 'Watchdog', 'PrometheusBadConfig', 'GrafanaRequestsFailing']);
    expect(few.filter((name) => /^(Alertmanager|Node|Kube|etcd|CoreDNS|Blackbox|Pushgateway|Thanos|PrometheusRemote|PrometheusNotConnected)/.test(name))).to.deep.equal([]);
    expect(names({})).to.include('PrometheusNotConnectedToAlertmanagers').and.not.include('AlertmanagerMembersInconsistent');
    expect(names(EVERYTHING)).to.include.members(['AlertmanagerMembersInconsistent', 'PrometheusRemoteWriteBehind', 'NodeSystemdServiceFailed', 'NodeProblem', 'ThanosSidecarBucketOperationsFailed']);
    expect(names({ scope: 'Cluster' })).to.include.members(['NodeClockSkewDetected', 'KubePodCrashLooping', 'etcdNoLeader', 'CoreDNSDown']).and.not.include('NodeSystemdServiceFailed');
    expect(names({ scope: 'Cluster', exporters: { kubeState: { enabled: false } } })).to.include('KubeletDown').and.not.include('KubePodCrashLooping');
    expect(names({ scope: 'Cluster', kubernetes: { etcd: { enabled: false } } })).not.to.include('etcdNoLeader');
  });

  it('of a part of Kubernetes that the platform hides stay away, but what its lease tells does not', () => {
    const settings = stackSettings({ spec: { scope: 'Cluster' } });
    const hidden = builtinRules(settings, new Set(['apiServer', 'kubelet'])).flatMap(({ rules }) => rules.map(({ alert }) => alert));
    expect(hidden).to.include.members(['KubeAPIDown', 'KubeletDown', 'KubeSchedulerDown', 'KubeControllerManagerDown']);
    expect(hidden.filter((name = '') => /^(etcd|CoreDNS|KubeProxy)/.test(name))).to.deep.equal([]);
    const refused = stackSettings({ spec: { scope: 'Cluster', kubernetes: { scheduler: { enabled: false } } } });
    expect(builtinRules(refused, new Set()).flatMap(({ rules }) => rules.map(({ alert }) => alert))).not.to.include('KubeSchedulerDown');
  });

  it('about all targets of a job are with the first shard, which has such jobs as a whole, or with none', () => {
    const settings = stackSettings({ spec: { ...EVERYTHING, prometheus: { ...EVERYTHING.prometheus, shards: 2 } } });
    const { shown } = kubernetesParts(settings, undefined);
    const namesOn = (shard: 'First' | 'Other'): (string | undefined)[] => builtinRules(settings, shown, shard).flatMap(({ rules }) => rules.map(({ alert, record }) => alert ?? record));
    const [first, other] = [namesOn('First'), namesOn('Other')];
    expect(names(EVERYTHING).filter((name) => !first.includes(name))).to.deep.equal(['KubeletDown', 'KubeProxyDown']);
    expect(first.filter((name) => !other.includes(name))).to.include.members(['KubeAPIDown', 'etcdInsufficientMembers', 'AlertmanagerClusterDown', 'ThanosQueryDown', 'BelfryDown']).and.not.include('TargetDown');
    const absent = builtinRules(settings, shown, 'Other').flatMap(({ rules }) => rules.filter(({ expr }) => /\babsent/.test(expr)));
    expect(absent).to.deep.equal([]);
  });

  it('that are with the first shard ask for jobs that it has as a whole', () => {
    const stack = stackOf({ ...EVERYTHING, prometheus: { ...EVERYTHING.prometheus, shards: 2 } });
    const settings = stackSettings(stack);
    const facts = { namespaces: new Map(), references: undefined };
    const jobs = builtinTargets(stack.metadata, settings, { facts, parts: stackParts(stack, settings, facts), probes: true, operatorNamespace: 'belfry-system' });
    const label = ({ relabel_configs = [] }: ScrapeConfig) => relabel_configs.findLast(({ target_label }) => target_label === 'job')?.replacement;
    const whole = new Set(jobs.filter(({ relabel_configs = [] }) => relabel_configs.some(({ modulus }) => modulus === 1)).map(label));
    const alerts = PACKS.flatMap(({ rules }) => rules).flatMap((rule) => ('alert' in rule && rule.ofAll === 'OnFirstShard' ? [rule] : []));
    const asked = alerts.flatMap((rule) => [...(rule.threshold === undefined ? rule.expr : rule.expr('1')).matchAll(/job="([^"]+)"/g)].map(([, job]) => job));
    expect(asked.length).to.be.greaterThan(9);
    expect([...new Set(asked)].filter((job) => !whole.has(job))).to.deep.equal([]);
  });

  it('are left out by name, by pack, or as a whole', () => {
    expect(names({ ...EVERYTHING, rulePacks: { disable: ['NodeRAIDDegraded', 'instance:node_load1_per_cpu:ratio'] } })).to.deep.equal(
      names(EVERYTHING).filter((name) => name !== 'NodeRAIDDegraded' && name !== 'instance:node_load1_per_cpu:ratio'),
    );
    expect(names({ ...EVERYTHING, rulePacks: { disable: ['etcd'] } })).to.deep.equal(names(EVERYTHING).filter((name) => !name.startsWith('etcd')));
    expect(rulesOf({ rulePacks: { enabled: false } })).to.deep.equal([]);
    expect(rulesOf({ prometheus: { mode: 'Agent' } })).to.deep.equal([]);
  });

  it('have no group without rules, which Prometheus would take for nothing', () => {
    expect(rulesOf({ ...EVERYTHING, rulePacks: { disable: PACKS.map(({ name }) => name) } })).to.deep.equal([]);
  });

  it('that are off by default come by name or by pack', () => {
    expect(names(EVERYTHING)).not.to.include.members(['NodeMemoryMajorPagesFaults']).and.not.include('node:node_num_cpu:sum');
    const rulePacks = { enable: ['NodeMemoryMajorPagesFaults', 'kubernetes-dashboards'] };
    expect(names({ ...EVERYTHING, rulePacks })).to.include.members(['NodeMemoryMajorPagesFaults', 'node:node_num_cpu:sum']).and.not.include('KubeCPUQuotaOvercommit');
    expect(names({ rulePacks })).not.to.include('NodeMemoryMajorPagesFaults');
  });

  describe('take from a stack', () => {
    const filling = (overrides: RuleOverride[]) => only({ ...EVERYTHING, rulePacks: { overrides } }, 'NodeFilesystemAlmostOutOfSpace');

    it('a severity, how long, and a threshold', () => {
      const [rule] = only({ ...EVERYTHING, rulePacks: { overrides: [{ alert: 'NodeCPUHighUsage', severity: 'page', for: '1h', threshold: 97 }] } }, 'NodeCPUHighUsage');
      expect(rule).to.deep.include({ for: '1h', labels: { severity: 'page' }, expr: '100 * instance:node_cpu_utilisation:rate5m{job="node-exporter"} > 97' });
    });

    it('them for one of an alert\'s rules, and the last of several', () => {
      const rules = filling([{ alert: 'NodeFilesystemAlmostOutOfSpace', for: '1m' }, { alert: 'NodeFilesystemAlmostOutOfSpace', ofSeverity: 'critical', threshold: '1.5' }, { alert: 'NodeFilesystemAlmostOutOfSpace', for: '2m' }]);
      expect(rules.map(({ for: hold, labels }) => [hold, labels?.['severity']])).to.deep.equal([['2m', 'warning'], ['2m', 'critical']]);
      expect(rules.map(({ expr }) => / < ([\d.]+) and/.exec(expr)?.[1])).to.deep.equal(['5', '1.5']);
    });

    it('where the runbooks are', () => {
      const [rule] = only({ rulePacks: { runbookUrl: 'https://wiki.example/alerts?page=' } }, 'TargetDown');
      expect(rule?.annotations?.['runbook_url']).to.equal('https://wiki.example/alerts?page=TargetDown');
      expect(only({}, 'TargetDown')[0]?.annotations?.['runbook_url']).to.match(/^https:\/\/.*\/TargetDown$/);
    });
  });

  it('change by every threshold that can be set', () => {
    for (const rule of ALERTS) if (rule.threshold !== undefined) expect(rule.expr('123456.5'), rule.alert).to.include('123456.5').and.not.equal(rule.expr(String(rule.threshold)));
  });

  describe('runbooks', () => {
    const PAGES = [...ALERTS.map(({ alert }) => alert), ...OF_POLICIES];
    const page = (name: string): string => join(ROOT, 'docs/runbooks', `${name}.md`);

    it('are there for every alert, and for nothing else', () => {
      const pages = readdirSync(join(ROOT, 'docs/runbooks')).filter((file) => file !== 'README.md').map((file) => file.replace(/\.md$/, ''));
      expect(pages.sort()).to.deep.equal([...new Set(PAGES)].sort());
    });

    it('say what it means, what it does, where to look and what helps', () => {
      for (const alert of PAGES) {
        expect(existsSync(page(alert)), alert).to.equal(true);
        const text = readFileSync(page(alert), 'utf8');
        expect(text, alert).to.match(new RegExp(`^# ${alert}\n`));
        expect([...text.matchAll(/^## (.*)$/gm)].map(([, title]) => title), alert).to.deep.equal(['Meaning', 'Impact', 'Diagnosis', 'Mitigation']);
      }
    });

    it('have queries that are PromQL', () => {
      const strict = parser.configure({ strict: true });
      for (const alert of PAGES) {
        for (const [, query = ''] of readFileSync(page(alert), 'utf8').matchAll(/```promql\n([\s\S]*?)```/g)) {
          for (const line of query.trim().split('\n')) expect(() => strict.parse(line), `${alert}: ${line}`).not.to.throw();
        }
      }
    });
  });
});
