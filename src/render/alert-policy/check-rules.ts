import type { AlertPolicy, SloSpec } from '../../api/alert-policy.ts';
import type { Problem } from '../../api/rejection.ts';
import { durationProblem, parseDuration } from '../../formats/prometheus/duration.ts';
import { expressionProblems } from './expression-problems.ts';
import { isTenant, prefixOf, type PolicySettings } from './policy-settings.ts';
import { ruleGroups } from './rule-groups.ts';
import { ruleProblems } from './rule-problems.ts';
import { WINDOW_PLACEHOLDER } from './slo-rules.ts';

/** Everything that is wrong with the rules of a policy: its alerts, records, groups, SLOs and traffic. */
export function checkRules(policy: AlertPolicy, settings: PolicySettings): Problem[] {
  return [
    ...(policy.spec.slos ?? []).flatMap((slo, index) => sloProblems(slo, `spec.slos[${index}]`)),
    ...expressionProblems(policy, settings.version),
    ...ruleProblems(policy, settings.version),
    ...groupNameProblems(policy),
    ...(isTenant(policy, settings) ? namespaceLabelProblems(policy) : []),
  ];
}

/** Prometheus refuses a file in which two groups have one name. */
function groupNameProblems(policy: AlertPolicy): Problem[] {
  const groups = ruleGroups(policy);
  const prefix = `${prefixOf(policy)}/`;
  return groups.flatMap(({ group, path, ofFlows }, index) => {
    const first = groups.findIndex((other) => other.group.name === group.name);
    if (first === index) return [];
    if (ofFlows) return [{ path: `${path}.workload`, reason: 'RuleInvalid' as const, message: `${groups[first]?.path} has the traffic of this workload already: put both into one` }];
    const name = group.name.slice(prefix.length);
    return [{ path: `${path}.name`, reason: 'RuleInvalid' as const, message: `${groups[first]?.path} makes a group "${name}" already: choose another name` }];
  });
}

/** A tenant's alerts and records carry its namespace, whatever they say; to say something else is a misunderstanding. */
function namespaceLabelProblems({ metadata, spec }: AlertPolicy): Problem[] {
  const labelled = [
    ...(spec.alerts ?? []).map(({ labels }, index) => [`spec.alerts[${index}]`, labels] as const),
    ...(spec.records ?? []).map(({ labels }, index) => [`spec.records[${index}]`, labels] as const),
    ...(spec.slos ?? []).map(({ labels }, index) => [`spec.slos[${index}]`, labels] as const),
    ...(spec.traffic ?? []).map(({ labels }, index) => [`spec.traffic[${index}]`, labels] as const),
    ...(spec.groups ?? []).flatMap(({ labels, rules }, index) => [
      [`spec.groups[${index}]`, labels] as const,
      ...rules.map((rule, at) => [`spec.groups[${index}].rules[${at}]`, rule.labels] as const),
    ]),
  ];
  return labelled.flatMap(([path, labels]) => {
    const value = labels?.['namespace'];
    if (value === undefined || value === metadata.namespace) return [];
    return [{ path: `${path}.labels.namespace`, reason: 'LabelInvalid' as const, message: `the label namespace is "${metadata.namespace}" on everything from this policy, not "${value}": leave it out, or use another label` }];
  });
}

/** Alerting over windows of minutes needs an SLO over days. */
const SHORTEST_WINDOW = '1d';

function sloProblems({ errors, window, objective }: SloSpec, path: string): Problem[] {
  return [
    ...(['good', 'bad', 'total'] as const).flatMap((field): Problem[] => {
      const expr = errors[field];
      if (expr === undefined || expr.includes(WINDOW_PLACEHOLDER)) return [];
      return [{ path: `${path}.errors.${field}`, reason: 'ExpressionInvalid', message: `the range must be written as ${WINDOW_PLACEHOLDER}, like rate(http_requests_total[${WINDOW_PLACEHOLDER}]): the alerts look at several` }];
    }),
    ...windowProblems(window, `${path}.window`),
    ...(Number(objective) === 0 ? [{ path: `${path}.objective`, reason: 'RuleInvalid' as const, message: 'an objective of 0 percent is always met: write the share that must be good, like 99.9' }] : []),
  ];
}

function windowProblems(window: string | undefined, path: string): Problem[] {
  if (window === undefined) return [];
  const wrong = durationProblem(window);
  if (wrong !== undefined) return [{ path, reason: 'DurationInvalid', message: wrong }];
  if ((parseDuration(window) ?? 0) >= (parseDuration(SHORTEST_WINDOW) ?? 0)) return [];
  return [{ path, reason: 'DurationInvalid', message: `a window of ${window} is too short to alert on how fast its budget burns: use ${SHORTEST_WINDOW} or more` }];
}
