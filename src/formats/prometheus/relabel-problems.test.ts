import { expect } from 'chai';
import { relabelProblems } from './relabel-problems.ts';
import type { RelabelRule } from './relabel.ts';
import type { NameValidationScheme } from './scrape-config.ts';
import type { Version } from './version.ts';

interface Case {
  readonly rule: RelabelRule;
  /** field: part of the message. Empty: Prometheus takes it. */
  readonly problems: Readonly<Record<string, string>>;
  readonly scheme?: NameValidationScheme;
  readonly version?: Version;
}

const cases: readonly Case[] = [
  { rule: {}, problems: { target_label: 'action replace needs a target label' } },
  { rule: { target_label: 'a' }, problems: {} },
  { rule: { action: 'KEEP' as 'keep' }, problems: {} },
  { rule: { action: 'keeep' as 'keep' }, problems: { action: 'did you mean keep?' } },
  { rule: { action: '' as 'keep' }, problems: { action: 'use one of replace' } },
  { rule: { action: 'keep', regex: '(?!x).*' }, problems: { regex: 'regex "(?!x).*": look-ahead (?!...) is not part of RE2' } },
  { rule: { action: 'keep', regex: '(?<=x).*' }, problems: { regex: 'look-behind (?<=...) is not part of RE2' } },
  { rule: { action: 'keep', regex: '(a)\\1' }, problems: { regex: 'back-references such as \\1 are not part of RE2' } },
  { rule: { action: 'keep', regex: 'a++' }, problems: { regex: 'possessive repetition ++ is not part of RE2' } },
  { rule: { action: 'keep', regex: '(a' }, problems: { regex: 'a ( has no closing )' } },
  { rule: { action: 'keep', regex: '*' }, problems: { regex: 'nothing to repeat' } },
  { rule: { action: 'keep', regex: 'a\\' }, problems: { regex: 'a backslash stands at the end' } },
  { rule: { action: 'keep', regex: 'a)(b' }, problems: {} },
  { rule: { action: 'keep', source_labels: [''] }, problems: { source_labels: 'source label "" is no label name' } },
  { rule: { action: 'keep', source_labels: ['a-b'] }, problems: {} },
  { rule: { action: 'keep', source_labels: ['a-b'] }, version: [2, 55, 1], problems: { source_labels: 'source label "a-b"' } },
  { rule: { action: 'hashmod', target_label: 'a' }, problems: { modulus: 'needs a modulus of 1 or more' } },
  { rule: { action: 'hashmod', target_label: 'a', modulus: 0 }, problems: { modulus: 'not 0' } },
  { rule: { action: 'hashmod', target_label: 'a', modulus: -1 }, problems: { modulus: 'modulus -1 is not a whole number' } },
  { rule: { action: 'hashmod', modulus: 2 }, problems: { target_label: 'needs a target label' } },
  { rule: { target_label: 'a-b' }, problems: {} },
  { rule: { target_label: 'a-b' }, scheme: 'legacy', problems: { target_label: 'target label "a-b" is no label name' } },
  { rule: { target_label: '${1}_b' }, scheme: 'legacy', problems: {} },
  { rule: { target_label: '$1-b' }, scheme: 'legacy', problems: { target_label: '"$1-b"' } },
  { rule: { target_label: '$1-b' }, version: [3, 1, 0], problems: { target_label: '"$1-b"' } },
  { rule: { target_label: '$1-b' }, version: [3, 2, 0], problems: {} },
  { rule: { action: 'lowercase', target_label: '$1' }, scheme: 'legacy', problems: { target_label: 'without $' } },
  { rule: { action: 'lowercase', target_label: '$1' }, version: [2, 45, 0], problems: {} },
  { rule: { action: 'lowercase', target_label: 'a', replacement: 'x' }, problems: { replacement: 'leave "x" out' } },
  { rule: { action: 'labelmap', replacement: '' }, problems: { replacement: 'makes no label name' } },
  { rule: { action: 'labelmap', replacement: '1' }, scheme: 'legacy', problems: { replacement: 'makes no label name' } },
  { rule: { action: 'keepequal', source_labels: ['a'], target_label: 'b' }, problems: {} },
  { rule: { action: 'keepequal', source_labels: ['a'], target_label: 'b', regex: '(.*)' }, problems: { regex: 'only source_labels and target_label' } },
  { rule: { action: 'dropequal', target_label: 'b', separator: ';', replacement: '$1' }, problems: {} },
  { rule: { action: 'dropequal', target_label: 'b', separator: ',' }, problems: { separator: 'leave separator "," out' } },
  { rule: { action: 'labeldrop', regex: 'a' }, problems: {} },
  { rule: { action: 'labeldrop', regex: 'a', source_labels: [] }, problems: { source_labels: 'only regex' } },
  { rule: { action: 'labelkeep', regex: 'a', target_label: '' }, problems: {} },
  { rule: { action: 'labelkeep', regex: 'a', target_label: 'b', modulus: 3 }, problems: { target_label: 'only regex', modulus: 'only regex' } },
];

describe('formats/prometheus/relabel-problems', () => {
  for (const { rule, problems, scheme, version } of cases) {
    const verdict = Object.keys(problems).length === 0 ? 'takes' : 'refuses';
    it(`${verdict} ${JSON.stringify(rule)}${scheme ? ` under ${scheme}` : ''}${version ? ` in ${version.join('.')}` : ''}`, () => {
      const found = relabelProblems(rule, scheme, version);
      expect(found.map(({ field }) => field)).to.have.members(Object.keys(problems));
      for (const { field, message } of found) expect(message).to.contain(problems[field]);
    });
  }
});
