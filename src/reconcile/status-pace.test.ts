import { expect } from 'chai';
import { FakeClock } from '../testing/fake-clock.ts';
import { StatusPace } from './status-pace.ts';

const NEWS = { isNews: true, isRolling: false };
const ROLLING = { ...NEWS, isRolling: true };
const NUMBERS = { ...NEWS, minor: 'numbers' } as const;
const HASH = { ...NEWS, minor: 'hash' } as const;

describe('reconcile/status-pace', () => {
  it('lets a few go at once, and gives each of thousands a turn of its own', () => {
    const pace = new StatusPace(new FakeClock());
    const waits = Array.from({ length: 1000 }, (_, index) => pace.waitMs(`t${index}`, NEWS));
    expect(waits.filter((wait) => wait === 0).length).to.equal(51);
    expect(new Set(waits.filter((wait) => wait > 0)).size).to.equal(949);
    expect(Math.max(...waits)).to.equal(9490);
  });

  it('keeps the turn of one that asks again too early', async () => {
    const clock = new FakeClock();
    const pace = new StatusPace(clock);
    for (let index = 0; index < 60; index++) pace.waitMs(`t${index}`, NEWS);
    const wait = pace.waitMs('late', NEWS);
    await clock.advance(wait / 2);
    expect(pace.waitMs('late', NEWS)).to.equal(wait / 2);
    await clock.advance(wait / 2);
    expect(pace.waitMs('late', NEWS)).to.equal(0);
  });

  it('waits two seconds for a config that is about to be live, from the beginning of each rollout', async () => {
    const clock = new FakeClock();
    const pace = new StatusPace(clock);
    expect(pace.waitMs('t', ROLLING)).to.equal(2000);
    await clock.advance(1500);
    expect(pace.waitMs('t', ROLLING)).to.equal(500);
    expect(pace.waitMs('t', NEWS), 'live').to.equal(0);
    await clock.advance(1000);
    expect(pace.waitMs('t', ROLLING), 'another').to.equal(2000);
    await clock.advance(2000);
    expect(pace.waitMs('t', ROLLING), 'late').to.equal(0);
  });

  it('writes the first of numbers that keep moving at once, and the next after a quarter of a minute', async () => {
    const clock = new FakeClock();
    const pace = new StatusPace(clock);
    expect(pace.waitMs('s', NUMBERS)).to.equal(0);
    await clock.advance(5000);
    expect(pace.waitMs('s', NUMBERS)).to.equal(10_000);
    expect(pace.waitMs('s', NEWS), 'a condition').to.equal(0);
    await clock.advance(10_000);
    expect(pace.waitMs('s', NUMBERS)).to.equal(0);
  });

  it('writes a hash that is all there is to say with whatever comes next, and after five minutes at the latest', async () => {
    const clock = new FakeClock();
    const pace = new StatusPace(clock);
    expect(pace.waitMs('s', HASH)).to.equal(300_000);
    await clock.advance(100_000);
    expect(pace.waitMs('s', HASH), 'another change does not put it off').to.equal(200_000);
    expect(pace.waitMs('s', NUMBERS), 'numbers').to.equal(0);
    expect(pace.waitMs('s', HASH), 'written with them').to.equal(300_000);
    await clock.advance(300_000);
    expect(pace.waitMs('s', HASH)).to.equal(0);
  });
});
