import type { Aggregate, Binary, Call, Expr, PromqlDialect, PromqlProblem, VectorMatching } from './ast.ts';
import { AGGREGATIONS, EXPERIMENTAL_AGGREGATIONS } from './functions.ts';
import { PromqlSyntaxError, type Token } from './lexer.ts';
import { parseGrouping } from './parse-grouping.ts';
import { isLiteral, literalValue, parseRange } from './parse-duration.ts';
import { parseSelector, stringValue } from './parse-selector.ts';
import { atTime, withOffset } from './time-modifiers.ts';
import { TokenStream } from './token-stream.ts';

/** An expression and what is wrong with its syntax; without an expression it could not be read to its end. */
export interface ParsedPromql {
  readonly expr?: Expr;
  readonly problems: readonly PromqlProblem[];
}

/** Parses an expression exactly as Prometheus does (promql/parser/generated_parser.y), types not checked. */
export function parse(input: string, dialect: PromqlDialect = {}): ParsedPromql {
  const tokens = new TokenStream(input, dialect);
  try {
    if (tokens.peek().type === 'end') return { problems: [{ message: 'the expression is empty' }] };
    const expr = parseExpr(tokens, 0);
    if (tokens.peek().type !== 'end') throw tokens.unexpected('the expression', 'an operator');
    return { expr, problems: tokens.problems };
  } catch (error) {
    if (!(error instanceof PromqlSyntaxError)) throw error;
    return { problems: [...tokens.problems, { message: error.message, position: error.position }] };
  }
}

const BINDING: Readonly<Record<string, number>> = {
  or: 1, and: 2, unless: 2, '==': 3, '!=': 3, '<': 3, '<=': 3, '>': 3, '>=': 3, '</': 3, '>/': 3, '+': 4, '-': 4, '*': 5, '/': 5, '%': 5, atan2: 5, '^': 6,
};
/** A sign binds like a product, so that -a^2 is -(a^2). */
const SIGN_BINDING = 6;

/** Operators that bind at least as close as `minimum`. */
function parseExpr(tokens: TokenStream, minimum: number): Expr {
  let left = parseOperand(tokens);
  for (;;) {
    const binding = bindingOf(tokens.peek());
    if (binding === undefined || binding < minimum) return left;
    left = parseBinary(tokens, left, binding);
  }
}

function bindingOf({ type, text }: Token): number | undefined {
  return type === 'symbol' || type === 'keyword' ? BINDING[text] : undefined;
}

function parseBinary(tokens: TokenStream, left: Expr, binding: number): Binary {
  const { text: op, start } = tokens.take();
  if (op === '</' || op === '>/') tokens.needs([3, 11, 0], `operators ${op}`, start);
  const bool = tokens.isKeyword('bool');
  if (bool) tokens.take();
  const matching = parseMatching(tokens);
  const fills = parseFills(tokens);
  const right = parseExpr(tokens, op === '^' ? binding : binding + 1);
  return { kind: 'binary', op, left, right, bool, ...(matching ? { matching } : {}), fills, start: left.start, end: right.end };
}

function parseMatching(tokens: TokenStream): VectorMatching | undefined {
  if (!tokens.isKeyword('on', 'ignoring')) return undefined;
  const on = tokens.take().text === 'on';
  const labels = parseGrouping(tokens);
  if (!tokens.isKeyword('group_left', 'group_right')) return { on, labels, include: [] };
  const group = tokens.take().text as 'group_left' | 'group_right';
  return { on, labels, group, include: tokens.isSymbol('(') ? parseGrouping(tokens) : [] };
}

function parseFills(tokens: TokenStream): boolean {
  const { start, text } = tokens.peek();
  if (!tokens.isKeyword('fill', 'fill_left', 'fill_right')) return false;
  tokens.needsFeature('promql-binop-fill-modifiers', `the modifier ${text}`, start);
  parseFill(tokens);
  const other = { fill_left: 'fill_right', fill_right: 'fill_left' }[text];
  if (other !== undefined && tokens.isKeyword(other)) parseFill(tokens);
  return true;
}

function parseFill(tokens: TokenStream): void {
  const { text } = tokens.take();
  tokens.expect('(', text);
  if (!tokens.accept('-')) tokens.accept('+');
  if (!isLiteral(tokens)) throw tokens.unexpected(text, 'a number');
  literalValue(tokens, tokens.take());
  tokens.expect(')', text);
}

/** An operand with its sign before and its modifiers behind. */
function parseOperand(tokens: TokenStream): Expr {
  const { start } = tokens.peek();
  if (tokens.isSymbol('-') || tokens.isSymbol('+')) {
    const op = tokens.take().text as '-' | '+';
    const expr = parseExpr(tokens, SIGN_BINDING);
    if (expr.kind === 'number') return { ...expr, value: op === '-' ? -expr.value : expr.value, start };
    return { kind: 'unary', op, expr, start, end: expr.end };
  }
  let expr = parsePrimary(tokens);
  for (;;) {
    const modified = parseModifier(tokens, expr);
    if (!modified) return expr;
    expr = modified;
  }
}

