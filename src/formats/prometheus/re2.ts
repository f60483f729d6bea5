import { RE2JS, RE2JSException } from 're2js';

/** What matched: group 0 is the whole; a group that took no part, or that there is none of, is undefined. */
export interface Groups {
  group(index: number): string | undefined;
  named(name: string): string | undefined;
}

/** A compiled RE2 expression that reads text the way Go's regexp package does. */
export interface Re2 {
  /** Whether it matches somewhere; anchors are part of the expression. */
  matches(text: string): boolean;
  /** The leftmost match. */
  find(text: string): Groups | undefined;
  /** Go's ReplaceAllStringFunc, with groups. */
  replaceAll(text: string, replacement: (groups: Groups) => string): string;
}

/** Bounds memory where expressions come and go; far above what one configuration holds. */
const CACHE_SIZE = 20_000;
const cache = new Map<string, Re2 | RE2JSException>();

/** Compiles an expression, once. Answers a sentence about what is wrong with one that RE2 does not accept. */
export function compileRe2(expression: string): Re2 | string {
  const compiled = compileCached(expression);
  return compiled instanceof RE2JSException ? describeSyntaxError(compiled, expression) : compiled;
}

/**
 * What is wrong with an expression that Prometheus puts between `prefix` and `suffix`, as a sentence that names the mend;
 * undefined where nothing is.
 */
export function re2Problem(expression: string, prefix = '^(?s:', suffix = ')$'): string | undefined {
  const wrapped = compileCached(`${prefix}${expression}${suffix}`);
  if (!(wrapped instanceof RE2JSException)) return undefined;
  // The bare expression has the message without our brackets in it; only a few faults need the brackets to show.
  const bare = compileCached(expression);
  return describeSyntaxError(bare instanceof RE2JSException ? bare : wrapped, expression);
}

function compileCached(expression: string): Re2 | RE2JSException {
  let compiled = cache.get(expression);
  if (compiled === undefined) {
    if (cache.size >= CACHE_SIZE) cache.clear();
    compiled = compile(expression);
    cache.set(expression, compiled);
  }
  return compiled;
}

function compile(expression: string): Re2 | RE2JSException {
  try {
    const { source, names } = uniqueNames(foldPropertyNames(expression));
    return wrap(RE2JS.compile(source), names);
  } catch (error) {
    if (error instanceof RE2JSException) return error;
    throw error;
  }
}

/** A name in the expression to the names that stand for it in what is compiled. */
type Aliases = ReadonlyMap<string, readonly string[]>;

function wrap(regex: RE2JS, aliases: Aliases): Re2 {
  const indexes: Readonly<Record<string, number>> = regex.namedGroups();
  const names: Names = new Map([...aliases].map(([name, unique]) => [name, unique.map((one) => indexes[one] ?? -1)]));
  return {
    matches: (text) => regex.test(text),
    find(text) {
      const matcher = regex.matcher(text);
      return matcher.find() ? groupsOf(matcher, names) : undefined;
    },
    replaceAll: (text, replacement) => replaceAll(regex, names, text, replacement),
  };
}

/** Names to the groups that have them. */
type Names = ReadonlyMap<string, readonly number[]>;
type Matcher = ReturnType<RE2JS['matcher']>;

function groupsOf(matcher: Matcher, names: Names): Groups {
  const groups = Array.from({ length: matcher.groupCount() + 1 }, (_, index) => matcher.group(index) ?? undefined);
  return {
    group: (index) => groups[index],
    named: (name) => names.get(name)?.map((index) => groups[index]).find((group) => group !== undefined),
  };
}

// Go's rule: an empty match right behind the last one is skipped, unless it is at the very start.
function replaceAll(regex: RE2JS, names: Names, text: string, replacement: (groups: Groups) => string): string {
  const matcher = regex.matcher(text);
  let result = '';
  let copied = 0;
  let from = 0;
  while (from <= text.length && matcher.find(from)) {
    const [start, end] = [matcher.start(), matcher.end()];
    result += text.slice(copied, start);
    if (end > copied || start === 0) result += replacement(groupsOf(matcher, names));
    copied = end;
    from = Math.max(end, from + widthAt(text, from));
  }
  return result + text.slice(copied);
}

