import type { AlertPolicy } from '../../api/alert-policy.ts';
import type { Problem } from '../../api/rejection.ts';
import { ruleGroupProblems, type RuleGroupProblem } from '../../formats/prometheus/rule-group-problems.ts';
import { parseVersion } from '../../formats/prometheus/version.ts';
import { ruleGroups } from './rule-groups.ts';

/** Fields that our resources call otherwise than Prometheus does. */
const OUR_NAMES: Readonly<Record<string, string>> = { keep_firing_for: 'keepFiringFor', query_offset: 'queryOffset' };

/** Everything beside its PromQL that a release of Prometheus refuses in the rules of a policy: durations, labels, templates, names. */
export function ruleProblems(policy: AlertPolicy, release: string): Problem[] {
  const version = parseVersion(release);
  const found = ruleGroups(policy).flatMap(({ group, path, pathOfRule }) =>
    ruleGroupProblems(group, version)
      .filter(({ reason }) => reason !== 'ExpressionInvalid')
      .map((problem) => asProblem(problem, problem.rule === undefined ? path : pathOfRule(problem.rule))),
  );
  // One objective makes many rules, and each has its labels and annotations.
  return [...new Map(found.map((problem) => [`${problem.path} ${problem.message}`, problem])).values()];
}

function asProblem({ field, reason, message }: RuleGroupProblem, path: string): Problem {
  return { path: `${path}.${OUR_NAMES[field] ?? field}`, reason, message };
}
