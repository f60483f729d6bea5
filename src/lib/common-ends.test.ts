import { expect } from 'chai';
import { commonEnds } from './common-ends.ts';

describe('lib/common-ends', () => {
  const table: readonly (readonly [string, readonly string[], readonly string[], number, number])[] = [
    ['two empty lists', [], [], 0, 0],
    ['nothing in common', ['a', 'b'], ['c'], 0, 0],
    ['the same items', ['a', 'b', 'c'], ['a', 'b', 'c'], 3, 0],
    ['one in the place of another', ['a', 'b', 'c'], ['a', 'x', 'c'], 1, 1],
    ['one more in between', ['a', 'b'], ['a', 'x', 'b'], 1, 1],
    ['one less of several alike: none is counted twice', ['a', 'a', 'a'], ['a', 'a'], 2, 0],
    ['one that went first', ['a', 'b', 'c'], ['b', 'c'], 0, 2],
    ['one that came last', ['a'], ['a', 'b'], 1, 0],
  ];
  for (const [what, before, after, start, end] of table) {
    it(what, () => expect(commonEnds(before, after)).to.deep.equal({ start, end }));
  }
});
