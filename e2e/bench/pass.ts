/**
 * What one change costs the operator itself: the controller in this process, an API server that only remembers, and a
 * Prometheus that says all is well. For profiles and quick comparisons; `scale.ts` measures the whole.
 *
 *   node e2e/bench/pass.ts [--size 5000] [--changes 50] [--pause 1500] [--profile FILE] [--load]
 *
 * With --load the ScrapeTargets come when the operator runs already, 800 a second, and the profile is of that.
 */
import { writeFile } from 'node:fs/promises';
import { Session } from 'node:inspector/promises';
import { parseArgs } from 'node:util';
import { EventRecorder } from '../../src/kube/events.ts';
import { Controller } from '../../src/reconcile/controller.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { silentLog } from '../../src/telemetry/silent-log.ts';
import { belfry } from './scale/belfry.ts';
import { HOME, namespaces, service } from './scale/contender.ts';
import { RememberingCluster } from './scale/remembering-cluster.ts';

const { values } = parseArgs({
  options: {
    size: { type: 'string', default: '5000' },
    changes: { type: 'string', default: '50' },
    pause: { type: 'string', default: '1500' },
    profile: { type: 'string' },
    'no-replica': { type: 'boolean', default: false },
    load: { type: 'boolean', default: false },
  },
});
const size = Number(values.size);
const changes = Number(values.changes);
const { target, stack } = await belfry();
const cluster = new RememberingCluster(size);
for (const name of [HOME, 'belfry-system', ...namespaces]) cluster.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
for (let index = 0; index < size; index++) {
  cluster.put(service(index));
  if (!values.load) cluster.put(target(index, 'bench-0'));
}
cluster.put(stack());
if (!values['no-replica']) cluster.putReplica();

const controller = new Controller({
  cluster, operatorNamespace: 'belfry-system', log: silentLog, metrics: createMetrics({ process: false }),
  events: new EventRecorder(cluster), newPassword: () => 'password',
});
const begun = cpu();
await controller.start();
await quiet();
say(`start: ${Math.round(cpu() - begun)} ms of CPU, ${cluster.takeWrites()} writes`);
if (values.load) {
  const stopLoadProfile = await profileTo(values.profile);
  await load();
  await stopLoadProfile();
}
const beforeRest = cpu();
await pause(20_000);
say(`20 s of rest: ${Math.round(cpu() - beforeRest)} ms of CPU, ${cluster.takeWrites()} writes`);
const stopProfile = await profileTo(values.load ? undefined : values.profile);
cluster.writesByKind.clear();
const before = cpu();
for (let round = 1; round <= changes; round++) {
  cluster.put(target((round * 617) % size, `bench-change-${round}-`));
  await pause(Number(values.pause));
}
await quiet();
say(`one change: ${((cpu() - before) / changes).toFixed(1)} ms of CPU, ${cluster.takeWrites() / changes} writes`);
for (const [what, number] of cluster.writesByKind) say(`  ${what}: ${number}`);
await stopProfile();
await controller.stop();
say(`memory: ${Math.round(process.memoryUsage().rss / 1024 / 1024)} MiB, at most ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB, what stands for the API server included`);
process.exit(0);

async function load(): Promise<void> {
  const beforeLoad = cpu();
  cluster.writesByKind.clear();
  for (let index = 0; index < size; index++) {
    cluster.put(target(index, 'bench-0'));
    if (index % 16 === 15) await pause(20);
  }
  const created = cpu();
  while (cluster.jobs() < size) await pause(10);
  say(`load: ${Math.round(created - beforeLoad)} ms of CPU while they came, ${Math.round(cpu() - created)} ms from the last until the config has it`);
  await quiet();
  say(`load: ${Math.round(cpu() - beforeLoad)} ms of CPU until rest, ${cluster.takeWrites()} writes`);
  for (const [what, number] of cluster.writesByKind) say(`  ${what}: ${number}`);
}

/** CPU of this process so far, in milliseconds. */
function cpu(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** What runs from now on, as a .cpuprofile; nothing where no file is named. */
async function profileTo(file: string | undefined): Promise<() => Promise<void>> {
  if (file === undefined) return () => Promise.resolve();
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.start');
  return async () => writeFile(file, JSON.stringify((await session.post('Profiler.stop')).profile));
}

async function quiet(): Promise<void> {
  for (let last = -1; last !== cluster.writes; await pause(3_000)) last = cluster.writes;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
