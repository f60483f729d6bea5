import { expect } from 'chai';
import fc from 'fast-check';
import { byteSizeProblem, parseByteSize } from './byte-size.ts';
import { durationProblem, parseDuration, printDuration } from './duration.ts';

describe('formats/prometheus/duration', () => {
  const good: Readonly<Record<string, number>> = {
    '0': 0, '0s': 0, '30s': 30_000, '1h30m': 5_400_000, '1d': 86_400_000, '1w': 604_800_000, '1y': 31_536_000_000, '1ms': 1, '1m5ms': 60_005, '007s': 7000, '292y': 292 * 31_536_000_000,
  };
  for (const [text, milliseconds] of Object.entries(good)) {
    it(`reads ${text}`, () => {
      expect(parseDuration(text)).to.equal(milliseconds);
      expect(durationProblem(text)).to.equal(undefined);
    });
  }

  const bad: Readonly<Record<string, string>> = {
    '': 'is no duration', '30': 'has no unit: write 30s', '1.5h': 'has a fraction', '-5m': 'is negative', '1m1h': 'from the largest to the smallest', '1m1m': 'each once',
    '5 m': '" m" in the duration "5 m" is no unit', '5M': '"M" in', 's': 'is no duration', '1h30': 'is no duration', '293y': 'longer than 292 years', ' 5m': 'is no duration',
  };
  for (const [text, message] of Object.entries(bad)) {
    it(`refuses ${JSON.stringify(text)}, and says why`, () => {
      expect(parseDuration(text)).to.equal(undefined);
      expect(durationProblem(text)).to.contain(message);
    });
  }

  it('writes what it reads back', () => {
    fc.assert(fc.property(fc.nat(2 ** 31), (milliseconds) => parseDuration(printDuration(milliseconds)) === milliseconds));
    expect([90 * 86_400_000, 604_800_000, 0, 5_400_000, 1001].map(printDuration)).to.deep.equal(['90d', '1w', '0s', '1h30m', '1s1ms']);
  });
});

describe('formats/prometheus/byte-size', () => {
  const good: Readonly<Record<string, number>> = { '0': 0, '1B': 1, '1KB': 1024, '1KiB': 1024, '50MB': 52_428_800, '1.5GB': 1_610_612_736, '1GB512MB': 1_610_612_736, '.5KB': 512, '1B1KB': 1025 };
  for (const [text, bytes] of Object.entries(good)) it(`reads ${text}`, () => expect(parseByteSize(text)).to.equal(bytes));
  for (const text of ['', '50', '50mb', '50 MB', '1kB', '1KiB1MB', 'MB', '16EB', '.KB']) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(parseByteSize(text)).to.equal(undefined);
      expect(byteSizeProblem(text)).to.contain('is no size');
    });
  }
});
