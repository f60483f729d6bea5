import { parser } from '@prometheus-io/lezer-promql';
import { expect } from 'chai';
import { stackSettings } from '../../api/defaults.ts';
import type { MonitoringStackSpec } from '../../api/monitoring-stack.ts';
import { builtinRuleNames, builtinRules } from './builtin-rules.ts';

const EVERYTHING: MonitoringStackSpec = {
  scope: 'Cluster', alertmanager: { replicas: 2 }, exporters: { node: { systemd: {} } }, prometheus: { remoteWrite: [{ url: 'http://x' }] },
};
const groups = (spec: MonitoringStackSpec) => builtinRules(stackSettings({ spec }));
const names = (spec: MonitoringStackSpec) => groups(spec).flatMap(({ rules }) => rules.map(({ alert = '', record = '' }) => alert || record));

describe('render/builtin-rules', () => {
  it('are written in PromQL', () => {
    const strict = parser.configure({ strict: true });
    for (const { expr } of groups(EVERYTHING).flatMap(({ rules }) => rules)) expect(() => strict.parse(expr), expr).not.to.throw();
  });

  it('have a severity that routes know, a summary and a description, as sentences', () => {
    for (const { alert, labels, annotations } of groups(EVERYTHING).flatMap(({ rules }) => rules.filter((rule) => rule.alert !== undefined))) {
      expect(['critical', 'warning', 'info', 'none'], alert).to.include(labels?.['severity']);
      expect(annotations?.['summary'], alert).to.match(/\.$/);
      expect(annotations?.['description'], alert).to.match(/\.$/);
    }
  });

  it('come with what is on, and go with it', () => {
    const few = names({ alertmanager: { enabled: false } });
    expect(few).to.include.members(['TargetDown', 'Watchdog', 'PrometheusBadConfig']);
    expect(few.filter((name) => /^(Alertmanager|Node|PrometheusRemote|PrometheusNotConnected)/.test(name))).to.deep.equal([]);
    expect(names({})).to.include('PrometheusNotConnectedToAlertmanagers').and.not.include('AlertmanagerMembersInconsistent');
    expect(names(EVERYTHING)).to.include.members(['AlertmanagerMembersInconsistent', 'PrometheusRemoteWriteBehind', 'NodeSystemdServiceFailed']);
    expect(names({ scope: 'Cluster' })).to.include('NodeClockSkewDetected').and.not.include('NodeSystemdServiceFailed');
  });

  it('are left out by name, or as a whole', () => {
    expect(names({ ...EVERYTHING, rulePacks: { disable: ['NodeRAIDDegraded', 'instance:node_vmstat_pgmajfault:rate5m'] } })).to.deep.equal(
      names(EVERYTHING).filter((name) => name !== 'NodeRAIDDegraded' && name !== 'instance:node_vmstat_pgmajfault:rate5m'),
    );
    expect(groups({ rulePacks: { enabled: false } })).to.deep.equal([]);
    expect(groups({ prometheus: { mode: 'Agent' } })).to.deep.equal([]);
  });

  it('have no group without rules, which Prometheus would take for nothing', () => {
    expect(groups({ rulePacks: { disable: builtinRuleNames() } })).to.deep.equal([]);
  });
});
