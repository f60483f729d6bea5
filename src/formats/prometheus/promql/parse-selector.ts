import { re2Problem } from '../re2.ts';
import type { LabelMatcher, VectorSelector } from './ast.ts';
import type { Token } from './lexer.ts';
import type { TokenStream } from './token-stream.ts';
import { unquote } from './unquote.ts';

/** The label that holds a metric's name. */
export const METRIC_NAME = '__name__';

const OPERATORS: ReadonlySet<string> = new Set(['=', '!=', '=~', '!~']);

/** A selector, from its name on where it has one before the braces. */
export function parseSelector(tokens: TokenStream, name?: Token): VectorSelector {
  const start = name?.start ?? tokens.peek().start;
  const matchers = tokens.isSymbol('{') ? parseMatchers(tokens) : [];
  return { kind: 'selector', ...(name ? { name: name.raw } : {}), matchers, start, end: tokens.end };
}

function parseMatchers(tokens: TokenStream): LabelMatcher[] {
  tokens.take();
  const matchers: LabelMatcher[] = [];
  while (!tokens.isSymbol('}')) {
    matchers.push(parseMatcher(tokens));
    if (!tokens.isSymbol('}')) tokens.expect(',', 'a selector, between its matchers');
  }
  tokens.take();
  return matchers;
}

function parseMatcher(tokens: TokenStream): LabelMatcher {
  const { type, start } = tokens.peek();
  const name = parseName(tokens);
  const isMetric = type === 'string' && (tokens.isSymbol(',') || tokens.isSymbol('}'));
  if (isMetric) return { name: METRIC_NAME, op: '=', value: name, start, end: tokens.end };
  if (tokens.peek().type !== 'symbol' || !OPERATORS.has(tokens.peek().text)) throw tokens.unexpected(`the matcher of ${name}`, 'one of =, !=, =~ and !~');
  const op = tokens.take().text as LabelMatcher['op'];
  if (tokens.peek().type !== 'string') throw tokens.unexpected(`the matcher of ${name}`, 'a text in quotes');
  const value = stringValue(tokens, tokens.take());
  if (op === '=~' || op === '!~') reportRegex(tokens, value, start);
  return { name, op, value, start, end: tokens.end };
}

function parseName(tokens: TokenStream): string {
  const { type, start } = tokens.peek();
  if (type === 'identifier') return tokens.take().text;
  if (type !== 'string') throw tokens.unexpected('a selector', 'a matcher, like code="200"');
  tokens.needs([2, 51, 0], 'quoted names', start);
  return stringValue(tokens, tokens.take());
}

function reportRegex(tokens: TokenStream, regex: string, position: number): void {
  // Prometheus parses the expression before it puts its anchors around it: "a)(b" is a fault here.
  // What has no operators but | is not even compiled since 2.55, and may then hold any bytes.
  if (tokens.isSince([2, 55, 0]) && !/[\\.+*?()[\]{}^$]/.test(regex)) return;
  const problem = regex.isWellFormed() ? re2Problem(regex, '(?s)', '') : 'it is no UTF-8';
  if (problem !== undefined) tokens.report(`regex "${regex}": ${problem}`, position);
}

/** The value of a string token. Reports escapes that there are not. */
export function stringValue(tokens: TokenStream, token: Token): string {
  const unquoted = unquote(token.text);
  if ('value' in unquoted) return unquoted.value;
  tokens.report(`${token.text}: ${unquoted.problem}`, token.start);
  return '';
}
