import { nearest } from '../../../lib/nearest.ts';
import { plural } from '../../../lib/plural.ts';
import { compileRe2 } from '../re2.ts';
import { isAtLeast, printVersion } from '../version.ts';
import type { Aggregate, Binary, Call, Expr, LabelMatcher, PromqlDialect, PromqlProblem, Span, ValueType, VectorSelector } from './ast.ts';
import { AGGREGATION_PARAMETERS, AGGREGATIONS, FUNCTIONS, type PromqlFunction } from './functions.ts';
import { METRIC_NAME } from './parse-selector.ts';
import { hasOperatorFault, operatorProblems } from './check-operator.ts';

/** What an expression evaluates to. A function that there is not counts for an instant vector. */
function typeOf(expr: Expr): ValueType {
  if (expr.kind === 'paren' || expr.kind === 'unary') return typeOf(expr.expr);
  if (expr.kind === 'call') return FUNCTIONS.get(expr.name)?.returns ?? 'instant vector';
  if (expr.kind === 'binary') return typeOf(expr.left) === 'scalar' && typeOf(expr.right) === 'scalar' ? 'scalar' : 'instant vector';
  return TYPES[expr.kind];
}

const TYPES = {
  number: 'scalar', string: 'string', selector: 'instant vector', range: 'range vector', subquery: 'range vector', aggregate: 'instant vector',
} as const satisfies Readonly<Record<string, ValueType>>;

type Check<Kind extends Expr['kind']> = (expr: Extract<Expr, { kind: Kind }>, dialect: PromqlDialect) => PromqlProblem[];

const CHECKS: { readonly [Kind in Expr['kind']]: Check<Kind> } = {
  number: () => [],
  string: () => [],
  paren: ({ expr }, dialect) => check(expr, dialect),
  unary: ({ op, expr }, dialect) => [...expectType(expr, ['scalar', 'instant vector'], `the sign ${op}`), ...check(expr, dialect)],
  subquery: ({ expr }, dialect) => [...expectType(expr, ['instant vector'], 'a subquery'), ...check(expr, dialect)],
  range: ({ selector }, dialect) => check(selector, dialect),
  selector: selectorProblems,
  call: callProblems,
  aggregate: aggregateProblems,
  binary: binaryProblems,
};

/** Everything that Prometheus refuses in an expression whose syntax is right (promql/parser/parse.go, checkAST). */
export function check(expr: Expr, dialect: PromqlDialect): PromqlProblem[] {
  return (CHECKS[expr.kind] as Check<Expr['kind']>)(expr as never, dialect);
}

const problem = (message: string, { start }: Span): PromqlProblem => ({ message, position: start });

const ARTICLE: Readonly<Record<ValueType, string>> = { scalar: 'a scalar', string: 'a string', 'instant vector': 'an instant vector', 'range vector': 'a range vector' };

function expectType(expr: Expr, wanted: readonly ValueType[], where: string): PromqlProblem[] {
  const type = typeOf(expr);
  if (wanted.includes(type)) return [];
  return [problem(`${where} takes ${wanted.map((one) => ARTICLE[one]).join(' or ')}, not ${ARTICLE[type]}${mendType(type, wanted)}`, expr)];
}

function mendType(type: ValueType, wanted: readonly ValueType[]): string {
  if (wanted.includes('range vector') && type === 'instant vector') return ': add a range, like [5m]';
  if (type === 'range vector') return ': put rate(...) or another function around it, or leave the range in [ ] out';
  if (wanted.includes('scalar') && type === 'instant vector') return ': write a number, or put scalar(...) around it';
  if (wanted.includes('instant vector') && type === 'scalar') return ': put vector(...) around it';
  return '';
}

function selectorProblems(selector: VectorSelector): PromqlProblem[] {
  if (selector.name !== undefined) {
    const other = selector.matchers.find(({ name }) => name === METRIC_NAME);
    return other ? [problem(`the metric's name is set twice, as ${selector.name} and as "${other.value}": leave one out`, selector)] : [];
  }
  if (selector.matchers.some((matcher) => !matchesEmpty(matcher))) return [];
  return [problem('a selector needs a matcher that does not match the empty text, or it selects everything: name the metric', selector)];
}

function matchesEmpty({ op, value }: LabelMatcher): boolean {
  if (op === '=') return value === '';
  if (op === '!=') return value !== '';
  const regex = compileRe2(`^(?s:${value})$`);
  const matches = typeof regex !== 'string' && regex.matches('');
  return op === '=~' ? matches : !matches;
}