function widthAt(text: string, index: number): number {
  return (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
}

/** An escape, a class, or the start of a named group. */
const NAMED_GROUP = /\\[\s\S]|\[\^?\]?(?:\[:[^\]]*:\]|\\[\s\S]|[^\]\\])*\]|(\(\?P?<)([A-Za-z0-9_]+)>/g;

/** Go lets several groups have one name, of which the first that matched counts; RE2 and RE2JS do not. */
function uniqueNames(expression: string): { source: string; names: Aliases } {
  const names = new Map<string, string[]>();
  if (!expression.includes('(?')) return { source: expression, names };
  const source = expression.replace(NAMED_GROUP, (whole, open?: string, name?: string) => {
    if (open === undefined || name === undefined) return whole;
    const known = names.get(name) ?? [];
    const unique = known.length === 0 ? name : `${name}_again${known.length}`;
    names.set(name, [...known, unique]);
    return `${open}${unique}>`;
  });
  return { source, names };
}

/** Go 1.25 and newer compare names of Unicode classes without case, spaces, hyphens and underscores; RE2JS does not. */
function foldPropertyNames(expression: string): string {
  if (!expression.includes('\\p{') && !expression.includes('\\P{')) return expression;
  return expression.replace(/\\(?:([pP]\{\^?)([A-Za-z _-]+)\}|[\s\S])/g, (whole, open?: string, name?: string) => {
    const known = name === undefined ? undefined : PROPERTY_NAMES.get(foldName(name));
    return known === undefined ? whole : `\\${open}${known}}`;
  });
}

const foldName = (name: string): string => name.toLowerCase().replace(/[ _-]/g, '');

const PROPERTY_NAMES = new Map(
  ['Any', 'Latin', 'Greek', 'Cyrillic', 'Han', 'Hiragana', 'Katakana', 'Arabic', 'Hebrew', 'Thai', 'Hangul', 'Armenian', 'Common',
    'L', 'Lu', 'Ll', 'Lt', 'Lm', 'Lo', 'M', 'Mn', 'Mc', 'Me', 'N', 'Nd', 'Nl', 'No', 'P', 'S', 'Z', 'C'].map((name) => [foldName(name), name] as const),
);

/** What RE2 lacks and what to do instead, by how the message's quotation starts. */
const MENDS: readonly (readonly [RegExp, (part: string) => string])[] = [
  [/^\(\?[!=]/, (part) => `look-ahead ${part.slice(0, 3)}...) is not part of RE2: match what you want, and use action drop (or a second rule) for what you do not`],
  [/^\(\?<[!=]/, (part) => `look-behind ${part.slice(0, 4)}...) is not part of RE2: match what you want, and use action drop (or a second rule) for what you do not`],
  [/^\(\?>/, () => 'atomic groups (?>...) are not part of RE2: use (?:...), RE2 never backtracks'],
  [/^\(\?P$|^\\k$|^\\[1-9]$/, (part) => `back-references such as ${part === '(?P' ? '(?P=name)' : part} are not part of RE2: compare labels with keepequal or dropequal instead`],
  [/^\(\?#/, () => 'comments (?#...) are not part of RE2: leave them out'],
  [/^\(\?x/, () => 'the flag x is not part of RE2: write the expression without spaces and comments'],
  [/^[*+?}]?[+]$|^\?\+$|^\*\+$|^\+\+$/, (part) => `possessive repetition ${part} is not part of RE2: leave the second + out`],
];

function describeSyntaxError(error: RE2JSException, expression: string): string {
  const [, what = '', part = ''] = /^error parsing regexp: (.*?)(?:: `([\s\S]*)`)?$/s.exec(error.message) ?? [];
  const mend = MENDS.find(([start]) => start.test(part));
  if (mend) return mend[1](part);
  return `${SENTENCES[what] ?? (what || error.message)}${part === '' || part === expression ? '' : ` at ${part}`}`;
}

const SENTENCES: Readonly<Record<string, string>> = {
  'missing closing )': 'a ( has no closing ): add it, or write \\( for the character',
  'unexpected )': 'a ) has no opening (: add it, or write \\) for the character',
  'missing closing ]': 'a [ has no closing ]: add it, or write \\[ for the character',
  'missing argument to repetition operator': 'there is nothing to repeat before *, +, ? or {: for any text write .*, for the character itself put \\ before it',
  'invalid nested repetition operator': 'two repetitions in a row: put the first into (?:...)',
  'invalid repeat count': 'a repetition is limited to 1000, nested ones multiplied, and its bounds must be in order',
  'invalid escape sequence': 'RE2 does not know this escape: write \\\\ for a backslash',
  'trailing backslash at end of expression': 'a backslash stands at the end: write \\\\ for the character',
  'invalid character class range': 'RE2 does not know this range or class',
  'invalid named capture': 'a group is named (?P<name>...), with letters, digits and _',
  'invalid or unsupported Perl syntax': 'RE2 does not have this piece of Perl syntax',
};
