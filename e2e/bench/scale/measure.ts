/** The measurement itself: one operator, one size, one control plane of its own. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KubeObject } from '../../../src/api/kube-object.ts';
import { connect, type Client } from '../../../src/kube/client.ts';
import { startControlPlane, type ControlPlane } from '../../support/control-plane.ts';
import { crdsEstablished } from '../../support/crds.ts';
import { kubectlOk } from '../../support/kubectl.ts';
import { freePorts, startProgram, type Program } from '../../support/process.ts';
import { waitFor } from '../../support/wait-for.ts';
import { AuditTail, type WriteCounts } from './audit-tail.ts';
import { ConfigWatch } from './config-watch.ts';
import { HOME, namespaces, service, type Contender } from './contender.ts';
import { createReplica, startLivePrometheus, startStandIn } from './replica.ts';
import { cpuSeconds, memory } from './usage.ts';

export interface MeasureOptions {
  readonly size: number;
  readonly changes: number;
  readonly restSeconds: number;
  /** Also run the written config in a real Prometheus. */
  readonly live: boolean;
  readonly progress: (line: string) => void;
}

/** Everything measured of one operator at one size. Times in milliseconds, CPU in seconds, memory in bytes. */
export interface Measurement {
  readonly name: string;
  readonly version: string;
  readonly size: number;
  readonly configBytes: number;
  readonly load: {
    readonly createSeconds: number;
    /** From the answer to the last create until the config that holds all. */
    readonly lastCreateToConfigMs: number;
    /** From the first create until the config that holds all. */
    readonly cpuUntilConfig: number;
    /** The same, until it rests: statuses included. */
    readonly cpuUntilRest: number;
    readonly writes: WriteCounts;
  };
  readonly change: {
    readonly count: number;
    /** From the PATCH until the written config, each. */
    readonly toConfigMs: readonly number[];
    readonly medianMs: number;
    readonly cpuMs: number;
    readonly writes: number;
    readonly writesByKind: Readonly<Record<string, number>>;
  };
  readonly rest: { readonly seconds: number; readonly cpuPercent: number; readonly writes: WriteCounts };
  readonly memory: { readonly idle: number; readonly steady: number; readonly peak: number };
  readonly restart: {
    /** From the start of the process until a change made before it is in the config. */
    readonly toConfigMs: number;
    readonly cpu: number;
    /** With nothing changed meanwhile. */
    readonly writes: WriteCounts;
    readonly peak: number;
  };
  readonly live?: { readonly scrapePools: number; readonly expected: number; readonly loadMs: number };
}

const CREATES_AT_ONCE = 16;
const CHANGE_PAUSE_MS = 3_000;
const AFTER_CHANGES_MS = 15_000;

/** Measures one operator. Rejects where it does not do its work within minutes. */
export async function measure(contender: Contender, options: MeasureOptions): Promise<Measurement> {
  const plane = await startControlPlane({ audit: true });
  try {
    const client = await connect({ kubeconfig: plane.kubeconfig, fieldManager: 'bench', userAgent: 'bench' });
    const run = new Run(contender, options, plane, client);
    try {
      return await run.all();
    } catch (error) {
      options.progress(`${contender.name} said last:\n${await run.lastWords()}`);
      throw error;
    } finally {
      await run.end();
      client.close();
    }
  } finally {
    await plane.stop();
  }
}

class Run {
  readonly #contender: Contender;
  readonly #options: MeasureOptions;
  readonly #plane: ControlPlane;
  readonly #client: Client;
  readonly #audit: AuditTail;
  #config: ConfigWatch | undefined;
  #program: Program | undefined;
  #standIn: { stop(): Promise<void> } | undefined;
  #jobs = 0;

  constructor(contender: Contender, options: MeasureOptions, plane: ControlPlane, client: Client) {
    this.#contender = contender;
    this.#options = options;
    this.#plane = plane;
    this.#client = client;
    this.#audit = new AuditTail(plane.auditLog ?? '');
  }

