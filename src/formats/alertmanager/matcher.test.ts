import { expect } from 'chai';
import fc from 'fast-check';
import { matches, parseMatchers, printMatcher, type Matcher } from './matcher.ts';

/** Parity with amtool is in e2e/prometheus/alertmanager-matchers.test.ts; here stands what must not change unseen. */
const READ: readonly (readonly [text: string, canonical: readonly string[]])[] = [
  ['severity="critical"', ['severity="critical"']],
  ['severity=critical', ['severity="critical"']],
  [' team =~ "a|b" ', ['team=~"a|b"']],
  ['{a="b",c!~"d.*",}', ['a="b"', 'c!~"d.*"']],
  ['"dotted.name"="x"', ['dotted.name="x"']],
  ['"with space"!="x"', ['"with space"!="x"']],
  ['a="say \\"hi\\""', ['a="say \\"hi\\""']],
  ['a="b\\\\c"', ['a="b\\\\c"']],
  // Only the classic parser takes these; the backslash of the first stays one.
  ['a=~"\\d+"', ['a=~"\\\\d+"']],
  ["a='b'", ['a="\'b\'"']],
  // The two disagree, and the classic one wins.
  ['a="\\t"', ['a="\\\\t"']],
  ['', []],
  ['{}', []],
];

const REFUSED: readonly (readonly [text: string, message: string])[] = [
  ['critical', '"critical" is no matcher: write label, operator and value, like severity="critical"'],
  ['latency>5', '"latency>5" is no matcher: labels are text, only =, !=, =~ and !~ compare them'],
  ['a=~"("', '"a=~"("" is no matcher: the expression "(" of a is not valid: a ( has no closing ): add it, or write \\( for the character'],
  ['a="b', '"a="b" is no matcher: "b stands where the value is expected: put it in double quotes, with \\\\ for a backslash and \\" for a double quote'],
  ['a="b" c="d"', '"a="b" c="d"" is no matcher: c stands where a comma or the end is expected'],
  ['="b"', '"="b"" is no matcher: = stands where the name of a label is expected'],
];

const matcher = fc.record({
  name: fc.oneof(fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]*$/), fc.string({ unit: 'grapheme', minLength: 1 })),
  operator: fc.constantFrom('=', '!='),
  value: fc.string({ unit: 'grapheme' }),
}) as fc.Arbitrary<Matcher>;

describe('formats/alertmanager/matcher', () => {
  for (const [text, canonical] of READ) {
    it(`reads ${JSON.stringify(text)}`, () => {
      const parsed = parseMatchers(text);
      expect('problem' in parsed ? parsed : parsed.matchers.map(printMatcher)).to.deep.equal(canonical);
    });
  }

  for (const [text, message] of REFUSED) {
    it(`refuses ${text} and says what to write`, () => {
      expect(parseMatchers(text)).to.deep.equal({ problem: message });
    });
  }

  it('reads back whatever it prints', () => {
    fc.assert(fc.property(matcher, (one) => {
      expect(parseMatchers(printMatcher(one))).to.deep.equal({ matchers: [one] });
    }));
  });

  it('takes a missing label for an empty one, and anchors expressions', () => {
    const fits = (text: string, labels: Record<string, string>): boolean => {
      const parsed = parseMatchers(text);
      if ('problem' in parsed) throw new Error(parsed.problem);
      return parsed.matchers.every((one) => matches(one, labels));
    };
    expect(fits('a=""', {})).to.equal(true);
    expect(fits('a!="x"', {})).to.equal(true);
    expect(fits('a=~".+"', {})).to.equal(false);
    expect(fits('a=~"b"', { a: 'abc' })).to.equal(false);
    expect(fits('a=~"b|c"', { a: 'c' })).to.equal(true);
    expect(fits('a=~"b.c"', { a: 'b\nc' }), 'the dot stops at a line break, unlike in Prometheus').to.equal(false);
    expect(fits('toString=""', {}), 'names of JavaScript\'s own').to.equal(true);
  });
});
