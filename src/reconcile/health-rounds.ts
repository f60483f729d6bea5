import { stackSettings } from '../api/defaults.ts';
import { keyOf } from '../api/kube-object.ts';
import type { ResourceKind } from '../api/parse.ts';
import type { ScrapeTarget } from '../api/scrape-target.ts';
import type { Clock } from '../kube/clock.ts';
import type { Cluster } from '../kube/cluster.ts';
import { piecesFromLive } from '../render/prometheus-config/last-good.ts';
import type { Rendered } from '../render/rendered.ts';
import type { StackInput } from '../render/stack-input.ts';
import { sameStatus } from '../status/same-status.ts';
import type { Logger } from '../telemetry/log.ts';
import { readHealth, type Health } from './health.ts';
import type { Replica } from './prometheus-api.ts';
import { WorkQueue, type Requeue } from './queue.ts';
import type { StackState } from './stack-state.ts';
import { shardsOf } from './wanted-config.ts';

interface HealthRoundsOptions {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly log: Logger;
  readonly states: () => ReadonlyMap<string, StackState>;
  readonly replicas: (stack: string) => readonly Replica[];
  readonly touch: (kind: ResourceKind, key: string) => void;
}

const TARGET = 'ScrapeTarget/';
const ROUND_MS = 15_000;
/** Between two counts of all targets where sums say that nothing moved. */
const COUNT_MS = 300_000;
/** After a change its effect is looked for at this pace, for a while: discovery and a first scrape take their time. */
const EAGER_MS = 2_000;
const EAGER_FOR_MS = 45_000;
/** After the first seconds, when most have been scraped, at this one. */
const FIRST_FOR_MS = 12_000;
const LATER_MS = 5_000;

/** More ScrapeTargets than this that moved are as good as all. */
const FEW = 50;

interface Eager {
  untilMs: number;
  lastFullMs: number;
  /** Keys of the ScrapeTargets that moved; all of them where undefined. */
  keys: Set<string> | undefined;
}

/** Looks at the health of every stack from time to time, and more often for a while after something changed. */
export class HealthRounds {
  readonly #options: HealthRoundsOptions;
  readonly #queue: WorkQueue;
  readonly #eager = new Map<string, Eager>();
  /** When all targets of a stack were counted last. */
  readonly #countedMs = new Map<string, number>();
  /** What was last looked through for duplicates. */
  readonly #indexed = new WeakMap<StackState['duplicates'], StackInput['targets']>();

  constructor(options: HealthRoundsOptions) {
    this.#options = options;
    this.#queue = new WorkQueue((key) => this.#round(key), { concurrency: 4, clock: options.clock, log: options.log, backoff: { minMs: 1_000, maxMs: ROUND_MS } });
  }

  start(): void {
    this.#queue.start();
  }

  stop(): Promise<void> {
    return this.#queue.stop();
  }

  /** Something about the stack, or these ScrapeTargets of it (by owner), changed: their numbers will move. */
  expect(stack: string, owners: readonly string[] = []): void {
    const now = this.#options.clock.now();
    const eager = this.#eager.get(stack) ?? { untilMs: 0, lastFullMs: 0, keys: undefined };
    if (now >= eager.untilMs) eager.keys = new Set();
    for (const owner of owners) if (owner.startsWith(TARGET)) eager.keys?.add(owner.slice(TARGET.length));
    if ((eager.keys?.size ?? 0) > FEW) eager.keys = undefined;
    eager.untilMs = now + EAGER_FOR_MS;
    this.#eager.set(stack, eager);
    this.#queue.addAfter(stack, EAGER_MS / 2);
  }

