import { expect } from 'chai';
import { ListCursor } from './list-cursor.ts';

const items = Array.from({ length: 40 }, (_, index) => ({ index }));
const fresh = { index: -1 };

describe('lib/list-cursor', () => {
  const found = (...asked: readonly object[]): (number | undefined)[] => {
    const cursor = new ListCursor<object>(items);
    return asked.map((item) => cursor.find(item));
  };
  const at = (place: number): object => items[place] as object;

  it('finds items in the order of the list, with up to eight left out in between', () => {
    expect(found(at(0), at(1), at(10), at(39))).to.deep.equal([0, 1, 10, undefined]);
    expect(found(at(8), at(17))).to.deep.equal([8, 17]);
    expect(found(at(9))).to.deep.equal([undefined]);
  });

  it('goes on where it was behind an item that is not near, and does not turn back', () => {
    expect(found(at(0), fresh, at(1), at(30), at(2), at(1), at(3))).to.deep.equal([0, undefined, 1, undefined, 2, undefined, 3]);
  });

  it('finds nothing behind the end', () => {
    expect(items.map((item) => new ListCursor<object>([]).find(item))).to.deep.equal(items.map(() => undefined));
    expect(found(...items, at(39), fresh).slice(-3)).to.deep.equal([39, undefined, undefined]);
  });
});
