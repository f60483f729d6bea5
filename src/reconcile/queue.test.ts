import { expect } from 'chai';
import fc from 'fast-check';
import { setImmediate } from 'node:timers/promises';
import { FakeClock } from '../testing/fake-clock.ts';
import { WorkQueue, type Requeue, type Run } from './queue.ts';

/** Work that ends when it is told to. */
class Work {
  readonly begun: string[] = [];
  readonly #pending = new Map<string, (requeue: Requeue | Error) => void>();

  readonly run = (key: string): Promise<Requeue> => {
    this.begun.push(key);
    return new Promise((resolve, reject) => {
      this.#pending.set(key, (result) => (result instanceof Error ? reject(result) : resolve(result)));
    });
  };

  async end(key: string, result: Requeue | Error = 'on-change'): Promise<void> {
    this.#pending.get(key)?.(result);
    this.#pending.delete(key);
    await setImmediate();
  }
}

describe('reconcile/queue', () => {
  let clock: FakeClock;
  let work: Work;
  let runs: Run[];

  const queueOf = (options: object = {}): WorkQueue => {
    const queue = new WorkQueue(work.run, { clock, random: () => 1, onRun: (run) => runs.push(run), ...options });
    queue.start();
    return queue;
  };

  beforeEach(() => {
    clock = new FakeClock();
    work = new Work();
    runs = [];
  });

  it('runs nothing before it is started', async () => {
    const queue = new WorkQueue(work.run, { clock });
    queue.add('a');
    await setImmediate();
    expect(work.begun).to.deep.equal([]);
    expect(queue.depth).to.equal(1);
    queue.start();
    expect(work.begun).to.deep.equal(['a']);
  });

  it('runs a key once that was added thrice while it waited', async () => {
    const queue = queueOf({ concurrency: 1 });
    queue.add('a');
    for (let i = 0; i < 3; i++) queue.add('b');
    await work.end('a');
    await work.end('b');
    expect(work.begun).to.deep.equal(['a', 'b']);
  });

  it('runs a key again that was added while it ran, and never twice at once', async () => {
    const queue = queueOf({ concurrency: 4 });
    queue.add('a');
    queue.add('a');
    queue.add('a');
    expect(work.begun).to.deep.equal(['a']);
    expect(queue.depth).to.equal(1);
    await work.end('a');
    expect(work.begun).to.deep.equal(['a', 'a']);
    await work.end('a');
    expect(work.begun).to.deep.equal(['a', 'a']);
    expect(queue.running).to.equal(0);
  });

  it('lets a key rest after a long run, whoever adds it meanwhile, and others run', async () => {
    const queue = queueOf({ rest: (tookMs: number) => 2 * tookMs });
    queue.add('a');
    await clock.advance(100);
    queue.add('a');
    await work.end('a');
    queue.add('a');
    queue.add('b');
    expect(work.begun).to.deep.equal(['a', 'b']);
    await clock.advance(199);
    expect(work.begun).to.deep.equal(['a', 'b']);
    await clock.advance(1);
    expect(work.begun).to.deep.equal(['a', 'b', 'a']);
  });

  it('begins nothing while it is held up, and says that it is busy with what is due soon', async () => {
    let holdMs = 100;
    const queue = queueOf({ hold: () => holdMs });
    queue.add('a');
    await clock.advance(99);
    expect(work.begun).to.deep.equal([]);
    holdMs = 0;
    queue.add('b');
    await clock.advance(1);
    expect(work.begun).to.deep.equal(['a', 'b']);
    expect(queue.isBusy(0)).to.equal(true);
    await work.end('a', { after: 500 });
    await work.end('b');
    expect([queue.isBusy(499), queue.isBusy(500)]).to.deep.equal([false, true]);
  });

  it('runs no more keys at the same time than it may, in the order they came', async () => {
    const queue = queueOf({ concurrency: 2 });
    for (const key of ['a', 'b', 'c', 'd']) queue.add(key);
    expect(work.begun).to.deep.equal(['a', 'b']);
    expect(queue.depth).to.equal(2);
    await work.end('b');
    expect(work.begun).to.deep.equal(['a', 'b', 'c']);
  });

  it('waits twice as long after each failure, up to the limit, until a success', async () => {
    const queue = queueOf({ backoff: { minMs: 10, maxMs: 50 } });
    queue.add('a');
    for (const delayMs of [10, 20, 40, 50, 50]) {
      const before = work.begun.length;
      await work.end('a', 'with-backoff');
      await clock.advance(delayMs - 1);
      expect(work.begun).to.have.length(before);
      await clock.advance(1);
      expect(work.begun).to.have.length(before + 1);
    }
    expect(queue.failures('a')).to.equal(5);
    await work.end('a', 'on-change');
    expect(queue.failures('a')).to.equal(0);
    queue.add('a');
    await work.end('a', 'with-backoff');
    await clock.advance(10);
    expect(work.begun).to.have.length(8);
  });

  it('spreads delays over the upper half', async () => {
    const queue = queueOf({ backoff: { minMs: 100, maxMs: 1000 }, random: () => 0 });
    queue.add('a');
    await work.end('a', 'with-backoff');
    await clock.advance(50);
    expect(work.begun).to.have.length(2);
  });

  it('treats work that throws as a failure, and lives on', async () => {
    const queue = queueOf({ backoff: { minMs: 10, maxMs: 50 } });
    queue.add('a');
    await work.end('a', new Error('bug'));
    expect(runs.map(({ outcome }) => outcome)).to.deep.equal(['exception']);
    await clock.advance(10);
    expect(work.begun).to.deep.equal(['a', 'a']);
  });

  it('survives a hook that throws', async () => {
    const queue = queueOf({
      onRun: () => {
        throw new Error('hook');
      },
    });
    queue.add('a');
    await work.end('a');
    queue.add('b');
    expect(work.begun).to.deep.equal(['a', 'b']);
  });

  it('runs a key after the shortest of its delays, once', async () => {
    const queue = queueOf();
    queue.addAfter('a', 100);
    queue.addAfter('a', 50);
    queue.addAfter('a', 70);
    await clock.advance(49);
    expect(work.begun).to.deep.equal([]);
    await clock.advance(1);
    expect(work.begun).to.deep.equal(['a']);
    await work.end('a');
    await clock.advance(1000);
    expect(work.begun).to.deep.equal(['a']);
  });

  it('runs a key again as long after as its work asks for', async () => {
    const queue = queueOf();
    queue.add('a');
    await work.end('a', { after: 500 });
    await clock.advance(500);
    expect(work.begun).to.deep.equal(['a', 'a']);
  });

  it('runs a key in backoff at once when something changed, and then not a second time', async () => {
    const queue = queueOf({ backoff: { minMs: 1000, maxMs: 1000 } });
    queue.add('a');
    await work.end('a', 'with-backoff');
    queue.add('a');
    expect(work.begun).to.deep.equal(['a', 'a']);
    await work.end('a');
    await clock.advance(2000);
    expect(work.begun).to.deep.equal(['a', 'a']);
  });

  it('tells the age of the key that has waited longest', async () => {
    const queue = queueOf({ concurrency: 1 });
    queue.add('a');
    await clock.advance(5);
    queue.add('b');
    await clock.advance(20);
    queue.add('c');
    expect(queue.oldestAgeMs()).to.equal(20);
    await work.end('a');
    await work.end('b');
    await work.end('c');
    expect(queue.oldestAgeMs()).to.equal(0);
    expect(runs.map(({ key, waitedMs }) => [key, waitedMs])).to.deep.equal([['a', 0], ['b', 20], ['c', 0]]);
  });

  it('on stop waits for what runs, and runs nothing else', async () => {
    const queue = queueOf({ concurrency: 1 });
    queue.add('a');
    queue.add('b');
    queue.addAfter('c', 10);
    let stopped = false;
    const stopping = queue.stop().then(() => {
      stopped = true;
    });
    await setImmediate();
    expect(stopped).to.equal(false);
    await work.end('a', 'with-backoff');
    await stopping;
    queue.add('d');
    await clock.advance(100_000);
    expect(work.begun).to.deep.equal(['a']);
    expect(clock.pending).to.equal(0);
  });

  it('never runs a key twice at once, and runs each key after its last change, whatever happens', async () => {
    const action = fc.oneof(
      fc.record({ add: fc.constantFrom('a', 'b', 'c') }),
      fc.record({ end: fc.constantFrom('a', 'b', 'c'), how: fc.constantFrom<Requeue>('on-change', 'with-backoff', { after: 7 }) }),
      fc.record({ pass: fc.nat(100) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 40 }), async (actions) => {
        const time = new FakeClock();
        const ends = new Map<string, (requeue: Requeue) => void>();
        const dirty = new Set<string>();
        const queue = new WorkQueue(
          (key) => {
            expect(ends.has(key), `${key} runs already`).to.equal(false);
            dirty.delete(key);
            return new Promise((resolve) => ends.set(key, resolve));
          },
          { clock: time, concurrency: 2, random: () => 0.5 },
        );
        queue.start();
        const end = async (key: string, how: Requeue): Promise<void> => {
          const resolve = ends.get(key);
          ends.delete(key);
          resolve?.(how);
          await setImmediate();
        };
        for (const step of actions) {
          if ('add' in step) {
            dirty.add(step.add);
            queue.add(step.add);
          } else if ('end' in step) await end(step.end, step.how);
          else await time.advance(step.pass);
        }
        for (let i = 0; i < 10; i++) {
          for (const key of ends.keys()) await end(key, 'on-change');
          await time.advance(120_000);
        }
        expect([...dirty]).to.deep.equal([]);
      }),
      { numRuns: 60 },
    );
  });
});
