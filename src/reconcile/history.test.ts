import fc from 'fast-check';
import { LABEL_MANAGED_BY, MANAGED_BY } from '../api/group.ts';
import { refKey, refOf, type KubeObject } from '../api/kube-object.ts';
import { histories, troubledHistories, type Step, type TimedStep, type Trouble } from '../testing/history-arbitrary.ts';
import { OperatorWorld } from '../testing/operator-world.ts';

/** More with HISTORY_RUNS=500; another seed with HISTORY_SEED. */
const RUNS = Number(process.env['HISTORY_RUNS'] ?? 10);
const SEED = Number(process.env['HISTORY_SEED'] ?? 20261121);
const OPTIONS = { numRuns: RUNS, seed: SEED };

/** Longer than any status waits before it calls something a failure. */
const PATIENCE_MS = 13 * 60_000;

const HOLDS_ON = /"Applied","status":"False"|Suspended/;

let uids = 0;

async function take(world: OperatorWorld, step: Step): Promise<void> {
  const { cluster } = world;
  if (step.do === 'put') {
    const present = cluster.get(refOf(step.object));
    if (present?.metadata.deletionTimestamp !== undefined) return;
    // The status belongs to the operator: who writes a resource again does not take it away.
    if (present) cluster.edit(refOf(present), ({ status, metadata }) => ({ ...step.object, metadata: { ...metadata, ...step.object.metadata }, ...(status === undefined ? {} : { status }) }));
    else cluster.put({ ...step.object, metadata: { ...step.object.metadata, uid: `uid-${++uids}` } });
  } else if (step.do === 'remove') {
    if (cluster.get(step.ref)) cluster.remove(step.ref);
  } else {
    await suffer(world, step);
  }
}

async function suffer(world: OperatorWorld, trouble: Trouble): Promise<void> {
  const { cluster } = world;
  switch (trouble.do) {
    case 'fail': return void cluster.fail(({ verb, dryRun }) => verb === trouble.verb && !dryRun, trouble.fault, trouble.times);
    case 'dropWatches': return cluster.dropWatches(trouble.error);
    case 'loseEvents': return cluster.loseEvents(trouble.count);
    case 'compact': return cluster.compact();
    case 'restart': return world.restart();
    case 'meddle': return meddle(world, trouble);
  }
}

const MEDDLED: Readonly<Record<string, (object: KubeObject) => object>> = {
  ConfigMap: (object) => ({ ...object, data: {} }),
  Role: (object) => ({ ...object, rules: [] }),
  StatefulSet: (object) => ({ ...object, spec: { ...(object['spec'] as object), replicas: 7 } }),
};

function meddle({ cluster }: OperatorWorld, { which, removes }: Extract<Trouble, { do: 'meddle' }>): void {
  const ours = cluster.all().filter(({ kind, metadata }) => kind in MEDDLED && metadata.labels?.[LABEL_MANAGED_BY] === MANAGED_BY);
  const victim = ours[which % Math.max(ours.length, 1)];
  if (!victim) return;
  if (removes) cluster.remove(refOf(victim));
  else cluster.edit(refOf(victim), MEDDLED[victim.kind] ?? ((object) => object), 'somebody');
}

async function live(world: OperatorWorld, history: readonly TimedStep[]): Promise<void> {
  for (const { step, pauseMs } of history) {
    await take(world, step);
    await world.clock.advance(pauseMs);
  }
}

/**
 * What is refused keeps its last good version, and a stack that stalls or is suspended keeps what it had: that is history,
 * and wanted. Without it the end is a matter of the end alone, so here all of these begin anew.
 */
async function forgetThePast(world: OperatorWorld): Promise<void> {
  await world.clock.advance(5_000);
  const holdsOn = (object: KubeObject): boolean => {
    const key = refKey(refOf(object));
    if (object.kind === 'MonitoringStack') return world.condition(key, 'Stalled')?.status === 'True' || (object['spec'] as { suspend?: boolean }).suspend === true;
    return world.condition(key, 'Accepted')?.status === 'False';
  };
  const again = ['MonitoringStack', 'ScrapeTarget', 'AlertPolicy'].flatMap((kind) => world.cluster.all(kind)).filter(holdsOn);
  for (const object of again) world.cluster.remove(refOf(object));
  world.collectGarbage();
  await world.clock.advance(5_000);
  for (const { status: _status, ...object } of again) {
    const { apiVersion, kind, metadata: { namespace, name, labels } } = object as KubeObject;
    await take(world, { do: 'put', object: { ...object, apiVersion, kind, metadata: { name, ...(namespace ? { namespace } : {}), ...(labels ? { labels } : {}) } } as KubeObject });
  }
  await world.clock.advance(PATIENCE_MS);
}

