import { expect } from 'chai';
import { Remembered } from './remembered.ts';

describe('lib/remembered', () => {
  const labels = { app: 'a' };
  const same: readonly [string, unknown, unknown, boolean][] = [
    ['the same value', 'a', 'a', true],
    ['another value', 'a', 'b', false],
    ['undefined and absent', undefined, null, false],
    ['a map with the same values', new Map([['x', labels]]), new Map([['x', labels]]), true],
    ['a map with an equal value that is another object', new Map([['x', labels]]), new Map([['x', { ...labels }]]), false],
    ['a map with another key', new Map([['x', labels]]), new Map([['y', labels]]), false],
    ['a map in another order', new Map([['x', 1], ['y', 2]]), new Map([['y', 2], ['x', 1]]), false],
    ['a list with the same items', [labels], [labels], true],
    ['a longer list', [labels], [labels, labels], false],
    ['a list and a map', [], new Map(), false],
  ];
  for (const [says, before, after, isSame] of same) {
    it(`${isSame ? 'keeps' : 'makes anew'} what depends on ${says}`, () => {
      const remembered = new Remembered<object, object>();
      const key = {};
      const first = remembered.of(key, [1, before], () => ({}));
      expect(remembered.of(key, [1, after], () => ({})) === first).to.equal(isSame);
      expect(remembered.of({}, [1, before], () => ({})), 'for another key').to.not.equal(first);
    });
  }
});
