import type { Binary, PromqlProblem, ValueType, VectorMatching } from './ast.ts';

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=']);
const SET_OPERATORS: ReadonlySet<string> = new Set(['and', 'or', 'unless']);

/** Whether the sides cannot be operands at all, so that nothing more need be said. */
export function hasOperatorFault(types: readonly ValueType[]): boolean {
  return types.some((type) => type !== 'scalar' && type !== 'instant vector');
}

/** What Prometheus refuses in an operator between scalars and instant vectors, but for its operands themselves. */
export function operatorProblems(binary: Binary, types: readonly ValueType[]): PromqlProblem[] {
  const scalars = types.filter((type) => type === 'scalar').length;
  return [...boolProblems(binary, scalars), ...setProblems(binary, scalars), ...matchingProblems(binary, scalars)].map((message) => ({ message, position: binary.left.end }));
}

function boolProblems({ op, bool }: Binary, scalars: number): string[] {
  if (bool && !COMPARISONS.has(op)) return [`bool may only follow a comparison, not ${op}`];
  if (!bool && scalars === 2 && COMPARISONS.has(op)) return [`a comparison of two scalars needs bool: write ${op} bool`];
  return [];
}

function setProblems({ op, matching, fills }: Binary, scalars: number): string[] {
  if (!SET_OPERATORS.has(op)) return [];
  if (scalars > 0) return [`${op} takes instant vectors, not scalars: put vector(...) around the number`];
  return [
    ...(matching?.group === undefined ? [] : [`${op} takes no ${matching.group}`]),
    ...(fills ? [`${op} takes no fill`] : []),
  ];
}

function matchingProblems({ matching, fills }: Binary, scalars: number): string[] {
  const both = sharedLabel(matching);
  return [
    ...(both === undefined ? [] : [`the label "${both}" stands in on and in ${matching?.group} at once: leave it out of ${matching?.group}`]),
    ...(scalars > 0 && matching && matching.labels.length > 0 ? [`${matching.on ? 'on' : 'ignoring'} is for two instant vectors, and one side is a scalar: leave it out`] : []),
    ...(scalars > 0 && fills ? ['fill is for two instant vectors, and one side is a scalar'] : []),
  ];
}

function sharedLabel(matching: VectorMatching | undefined): string | undefined {
  return matching?.on ? matching.labels.find((label) => matching.include.includes(label)) : undefined;
}
