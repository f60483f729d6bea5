import { expect } from 'chai';
import fc from 'fast-check';
import { parseMatchers, printMatcher } from '../../src/formats/alertmanager/matcher.ts';
import { unquoteGo } from '../../src/formats/alertmanager/unquote-go.ts';
import { checkAlertmanagerConfigs } from './amtool.ts';

/** What people write, and what breaks parsers. */
const TEXTS = [
  'severity="critical"', 'severity=critical', 'severity = critical', ' a="b" ', 'a="b",', '{a="b"}', '{a="b",}', '{a="b"', 'a="b"}', '{}', '{', '}', '}{', '',
  ' ', ',', ',a=b', 'a=b,,c=d', 'a', '=b', 'a=', 'a==b', 'a=~', 'a=~"("', 'a!~"[a-"', 'a=~"b{2000}"', 'a=~"(?=x)"', 'a!=b', 'a!b', 'a~b', 'a>b', 'a=b c=d',
  'a="b"c', 'a="b" c', 'a=b"', 'a="b', "a='b'", 'a=`b`', 'a=b\'c', '"a"="b"', '"a b"="c"', '"a=b"=c', '""="b"', '"a"b="c"', 'a.b="c"', 'a-b=c', '1a=b', 'ä=ö', 'ä="ö"',
  'a:b=c', 'a="\\d"', 'a="\\\\d"', 'a=~"\\d+"', 'a=~"\\\\d+"', 'a=\\d', 'a=b\\', 'a="b\\"', 'a="\\n"', 'a="\\t"', 'a="\\x41"', 'a="\\xff"', 'a="\\u00e4"',
  'a="\\ud800"', 'a="\\U0001F600"', 'a="\\U00110000"', 'a="\\101"', 'a="\\400"', 'a="\\\'"', 'a="b\nc"', 'a=b\nc', 'a="\u0001"', 'a="b,c"', 'a=b,c', 'a="{b}"', 'a={b}',
  'a=(b|c)', 'a=~(b|c)', 'a=~b|c', 'a=~.*', 'a=~"^b$"', 'a=~"(?i)b"', 'a=~"\\Qb\\E"', 'a=~"\\pL"', 'a=~"[[:alpha:]]"', 'a=~"(?P<n>b)"', 'a\u00a0=\u00a0b', 'a\u2003="b"', 'a="b"\u0085',
  'a="b\\,c"', 'a="b\\",c=d"', '"a"="b","c"=~"d"', 'foo="bar",baz!~"qux.*"', 'namespace="shop",severity=~"warning|critical"', '\ufeffa="b"', 'a="b"\\', 'a=\\"b\\"', 'a="\\\\"', 'a="\\a"',
];

const PIECES = ['a', 'ab', '_x', ' ', '=', '!=', '=~', '!~', '"', '\\', '\\"', '\\n', '\\x4', ',', '{', '}', '.*', '(', ')', '|', "'", '`', 'ä', '\u00a0', '0', '\n', '[', '+'];
const noise = fc.array(fc.constantFrom(...PIECES), { maxLength: 9 }).map((pieces) => pieces.join(''));
const nearly = fc.tuple(fc.constantFrom('a', '"a"', 'a b', 'ä', ''), fc.constantFrom('=', '!=', '=~', '!~', ' = '), noise).map((parts) => parts.join(''));
const quoted = fc.tuple(fc.constantFrom('=', '=~'), fc.array(fc.constantFrom(...PIECES), { maxLength: 6 })).map(([operator, value]) => `a${operator}"${value.join('')}"`);

function configOf(matchers: readonly string[]): string {
  return JSON.stringify({ receivers: [{ name: 'x' }], route: { receiver: 'x', routes: [{ matchers }] } });
}

function unquoted(text: string): string {
  return text.startsWith('"') ? (unquoteGo(text) ?? text) : text;
}

/** As amtool writes them in one line. */
function printed(text: string): string {
  const parsed = parseMatchers(text);
  return 'problem' in parsed ? parsed.problem : parsed.matchers.map(printMatcher).join(',');
}

describe('prometheus: matchers as amtool reads them', function () {
  this.timeout(120_000);

  const texts = [...new Set([...TEXTS, ...fc.sample(fc.oneof(noise, nearly, quoted), { numRuns: 3000, seed: 20261121 })])];

  it(`accepts and refuses what amtool does, ${texts.length} times`, async () => {
    const { errors, log } = await checkAlertmanagerConfigs(texts.map((text) => configOf([text])));
    const differences = texts.flatMap((text, index) => {
      const parsed = parseMatchers(text);
      const ours = 'problem' in parsed ? parsed.problem : undefined;
      return (ours === undefined) === (errors[index] === undefined) ? [] : [{ text, ours, amtool: errors[index] }];
    });
    expect(differences).to.deep.equal([]);
    expect(errors.filter((error) => error === undefined).length, 'accepted').to.be.within(texts.length / 10, (texts.length * 9) / 10);

    // What only the classic parser takes, amtool says in its log, with what it made of it.
    const suggestions = [...log.matchAll(/ input=(.*) origin=config err=.* suggestion=(.*)$/gm)].map(([, input = '', suggestion = '']) => [unquoted(input), unquoted(suggestion)]);
    expect(suggestions.length).to.be.greaterThan(100);
    expect(suggestions.map(([input]) => [input, printed(input ?? '')])).to.deep.equal(suggestions);
  });

  it('prints every matcher so that amtool takes it, and reads it back as the same', async () => {
    const matchers = texts.flatMap((text) => {
      const parsed = parseMatchers(text);
      return 'problem' in parsed ? [] : parsed.matchers;
    });
    const canonical = matchers.map(printMatcher);
    expect(canonical.map((text) => parseMatchers(text))).to.deep.equal(matchers.map((matcher) => ({ matchers: [matcher] })));
    const { errors } = await checkAlertmanagerConfigs(canonical.map((text) => configOf([text])));
    expect(canonical.filter((_, index) => errors[index] !== undefined)).to.deep.equal([]);
  });
});
