/**
 * Lets the operator work for a while under steady changes and faults, and says what it costs and whether it is right at the end.
 *
 *   node e2e/soak/soak.ts --minutes 20 --targets 2000 [--changes 5] [--seed 1] [-o json]
 *
 * On a control plane of its own, without nodes: nothing runs the pods, so nothing confirms. Ends with 1 where the end state is
 * not what `belfry render` makes of the same resources, where a pass threw, or where a watch missed something.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readFile } from 'node:fs/promises';
import { loadAll } from 'js-yaml';
import { LABEL_PART, PART_ALERTMANAGER_CONFIG, PART_PROMETHEUS_CONFIG } from '../../src/api/group.ts';
import { PROCESS_ENV } from '../../src/cli/install-defaults.ts';
import { refKey, refOf, type KubeObject } from '../../src/api/kube-object.ts';
import { connect, type Client } from '../../src/kube/client.ts';
import { resourceType } from '../../src/kube/resource-types.ts';
import { startControlPlane, type ControlPlane } from '../support/control-plane.ts';
import { crdsEstablished } from '../support/crds.ts';
import { kubectlOk, runCommand } from '../support/kubectl.ts';
import { FROM_BUNDLE } from '../support/operator.ts';
import { freePorts, startProgram, type Program } from '../support/process.ts';
import { waitFor } from '../support/wait-for.ts';
import { Load, NAMESPACE } from './load.ts';
import { heapOf, slopePerHour, takeSample, type Sample } from './sample.ts';
import { Wire } from './wire.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '20' }, targets: { type: 'string', default: '2000' }, changes: { type: 'string', default: '5' }, seed: { type: 'string', default: '1' },
    output: { type: 'string', short: 'o' },
  },
});
const SECONDS = Number(values.minutes) * 60;
const SAMPLE_SECONDS = 30;
/** Something goes wrong about this often. */
const FAULT_SECONDS = 45;

const say = (line: string): void => void process.stderr.write(`soak: ${line}\n`);
const random = seeded(Number(values.seed));
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

interface Setting {
  readonly plane: ControlPlane;
  readonly client: Client;
  readonly wire: Wire;
  readonly operator: Program;
  readonly url: string;
}

const plane = await startControlPlane({ withControllers: true });
const client = await connect({ kubeconfig: plane.kubeconfig, fieldManager: 'soak' });
const wire = new Wire(new URL(plane.url));
try {
  process.exitCode = await soak();
} finally {
  client.close();
  wire.close();
  await plane.stop();
}

async function soak(): Promise<number> {
  const load = new Load(client, Number(values.targets), random);
  await kubectlOk(plane.kubeconfig, ['apply', '-f', '-'], { stdin: (await runCommand([...FROM_BUNDLE, 'install', '--crds-only'])).stdout });
  await crdsEstablished(plane.kubeconfig);
  await kubectlOk(plane.kubeconfig, ['create', 'namespace', 'belfry-system']);
  await load.begin();
  say(`${values.targets} ScrapeTargets are there`);
  const setting = await startOperatorOnWire();
  await settled(setting);
  say('everything is written');
  const samples = await run(setting, load);
  await settled(setting);
  samples.push(await takeSample(setting.operator.pid(), setting.url, { at: SECONDS }));
  const wrong = await differences();
  await setting.operator.stop();
  return report(samples, load, wrong);
}

async function startOperatorOnWire(): Promise<Setting> {
  const port = await wire.open();
  const [metrics] = await freePorts(1);
  const path = join(plane.dir, 'wire.kubeconfig');
  await writeFile(path, (await readFile(await plane.kubeconfigFor({ user: 'belfry', groups: ['system:masters'] }), 'utf8')).replaceAll(plane.url, `https://127.0.0.1:${port}`));
  const url = `http://127.0.0.1:${metrics}`;
  const operator = await startProgram({
    name: 'belfry', env: PROCESS_ENV, command: [...FROM_BUNDLE, 'run', '--kubeconfig', path, '--namespace', 'belfry-system', '--metrics-address', `127.0.0.1:${metrics}`, '--leader-elect=false'],
    logFile: join(plane.dir, 'belfry.log'), ready: async () => (await fetch(`${url}/readyz`)).ok,
  });
  return { plane, client, wire, operator, url };
}

/** The same number of passes for a while: nothing is left to do. */
async function settled({ operator, url }: Setting): Promise<void> {
  let last = -1;
  let since = Date.now();
  await waitFor('the operator to be done', async () => {
    const { passes, oldest } = await takeSample(operator.pid(), url, { at: 0 });
    if (passes !== last || oldest > 0) since = Date.now();
    last = passes;
    return Date.now() - since > 5_000;
  }, { timeoutMs: 180_000, intervalMs: 500 });
}

