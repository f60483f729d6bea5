import type { AlertPolicy, AlertSpec, RecordSpec, RuleGroupSpec } from '../../api/alert-policy.ts';
import { compact } from '../../lib/compact.ts';
import type { Rule, RuleGroup } from '../../formats/prometheus/rule-group.ts';
import { prefixOf } from './policy-settings.ts';
import { sloRules } from './slo-rules.ts';
import { trafficRules } from './traffic-rules.ts';

/** A rule group and where in the policy it comes from. */
export interface SourcedGroup {
  readonly group: RuleGroup;
  /** The path of a rule in the resource: `spec.alerts[0]`, `spec.groups[1].rules[2]`, `spec.slos[0]`. */
  readonly pathOfRule: (index: number) => string;
  /** The path of what the group as a whole comes from. */
  readonly path: string;
  /** It reads series of network flows, and says nothing without them. */
  readonly ofFlows?: true;
}

/** The names of groups that are made of spec.alerts, spec.records, spec.slos and spec.traffic; groups of the user's must not clash. */
const OWN_GROUPS = { alerts: 'alerts', records: 'records', slo: (name: string) => `slo-${name}`, traffic: (workload: string) => `traffic-${workload}` } as const;

/** Everything of a policy that Prometheus evaluates: one group each for its alerts, its records, every SLO and the traffic of every workload, then its own groups. */
export function ruleGroups(policy: AlertPolicy): SourcedGroup[] {
  const { alerts = [], records = [], groups = [], slos = [], traffic = [] } = policy.spec;
  const prefix = prefixOf(policy);
  const named = (name: string): string => `${prefix}/${name}`;
  return [
    ...(records.length === 0 ? [] : [{ group: { name: named(OWN_GROUPS.records), rules: records.map(record) }, ...listed('spec.records') }]),
    ...(alerts.length === 0 ? [] : [{ group: { name: named(OWN_GROUPS.alerts), rules: alerts.map(alert) }, ...listed('spec.alerts') }]),
    ...slos.map((slo, index) => ({
      group: { name: named(OWN_GROUPS.slo(slo.name)), rules: sloRules({ policy: prefix, slo }) },
      path: `spec.slos[${index}]`,
      pathOfRule: () => `spec.slos[${index}]`,
    })),
    ...traffic.map((spec, index) => ({
      group: { name: named(OWN_GROUPS.traffic(spec.workload)), rules: trafficRules({ policy: policy.metadata, traffic: spec }) },
      path: `spec.traffic[${index}]`,
      pathOfRule: () => `spec.traffic[${index}]`,
      ofFlows: true as const,
    })),
    ...groups.map((spec, index) => ({ group: ruleGroup(named(spec.name), spec), path: `spec.groups[${index}]`, pathOfRule: listed(`spec.groups[${index}].rules`).pathOfRule })),
  ];
}

/** The same groups, with a label put on everything that their rules produce: the last word, over labels of rule and group. */
export function withNamespaceLabel(group: RuleGroup, namespace: string): RuleGroup {
  return { ...group, rules: group.rules.map((rule) => ({ ...rule, labels: { ...rule.labels, namespace } })) };
}

function listed(path: string): Pick<SourcedGroup, 'path' | 'pathOfRule'> {
  return { path, pathOfRule: (index) => `${path}[${index}]` };
}

function alert({ alert: name, expr, for: hold, keepFiringFor, labels, annotations }: AlertSpec): Rule {
  return compact({ alert: name, expr, for: hold, keep_firing_for: keepFiringFor, labels, annotations }) as Rule;
}

function record({ record: name, expr, labels }: RecordSpec): Rule {
  return compact({ record: name, expr, labels }) as Rule;
}

function ruleGroup(name: string, { interval, limit, queryOffset, labels, rules }: RuleGroupSpec): RuleGroup {
  return compact({
    name, interval, limit, query_offset: queryOffset, labels,
    rules: rules.map(({ keepFiringFor, ...rule }) => compact({ ...rule, keep_firing_for: keepFiringFor }) as Rule),
  }) as RuleGroup;
}