function parseModifier(tokens: TokenStream, expr: Expr): Expr | undefined {
  if (tokens.isSymbol('[')) return parseBrackets(tokens, expr);
  if (tokens.isKeyword('offset')) return withOffset(tokens, expr);
  if (tokens.isSymbol('@')) return atTime(tokens, expr);
  if (!tokens.isKeyword('anchored', 'smoothed')) return undefined;
  const { text, start } = tokens.take();
  tokens.needsFeature('promql-extended-range-selectors', `the modifier ${text}`, start);
  if (expr.kind !== 'selector' && expr.kind !== 'range') tokens.report(`${text} may only follow a selector`, start);
  return expr;
}

function parseBrackets(tokens: TokenStream, expr: Expr): Expr {
  const { start: bracket } = tokens.take();
  const range = parseRange(tokens);
  if (!tokens.accept(':')) {
    tokens.expect(']', 'a range');
    reportRange(tokens, expr, bracket);
    return { kind: 'range', selector: expr, range, start: expr.start, end: tokens.end };
  }
  const step = tokens.isSymbol(']') ? undefined : parseRange(tokens);
  tokens.expect(']', 'a subquery');
  return { kind: 'subquery', expr, range, ...(step === undefined ? {} : { step }), start: expr.start, end: tokens.end };
}

function reportRange(tokens: TokenStream, expr: Expr, position: number): void {
  if (expr.kind !== 'selector') tokens.report('a range in [ ] may only follow a selector: for other expressions write a subquery, like [5m:1m]', position);
  else if (expr.offset !== undefined && (expr.offset === 'computed' || expr.offset.seconds !== 0)) tokens.report('offset stands behind the range, like a[5m] offset 1h', position);
  else if (expr.at !== undefined) tokens.report('@ stands behind the range, like a[5m] @ end()', position);
}

function parsePrimary(tokens: TokenStream): Expr {
  const { type, start } = tokens.peek();
  if (isLiteral(tokens)) return parseLiteral(tokens);
  if (type === 'string') return { kind: 'string', value: stringValue(tokens, tokens.take()), start, end: tokens.end };
  if (tokens.isSymbol('(')) return parseParen(tokens);
  if (tokens.isSymbol('{')) return parseSelector(tokens);
  if (type === 'metric') return parseSelector(tokens, tokens.take());
  if (type === 'identifier' || (type === 'keyword' && !NO_METRIC.has(tokens.peek().text))) return parseWord(tokens);
  throw tokens.unexpected('the expression', 'a metric, a number, a function or (');
}

/** Keywords that are no metric's name. */
const NO_METRIC: ReadonlySet<string> = new Set(['bool', 'on', 'ignoring', 'group_left', 'group_right', 'atan2']);
/** Keywords that can be functions. */
const CALLABLE: ReadonlySet<string> = new Set(['start', 'end', 'step', 'range', 'max_of', 'min_of']);

function parseWord(tokens: TokenStream): Expr {
  const word = tokens.take();
  const isAggregation = word.type === 'keyword' && AGGREGATIONS.has(word.text) && (tokens.isSymbol('(') || tokens.isKeyword('by', 'without'));
  if (isAggregation) return parseAggregate(tokens, word);
  const isCallable = word.type === 'identifier' || CALLABLE.has(word.text);
  return isCallable && tokens.isSymbol('(') ? parseCall(tokens, word) : parseSelector(tokens, word);
}

function parseLiteral(tokens: TokenStream): Expr {
  const token = tokens.take();
  if (token.type === 'duration') tokens.needs([2, 54, 0], 'durations in place of numbers', token.start);
  return { kind: 'number', value: literalValue(tokens, token), start: token.start, end: token.end };
}

function parseParen(tokens: TokenStream): Expr {
  const { start } = tokens.take();
  const expr = parseExpr(tokens, 0);
  tokens.expect(')', 'the expression');
  return { kind: 'paren', expr, start, end: tokens.end };
}

function parseCall(tokens: TokenStream, name: Token): Call {
  const args = parseArguments(tokens, name.text);
  return { kind: 'call', name: name.text, args, start: name.start, end: tokens.end };
}

function parseArguments(tokens: TokenStream, name: string): Expr[] {
  const where = `the arguments of ${name}`;
  tokens.expect('(', where);
  const args: Expr[] = [];
  if (tokens.accept(')')) return args;
  do args.push(parseExpr(tokens, 0));
  while (tokens.accept(','));
  tokens.expect(')', where);
  return args;
}

function parseAggregate(tokens: TokenStream, { text: op, start }: Token): Aggregate {
  const before = parseAggregateGrouping(tokens);
  const args = parseArguments(tokens, op);
  const grouping = before ?? parseAggregateGrouping(tokens);
  if (EXPERIMENTAL_AGGREGATIONS.has(op)) tokens.needsFeature('promql-experimental-functions', `${op}()`, start);
  return { kind: 'aggregate', op, args, ...(grouping ? { grouping } : {}), start, end: tokens.end };
}

function parseAggregateGrouping(tokens: TokenStream): Aggregate['grouping'] {
  if (!tokens.isKeyword('by', 'without')) return undefined;
  const without = tokens.take().text === 'without';
  return { without, labels: parseGrouping(tokens) };
}