function callProblems(call: Call, dialect: PromqlDialect): PromqlProblem[] {
  const signature = FUNCTIONS.get(call.name);
  if (signature === undefined || !isIn(signature, dialect)) return [problem(missingFunction(call, signature), call)];
  const experimental = isExperimental(signature, dialect) && !dialect.features?.has('promql-experimental-functions');
  return [
    ...(experimental ? [problem(`${call.name}() is experimental: start Prometheus with --enable-feature=promql-experimental-functions, or do without`, call)] : []),
    ...countProblems(call, signature),
    ...(call.name === 'info' ? infoProblems(call) : []),
    ...call.args.flatMap((_arg, index) => argumentProblems(call, index, signature, dialect)),
  ];
}

function isIn({ since, until }: PromqlFunction, { version }: PromqlDialect): boolean {
  return (since === undefined || isAtLeast(version, since)) && (until === undefined || !isAtLeast(version, until));
}

function isExperimental({ experimental }: PromqlFunction, { version }: PromqlDialect): boolean {
  return experimental === true || (experimental !== undefined && !isAtLeast(version, experimental));
}

function missingFunction({ name, args: [first] }: Call, signature: PromqlFunction | undefined): string {
  if (name === 'holt_winters') return 'holt_winters() is called double_exponential_smoothing() since Prometheus v3.0.0, and is experimental there';
  if (signature?.since) return `${name}() needs Prometheus ${printVersion(signature.since)}`;
  const type = first && typeOf(first);
  const fitting = [...FUNCTIONS].filter(([, { args }]) => args[0] === type).map(([other]) => other);
  const guess = nearest(name, type === 'instant vector' ? [...fitting, ...AGGREGATIONS] : fitting);
  return `there is no function ${name}()${guess === undefined ? '' : `: did you mean ${guess}?`}`;
}

function countProblems(call: Call, { args, variadic }: PromqlFunction): PromqlProblem[] {
  const least = variadic === 0 ? args.length : args.length - 1;
  const most = variadic < 0 ? Infinity : variadic === 0 ? args.length : least + variadic;
  const count = call.args.length;
  if (count >= least && count <= most) return [];
  const wanted = least === most ? plural(least, 'argument') : most === Infinity ? `at least ${plural(least, 'argument')}` : `${least} to ${plural(most, 'argument')}`;
  return [problem(`${call.name}() takes ${wanted}${args.length === 0 ? '' : ` (${args.join(', ')})`}, not ${count}`, call)];
}

function argumentProblems(call: Call, index: number, { args, variadic }: PromqlFunction, dialect: PromqlDialect): PromqlProblem[] {
  const arg = call.args[index];
  if (arg === undefined || (index >= args.length && variadic === 0)) return [];
  const wanted = args[Math.min(index, args.length - 1)];
  const isMatchersOfInfo = call.name === 'info' && index === 1 && arg.kind === 'selector';
  return [
    ...(wanted === undefined ? [] : expectType(arg, [wanted], `${call.name}()${args.length > 1 ? `, argument ${index + 1},` : ''}`)),
    ...(isMatchersOfInfo ? [] : check(arg, dialect)),
  ];
}

function infoProblems({ args: [, matchers] }: Call): PromqlProblem[] {
  if (matchers === undefined || (matchers.kind === 'selector' && matchers.name === undefined)) return [];
  return [problem('the second argument of info() is matchers alone, like {k8s_cluster="a"}', matchers)];
}

function aggregateProblems(aggregate: Aggregate, dialect: PromqlDialect): PromqlProblem[] {
  const { op, args } = aggregate;
  const parameter = AGGREGATION_PARAMETERS.get(op);
  const wanted: readonly ValueType[] = parameter === undefined ? ['instant vector'] : [parameter, 'instant vector'];
  if (args.length !== wanted.length) return [problem(`${op}() takes ${plural(wanted.length, 'argument')} (${wanted.join(', ')}), not ${args.length}`, aggregate)];
  if ((op === 'limitk' || op === 'limit_ratio') && !isAtLeast(dialect.version, [2, 54, 0])) return [problem(`${op}() needs Prometheus v2.54.0`, aggregate)];
  return args.flatMap((arg, index) => [...expectType(arg, wanted.slice(index, index + 1), `${op}()`), ...check(arg, dialect)]);
}

function binaryProblems(binary: Binary, dialect: PromqlDialect): PromqlProblem[] {
  const sides = [binary.left, binary.right];
  const types = sides.map(typeOf);
  return [
    ...sides.flatMap((side) => check(side, dialect)),
    ...sides.flatMap((side) => expectType(side, ['scalar', 'instant vector'], `the operator ${binary.op}`)),
    ...(hasOperatorFault(types) ? [] : operatorProblems(binary, types)),
  ];
}
