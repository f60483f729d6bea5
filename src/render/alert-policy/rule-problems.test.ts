import { expect } from 'chai';
import type { AlertPolicySpec } from '../../api/alert-policy.ts';
import { aPolicy } from '../../testing/build.ts';
import { ruleProblems } from './rule-problems.ts';

const down = { alert: 'Down', expr: 'up == 0' };
const slo = { name: 'a', objective: '99.9', errors: { good: 'rate(g[$window])', total: 'rate(t[$window])' } };

/** What Prometheus refuses besides PromQL, where it stands in the resource, and a part of what is said of it. */
const CASES: readonly (readonly [what: string, spec: AlertPolicySpec, path: string, reason: string, says: string])[] = [
  ['a duration that is too long', { alerts: [{ ...down, for: '300y' }] }, 'spec.alerts[0].for', 'DurationInvalid', '300y'],
  ['a reserved label', { alerts: [{ ...down, labels: { __name__: 'x' } }] }, 'spec.alerts[0].labels.__name__', 'LabelInvalid', '__name__'],
  ['a template in a label', { alerts: [{ ...down, labels: { severity: '{{ broken' } }] }, 'spec.alerts[0].labels.severity', 'TemplateInvalid', 'broken'],
  ['a template in an annotation', { groups: [{ name: 'g', rules: [down, { ...down, annotations: { summary: '{{ $label.job }}' } }] }] }, 'spec.groups[0].rules[1].annotations.summary', 'TemplateInvalid', 'label'],
  ['the interval of a group', { groups: [{ name: 'g', interval: '300y', rules: [down] }] }, 'spec.groups[0].interval', 'DurationInvalid', '300y'],
  ['a field that has another name here', { alerts: [{ ...down, keepFiringFor: '300y' }] }, 'spec.alerts[0].keepFiringFor', 'DurationInvalid', '300y'],
  ['the label of a record', { records: [{ record: 'a:b', expr: 'up', labels: { __name__: 'x' } }] }, 'spec.records[0].labels.__name__', 'LabelInvalid', '__name__'],
  ['the label of an objective, once', { slos: [{ ...slo, labels: { __name__: 'x' } }] }, 'spec.slos[0].labels.__name__', 'LabelInvalid', '__name__'],
];

describe('render/alert-policy/rule-problems', () => {
  for (const [what, spec, path, reason, says] of CASES) {
    it(`finds ${what}`, () => {
      const problems = ruleProblems(aPolicy('checkout', spec), 'v3.15.0');
      expect(problems.map((problem) => [problem.path, problem.reason])).to.deep.equal([[path, reason]]);
      expect(problems[0]?.message).to.contain(says);
    });
  }

  it('finds nothing in good ones', () => {
    expect(ruleProblems(aPolicy('checkout', { alerts: [{ ...down, for: '5m', labels: { severity: '{{ if gt $value 1.0 }}critical{{ end }}' } }], records: [{ record: 'a:b', expr: 'up' }], slos: [slo] }), 'v2.45.0')).to.deep.equal([]);
  });
});