  async #round(key: string): Promise<Requeue> {
    const { states, cluster, replicas } = this.#options;
    const state = states().get(key);
    if (!state?.rendered || !state.input) {
      this.#eager.delete(key);
      this.#countedMs.delete(key);
      return 'on-change';
    }
    // Until targets have moved, some are scraped by two shards: sums over shards would count them twice.
    if (state.move && state.health.known) return { after: ROUND_MS };
    const { prometheus, kubeState } = stackSettings(state.stack);
    const before = state.health;
    const { rendered, input } = state;
    const few = this.#few(key, state);
    state.health = await readHealth(cluster, {
      replicas: replicas(key),
      shards: shardsOf(state.rendered).length,
      agent: prometheus.mode === 'Agent',
      crashes: kubeState !== undefined,
      targets: few ?? input.targets.map(({ target }) => target),
      isAll: few === undefined,
      mayBeAsBefore: this.#mayBeAsBefore(key, few === undefined),
      jobs: rendered.jobs,
      jobText: (owner) => jobText(rendered, owner),
      before,
    });
    this.#touchDuplicates(state, input);
    this.#touchMoved(state, before);
    return { after: this.#paceMs(key, few, state.health) };
  }

  /** @param few those that were looked at, where that was not all */
  #paceMs(key: string, few: readonly ScrapeTarget[] | undefined, health: Health): number {
    const eagerForMs = (this.#eager.get(key)?.untilMs ?? 0) - this.#options.clock.now();
    if (eagerForMs <= 0) return ROUND_MS;
    if (EAGER_FOR_MS - eagerForMs < FIRST_FOR_MS) return EAGER_MS;
    // Who moved is well by now: what goes wrong later is found by the sums of any round.
    return few?.every((target) => isWell(health, target)) === true ? ROUND_MS : LATER_MS;
  }

  /** The ScrapeTargets to look at between two looks at all of them; undefined where all are due. */
  #few(key: string, { health, memory }: StackState): ScrapeTarget[] | undefined {
    const now = this.#options.clock.now();
    const eager = this.#eager.get(key) ?? { untilMs: 0, lastFullMs: 0, keys: undefined };
    if (eager.keys && health.known && now < eager.untilMs && now - eager.lastFullMs < ROUND_MS) {
      return [...eager.keys].flatMap((moved) => memory.targets.get(moved)?.input.target ?? []);
    }
    eager.lastFullMs = now;
    this.#eager.set(key, eager);
    return undefined;
  }

  /** A look at all of them counts for a while. */
  #mayBeAsBefore(key: string, isAll: boolean): boolean {
    const now = this.#options.clock.now();
    const lastMs = this.#countedMs.get(key);
    if (lastMs !== undefined && now - lastMs < COUNT_MS) return true;
    if (isAll) this.#countedMs.set(key, now);
    return false;
  }

  #touchDuplicates({ duplicates }: StackState, { targets }: StackInput): void {
    if (this.#indexed.get(duplicates) === targets) return;
    this.#indexed.set(duplicates, targets);
    for (const owner of duplicates.update(targets)) this.#options.touch('ScrapeTarget', owner.slice(TARGET.length));
  }

  /** Statuses are computed again only for those whose numbers moved. */
  #touchMoved({ key, health, input }: StackState, before: Health): void {
    const { touch } = this.#options;
    const isOther = health.known !== before.known || health.error !== before.error;
    for (const moved of isOther ? keysOf(input) : health.moved) touch('ScrapeTarget', moved);
    if (isOther || firingMoved(health, before)) for (const policy of policiesOf(input)) touch('AlertPolicy', policy);
    if (isOther || !sameStatus([health.up, health.down], [before.up, before.down])) touch('MonitoringStack', key);
  }
}

function isWell({ targets }: Health, target: ScrapeTarget): boolean {
  const { up = 0, down = 0 } = targets.get(keyOf(target)) ?? {};
  return up > 0 && down === 0;
}

function keysOf(input: StackInput | undefined): string[] {
  return input?.targets.map(({ target }) => keyOf(target)) ?? [];
}

function policiesOf(input: StackInput | undefined): string[] {
  return input?.policies.map(({ policy }) => keyOf(policy)) ?? [];
}

function firingMoved({ firing }: Health, before: Health): boolean {
  return firing !== before.firing && !sameStatus([...firing], [...before.firing]);
}

/** The scrape configs of one ScrapeTarget as they are written. */
function jobText({ objects, buckets }: Rendered, owner: string): string | undefined {
  const names = new Set(buckets.filter(({ owners }) => owners.includes(owner)).map(({ configMap }) => configMap));
  return piecesFromLive(objects.filter(({ metadata }) => names.has(metadata.name))).get(owner)?.scrape;
}
