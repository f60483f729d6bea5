import fc from 'fast-check';
import { RELABEL_ACTIONS, type RelabelRule } from '../../src/formats/prometheus/relabel.ts';

/** Rules and a label set to try them on. */
export interface RelabelCase {
  readonly rules: readonly RelabelRule[];
  readonly labels: Readonly<Record<string, string>>;
}

const NAMES = ['a', 'b', 'ab', '__meta_kubernetes_pod_label_app', '__address__', '__tmp', 'job', 'a.b', 'a-b', '\u00e9', '\u65e5\u672c', 'x_1', '_', 'A'];
const VALUES = [
  'a', 'b', 'A', 'x=y', 'host:9090', '10.0.0.1:80', 'foo\nbar', '\n', ' ', 'a;b', ';', 'v1.2', 'v1x2', '$1', '${1}', '\u00e9', '\u00c9tude', '\u00df', '\ufb01', 'I\u0130\u0131i', '\u0391\u03a3', '\u1f80', '\u01c5', '\u{1f600}', '\u{10400}', '\u65e5\u672c\u8a9e', '\u0301', 'a\tb', '\\', '"', 'true', '0', '\u212a', '\u017f', 'aaaa', 'abab', '\u2028',
];
const REGEXES = [
  '', '.*', '(.*)', '.+', '(.+)', 'a', 'a|b', '(a)|(b)', '(a)?b?', '(?i)a', '(?i:\u00e9)', '[[:alpha:]]+', '\\d+', '\\w+', '\\pL+', '\\p{Greek}+', '(?P<x>.)(?P<y>.*)', '(?<x>.*)=(?<y>.*)', '([^:]+):(\\d+)', '(?s).*', '(?-s).*', '(?-s:.*)', '\\Qa.b\\E', '__meta_kubernetes_pod_label_(.+)', '[a-z]+', '[^a]', '\\x{e9}', '\\S+', '(.)(.)?(.*)', 'a{2,4}', '(ab)+', '^a$', '\\Aa\\z', '\\bfoo\\b.*', 'a)|(b', 'foo.bar', '(?m)^foo$.*', '(?U)(a+)(a*)', 'v1\\.2', '\\$1', '[\\s\\S]*', '\\p{greek}', '(?P<\u00e9>a)',
  // refused
  '(?!a)', '(?=a)b', '(?<=a)', '(?<!a)b', '(a', 'a)', '[a', '*', 'a**', 'a++', '\\1', '(a)\\1', '\\', 'a{1001}', 'a{2,1}', '(?P<x>a)(?P<x>b)', '(?P=x)', '\\k<x>', '[z-a]', '\\pX', '(?>a)', '(?x)a', '\\Qa', '\\C', '\\8', '[[:foo:]]', '(?#c)', '(?P<>a)', '\\u1234', 'null', '~',
];
const REPLACEMENTS = ['$1', '', 'a', '${1}', '${2}', '$2', '$1$2', '$1x', '${1}x', '$$', '$$1', '$', 'a$', '${', '${1', '$}', '$x', '${x}', '$x$y', '$\u00e9', '$1\u00e9', '$0', '${0}', '$00', '$01', '$10', '$9', '$-1', '$ 1', 'a b', 'a.b', '\u00e9', '$1\n', '${1}_b', '$1.b', '1', '${y}_$x', '${x y}', '$100000000', '$1000000000', '$\u0661'];
const SEPARATORS = [';', '', ',', '$1', '\n', ';;', ' ', 'null'];

const maybe = <T>(value: fc.Arbitrary<T>, weight = 1): fc.Arbitrary<T | undefined> => fc.oneof({ arbitrary: fc.constant(undefined), weight: 1 }, { arbitrary: value, weight });

const regex = fc.oneof(
  { arbitrary: fc.constantFrom(...REGEXES.slice(0, REGEXES.indexOf('(?!a)'))), weight: 12 },
  { arbitrary: fc.constantFrom(...REGEXES), weight: 1 },
  { arbitrary: fc.array(fc.constantFrom(...Array.from('ab.*+?()|[]^$\\{},:-1=\u00e9\n')), { maxLength: 7 }).map((parts) => parts.join('')), weight: 2 },
);
const replacement = fc.oneof({ arbitrary: fc.constantFrom(...REPLACEMENTS), weight: 5 }, { arbitrary: fc.array(fc.constantFrom('$', '{', '}', '1', '2', 'x', '_', 'a', '\u00e9', '.'), { maxLength: 6 }).map((parts) => parts.join('')), weight: 2 });
const target = fc.oneof({ arbitrary: fc.constantFrom(...NAMES), weight: 6 }, { arbitrary: replacement, weight: 1 });
const action = fc.oneof(
  { arbitrary: fc.constantFrom(...RELABEL_ACTIONS), weight: 30 },
  { arbitrary: fc.constantFrom(...RELABEL_ACTIONS).map((name) => name.toUpperCase()), weight: 2 },
  { arbitrary: fc.constantFrom('', 'Keep ', 'label_map'), weight: 1 },
) as fc.Arbitrary<RelabelRule['action']>;

/** Fields as people write them: what the action needs, and now and then what it does not take. */
const rule = maybe(action, 12).chain((chosen) => {
  const takes = FIELDS_OF[chosen?.toLowerCase() ?? 'replace'] ?? [];
  const field = <T>(name: string, value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
    takes.includes(name) ? maybe(value, 14) : fc.oneof({ arbitrary: fc.constant(undefined), weight: 60 }, { arbitrary: value, weight: 1 });
  return fc.record({
    action: fc.constant(chosen),
    source_labels: field('source_labels', fc.array(fc.oneof({ arbitrary: fc.constantFrom(...NAMES), weight: 40 }, { arbitrary: fc.constantFrom('', 'null'), weight: 1 }), { maxLength: 3 })),
    separator: takes.includes('separator') ? maybe(fc.constantFrom(...SEPARATORS)) : field('separator', fc.constantFrom(...SEPARATORS)),
    regex: field('regex', regex),
    modulus: field('modulus', fc.oneof(fc.constantFrom(0, 1, 2, 3, 1000, 2 ** 31, Number.MAX_SAFE_INTEGER, -1), fc.integer({ min: 1, max: 100 }))),
    target_label: field('target_label', target),
    replacement: field('replacement', replacement),
  });
});

const FIELDS_OF: Readonly<Record<string, readonly string[]>> = {
  replace: ['source_labels', 'separator', 'regex', 'target_label', 'replacement'],
  keep: ['source_labels', 'separator', 'regex'],
  drop: ['source_labels', 'separator', 'regex'],
  keepequal: ['source_labels', 'target_label'],
  dropequal: ['source_labels', 'target_label'],
  hashmod: ['source_labels', 'separator', 'modulus', 'target_label'],
  labelmap: ['regex', 'replacement'],
  labeldrop: ['regex'],
  labelkeep: ['regex'],
  lowercase: ['source_labels', 'separator', 'target_label'],
  uppercase: ['source_labels', 'separator', 'target_label'],
};

/** Without undefined properties, as it would stand in a file. */
const written = rule.map((fields) => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as RelabelRule);

const value = fc.oneof({ arbitrary: fc.constantFrom(...VALUES), weight: 8 }, { arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 6 }), weight: 1 });
const labels = fc.dictionary(fc.constantFrom(...NAMES), value, { maxKeys: 7, noNullPrototype: true });

/** Rules of every action, good and bad, with label sets. */
export const relabelCases: fc.Arbitrary<RelabelCase> = fc.record({ rules: fc.array(written, { minLength: 1, maxLength: 3 }), labels });
