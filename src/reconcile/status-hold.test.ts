import { expect } from 'chai';
import { FakeClock } from '../testing/fake-clock.ts';
import { StatusHold } from './status-hold.ts';

describe('reconcile/status-hold', () => {
  it('holds statuses up while configs are written, and lets some through where that goes on', async () => {
    const clock = new FakeClock();
    let isBusy = true;
    const hold = new StatusHold(clock, () => isBusy);
    const held: boolean[] = [];
    for (let ms = 0; ms < 24_000; ms += 50) {
      held.push(hold.holdMs() > 0);
      await clock.advance(50);
    }
    expect([held.indexOf(false) * 50, held.indexOf(true, 200) * 50, held.filter((one) => !one).length * 50]).to.deep.equal([10_000, 12_000, 4_000]);
    isBusy = false;
    expect(hold.holdMs()).to.equal(0);
  });

  it('begins another wait where one has ended', async () => {
    const clock = new FakeClock();
    const hold = new StatusHold(clock, () => true);
    for (let ms = 0; ms < 9_900; ms += 50) {
      hold.holdMs();
      await clock.advance(50);
    }
    await clock.advance(5_000);
    expect(hold.holdMs()).to.equal(50);
  });
});
