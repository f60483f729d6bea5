import { expect } from 'chai';
import { parsePromql, promqlProblems, selectors } from './promql.ts';
import type { Version } from './version.ts';

const good: readonly string[] = [
  'sum by (job) (rate(http_requests_total{code=~"5.."}[5m])) / on (job) group_left sum(up) > 0.05',
  'histogram_quantile(0.9, sum by (le) (rate(a[5m])))',
  'avg_over_time(rate(a[5m])[1h:1m] offset 1d)',
  'a unless on (b) c or vector(0)',
  'rate(a[5m + 1m])',
  '{"a.b", "c d"="e"}',
  'label_join(a, "b", ",", "c", "d")',
  'sum',
  '1 == bool 1',
];

/** expression, part of the message, where. */
const bad: readonly (readonly [expr: string, message: string, position: number])[] = [
  ['rat(a[5m])', 'there is no function rat(): did you mean rate?', 0],
  ['sums(a)', 'did you mean sum?', 0],
  ['rate(a)', 'rate() takes a range vector, not an instant vector: add a range, like [5m]', 5],
  ['sum(a[5m])', 'sum() takes an instant vector, not a range vector: put rate(...) or another function around it', 4],
  ['rate(a[5m], 2)', 'rate() takes 1 argument (range vector), not 2', 0],
  ['round()', 'round() takes 1 to 2 arguments', 0],
  ['label_join(a, "b")', 'label_join() takes at least 3 arguments', 0],
  ['histogram_quantile(a, 0.9)', 'histogram_quantile(), argument 1, takes a scalar, not an instant vector', 19],
  ['topk(a, 5)', 'topk() takes a scalar, not an instant vector', 5],
  ['sum(a, b)', 'sum() takes 1 argument', 0],
  ['1 == 1', 'a comparison of two scalars needs bool: write == bool', 1],
  ['a + bool b', 'bool may only follow a comparison, not +', 1],
  ['a and 1', 'and takes instant vectors, not scalars: put vector(...) around the number', 1],
  ['a and on (b) group_left c', 'and takes no group_left', 1],
  ['a * on (b) group_left (b) c', 'the label "b" stands in on and in group_left at once', 1],
  ['{}', 'a selector needs a matcher', 0],
  ['a{__name__="b"}', 'the metric\'s name is set twice, as a and as "b"', 0],
  ['a{b=~"(?!c)"}', 'regex "(?!c)": look-ahead (?!...) is not part of RE2', 2],
  ['a{b=c}', 'unexpected "c" in the matcher of b: expected a text in quotes', 4],
  ['a{b="c" d="e"}', 'unexpected "d" in a selector, between its matchers: expected ","', 8],
  ['sum(a', 'a ( has no closing )', 5],
  ['a)', 'a ) has no opening (', 1],
  ['a[5x]', '5x is no number and no duration', 2],
  ['a[foo]', '"foo" is no duration: write a number and a unit, like [5m]', 2],
  ['a[0s]', 'a range must be longer than 0', 2],
  ['sum(a)[5m]', 'for other expressions write a subquery, like [5m:1m]', 6],
  ['a offset 5m [5m]', 'offset stands behind the range', 12],
  ['(a) offset 5m', 'offset may only follow a selector, a range in [ ] or a subquery', 0],
  ['a offset 5m offset 5m', 'offset may be set only once', 12],
  ['a +', 'unexpected end of the expression in the expression', 3],
  ['a b', 'unexpected "b" in the expression: expected an operator', 2],
  ['a = b', 'unexpected "=" in the expression: expected an operator', 2],
  ['"a', 'a string has no end', 0],
  ['sort_by_label(a, "b")', 'sort_by_label() is experimental: start Prometheus with --enable-feature=promql-experimental-functions', 0],
  ['limitk(1, a)', 'limitk() is experimental', 0],
  ['a anchored', 'the modifier anchored is experimental: start Prometheus with --enable-feature=promql-extended-range-selectors', 2],
];

const dated: readonly (readonly [expr: string, version: Version, message: string | undefined])[] = [
  ['holt_winters(a[5m], 0.5, 0.5)', [2, 55, 1], undefined],
  ['holt_winters(a[5m], 0.5, 0.5)', [3, 0, 0], 'is called double_exponential_smoothing() since'],
  ['histogram_avg(a)', [2, 50, 0], 'histogram_avg() needs Prometheus v2.51.0'],
  ['histogram_avg(a)', [2, 51, 0], undefined],
  ['first_over_time(a[5m])', [3, 13, 0], 'is experimental'],
  ['first_over_time(a[5m])', [3, 14, 0], undefined],
  ['rate(a[300])', [2, 53, 0], '300 has no unit: write 300s'],
  ['rate(a[5m + 1m])', [3, 13, 0], 'computed durations need Prometheus v3.14.0'],
  ['{"a"}', [2, 50, 0], 'quoted names need Prometheus v2.51.0'],
  ['sum by (a:b) (c)', [2, 55, 0], '"a:b" is no label name'],
];

describe('formats/prometheus/promql', () => {
  for (const expr of good) it(`takes ${expr}`, () => expect(promqlProblems(expr)).to.deep.equal([]));

  for (const [expr, message, position] of bad) {
    it(`refuses ${expr}, and says why and where`, () => {
      const [problem] = promqlProblems(expr);
      expect(problem?.message).to.contain(message);
      expect(problem?.position).to.equal(position);
    });
  }

  for (const [expr, version, message] of dated) {
    it(`${message === undefined ? 'takes' : 'refuses'} ${expr} for ${version.join('.')}`, () => {
      const problems = promqlProblems(expr, version);
      if (message === undefined) expect(problems).to.deep.equal([]);
      else expect(problems[0]?.message).to.contain(message);
    });
  }

  it('refuses nothing for a feature that is enabled', () => {
    expect(promqlProblems('sort_by_label(a, "b") + limitk(1, a)', undefined, new Set(['promql-experimental-functions']))).to.deep.equal([]);
    expect(promqlProblems('increase(a[5m] anchored)', undefined, new Set(['promql-extended-range-selectors']))).to.deep.equal([]);
  });

  it('names every fault of types at once', () => {
    expect(promqlProblems('rate(a) + foo(b) + sum(1)').map(({ position }) => position)).to.deep.equal([5, 10, 23]);
  });

  it('keeps the case of words that are keywords elsewhere', () => {
    expect(parsePromql('Sum + SUM(a)').expr).to.deep.include({ kind: 'binary', left: { kind: 'selector', name: 'Sum', matchers: [], start: 0, end: 3 } });
  });

  it('lists what an expression selects', () => {
    const found = selectors('sum(rate(a{b="c"}[5m] offset 1h)) / {__name__="d"} > (time() - e)');
    expect(found.map(({ name, matchers }) => [name, matchers.map(({ name: label, op, value }) => `${label}${op}${value}`)])).to.deep.equal([['a', ['b=c']], [undefined, ['__name__=d']], ['e', []]]);
    expect(found[0]?.offset).to.deep.equal({ seconds: 3600 });
  });
});
