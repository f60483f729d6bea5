import { expect } from 'chai';
import { ruleGroupProblems } from './rule-group-problems.ts';
import type { Rule, RuleGroup } from './rule-group.ts';

const group = (rule: Partial<Rule>, more: Partial<RuleGroup> = {}): RuleGroup => ({ name: 'g', rules: [{ expr: 'up == 0', ...rule }], ...more });

const bad: readonly (readonly [group: RuleGroup, path: string, reason: string, message: string])[] = [
  [group({ alert: 'A' }, { name: '' }), 'name', 'RuleInvalid', 'needs a name'],
  [group({ alert: 'A' }, { interval: '1' }), 'interval', 'DurationInvalid', 'has no unit'],
  [group({ alert: 'A' }, { labels: { __name__: 'x' } }), 'labels.__name__', 'LabelInvalid', 'use record'],
  [group({}), 'rules[0].alert', 'RuleInvalid', 'set alert or record'],
  [group({ alert: 'A', record: 'a' }), 'rules[0].record', 'RuleInvalid', 'either the alert A or the record a'],
  [group({ alert: 'A', expr: '' }), 'rules[0].expr', 'ExpressionInvalid', 'is empty'],
  [group({ alert: 'A', expr: 'rate(a)' }), 'rules[0].expr', 'ExpressionInvalid', 'add a range, like [5m] (column 6)'],
  [group({ alert: 'A', expr: 'a\n+ rate(b)' }), 'rules[0].expr', 'ExpressionInvalid', '(line 2, column 8)'],
  [group({ alert: 'A', for: '5 m' }), 'rules[0].for', 'DurationInvalid', 'is no unit'],
  [group({ alert: 'A', keep_firing_for: '-1m' }), 'rules[0].keep_firing_for', 'DurationInvalid', 'is negative'],
  [group({ record: 'a', for: '5m' }), 'rules[0].for', 'RuleInvalid', 'for is for alerts'],
  [group({ record: 'a', annotations: { a: 'b' } }), 'rules[0].annotations', 'RuleInvalid', 'annotations are for alerts'],
  [group({ record: 'a{b="c"}' }), 'rules[0].record', 'RuleInvalid', 'has braces in it'],
  [group({ alert: 'A', labels: { '': 'x' } }), 'rules[0].labels.', 'LabelInvalid', '"" is no label name'],
  [group({ alert: 'A', annotations: { summary: '{{ $valeu }}' } }), 'rules[0].annotations.summary', 'TemplateInvalid', 'did you mean $value? (column 4)'],
  [group({ alert: 'A', labels: { severity: '{{ if }}' } }), 'rules[0].labels.severity', 'TemplateInvalid', '{{if}} lacks a value'],
];

describe('formats/prometheus/rule-group-problems', () => {
  for (const [value, path, reason, message] of bad) {
    it(`refuses ${JSON.stringify(value)}`, () => {
      const [problem, ...more] = ruleGroupProblems(value);
      expect(problem).to.include({ path, reason });
      expect(problem?.message).to.contain(message);
      expect(more).to.deep.equal([]);
    });
  }

  it('takes what Prometheus takes', () => {
    expect(ruleGroupProblems(group({ alert: 'A b', for: '5m', labels: { 'a.b': '{{ $value }}' }, annotations: { 'c d': '' } }, { interval: '0', limit: 5, query_offset: '1m' }))).to.deep.equal([]);
    expect(ruleGroupProblems(group({ record: 'a:b', for: '0s', labels: { a: '{{' } }))).to.deep.equal([]);
    expect(ruleGroupProblems({ name: 'empty', rules: [] })).to.deep.equal([]);
  });

  it('judges names by the release and the scheme', () => {
    const rule = group({ record: 'a.b', labels: { 'c.d': 'e' } });
    expect(ruleGroupProblems(rule)).to.deep.equal([]);
    expect(ruleGroupProblems(rule, [2, 55, 0]).map(({ path }) => path)).to.deep.equal(['rules[0].record', 'rules[0].labels.c.d']);
    expect(ruleGroupProblems(rule, undefined, { scheme: 'legacy' })).to.have.length(2);
  });
});
