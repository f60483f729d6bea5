import type { Matcher, MatchOperator, ParsedMatchers } from './matcher.ts';

/** Reads matchers as Alertmanager did before 0.27 (pkg/labels/parse.go). Expressions are left unchecked. */
export function parseClassicMatchers(text: string): ParsedMatchers {
  const matchers: Matcher[] = [];
  for (const token of tokensOf(text.replace(/^\{/, '').replace(/\}$/, ''))) {
    const matcher = parseMatcher(token);
    if (typeof matcher === 'string') return { problem: matcher };
    matchers.push(matcher);
  }
  return { matchers };
}

/** What stands between the commas outside of quotes. A last one of nothing but space does not count. */
function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  let token = '';
  let isQuoted = false;
  let isEscaped = false;
  for (const char of text) {
    if (char === ',' && !isQuoted) {
      tokens.push(token);
      token = '';
      continue; // what was escaped before the comma still is: the real one forgets to forget it, too
    }
    // A comma within quotes leaves the escape as it was, which cannot be: it would have closed it.
    if (char === '"' && !isEscaped) isQuoted = !isQuoted;
    if (char !== ',') isEscaped = char === '\\' && !isEscaped;
    token += char;
  }
  const rest = trimSpace(token);
  return rest === '' ? tokens : [...tokens, rest];
}

const MATCHER = /^[\t\n\f\r ]*([a-zA-Z_:][a-zA-Z0-9_:]*)[\t\n\f\r ]*(=~|=|!=|!~)[\t\n\f\r ]*(.*?)[\t\n\f\r ]*$/s;

function parseMatcher(token: string): Matcher | string {
  const [, name, operator, raw] = MATCHER.exec(token) ?? [];
  if (name === undefined || operator === undefined || raw === undefined) return `"${token.trim()}" does not have the form label="value"`;
  const value = unescape(raw);
  return value === undefined ? `the double quotes of ${raw} do not pair: put \\ before one that belongs to the value` : { name, operator: operator as MatchOperator, value };
}

/** The value without its quotes and escapes; undefined where a double quote stands alone. */
function unescape(raw: string): string | undefined {
  let isOpen = raw.startsWith('"');
  const text = isOpen ? raw.slice(1) : raw;
  let value = '';
  for (let index = 0; index < text.length; index++) {
    const char = text.charAt(index);
    const isLast = index === text.length - 1;
    if (char === '\\' && !isLast) {
      index++;
      value += ESCAPES[text.charAt(index)] ?? `\\${text.charAt(index)}`;
    } else if (char === '"') {
      if (!isOpen || !isLast) return undefined;
      isOpen = false;
    } else {
      value += char;
    }
  }
  return isOpen ? undefined : value;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', '"': '"', '\\': '\\' };

// Go's strings.TrimSpace.
function trimSpace(text: string): string {
  return text.replace(/^[\p{White_Space}]+|[\p{White_Space}]+$/gu, '');
}
