import { unquoteGo } from './unquote-go.ts';
import type { Matcher, MatchOperator, ParsedMatchers } from './matcher.ts';

interface Token {
  readonly kind: '{' | '}' | ',' | 'operator' | 'quoted' | 'unquoted' | 'wrong' | 'end';
  readonly text: string;
}

/** Reads matchers as Alertmanager has since 0.27 (matcher/parse). Expressions are left unchecked. */
export function parseUtf8Matchers(text: string): ParsedMatchers {
  const tokens = tokensOf(text);
  const isOpen = kindAt(tokens, 0) === '{';
  const matchers: Matcher[] = [];
  let at = isOpen ? 1 : 0;
  while (!isEnd(tokens, at)) {
    const matcher = matcherAt(tokens, at);
    if (typeof matcher === 'string') return { problem: matcher };
    matchers.push(matcher);
    at += 3;
    if (kindAt(tokens, at) === ',') at++;
    else if (!isEnd(tokens, at)) return { problem: `${described(tokens[at])} stands where a comma or the end is expected` };
  }
  const problem = endProblem(tokens, at, isOpen);
  return problem === undefined ? { matchers } : { problem };
}

function isEnd(tokens: readonly Token[], at: number): boolean {
  const kind = kindAt(tokens, at);
  return kind === '}' || kind === 'end';
}

function endProblem(tokens: readonly Token[], at: number, isOpen: boolean): string | undefined {
  const isClosed = kindAt(tokens, at) === '}';
  if (isOpen !== isClosed) return isOpen ? 'the opening brace has no closing one: add }' : 'the closing brace has no opening one: add { or leave it out';
  const rest = isClosed ? tokens[at + 1] : tokens[at];
  return rest === undefined || rest.kind === 'end' ? undefined : `${described(rest)} stands after the closing brace: leave it out`;
}

function kindAt(tokens: readonly Token[], at: number): Token['kind'] {
  return tokens[at]?.kind ?? 'end';
}

function matcherAt(tokens: readonly Token[], at: number): Matcher | string {
  const [name, operator, value] = [tokens[at], tokens[at + 1], tokens[at + 2]];
  const label = textOf(name);
  if (label === undefined) return `${described(name)} stands where the name of a label is expected`;
  if (operator?.kind !== 'operator') return `${described(operator)} stands where =, !=, =~ or !~ is expected`;
  const wanted = textOf(value);
  if (wanted === undefined) return `${described(value)} stands where the value is expected: put it in double quotes, with \\\\ for a backslash and \\" for a double quote`;
  return { name: label, operator: operator.text as MatchOperator, value: wanted };
}

/** The text that a token means; undefined for one that is none, or is badly quoted. */
function textOf(token: Token | undefined): string | undefined {
  if (token?.kind === 'unquoted') return token.text;
  return token?.kind === 'quoted' ? unquoteGo(token.text) : undefined;
}

function described(token: Token | undefined): string {
  return token === undefined || token.kind === 'end' ? 'the end' : token.text;
}

/** One token: a sign, an operator, a text with or without quotes, or a character that cannot stand there. */
const TOKEN = /([{},])|(=~|=|!=|!~)|("(?:[^"\\]|\\[\s\S])*")|([^\p{White_Space}{}!=~,\\"'`]+)|\p{White_Space}+|([\s\S][^,}]*)/gu;

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  for (const [whole, sign, operator, quoted, unquoted, wrong] of text.matchAll(TOKEN)) {
    if (sign !== undefined) tokens.push({ kind: sign as Token['kind'], text: whole });
    else if (operator !== undefined) tokens.push({ kind: 'operator', text: whole });
    else if (quoted !== undefined) tokens.push({ kind: 'quoted', text: whole });
    else if (unquoted !== undefined) tokens.push({ kind: 'unquoted', text: whole });
    else if (wrong !== undefined) tokens.push({ kind: 'wrong', text: whole });
  }
  return [...tokens, { kind: 'end', text: '' }];
}
