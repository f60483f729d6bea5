import { expect } from 'chai';
import { FakeClock } from '../testing/fake-clock.ts';
import { Burst } from './burst.ts';

describe('reconcile/burst', () => {
  it('lets a change by itself, or a few, go at once', async () => {
    const clock = new FakeClock();
    const burst = new Burst(clock);
    for (let change = 0; change < 100; change++) {
      burst.told();
      expect(burst.waitMs()).to.equal(0);
      await clock.advance(20);
    }
  });

  it('waits until no more come, and no longer than four seconds', async () => {
    const clock = new FakeClock();
    const burst = new Burst(clock);
    const passes: number[] = [];
    for (let ms = 0; ms < 10_000; ms += 5) {
      if (ms < 6_000) burst.told();
      if (burst.waitMs() === 0 && ms > 145) passes.push(ms);
      await clock.advance(5);
    }
    // The first at the longest wait, the next when all is quiet; then nothing holds a pass up any more.
    expect(passes.slice(0, 3)).to.deep.equal([4_145, 6_145, 6_150]);
  });

  it('says in how many milliseconds to ask again', async () => {
    const clock = new FakeClock();
    const burst = new Burst(clock);
    for (let change = 0; change < 40; change++) burst.told();
    expect(burst.waitMs()).to.equal(150);
    await clock.advance(100);
    expect(burst.waitMs()).to.equal(50);
    await clock.advance(50);
    expect(burst.waitMs()).to.equal(0);
  });
});
