import { expect } from 'chai';
import { relabel, relabeled } from './relabel-eval.ts';
import type { Labels, RelabelOptions } from './relabel-eval.ts';
import type { RelabelRule } from './relabel.ts';
import { copy, drop, dropEqual, hashMod, keep, keepEqual, labelDrop, labelKeep, labelMap, literal, lowercase, remove, replace, set, uppercase } from './relabel.ts';

interface Case {
  readonly title: string;
  readonly rules: readonly RelabelRule[];
  readonly labels: Labels;
  /** undefined: dropped. */
  readonly expected: Labels | undefined;
  readonly options?: RelabelOptions;
}

const cases: readonly Case[] = [
  { title: 'keeps what matches as a whole', rules: [keep(['a'], 'x|y')], labels: { a: 'y' }, expected: { a: 'y' } },
  { title: 'anchors: part of a value is no match', rules: [keep(['a'], 'x')], labels: { a: 'xy' }, expected: undefined },
  { title: 'drops what matches', rules: [drop(['a'], 'x.*')], labels: { a: 'xy' }, expected: undefined },
  { title: 'joins source labels by semicolon, and takes a missing one for empty', rules: [keep(['a', 'b', 'c'], '1;;3')], labels: { a: '1', c: '3' }, expected: { a: '1', c: '3' } },
  { title: 'joins by another separator', rules: [{ source_labels: ['a', 'b'], separator: '', target_label: 'c' }], labels: { a: '1', b: '2' }, expected: { a: '1', b: '2', c: '12' } },
  { title: 'drops a target without the label on an empty regex', rules: [drop(['a'], '')], labels: { b: '1' }, expected: undefined },
  { title: 'replaces with groups', rules: [replace(['a'], '(.*):(\\d+)', 'p', '${2}_$1')], labels: { a: 'host:80' }, expected: { a: 'host:80', p: '80_host' } },
  { title: 'takes $1x for ${1x}, which is empty, which removes the label', rules: [replace(['a'], '(.*)', 'b', '$1x')], labels: { a: '1', b: 'old' }, expected: { a: '1' } },
  { title: 'counts Unicode letters to a name', rules: [replace(['a'], '(.*)', 'b', '<$1\u00e9>')], labels: { a: '1' }, expected: { a: '1', b: '<>' } },
  { title: 'expands named groups', rules: [replace(['a'], '(?P<host>[^:]+).*', 'b', '$host')], labels: { a: 'h:1' }, expected: { a: 'h:1', b: 'h' } },
  { title: 'expands the target label', rules: [replace(['a'], '(\\w+)=(\\w+)', '$1', '$2')], labels: { a: 'k=v' }, expected: { a: 'k=v', k: 'v' } },
  { title: 'leaves everything alone where the target comes out empty', rules: [replace(['a'], '(b)?.*', '${1}', 'v')], labels: { a: 'x' }, expected: { a: 'x' } },
  { title: 'leaves everything alone where the regex does not match', rules: [replace(['a'], 'y', 'b', 'v')], labels: { a: 'x', b: '1' }, expected: { a: 'x', b: '1' } },
  { title: 'sets a constant with a dollar in it', rules: [set('a', '$1 and $$')], labels: {}, expected: { a: '$1 and $$' } },
  { title: 'removes a label', rules: [remove('a')], labels: { a: '1', b: '2' }, expected: { b: '2' } },
  { title: 'copies unless the source is empty', rules: [copy('a', 'b'), copy('none', 'b')], labels: { a: '1' }, expected: { a: '1', b: '1' } },
  { title: 'lets a dot match a newline since 3.0', rules: [keep(['a'], 'x.y')], labels: { a: 'x\ny' }, expected: { a: 'x\ny' } },
  { title: 'does not let a dot match a newline before 3.0', rules: [keep(['a'], 'x.y')], labels: { a: 'x\ny' }, expected: undefined, options: { version: [2, 55, 1] } },
  { title: 'keeps equal labels', rules: [keepEqual(['a'], 'b')], labels: { a: '1', b: '1' }, expected: { a: '1', b: '1' } },
  { title: 'drops unequal labels on keepequal', rules: [keepEqual(['a'], 'b')], labels: { a: '1' }, expected: undefined },
  { title: 'takes two missing labels for equal', rules: [dropEqual(['a'], 'b')], labels: { c: '1' }, expected: undefined },
  { title: 'hashes like Prometheus', rules: [hashMod(['c'], 1000, 'd')], labels: { c: 'baz' }, expected: { c: 'baz', d: '976' } },
  { title: 'hashes a newline', rules: [hashMod(['a'], 1000, 'd')], labels: { a: 'foo\nbar' }, expected: { a: 'foo\nbar', d: '734' } },
  { title: 'maps label names, and keeps the originals', rules: [labelMap('x_(.+)')], labels: { x_a: '1', y: '2' }, expected: { x_a: '1', a: '1', y: '2' } },
  { title: 'maps the last of two names that become one', rules: [labelMap('[xz]_(.+)')], labels: { x_a: '1', z_a: '2' }, expected: { x_a: '1', z_a: '2', a: '2' } },
  { title: 'drops labels by name', rules: [labelDrop('x.*')], labels: { x_a: '1', y: '2' }, expected: { y: '2' } },
  { title: 'keeps labels by name', rules: [labelKeep('x.*')], labels: { x_a: '1', y: '2' }, expected: { x_a: '1' } },
  { title: 'lower-cases character by character', rules: [lowercase(['a'], 'a')], labels: { a: '\u0391\u03a3 \u0130' }, expected: { a: '\u03b1\u03c3 i' } },
  { title: 'upper-cases each character to one', rules: [uppercase(['a'], 'a')], labels: { a: '\u00df\ufb01\u1f80a' }, expected: { a: '\u00df\ufb01\u1f88A' } },
  { title: 'matches an inline flag', rules: [keep(['a'], '(?i)abc')], labels: { a: 'ABC' }, expected: { a: 'ABC' } },
  { title: 'takes a literal for what it is', rules: [keep(['a'], literal('v1.2+(x)[y]{z}^$|\\'))], labels: { a: 'v1.2+(x)[y]{z}^$|\\' }, expected: { a: 'v1.2+(x)[y]{z}^$|\\' } },
  { title: 'reads an action in any case', rules: [{ action: 'DROP' as 'drop', source_labels: ['a'], regex: 'x' }], labels: { a: 'x' }, expected: undefined },
  { title: 'sets a label that only UTF-8 names allow', rules: [set('a.b', '1')], labels: {}, expected: { 'a.b': '1' } },
  { title: 'skips a name that the legacy scheme refuses', rules: [replace(['a'], '(.*)', '${1}', '1')], labels: { a: 'x.y' }, expected: { a: 'x.y' }, options: { scheme: 'legacy' } },
];

describe('formats/prometheus/relabel-eval', () => {
  for (const { title, rules, labels, expected, options } of cases) {
    it(title, () => {
      expect(relabeled(rules, labels, options)).to.deep.equal(expected);
      const { keep: isKept, labels: after } = relabel(rules, labels, options);
      expect(isKept).to.equal(expected !== undefined);
      expect(after).to.deep.equal(expected ?? {});
    });
  }

  it('tells what each rule saw and left, and stops at the rule that drops', () => {
    const { steps } = relabel([set('b', '2'), drop(['b'], '2'), set('c', '3')], { a: '1' });
    expect(steps).to.deep.equal([
      { rule: 0, before: { a: '1' }, after: { a: '1', b: '2' }, dropped: false },
      { rule: 1, before: { a: '1', b: '2' }, after: { a: '1', b: '2' }, dropped: true },
    ]);
  });

  it('throws for a rule that Prometheus would refuse: the caller checks first', () => {
    expect(() => relabel([keep(['a'], '(?!x)')], {})).to.throw(/look-ahead/);
  });
});
