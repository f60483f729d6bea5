import { expect } from 'chai';
import { rulePackSettings, type RulePacksSpec } from '../../api/rule-packs.ts';
import { EVERYTHING, rulesOf } from '../../testing/every-rule.ts';
import { checkRulePacks } from './check-rule-packs.ts';

const CASES: readonly { says: string; spec: RulePacksSpec; path: string; message: string }[] = [
  { says: 'a misspelt alert', spec: { disable: ['Watchdog', 'CPUThrottlingHigh2'] }, path: 'disable[1]', message: 'no rule or pack is called "CPUThrottlingHigh2": the nearest is CPUThrottlingHigh; docs/reference/alerts.md lists all' },
  { says: 'a misspelt pack', spec: { enable: ['kubernetes-dashboard'] }, path: 'enable[0]', message: 'no rule or pack is called "kubernetes-dashboard": the nearest is kubernetes-dashboards; docs/reference/alerts.md lists all' },
  { says: 'a name like no other', spec: { disable: ['%'] }, path: 'disable[0]', message: 'no rule or pack is called "%"; docs/reference/alerts.md lists all' },
  { says: 'a record, which has nothing to override', spec: { overrides: [{ alert: 'apiserver_request:burnrate1d' }] }, path: 'overrides[0].alert', message: 'no alert is called "apiserver_request:burnrate1d"; docs/reference/alerts.md lists all' },
  { says: 'a severity that the alert does not have', spec: { overrides: [{ alert: 'TargetDown', ofSeverity: 'critical', for: '1m' }] }, path: 'overrides[0].ofSeverity', message: 'TargetDown has no rule of severity critical, only of warning: use one of these, or leave ofSeverity out' },
  { says: 'one severity for two rules', spec: { overrides: [{ alert: 'etcdHighFsyncDurations', severity: 'info' }] }, path: 'overrides[0].severity', message: 'etcdHighFsyncDurations has rules of severity warning and critical, which cannot both become info: say which by ofSeverity' },
  { says: 'one threshold for two rules', spec: { overrides: [{ alert: 'etcdHighFsyncDurations', threshold: 2 }] }, path: 'overrides[0].threshold', message: 'etcdHighFsyncDurations has the thresholds 0.5 (warning) and 1 (critical): say which by ofSeverity' },
  { says: 'a threshold that is no number', spec: { overrides: [{ alert: 'NodeCPUHighUsage', threshold: '90%' }] }, path: 'overrides[0].threshold', message: '"90%" is no number: write it like 90 or "0.05"' },
  {
    says: 'a threshold where there is none', spec: { overrides: [{ alert: 'Watchdog', threshold: 1 }] }, path: 'overrides[0].threshold',
    message: 'Watchdog compares with nothing that could be set: remove threshold, or disable the alert and write your own in an AlertPolicy',
  },
];

describe('render/builtin-rules/check-rule-packs', () => {
  for (const { says, spec, path, message } of CASES) {
    it(`names ${says}`, () => expect(checkRulePacks(rulePackSettings(spec))).to.deep.equal([{ path: `spec.rulePacks.${path}`, reason: 'Invalid', message }]));
  }

  it('names a duration that Prometheus would refuse', () => {
    expect(checkRulePacks(rulePackSettings({ overrides: [{ alert: 'TargetDown', for: '1m1h' }] }))).to.have.length(1).and.have.nested.property('[0].reason', 'DurationInvalid');
  });

  it('has nothing against what is right, on or off in this stack', () => {
    const spec: RulePacksSpec = {
      disable: ['CPUThrottlingHigh', 'etcd', 'apiserver_request:burnrate3d'],
      enable: ['KubeCPUQuotaOvercommit', 'node-dashboards'],
      overrides: [
        { alert: 'KubePodCrashLooping', severity: 'critical', for: '30m' },
        { alert: 'etcdHighFsyncDurations', ofSeverity: 'critical', threshold: '1.5' },
        { alert: 'etcdHighFsyncDurations', for: '20m' },
        // Four rules with one threshold.
        { alert: 'KubeAPIErrorBudgetBurn', threshold: '0.001' },
      ],
    };
    expect(checkRulePacks(rulePackSettings(spec))).to.deep.equal([]);
  });

  it('keeps what is wrong out of the rules, which Prometheus would refuse as a whole', () => {
    const overrides = [...CASES.flatMap(({ spec }) => spec.overrides ?? []), { alert: 'TargetDown', for: '1m1h' }];
    expect(rulesOf({ ...EVERYTHING, rulePacks: { overrides } })).to.deep.equal(rulesOf(EVERYTHING));
  });
});
