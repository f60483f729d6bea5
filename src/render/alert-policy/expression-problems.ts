import type { AlertPolicy, SloSpec } from '../../api/alert-policy.ts';
import type { Problem } from '../../api/rejection.ts';
import { promqlProblems } from '../../formats/prometheus/promql.ts';
import { parseVersion, type Version } from '../../formats/prometheus/version.ts';
import { ruleGroups } from './rule-groups.ts';
import { overWindow, WINDOW_PLACEHOLDER } from './slo-rules.ts';

/** Everything that a release of Prometheus refuses in the PromQL of a policy. */
export function expressionProblems(policy: AlertPolicy, release: string): Problem[] {
  const version = parseVersion(release);
  const own = ruleGroups({ ...policy, spec: { ...policy.spec, slos: [] } });
  return [
    ...own.flatMap(({ group, pathOfRule }) => group.rules.flatMap(({ expr }, index) => problemsOf(expr, `${pathOfRule(index)}.expr`, version))),
    ...(policy.spec.slos ?? []).flatMap((slo, index) => sloProblems(slo, `spec.slos[${index}].errors`, version)),
  ];
}

function problemsOf(expr: string, path: string, version: Version | undefined): Problem[] {
  return promqlProblems(expr, version).map(({ message, position }) => ({
    path,
    reason: 'ExpressionInvalid',
    message: position === undefined ? message : `${message} (${place(expr, position)})`,
  }));
}

const LONGEST = 40;

/** Where in an expression, which may have many lines: by what stands there. */
function place(expr: string, position: number): string {
  const rest = expr.slice(position).trim().replace(/\s+/g, ' ');
  if (rest === '') return `at the end of ${expr.trim().split('\n').at(-1)?.trim()}`;
  return `at ${rest.length <= LONGEST ? rest : `${rest.slice(0, LONGEST)}...`}`;
}

/** The range stands for the placeholder in every window, so any will do to check with; it is about as long. */
const SOME_WINDOW = '5m';

function sloProblems({ errors }: SloSpec, path: string, version: Version | undefined): Problem[] {
  const fields = (['good', 'bad', 'total'] as const).flatMap((field) => {
    const expr = errors[field];
    return expr === undefined ? [] : [{ field, expr: overWindow(expr, SOME_WINDOW) }];
  });
  const problems = fields.flatMap(({ field, expr }) => problemsOf(expr, `${path}.${field}`, version));
  if (problems.length > 0) return problems;
  // What is right by itself may still be no vector, which the records put between operators.
  return fields.flatMap(({ field, expr }) =>
    promqlProblems(`(${expr}) or vector(0)`, version).slice(0, 1).map(() => ({
      path: `${path}.${field}`,
      reason: 'ExpressionInvalid' as const,
      message: `it must give series, like sum(rate(http_requests_total[${WINDOW_PLACEHOLDER}])), and gives a number`,
    })),
  );
}
