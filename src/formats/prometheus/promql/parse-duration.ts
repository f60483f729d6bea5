import type { DurationValue } from './ast.ts';
import { durationProblem, parseDuration } from '../duration.ts';
import { PromqlSyntaxError, type Token } from './lexer.ts';
import { parseNumber } from './number.ts';
import type { TokenStream } from './token-stream.ts';

/** Go's limit of a duration, in seconds. */
const LIMIT_SECONDS = 2 ** 63 / 1e9;

const BINDING: Readonly<Record<string, number>> = { '+': 1, '-': 1, '*': 2, '/': 2, '%': 2, '^': 3 };
const UNARY_BINDING = 3;

/** The value of a number or duration token, in seconds where it is a duration. */
export function literalValue(tokens: TokenStream, token: Token): number {
  if (token.type === 'duration') {
    const problem = durationProblem(token.text);
    if (problem !== undefined) tokens.report(problem, token.start);
    return (parseDuration(token.text) ?? 0) / 1000;
  }
  const value = parseNumber(token.text);
  if (token.text.includes('_')) tokens.needs([2, 54, 0], 'underscores in numbers', token.start);
  if (value === undefined) tokens.report(`${token.text} is no number`, token.start);
  return value ?? 0;
}

/** Whether a number or duration comes next. */
export function isLiteral(tokens: TokenStream): boolean {
  const { type } = tokens.peek();
  return type === 'number' || type === 'duration';
}

/** What stands between brackets: a duration above zero (generated_parser.y, positive_duration_expr). */
export function parseRange(tokens: TokenStream): DurationValue {
  const { start } = tokens.peek();
  const value = durationsAreExpressions(tokens) ? durationExpression(tokens, 0) : plainDuration(tokens);
  if (value !== 'computed' && value.seconds <= 0) tokens.report('a range must be longer than 0', start);
  return value;
}

/**
 * What follows `offset` (generated_parser.y, offset_duration_expr). A plain or signed literal ends there, so that `a offset 5m + b` is a sum;
 * whatever starts otherwise goes on as long as it can be a duration.
 */
export function parseOffset(tokens: TokenStream): DurationValue {
  if (!durationsAreExpressions(tokens)) return plainOffset(tokens);
  if (isLiteral(tokens)) return checked(tokens, tokens.take(), 1);
  if (tokens.isSymbol('-') || tokens.isSymbol('+')) return signedOffset(tokens);
  const isCall = tokens.peek().type === 'keyword';
  const value = durationPrimary(tokens);
  return isCall ? value : continued(tokens, value, 0);
}

function signedOffset(tokens: TokenStream): DurationValue {
  const sign = tokens.take().text === '-' ? -1 : 1;
  if (isLiteral(tokens)) return checked(tokens, tokens.take(), sign);
  if (tokens.isSymbol('(')) {
    needsArithmetic(tokens, tokens.peek().start);
    return parenthesized(tokens);
  }
  if (tokens.peek().type === 'keyword') return durationPrimary(tokens);
  return continued(tokens, negated(durationExpression(tokens, UNARY_BINDING), sign), 0);
}

/** Before 3.4 a duration was a literal, an offset had no sign but minus, and could not be 0. */
function durationsAreExpressions(tokens: TokenStream): boolean {
  return tokens.isSince([3, 4, 0]);
}

function plainDuration(tokens: TokenStream): DurationValue {
  if (!isLiteral(tokens)) throw tokens.unexpected('a duration', 'a number and a unit, like 5m (anything else needs Prometheus v3.4.0)');
  return checked(tokens, tokens.take(), 1);
}

function plainOffset(tokens: TokenStream): DurationValue {
  const sign = tokens.accept('-') ? -1 : 1;
  const { start } = tokens.peek();
  const value = plainDuration(tokens);
  if (value !== 'computed' && value.seconds === 0) tokens.report('an offset must be longer than 0 before Prometheus v3.4.0', start);
  return negated(value, sign);
}

function parenthesized(tokens: TokenStream): DurationValue {
  tokens.take();
  durationExpression(tokens, 0);
  tokens.expect(')', 'a duration');
  return 'computed';
}

function durationExpression(tokens: TokenStream, minimum: number): DurationValue {
  return continued(tokens, durationPrimary(tokens), minimum);
}

function continued(tokens: TokenStream, left: DurationValue, minimum: number): DurationValue {
  let value = left;
  for (let binding = bindingAfter(tokens, minimum); binding !== undefined; binding = bindingAfter(tokens, minimum)) {
    const { text, start } = tokens.take();
    needsArithmetic(tokens, start);
    const right = durationExpression(tokens, binding);
    const divides = text === '/' || text === '%';
    if (divides && right !== 'computed' && right.seconds === 0) tokens.report('a duration is divided by zero', start);
    value = 'computed';
  }
  return value;
}

/** How close the operator that comes next binds, if that is close enough. All but ^ go from left to right. */
function bindingAfter(tokens: TokenStream, minimum: number): number | undefined {
  const { type, text } = tokens.peek();
  const binding = type === 'symbol' ? BINDING[text] : undefined;
  if (binding === undefined || binding < minimum) return undefined;
  return binding === minimum && text !== '^' ? undefined : binding;
}

function durationPrimary(tokens: TokenStream): DurationValue {
  if (isLiteral(tokens)) return checked(tokens, tokens.take(), 1);
  if (tokens.isSymbol('-') || tokens.isSymbol('+')) {
    const sign = tokens.take().text === '-' ? -1 : 1;
    // As everywhere in PromQL, a power binds closer than the sign before it.
    return negated(durationExpression(tokens, UNARY_BINDING), sign);
  }
  const { start } = tokens.peek();
  if (tokens.isSymbol('(')) {
    needsArithmetic(tokens, start);
    return parenthesized(tokens);
  }
  return durationCall(tokens);
}

function durationCall(tokens: TokenStream): DurationValue {
  const { start } = tokens.peek();
  if (!tokens.isKeyword('step', 'range', 'max_of', 'min_of')) throw tokens.unexpected('a duration', 'a number and a unit, like 5m');
  const { text } = tokens.take();
  needsArithmetic(tokens, start);
  tokens.expect('(', `${text}()`);
  if (text === 'max_of' || text === 'min_of') {
    durationExpression(tokens, 0);
    tokens.expect(',', `${text}()`);
    durationExpression(tokens, 0);
  }
  tokens.expect(')', `${text}()`);
  return 'computed';
}

function negated(value: DurationValue, sign: 1 | -1): DurationValue {
  return value === 'computed' ? value : { seconds: value.seconds * sign };
}

function checked(tokens: TokenStream, token: Token, sign: 1 | -1): DurationValue {
  if (token.type === 'number' && !tokens.isSince([2, 54, 0])) throw new PromqlSyntaxError(`${token.text} has no unit: write ${token.text}s (a number without a unit needs Prometheus v2.54.0)`, token.start);
  const seconds = literalValue(tokens, token) * sign;
  if (Math.abs(seconds) > LIMIT_SECONDS) tokens.report(`the duration ${token.text} is longer than 292 years, which is more than Prometheus can hold`, token.start);
  return { seconds };
}

function needsArithmetic(tokens: TokenStream, position: number): void {
  // 3.4 to 3.13 have it behind a feature flag.
  if (tokens.isSince([3, 14, 0]) || (tokens.isSince([3, 4, 0]) && tokens.hasFeature('promql-duration-expr'))) return;
  tokens.needs([3, 14, 0], 'computed durations', position);
}
