import { expect } from 'chai';
import { FakeClock } from '../testing/fake-clock.ts';
import { OwnWrites } from './own-writes.ts';

describe('reconcile/own-writes', () => {
  let clock: FakeClock;
  let shown: Map<string, string>;
  let writes: OwnWrites;

  beforeEach(() => {
    clock = new FakeClock();
    shown = new Map([['a', '9']]);
    writes = new OwnWrites(clock, (key) => shown.get(key));
  });

  it('has seen everything where nothing was written', () => {
    expect(writes.sight('a')).to.equal('seen');
  });

  for (const version of ['10', '11', '100']) {
    it(`waits until the watch shows what was written as 10, or newer: ${version}`, () => {
      writes.note('a', '10');
      expect(writes.sight('a')).to.equal('pending');
      shown.set('a', version);
      expect(writes.sight('a')).to.equal('seen');
    });
  }

  it('does not wait for ever', async () => {
    writes.note('a', '10');
    await clock.advance(2_000);
    expect(writes.sight('a')).to.equal('unsure');
  });

  it('is not sure after a write without an answer, until one has an answer', () => {
    writes.note('a', undefined);
    shown.set('a', '10');
    expect(writes.sight('a')).to.equal('unsure');
    writes.note('a', '10');
    expect(writes.sight('a')).to.equal('seen');
  });

  it('remembers nothing of what is gone, and little of what was seen', () => {
    writes.note('a', '10');
    shown.delete('a');
    expect(writes.sight('a')).to.equal('seen');
    for (let index = 0; index < 1_000; index++) {
      shown.set(`b${index}`, `${index}`);
      writes.note(`b${index}`, `${index}`);
    }
    expect(writes.size).to.be.below(3);
  });
});
