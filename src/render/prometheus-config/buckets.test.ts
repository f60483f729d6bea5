import { expect } from 'chai';
import fc from 'fast-check';
import type { Piece } from '../rendered.ts';
import { assignBuckets, BUCKET_BYTES, homeOf, piecesByHome, type BucketRoom } from './buckets.ts';

const piece = (name: string, bytes = 100): Piece => ({ owner: `ScrapeTarget/shop/${name}`, text: 'x'.repeat(bytes), names: [name] });
const layout = (pieces: readonly Piece[], rules: readonly Piece[] = []) =>
  assignBuckets(piecesByHome(pieces), rules, room(64)).buckets.map(({ number, scrape, rules: groups }) => [number, scrape.map(({ owner }) => owner), groups.map(({ owner }) => owner)]);

/** Names with one home. */
function namesakes(count: number): string[] {
  const home = homeOf('ScrapeTarget/shop/t0');
  const names: string[] = [];
  for (let index = 0; names.length < count; index++) if (homeOf(`ScrapeTarget/shop/t${index}`) === home) names.push(`t${index}`);
  return names;
}

const room = (maps: number): BucketRoom => ({ stack: 'shop/main', maps });

const names = fc.uniqueArray(fc.stringMatching(/^[a-z][-a-z0-9]{0,12}$/), { maxLength: 60 });

describe('render/prometheus-config/buckets', () => {
  it('puts a ScrapeTarget and an AlertPolicy of one name together', () => {
    expect(layout([piece('a')], [{ ...piece('a'), owner: 'AlertPolicy/shop/a' }])).to.deep.equal([[homeOf('ScrapeTarget/shop/a'), ['ScrapeTarget/shop/a'], ['AlertPolicy/shop/a']]]);
  });

  it('never moves a resource to another bucket: that would rewrite every stack', () => {
    expect(['ScrapeTarget/shop/checkout', 'AlertPolicy/shop/checkout', 'ScrapeTarget/web/api'].map(homeOf)).to.deep.equal([38, 38, 30]);
  });

  it('spreads many over all buckets', () => {
    const used = new Set(Array.from({ length: 1000 }, (_, index) => homeOf(`ScrapeTarget/ns-${index % 20}/target-${index}`)));
    expect(used.size).to.equal(64);
  });

  it('gives the same buckets in whatever order the pieces come', () => {
    fc.assert(fc.property(names, fc.boolean(), (list, reversed) => {
      const shuffled = reversed ? list.toReversed() : list.toSorted();
      expect(layout(shuffled.map((name) => piece(name, 300_000)))).to.deep.equal(layout(list.map((name) => piece(name, 300_000))));
    }), { numRuns: 30 });
  });

  it('changes one bucket only when a piece goes', () => {
    fc.assert(fc.property(names, (list) => {
      const [gone, ...rest] = list;
      if (gone === undefined) return;
      const home = homeOf(piece(gone).owner);
      const others = (pieces: readonly string[]) => layout(pieces.map((name) => piece(name))).filter(([number]) => number !== home);
      expect(others(rest)).to.deep.equal(others(list));
    }));
  });

  it('lets a full bucket overflow into the next, and fills none beyond 900 KiB', () => {
    const [a = '', b = '', c = ''] = namesakes(3);
    const home = homeOf(`ScrapeTarget/shop/${a}`);
    const { buckets, leftOut } = assignBuckets(piecesByHome([a, b, c].map((name) => piece(name, 400_000))), [], room(64));
    expect(new Map(buckets.map(({ number, scrape }) => [number, scrape.length]))).to.deep.equal(new Map([[home, 2], [(home + 1) % 64, 1]]));
    expect(leftOut).to.deep.equal([]);
    for (const { scrape } of buckets) expect(scrape.reduce((sum, { text }) => sum + text.length, 0)).to.be.below(BUCKET_BYTES);
  });

  it('counts bytes, not characters', () => {
    const [a = '', b = ''] = namesakes(2);
    const { buckets } = assignBuckets(piecesByHome([a, b].map((name) => ({ ...piece(name), text: '\u20ac'.repeat(200_000) }))), [], room(64));
    expect(buckets).to.have.length(2);
  });

  describe('with up to four parts of a bucket', () => {
    const parts = (pieces: readonly Piece[], rules: readonly Piece[] = []) =>
      assignBuckets(piecesByHome(pieces), rules, room(256)).buckets.map(({ number, scrape }) => [number, scrape.length]);

    it('leaves a bucket of 128 KiB whole, and parts a larger one in four', () => {
      const names = namesakes(32);
      const home = homeOf(`ScrapeTarget/shop/${names[0]}`);
      const numbers = (bytes: number): unknown[] => parts(names.map((name) => piece(name, bytes))).map(([number]) => number);
      expect(numbers(2000)).to.deep.equal([home]);
      expect(numbers(4000)).to.deep.equal([home]);
      expect(numbers(8000)).to.deep.equal([home, home + 64, home + 128, home + 192]);
      expect(numbers(16_000)).to.deep.equal([home, home + 64, home + 128, home + 192]);
    });

    it('keeps a ScrapeTarget and the AlertPolicy of its name together', () => {
      const targets = namesakes(32).map((name) => piece(name, 8000));
      const policies = targets.map(({ owner, text }) => ({ owner: owner.replace('ScrapeTarget', 'AlertPolicy'), text, names: [] }));
      for (const { scrape, rules } of assignBuckets(piecesByHome(targets), policies, room(256)).buckets) {
        expect(rules.map(({ owner }) => owner)).to.deep.equal(scrape.map(({ owner }) => owner.replace('ScrapeTarget', 'AlertPolicy')));
      }
    });

    it('leaves the other parts alone when one changes', () => {
      const pieces = namesakes(64).map((name) => piece(name, 8000));
      const changed = pieces.map((one, index) => (index === 7 ? piece(one.owner.slice('ScrapeTarget/shop/'.length), 8001) : one));
      const texts = (all: readonly Piece[]) => new Map(assignBuckets(piecesByHome(all), [], room(256)).buckets.map(({ number, scrape }) => [number, scrape.map(({ text }) => text).join()]));
      const [before, after] = [texts(pieces), texts(changed)];
      expect([...after].filter(([number, text]) => before.get(number) !== text)).to.have.length(1);
    });

    it('parts all buckets where one is full, and fills up all 256', () => {
      const many = Array.from({ length: 300 }, (_, index) => piece(`t${index}`, 500_000));
      const { buckets, leftOut } = assignBuckets(piecesByHome(many), [], room(256));
      expect(buckets).to.have.length(256);
      expect(leftOut).to.have.length(300 - 256);
    });
  });

  it('leaves out what fits nowhere', () => {
    const many = Array.from({ length: 130 }, (_, index) => piece(`t${index}`, 500_000));
    const { buckets, leftOut } = assignBuckets(piecesByHome(many), [], room(64));
    expect(buckets.reduce((sum, { scrape }) => sum + scrape.length, 0)).to.equal(64);
    expect(leftOut).to.have.length(66);
  });
});