  async all(): Promise<Measurement> {
    const { name, version } = this.#contender;
    const { size, live } = this.#options;
    await this.#prepare();
    await this.#start();
    await waitFor('a StatefulSet', () => this.#client.read({ apiVersion: 'apps/v1', kind: 'StatefulSet', namespace: HOME, name: 'prometheus-scale' }));
    await this.#settle('the empty stack');
    if (name === 'belfry') await createReplica(this.#client);
    await this.#rest(10);
    const idle = (await memory(this.#pid())).peak;
    const load = await this.#load();
    const steadyAfterLoad = await memory(this.#pid());
    const change = await this.#changes();
    const rest = await this.#rest(this.#options.restSeconds);
    const used = await memory(this.#pid());
    this.#say(`memory: ${mib(idle)} idle, ${mib(steadyAfterLoad.now)} after the load, ${mib(used.now)} at the end, ${mib(used.peak)} at most`);
    const restart = await this.#restart();
    const configBytes = this.#watched().bytes();
    const isLive = live && name === 'belfry' ? await this.#live() : undefined;
    return {
      name, version, size, configBytes, load, change, rest,
      memory: { idle, steady: used.now, peak: used.peak },
      restart,
      ...(isLive ? { live: isLive } : {}),
    };
  }

  /** The end of the operator's log. */
  async lastWords(): Promise<string> {
    const log = this.#program ? await readFile(this.#program.logFile, 'utf8').catch(() => '') : '';
    return log.split('\n').slice(-6).map((line) => line.slice(0, 500)).join('\n');
  }

  async end(): Promise<void> {
    this.#config?.stop();
    await this.#program?.stop();
    await this.#standIn?.stop();
  }

  async #prepare(): Promise<void> {
    const { kubeconfig, dir } = this.#plane;
    const file = join(dir, 'crds.yaml');
    await writeFile(file, await this.#contender.crds());
    await kubectlOk(kubeconfig, ['apply', '--server-side', '-f', file]);
    await crdsEstablished(kubeconfig);
    for (const namespace of [HOME, 'belfry-system', ...namespaces]) {
      await this.#client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    }
    await this.#createAll('Services', (index) => service(index));
    await this.#client.create(this.#contender.stack());
    this.#config = new ConfigWatch(this.#client, this.#contender);
    if (this.#contender.name === 'belfry') this.#standIn = await startStandIn(this.#config, () => this.#jobs);
  }

  async #start(): Promise<void> {
    const [port = 0] = await freePorts(1);
    const kubeconfig = await this.#plane.kubeconfigFor({ user: this.#contender.user, groups: ['system:masters'] });
    const { command, env } = await this.#contender.command({ kubeconfig, port });
    this.#program = await startProgram({
      name: this.#contender.name,
      command,
      ...(env ? { env } : {}),
      logFile: join(this.#plane.dir, `${this.#contender.name}.log`),
      ready: () => this.#contender.ready(port),
      readyTimeoutMs: 60_000,
    });
  }

  async #load(): Promise<Measurement['load']> {
    const { size } = this.#options;
    const config = this.#watched();
    const mark = await this.#audit.mark();
    const cpu = await cpuSeconds(this.#pid());
    const begun = performance.now();
    await this.#createAll('resources', (index) => this.#contender.target(index, 'bench-0'));
    const created = performance.now();
    const written = await within(600_000, config.whenJobs(size), 'the config that holds all');
    const cpuUntilConfig = await cpuSeconds(this.#pid()) - cpu;
    this.#jobs = size;
    const lastCreateToConfigMs = Math.round(written - created);
    this.#say(`load: config ${lastCreateToConfigMs} ms after the last create, ${cpuUntilConfig.toFixed(1)} s of CPU`);
    await this.#settle('the load');
    const cpuUntilRest = await cpuSeconds(this.#pid()) - cpu;
    const writes = await this.#audit.since(mark, this.#contender.user);
    this.#say(`load: ${cpuUntilRest.toFixed(1)} s of CPU until rest, ${writes.total} writes`);
    return { createSeconds: (created - begun) / 1000, lastCreateToConfigMs, cpuUntilConfig, cpuUntilRest, writes };
  }

  async #changes(): Promise<Measurement['change']> {
    const { changes, size } = this.#options;
    const toConfigMs: number[] = [];
    const mark = await this.#audit.mark();
    const cpu = await cpuSeconds(this.#pid());
    for (let round = 1; round <= changes; round++) {
      toConfigMs.push(await this.#change((round * 617) % size, `bench-change-${round}-`));
      const last = toConfigMs.at(-1) ?? 0;
      if (round % 5 === 0) this.#say(`change ${round} of ${changes}: ${last} ms`);
      await pause(CHANGE_PAUSE_MS);
      await this.#whenIdle();
    }
    await pause(AFTER_CHANGES_MS);
    const used = await cpuSeconds(this.#pid()) - cpu;
    const { total, byKind } = await this.#audit.since(mark, this.#contender.user);
    const medianMs = median(toConfigMs);
    this.#say(`changes: median ${medianMs} ms, ${Math.round((used / changes) * 1000)} ms of CPU and ${total / changes} writes each`);
    return {
      count: changes, toConfigMs, medianMs, cpuMs: (used / changes) * 1000, writes: total / changes,
      writesByKind: Object.fromEntries(Object.entries(byKind).map(([kind, number]) => [kind, number / changes])),
    };
  }

  async #change(index: number, text: string): Promise<number> {
    const holds = within(120_000, this.#watched().whenHolds(text), `the config with ${text}`);
    const begun = performance.now();
    await this.#client.apply(this.#contender.target(index, text), { force: true });
    return Math.round(await holds - begun);
  }

  async #rest(seconds: number): Promise<Measurement['rest']> {
    this.#say(`${seconds} s at rest`);
    const mark = await this.#audit.mark();
    const cpu = await cpuSeconds(this.#pid());
    const begun = performance.now();
    await pause(seconds * 1000);
    const used = await cpuSeconds(this.#pid()) - cpu;
    const writes = await this.#audit.since(mark, this.#contender.user);
    const cpuPercent = (used / ((performance.now() - begun) / 1000)) * 100;
    this.#say(`at rest: ${cpuPercent.toFixed(2)} % of a core, ${writes.total} writes`);
    return { seconds, cpuPercent, writes };
  }

  /** Twice: once with nothing changed, which has to write nothing, and once with a change that waits for it. */
  async #restart(): Promise<Measurement['restart']> {
    await this.#program?.stop();
    const mark = await this.#audit.mark();
    await this.#start();
    await this.#settle('the restart');
    const writes = await this.#audit.since(mark, this.#contender.user);
    await this.#program?.stop();
    const text = 'bench-restart-';
    await this.#client.apply(this.#contender.target(0, text), { force: true });
    const begun = performance.now();
    const holds = within(300_000, this.#watched().whenHolds(text), 'the change made before the start');
    await this.#start();
    const toConfigMs = Math.round(await holds - begun);
    const cpu = await cpuSeconds(this.#pid());
    await this.#settle('the second restart');
    const { peak } = await memory(this.#pid());
    this.#say(`restart: config after ${toConfigMs} ms, ${cpu.toFixed(1)} s of CPU, at most ${mib(peak)}; ${writes.total} writes with nothing changed`);
    return { toConfigMs, cpu, writes, peak };
  }

  async #live(): Promise<Measurement['live']> {
    await this.#standIn?.stop();
    this.#standIn = undefined;
    const begun = performance.now();
    const prometheus = await startLivePrometheus(this.#watched().objects());
    try {
      let found = 0;
      await waitFor('all jobs', async (seen) => {
        found = (await prometheus.scrapePools()).filter((pool) => pool.startsWith('scrapetarget/')).length;
        seen(found);
        return found === this.#options.size;
      }, { timeoutMs: 120_000, intervalMs: 500 }).catch(() => undefined);
      const loadMs = Math.round(performance.now() - begun);
      this.#say(`a real Prometheus has ${found} of ${this.#options.size} jobs, ${loadMs} ms after its start`);
      return { scrapePools: found, expected: this.#options.size, loadMs };
    } finally {
      await prometheus.stop();
    }
  }

  async #createAll(what: string, make: (index: number) => KubeObject): Promise<void> {
    const { size } = this.#options;
    let next = 0;
    let said = performance.now();
    const worker = async (): Promise<void> => {
      for (let index = next++; index < size; index = next++) {
        await this.#client.create(make(index));
        if (performance.now() - said < 2_000) continue;
        said = performance.now();
        this.#say(`${what}: ${index} of ${size}`);
      }
    };
    await Promise.all(Array.from({ length: CREATES_AT_ONCE }, worker));
  }

  /** Until it has written nothing for 5 s and is idle. */
  async #settle(after: string): Promise<void> {
    let last = { total: -1, atMs: performance.now() };
    const mark = await this.#audit.mark();
    let said = performance.now();
    await waitFor(`rest after ${after}`, async (seen) => {
      const { total } = await this.#audit.since(mark, this.#contender.user);
      if (total !== last.total) last = { total, atMs: performance.now() };
      seen(`${total} writes`);
      if (performance.now() - said > 10_000) {
        said = performance.now();
        this.#say(`waiting for rest after ${after}: ${total} writes so far`);
      }
      return performance.now() - last.atMs > 5_000;
    }, { timeoutMs: 900_000, intervalMs: 500 });
    await this.#whenIdle();
  }

  /** Until it used less than a tenth of a core for a second. */
  async #whenIdle(): Promise<void> {
    await waitFor(`${this.#contender.name} to be idle`, async (seen) => {
      const before = await cpuSeconds(this.#pid());
      await pause(1_000);
      const used = await cpuSeconds(this.#pid()) - before;
      seen(`${Math.round(used * 100)} % of a core`);
      return used < 0.1;
    }, { timeoutMs: 300_000, intervalMs: 0 });
  }

  #watched(): ConfigWatch {
    if (!this.#config) throw new Error('nothing is watched yet');
    return this.#config;
  }

  #pid(): number {
    if (!this.#program) throw new Error('nothing runs yet');
    return this.#program.pid();
  }

  #say(line: string): void {
    this.#options.progress(`${this.#contender.name} at ${this.#options.size}: ${line}`);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function within<T>(ms: number, promise: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${ms / 1000} s for ${what}`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

function mib(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} MiB`;
}
