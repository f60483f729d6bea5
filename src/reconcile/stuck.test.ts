import { expect } from 'chai';
import { FakeClock } from '../testing/fake-clock.ts';
import { OperatorWorld } from '../testing/operator-world.ts';
import { aStack } from '../testing/build.ts';
import type { KubeObject } from '../api/kube-object.ts';
import { WorkQueue } from './queue.ts';
import { DEAD_WATCH_MS, stuck } from './stuck.ts';

const MINUTE = 60_000;
const WELL = { longestRunMs: 5 * MINUTE, oldestAgeMs: 10 * MINUTE, deadWatches: [] };

describe('reconcile/stuck', () => {
  it('says what hangs and for how long, and nothing before', () => {
    expect(stuck(WELL)).to.equal(undefined);
    expect(stuck({ ...WELL, longestRunMs: 16 * MINUTE })).to.equal('a pass has not ended for 16 minutes');
    expect(stuck({ ...WELL, oldestAgeMs: 31 * MINUTE })).to.equal('a stack has waited for its pass for 31 minutes');
    expect(stuck({ ...WELL, deadWatches: ['Pod', 'Secret'] })).to.equal('nothing was tried for 20 minutes by the watches of Pod, Secret');
  });

  it('sees a worker of the queue that never ends', async () => {
    const clock = new FakeClock();
    const queue = new WorkQueue(() => new Promise(() => undefined), { clock });
    queue.start();
    queue.add('shop/shop');
    await clock.advance(16 * MINUTE);
    expect(stuck({ ...WELL, longestRunMs: queue.longestRunMs() })).to.contain('16 minutes');
  });

  it('leaves an operator alone whose API server is gone for an hour', async () => {
    const world = new OperatorWorld([aStack() as unknown as KubeObject]);
    await world.start();
    await world.clock.advance(5_000);
    world.cluster.fail(() => true, 'unreachable');
    world.cluster.dropWatches('unreachable');
    await world.clock.advance(60 * MINUTE);
    expect(world.unhealthiness()).to.equal(undefined);
    await world.stop();
  });

  it('sees a watch that is dead', async () => {
    const world = new OperatorWorld([aStack() as unknown as KubeObject]);
    await world.start();
    await world.clock.advance(5_000);
    world.cluster.fail(({ verb, kind }) => verb === 'watch' && kind === 'Secret', 'hang');
    world.cluster.dropWatches(undefined, 'Secret');
    await world.clock.advance(DEAD_WATCH_MS + MINUTE);
    expect(world.unhealthiness()).to.contain('Secret');
  });
});
