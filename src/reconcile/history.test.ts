import fc from 'fast-check';
import { refKey, refOf, type KubeObject } from '../api/kube-object.ts';
import { histories, type Step, type TimedStep } from '../testing/history-arbitrary.ts';
import { OperatorWorld } from '../testing/operator-world.ts';

/** More with HISTORY_RUNS=500; another seed with HISTORY_SEED. */
const RUNS = Number(process.env['HISTORY_RUNS'] ?? 20);
const SEED = Number(process.env['HISTORY_SEED'] ?? 20261121);
const OPTIONS = { numRuns: RUNS, seed: SEED };

/** Longer than any status waits before it calls something a failure. */
const PATIENCE_MS = 8 * 60_000;

let uids = 0;

function take({ cluster }: OperatorWorld, step: Step): void {
  if (step.do === 'put') {
    const present = cluster.get(refOf(step.object));
    if (present?.metadata.deletionTimestamp !== undefined) return;
    // The status belongs to the operator: who writes a resource again does not take it away.
    if (present) cluster.edit(refOf(present), ({ status, metadata }) => ({ ...step.object, metadata: { ...metadata, ...step.object.metadata }, ...(status === undefined ? {} : { status }) }));
    else cluster.put({ ...step.object, metadata: { ...step.object.metadata, uid: `uid-${++uids}` } });
  } else if (cluster.get(step.ref)) {
    cluster.remove(step.ref);
  }
}

async function live(world: OperatorWorld, history: readonly TimedStep[]): Promise<void> {
  for (const { step, pauseMs } of history) {
    take(world, step);
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
    take(world, { do: 'put', object: { ...object, apiVersion, kind, metadata: { name, ...(namespace ? { namespace } : {}), ...(labels ? { labels } : {}) } } as KubeObject });
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
});
