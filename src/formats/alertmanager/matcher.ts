import { compileRe2, re2Problem } from '../prometheus/re2.ts';
import { parseClassicMatchers } from './matcher-classic.ts';
import { parseUtf8Matchers } from './matcher-utf8.ts';

export type MatchOperator = '=' | '!=' | '=~' | '!~';

/** One condition on a label; a missing label is an empty one. */
export interface Matcher {
  readonly name: string;
  readonly operator: MatchOperator;
  readonly value: string;
}

/** The matchers that a text holds, or a sentence about what is wrong with it and the mend. */
export type ParsedMatchers = { readonly matchers: readonly Matcher[] } | { readonly problem: string };

/**
 * Reads what stands in one line of `matchers:`, such as `severity="critical"` or `{a="b", c!~"d"}`, as Alertmanager does
 * unless told otherwise (matcher/compat/parse.go, fallback mode): by the UTF-8 parser, and by the classic one where that one
 * fails or the two disagree.
 */
export function parseMatchers(text: string): ParsedMatchers {
  const utf8 = checked(parseUtf8Matchers(text));
  const classic = checked(parseClassicMatchers(text));
  if ('problem' in utf8) return 'problem' in classic ? { problem: describe(text, utf8.problem) } : classic;
  if ('problem' in classic || sameMatchers(utf8.matchers, classic.matchers)) return utf8;
  return classic;
}

/** Writes a matcher so that both parsers read the same: the value always quoted, the name where it must be. */
export function printMatcher({ name, operator, value }: Matcher): string {
  const quotedName = NEEDS_QUOTES.test(name) || name === '' ? quote(name) : name;
  return `${quotedName}${operator}${quote(value)}`;
}

/** Whether a matcher fits an alert's labels. Its expression must be valid. */
export function matches({ name, operator, value }: Matcher, labels: Readonly<Record<string, string>>): boolean {
  const actual = Object.hasOwn(labels, name) ? (labels[name] ?? '') : '';
  if (operator === '=') return actual === value;
  if (operator === '!=') return actual !== value;
  const regex = compileRe2(anchored(value));
  if (typeof regex === 'string') throw new Error(`a matcher that was never checked: ${regex}`);
  return regex.matches(actual) === (operator === '=~');
}

/** Whether all matchers fit; none at all fit everything. */
export function matchesAll(matchers: readonly Matcher[], labels: Readonly<Record<string, string>>): boolean {
  return matchers.every((matcher) => matches(matcher, labels));
}

// As Alertmanager compiles it: unlike in Prometheus, the dot does not match a line break.
function anchored(expression: string): string {
  return `^(?:${expression})$`;
}

function checked(parsed: ParsedMatchers): ParsedMatchers {
  if ('problem' in parsed) return parsed;
  for (const { name, operator, value } of parsed.matchers) {
    const wrong = operator === '=~' || operator === '!~' ? re2Problem(value, '^(?:', ')$') : undefined;
    if (wrong !== undefined) return { problem: `the expression "${value}" of ${name} is not valid: ${wrong}` };
  }
  return parsed;
}

function sameMatchers(a: readonly Matcher[], b: readonly Matcher[]): boolean {
  return a.length === b.length && a.every((matcher, index) => printMatcher(matcher) === printMatcher(b[index] ?? { name: '', operator: '=', value: '' }));
}

function describe(text: string, problem: string): string {
  if (/^[^"=~]+[<>]/.test(text)) return `"${text}" is no matcher: labels are text, only =, !=, =~ and !~ compare them`;
  if (!/[=~]/.test(text)) return `"${text}" is no matcher: write label, operator and value, like severity="critical"`;
  return `"${text}" is no matcher: ${problem}`;
}

/** White space, and what has a meaning between matchers (matcher/parse/lexer.go, isReserved). */
const NEEDS_QUOTES = /[\s\u0085{}!=~,\\"'`]/u;

// Escapes that both parsers know: the classic one knows no others.
function quote(value: string): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')}"`;
}
