import type { Expr, PromqlDialect, PromqlProblem, VectorSelector } from './promql/ast.ts';
import { check } from './promql/check.ts';
import { parse, type ParsedPromql } from './promql/parser.ts';
import type { Version } from './version.ts';

/**
 * Everything that Prometheus refuses in a PromQL expression, and nothing else; empty for a good one. `version` is the release that will
 * read it, by default the newest known; `features` what its --enable-feature holds. Types are judged once the syntax is right.
 */
export function promqlProblems(expr: string, version?: Version, features?: ReadonlySet<string>): PromqlProblem[] {
  return [...parsePromql(expr, { ...(version ? { version } : {}), ...(features ? { features } : {}) }).problems];
}

/** Parses and checks an expression. Without problems there is an `expr`. */
export function parsePromql(expr: string, dialect: PromqlDialect = {}): ParsedPromql {
  const parsed = parse(expr, dialect);
  if (!parsed.expr || parsed.problems.length > 0) return parsed;
  return { expr: parsed.expr, problems: check(parsed.expr, dialect) };
}

/** The instant and range vector selectors of an expression, in the order in which they stand; none for one that does not parse. */
export function selectors(expr: string): VectorSelector[] {
  const parsed = parse(expr);
  return parsed.expr ? selectorsIn(parsed.expr) : [];
}

function selectorsIn(expr: Expr): VectorSelector[] {
  return expr.kind === 'selector' ? [expr] : partsOf(expr).flatMap(selectorsIn);
}

function partsOf(expr: Expr): readonly Expr[] {
  if (expr.kind === 'range') return [expr.selector];
  if (expr.kind === 'call' || expr.kind === 'aggregate') return expr.args;
  if (expr.kind === 'binary') return [expr.left, expr.right];
  return 'expr' in expr ? [expr.expr] : [];
}