async function run(setting: Setting, load: Load): Promise<Sample[]> {
  const samples: Sample[] = [];
  const begun = Date.now();
  const at = (): number => (Date.now() - begun) / 1000;
  const until = (): boolean => at() < SECONDS;
  const changing = (async () => {
    while (until()) {
      void load.change();
      await pause(1000 / Number(values.changes));
    }
  })();
  const failing = (async () => {
    for (await pause(FAULT_SECONDS * 1000); until(); await pause(FAULT_SECONDS * 1000 * (0.5 + random()))) await fault(setting);
  })();
  for (let next = SAMPLE_SECONDS; until(); next += SAMPLE_SECONDS) {
    let leastHeapMb = Infinity;
    while (at() < next && until()) {
      await pause(1_000);
      leastHeapMb = Math.min(leastHeapMb, await heapOf(setting.url));
    }
    const sample = await takeSample(setting.operator.pid(), setting.url, { at: Math.round(at()), leastHeapMb });
    samples.push(sample);
    say(line(sample));
  }
  await Promise.all([changing, failing]);
  return samples;
}

async function fault({ plane: { apiserver }, wire: line }: Setting): Promise<void> {
  const dice = random();
  if (dice < 0.5) {
    say('all connections are cut');
    line.cut();
  } else if (dice < 0.75) {
    say('the API server is killed and started again');
    await apiserver.kill();
    await apiserver.start();
  } else {
    say('the API server is frozen for ten seconds');
    apiserver.pause();
    await pause(10_000);
    apiserver.resume();
  }
}

/** Config objects in the cluster that are not what `belfry render` makes of the users' resources there. */
async function differences(): Promise<string[]> {
  const kinds = [['belfry.dev/v1alpha1', 'MonitoringStack'], ['belfry.dev/v1alpha1', 'ScrapeTarget'], ['belfry.dev/v1alpha1', 'AlertPolicy'], ['v1', 'Secret']] as const;
  const lists = await Promise.all(kinds.map(([apiVersion, kind]) => client.list(resourceType(apiVersion, kind), { namespace: NAMESPACE })));
  const users = lists.flatMap(({ items }) => items).filter(({ metadata }) => metadata.labels?.['app.kubernetes.io/managed-by'] === undefined);
  const file = join(plane.dir, 'end.yaml');
  await writeFile(file, users.map(({ status: _status, ...object }) => JSON.stringify(object)).join('\n---\n'));
  const { stdout } = await runCommand([...FROM_BUNDLE, 'render', '-f', file]);
  const wanted = new Map((loadAll(stdout) as KubeObject[]).filter(isConfig).map((object) => [refKey(refOf(object)), textOf(object)]));
  const there = await Promise.all(['ConfigMap', 'Secret'].map((kind) => client.list(resourceType('v1', kind), { namespace: NAMESPACE })));
  const live = new Map(there.flatMap(({ items }) => items).filter(isConfig).map((object) => [refKey(refOf(object)), textOf(object)]));
  if (wanted.size === 0) return ['belfry render made nothing'];
  return [...new Set([...wanted.keys(), ...live.keys()])].filter((key) => wanted.get(key) !== live.get(key));
}

function isConfig({ metadata }: KubeObject): boolean {
  const part = metadata.labels?.[LABEL_PART] ?? '';
  return part === PART_PROMETHEUS_CONFIG || part === PART_ALERTMANAGER_CONFIG || metadata.name === 'prometheus-soak-credentials';
}

function textOf({ data }: KubeObject): string {
  return JSON.stringify(Object.entries((data ?? {}) as Record<string, string>).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function line({ at, rssMb, heapMb, files, sockets, passes, retries, missed, restarts, lagP99 }: Sample): string {
  return `${at} s: RSS ${rssMb.toFixed(0)} MB, heap at least ${heapMb.toFixed(0)} MB, ${files} files open (${sockets} sockets), ${passes} passes (${retries} retried), ${restarts} watches begun again, ${missed} events missed, lag ${lagP99} s`;
}

function report(samples: readonly Sample[], load: Load, wrong: readonly string[]): number {
  const warm = samples.slice(Math.floor(samples.length / 3));
  const last = samples.at(-1);
  const result = {
    minutes: Number(values.minutes), targets: Number(values.targets), changes: load.changes, refused: load.refused,
    rssMbPerHour: Math.round(slopePerHour(warm, ({ rssMb }) => rssMb)), heapMbPerHour: Math.round(slopePerHour(warm, ({ heapMb }) => heapMb)),
    rssMb: Math.round(last?.rssMb ?? 0), files: last?.files, sockets: last?.sockets, mostSockets: Math.max(...samples.map(({ sockets }) => sockets)),
    missed: last?.missed, exceptions: last?.exceptions, lagP99: last?.lagP99, differences: wrong.slice(0, 10),
  };
  if (values.output === 'json') process.stdout.write(`${JSON.stringify(result)}\n`);
  else for (const [name, value] of Object.entries(result)) process.stdout.write(`${name.padEnd(14)} ${Array.isArray(value) ? value.join(', ') || 'none' : value}\n`);
  return wrong.length > 0 || result.exceptions !== 0 || result.missed !== 0 ? 1 : 0;
}

/** Chance that can be repeated (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
