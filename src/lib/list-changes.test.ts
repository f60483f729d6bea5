import { expect } from 'chai';
import fc from 'fast-check';
import { listChanges } from './list-changes.ts';

const items = Array.from({ length: 400 }, (_, index) => ({ index }));
const fresh = { index: -1 };

describe('lib/list-changes', () => {
  const table: readonly (readonly [string, readonly object[], readonly object[], readonly object[]])[] = [
    ['nothing', items, [], []],
    ['one that came last', [...items, fresh], [], [fresh]],
    ['one that came in between', items.toSpliced(200, 0, fresh), [], [fresh]],
    ['one that went', items.toSpliced(200, 1), [items[200] as object], []],
    ['one in the place of another', items.with(200, fresh as never), [items[200] as object], [fresh]],
    ['a few that went at both ends', items.slice(2, -2), [items[0], items[1], items[398], items[399]] as object[], []],
  ];
  for (const [what, after, removed, added] of table) {
    it(`finds ${what}`, () => expect(listChanges(items, after as typeof items)).to.deep.equal({ removed, added }));
  }

  it('applied to the first list, removals first, gives the second, whatever the two are', () => {
    const lists = fc.shuffledSubarray(items, { maxLength: 400 });
    fc.assert(fc.property(lists, lists, (before, after) => {
      const { removed, added } = listChanges(before, after);
      const result = new Set(before);
      for (const item of removed) result.delete(item);
      for (const item of added) result.add(item);
      expect([...result].sort((a, b) => a.index - b.index)).to.deep.equal(after.toSorted((a, b) => a.index - b.index));
    }));
  });
});
