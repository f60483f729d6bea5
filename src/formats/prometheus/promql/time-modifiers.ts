import type { Expr, TimeModifiers } from './ast.ts';
import { isLiteral, literalValue, parseOffset } from './parse-duration.ts';
import type { TokenStream } from './token-stream.ts';

/** Reads `offset` and its duration onto what stands before it. */
export function withOffset(tokens: TokenStream, expr: Expr): Expr {
  const { start } = tokens.take();
  const offset = parseOffset(tokens);
  return modify(tokens, expr, 'offset', (modifiers) => {
    const isSet = modifiers.offset === 'computed' || (modifiers.offset?.seconds ?? 0) !== 0;
    if (isSet) tokens.report('offset may be set only once', start);
    return { offset };
  });
}

/** Reads `@` and its time onto what stands before it. */
export function atTime(tokens: TokenStream, expr: Expr): Expr {
  const { start } = tokens.take();
  const at = parseTime(tokens);
  return modify(tokens, expr, '@', (modifiers) => {
    if (modifiers.at !== undefined) tokens.report('@ may be set only once', start);
    return { at };
  });
}

function modify(tokens: TokenStream, expr: Expr, what: string, change: (modifiers: TimeModifiers) => TimeModifiers): Expr {
  const end = tokens.end;
  if (expr.kind === 'selector' || expr.kind === 'subquery') return { ...expr, ...change(expr), end };
  if (expr.kind === 'range' && expr.selector.kind === 'selector') return { ...expr, selector: { ...expr.selector, ...change(expr.selector) }, end };
  tokens.report(`${what} may only follow a selector, a range in [ ] or a subquery: put it behind the metric`, expr.start);
  return expr;
}

function parseTime(tokens: TokenStream): number | 'start' | 'end' {
  if (tokens.isKeyword('start', 'end')) {
    const at = tokens.take().text as 'start' | 'end';
    tokens.expect('(', `@ ${at}()`);
    tokens.expect(')', `@ ${at}()`);
    return at;
  }
  const { start } = tokens.peek();
  const sign = tokens.accept('-') ? -1 : 1;
  if (sign === 1) tokens.accept('+');
  if (!isLiteral(tokens)) throw tokens.unexpected('the time behind @', 'seconds since 1970, start() or end()');
  if (tokens.peek().type === 'duration') tokens.needs([2, 54, 0], 'durations in place of numbers', start);
  const seconds = sign * literalValue(tokens, tokens.take());
  // NaN fails both comparisons.
  if (!(Math.abs(seconds) < 2 ** 63)) tokens.report('the time behind @ is out of bounds: write seconds since 1970', start);
  return seconds;
}