/** An operator that sees the same resources for the first time. */
async function fromScratch(world: OperatorWorld): Promise<OperatorWorld> {
  const other = new OperatorWorld(world.usersObjects());
  await other.start();
  await other.clock.advance(PATIENCE_MS);
  return other;
}

/** The places at which what two operators made of their clusters differs, at most ten; empty where they agree. */
function differences(one: OperatorWorld, other: OperatorWorld): string {
  const [left, right] = [one, other].map((world) => leaves({ written: world.written(), statuses: world.statuses() }));
  const paths = [...new Set([...(left?.keys() ?? []), ...(right?.keys() ?? [])])].filter((path) => left?.get(path) !== right?.get(path));
  return paths.slice(0, 10).map((path) => `\n${path}: ${left?.get(path)}\n${' '.repeat(path.length)}: ${right?.get(path)}`).join('');
}

function leaves(value: unknown, path = '', found = new Map<string, string>()): Map<string, string> {
  if (typeof value !== 'object' || value === null || Object.keys(value).length === 0) return found.set(path, JSON.stringify(value));
  for (const [key, item] of Object.entries(value)) if (item !== undefined) leaves(item, `${path} ${key}`, found);
  return found;
}

describe('reconcile: whatever happened', function () {
  this.timeout(600_000);

  it('what is written and what statuses say depend on what there is now, not on how it came about', async () => {
    await fc.assert(
      fc.asyncProperty(histories(25), async (history) => {
        const world = new OperatorWorld();
        await world.start();
        await live(world, history);
        await forgetThePast(world);
        const fresh = await fromScratch(world);
        try {
          const differing = differences(world, fresh);
          if (differing !== '') throw new Error(differing);
        } finally {
          await world.stop();
          await fresh.stop();
        }
      }),
      OPTIONS,
    );
  });

  it('and neither do failing writes, conflicts, watches that break or lose events, restarts and meddling leave a trace', async () => {
    await fc.assert(
      fc.asyncProperty(troubledHistories(25), async (history) => {
        const world = new OperatorWorld();
        await world.start();
        await live(world, history);
        world.cluster.endFaults();
        // What no watch told of is found by the list that comes every half an hour.
        await world.clock.advance(35 * 60_000);
        world.cluster.dropWatches();
        // Mended drift is shown for ten minutes, and by the look that comes every ten minutes.
        await world.clock.advance(25 * 60_000);
        await forgetThePast(world);
        const fresh = await fromScratch(world);
        const differing = differences(world, fresh);
        await world.stop();
        await fresh.stop();
        if (differing !== '') throw new Error(differing);
      }),
      OPTIONS,
    );
  });

  it('once all is written, neither another look nor a restart writes anything', async () => {
    await fc.assert(
      fc.asyncProperty(histories(25), async (history) => {
        const world = new OperatorWorld();
        await world.start();
        await live(world, history);
        await world.clock.advance(5_000);
        world.collectGarbage();
        await world.clock.advance(15 * 60_000);
        world.cluster.clearCalls();
        await world.clock.advance(15 * 60_000);
        const again = world.writes();
        const said = JSON.stringify(world.statuses());
        await world.restart();
        await world.clock.advance(15 * 60_000);
        // Since when something is waited for is news after a restart; all else is not.
        const afterRestart = world.writes().filter((write) => !write.startsWith('writeStatus'));
        const saysNow = JSON.stringify(world.statuses());
        await world.stop();
        if ([...again, ...afterRestart].length > 0) throw new Error(`at rest: ${again.join(', ')}\nwith a restart: ${afterRestart.join(', ')}`);
        // Of a stack that is stalled or suspended only memory knows what it had written.
        if (said !== saysNow && !HOLDS_ON.test(said)) throw new Error(`statuses changed by a restart:\n${said}\n${saysNow}`);
      }),
      OPTIONS,
    );
  });
});
