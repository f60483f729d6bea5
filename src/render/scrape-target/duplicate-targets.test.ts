import { expect } from 'chai';
import fc from 'fast-check';
import type { ScrapeTarget, ScrapeTargetSpec } from '../../api/scrape-target.ts';
import { targetOf } from '../../testing/scrape-target-case.ts';
import { ownerOf } from '../owner.ts';
import { DuplicateIndex } from './duplicate-targets.ts';

/** All duplicates, by a look from scratch. */
function duplicateTargets(targets: readonly ScrapeTarget[]): ReadonlyMap<string, readonly string[]> {
  const index = new DuplicateIndex();
  index.update(targets.map((target) => ({ target })));
  return new Map(targets.map(ownerOf).map((owner) => [owner, index.get(owner)] as const).filter(([, others]) => others.length > 0));
}

const PAIRS: readonly { says: string; a: ScrapeTargetSpec; b: ScrapeTargetSpec; same: boolean }[] = [
  { says: 'the same selection', a: { service: { matchLabels: { x: '1', y: '2' } } }, b: { service: { matchLabels: { y: '2', x: '1' } }, labels: { team: 'a' } }, same: true },
  { says: 'the same selection in other words', a: { pod: { matchLabels: { x: '1' } } }, b: { pod: { matchExpressions: [{ key: 'x', operator: 'In', values: ['1'] }] } }, same: true },
  { says: 'one endpoint of two', a: { pod: {}, endpoints: [{ port: 1 }, { port: '2' }] }, b: { pod: {}, endpoints: [{ port: 2, path: '/metrics', interval: '1m' }] }, same: true },
  { says: 'one address of several', a: { static: { targets: ['a:1', 'b:1'] } }, b: { static: { targets: ['c:1', 'b:1'] } }, same: true },
  { says: 'the same probe', a: { probe: { module: 'icmp', of: { static: { targets: ['a'] } } } }, b: { probe: { module: 'icmp', of: { static: { targets: ['a'] } } } }, same: true },
  { says: 'probes by other modules', a: { probe: { module: 'icmp', of: { ingress: {} } } }, b: { probe: { module: 'http_2xx', of: { ingress: {} } } }, same: false },
  { says: 'an Ingress scraped and probed', a: { ingress: {} }, b: { probe: { module: 'http_2xx', of: { ingress: {} } } }, same: false },
  { says: 'other labels', a: { pod: { matchLabels: { x: '1' } } }, b: { pod: { matchLabels: { x: '2' } } }, same: false },
  { says: 'Services and their pods, which nobody can know', a: { pod: {} }, b: { service: {} }, same: false },
  { says: 'other paths', a: { pod: {} }, b: { pod: {}, endpoints: [{ path: '/b' }] }, same: false },
  { says: 'other parameters', a: { static: { targets: ['a:1'] }, endpoints: [{ params: { module: ['x'] } }] }, b: { static: { targets: ['a:1'] }, endpoints: [{ params: { module: ['y'] } }] }, same: false },
  { says: 'a selection that rules narrow', a: { pod: {} }, b: { pod: {}, endpoints: [{ relabel: [{ action: 'keep', sourceLabels: ['pod'], regex: 'a' }] }] }, same: false },
  { says: 'other schemes', a: { pod: {} }, b: { pod: {}, endpoints: [{ tls: {} }] }, same: false },
];

describe('render/scrape-target/duplicate-targets', () => {
  for (const { says, a, b, same } of PAIRS) {
    it(`${same ? 'finds' : 'does not take for the same'}: ${says}`, () => {
      const found = duplicateTargets([targetOf({ name: 'a', spec: a }), targetOf({ name: 'b', spec: b })]);
      expect([...found]).to.deep.equal(same ? [['ScrapeTarget/shop/a', ['ScrapeTarget/shop/b']], ['ScrapeTarget/shop/b', ['ScrapeTarget/shop/a']]] : []);
    });
  }

  it('knows that the same selection in another namespace is another one, unless both look everywhere', () => {
    const spec = { pod: {} };
    expect(duplicateTargets([targetOf({ spec }), targetOf({ namespace: 'web', spec })]).size).to.equal(0);
    const everywhere = { pod: {}, namespaces: ['*'] };
    expect(duplicateTargets([targetOf({ spec: everywhere }), targetOf({ namespace: 'web', spec: everywhere })]).size).to.equal(2);
  });
});

describe('render/scrape-target/duplicate-targets: the index', () => {
  it('says the same as a look from scratch, whatever came, went and changed', () => {
    const specs = [{ pod: {} }, { pod: { matchLabels: { app: 'a' } } }, { static: { targets: ['a:1', 'b:1'] } }, { static: { targets: ['b:1'] } }];
    const step = fc.record({ name: fc.constantFrom('a', 'b', 'c', 'd'), spec: fc.option(fc.constantFrom(...specs), { nil: undefined }) });
    fc.assert(fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const index = new DuplicateIndex();
      const now = new Map<string, { readonly target: ReturnType<typeof targetOf> }>();
      for (const { name, spec } of steps) {
        if (spec) now.set(name, { target: targetOf({ name, spec }) });
        else now.delete(name);
        const before = new Map([...now.keys()].map((key) => [key, index.get(`ScrapeTarget/shop/${key}`)]));
        const moved = index.update([...now.values()]);
        const fresh = duplicateTargets([...now.values()].map(({ target }) => target));
        for (const key of now.keys()) {
          const owner = `ScrapeTarget/shop/${key}`;
          expect(index.get(owner)).to.deep.equal(fresh.get(owner) ?? []);
          if (!moved.has(owner)) expect(index.get(owner), 'said to be as before').to.deep.equal(before.get(key));
        }
      }
    }));
  });
});
