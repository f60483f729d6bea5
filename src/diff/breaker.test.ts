import { expect } from 'chai';
import fc from 'fast-check';
import type { KubeObject } from '../api/kube-object.ts';
import { forgetOthers, nextFights, nextRetryMs, NO_FIGHTS, RETRY_MS, ROUNDS, WINDOW_MS, yieldedDrift, yieldedFields, yieldPaths, type Fights } from './breaker.ts';
import type { Drift } from './drift.ts';
import { printPath, type FieldPath } from './field-path.ts';

const REPLICAS: FieldPath = [{ field: 'spec' }, { field: 'replicas' }];
const IMAGE: FieldPath = [{ field: 'spec' }, { field: 'containers' }, { key: { name: 'a' } }, { field: 'image' }];
const desired: KubeObject = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { namespace: 'shop', name: 'x' }, spec: { replicas: 1, containers: [{ name: 'a', image: 'i:1' }] } };
const at = (ms: number) => new Date(ms);
const drift = (fieldPath: FieldPath = REPLICAS, manager = 'hpa'): Drift => ({ object: 'Deployment/shop/x', path: printPath(fieldPath), fieldPath, manager, ours: 'as the server writes it', theirs: 4 });

/** Fights after a drift at each of these moments. */
const fought = (...moments: number[]): Fights => moments.reduce((fights, ms) => nextFights(fights, desired, [drift()], at(ms)), NO_FIGHTS);
const yields = (fights: Fights, ms: number, object = desired) => yieldedFields(fights, object, at(ms)).map(printPath);

describe('diff/breaker', () => {
  it('answers twice and yields the third time', () => {
    expect(yields(fought(0), 1)).to.deep.equal([]);
    expect(yields(fought(0, 1000), 1001)).to.deep.equal([]);
    expect(yields(fought(0, 1000, 2000), 2001)).to.deep.equal(['spec.replicas']);
    expect(yieldedDrift(fought(0, 1000, 2000), at(2001))).to.deep.equal([{ object: 'Deployment/shop/x', path: 'spec.replicas', manager: 'hpa', yielded: true }]);
  });

  it('does not take rounds far apart for a fight', () => {
    expect(yields(fought(0, WINDOW_MS, 2 * WINDOW_MS, 3 * WINDOW_MS), 3 * WINDOW_MS + 1)).to.deep.equal([]);
  });

  it('tries again after a while, and yields at once if the field is taken again', () => {
    const fights = fought(0, 1, 2);
    expect(nextRetryMs(fights, at(3))).to.equal(2 + RETRY_MS);
    expect(yields(fights, 2 + RETRY_MS)).to.deep.equal([]);
    expect(yieldedDrift(fights, at(2 + RETRY_MS))).to.deep.equal([]);
    const again = nextFights(fights, desired, [drift()], at(3 + RETRY_MS));
    expect(yields(again, 4 + RETRY_MS)).to.deep.equal(['spec.replicas']);
  });

  it('forgets the fight where the other one gave up after the retry', () => {
    const retried = nextFights(fought(0, 1, 2), desired, [], at(2 + RETRY_MS));
    const later = nextFights(retried, desired, [], at(2 + RETRY_MS + WINDOW_MS));
    expect(later.size).to.equal(0);
  });

  it('starts anew where we want another value', () => {
    const wish = { ...desired, spec: { replicas: 2, containers: [] } };
    expect(yields(fought(0, 1, 2), 3, wish)).to.deep.equal([]);
    expect(yields(nextFights(fought(0, 1, 2), wish, [drift()], at(4)), 5, wish)).to.deep.equal([]);
  });

  it('keeps yielding one field while another of the same object is fought over in its absence', () => {
    const without = yieldPaths(desired, yieldedFields(fought(0, 1, 2), desired, at(3)));
    const fights = nextFights(fought(0, 1, 2), without, [drift(IMAGE)], at(4));
    expect(yields(fights, 5)).to.deep.equal(['spec.replicas']);
  });

  it('takes out just the yielded fields, and leaves what it was given as it was', () => {
    const before = structuredClone(desired);
    expect(yieldPaths(desired, [REPLICAS, IMAGE])['spec']).to.deep.equal({ containers: [{ name: 'a' }] });
    expect(yieldPaths(desired, [[{ field: 'spec' }, { field: 'nothing' }]])).to.equal(desired);
    expect(desired).to.deep.equal(before);
  });

  it('finds a list item whose key the server completed', () => {
    const service: KubeObject = { ...desired, spec: { ports: [{ name: 'a', port: 80 }, { name: 'b', port: 81 }] } };
    expect(yieldPaths(service, [[{ field: 'spec' }, { field: 'ports' }, { key: { port: 81, protocol: 'TCP' } }, { field: 'name' }]])['spec']).to.deep.equal({ ports: [{ name: 'a', port: 80 }, { port: 81 }] });
  });

  it('keeps objects apart, and forgets those that are gone', () => {
    const other = { ...desired, metadata: { namespace: 'shop', name: 'y' } };
    expect(yields(fought(0, 1, 2), 3, other)).to.deep.equal([]);
    expect(forgetOthers(fought(0), [other]).size).to.equal(0);
    expect(forgetOthers(fought(0), [desired]).size).to.equal(1);
  });

  it('bounds our writes against one who never gives up, however often it comes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60_000 }), (everyMs) => {
        let fights = NO_FIGHTS;
        let writes = 0;
        const hourMs = 60 * 60_000;
        for (let ms = 0; ms < hourMs; ms += everyMs) {
          if (yieldedFields(fights, desired, at(ms)).length > 0) {
            ms = Math.max(ms, (nextRetryMs(fights, at(ms)) ?? ms) - everyMs);
            continue;
          }
          fights = nextFights(fights, desired, [drift()], at(ms));
          if (yieldedFields(fights, desired, at(ms)).length === 0) writes += 1;
        }
        expect(writes).to.be.at.most(ROUNDS + hourMs / RETRY_MS);
      }),
      { numRuns: 50 },
    );
  });
});
