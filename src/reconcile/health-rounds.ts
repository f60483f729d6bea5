import { stackSettings } from '../api/defaults.ts';
import { keyOf } from '../api/kube-object.ts';
import type { ResourceKind } from '../api/parse.ts';
import type { Clock } from '../kube/clock.ts';
import type { Cluster } from '../kube/cluster.ts';
import { piecesFromLive } from '../render/prometheus-config/last-good.ts';
import type { Rendered } from '../render/rendered.ts';
import { duplicateTargets } from '../render/scrape-target/duplicate-targets.ts';
import { sameStatus } from '../status/same-status.ts';
import type { Logger } from '../telemetry/log.ts';
import { readHealth, type Health } from './health.ts';
import type { Replica } from './prometheus-api.ts';
import { WorkQueue, type Requeue } from './queue.ts';
import type { StackState } from './stack-state.ts';

interface HealthRoundsOptions {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly log: Logger;
  readonly states: () => ReadonlyMap<string, StackState>;
  readonly replicas: (stack: string) => readonly Replica[];
  readonly touch: (kind: ResourceKind, key: string) => void;
}

const ROUND_MS = 15_000;
/** After a change its effect is looked for at this pace, for a while: discovery and a first scrape take their time. */
const EAGER_MS = 2_000;
const EAGER_FOR_MS = 45_000;

/** Looks at the health of every stack from time to time, and more often for a while after something changed. */
export class HealthRounds {
  readonly #options: HealthRoundsOptions;
  readonly #queue: WorkQueue;
  readonly #eagerUntilMs = new Map<string, number>();

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

  /** Something about the stack changed: its numbers will move. */
  expect(stack: string): void {
    this.#eagerUntilMs.set(stack, this.#options.clock.now() + EAGER_FOR_MS);
    this.#queue.addAfter(stack, EAGER_MS / 2);
  }

  async #round(key: string): Promise<Requeue> {
    const { states, cluster, replicas, clock } = this.#options;
    const state = states().get(key);
    if (!state?.rendered || !state.input) {
      this.#eagerUntilMs.delete(key);
      return 'on-change';
    }
    const { prometheus } = stackSettings(state.stack);
    const before = state.health;
    const { rendered, input } = state;
    const targets = input.targets.map(({ target }) => target);
    state.health = await readHealth(cluster, {
      replicas: replicas(key),
      shards: prometheus.shards,
      agent: prometheus.mode === 'Agent',
      targets,
      jobs: rendered.jobs,
      jobText: (owner) => jobText(rendered, owner),
      before,
    });
    state.duplicates = duplicateTargets(targets);
    this.#touchMoved(state, before);
    const isEager = clock.now() < (this.#eagerUntilMs.get(key) ?? 0);
    return { after: isEager ? EAGER_MS : ROUND_MS };
  }

  /** Statuses are computed again only for those whose numbers moved. */
  #touchMoved(state: StackState, before: Health): void {
    const { touch } = this.#options;
    const { health, input } = state;
    if (!input) return;
    const isOther = health.known !== before.known || health.error !== before.error;
    const isMoved = (key: string): boolean => isOther || !sameStatus(health.targets.get(key), before.targets.get(key));
    for (const { target } of input.targets) if (isMoved(keyOf(target))) touch('ScrapeTarget', keyOf(target));
    const firingMoved = isOther || !sameStatus([...health.firing], [...before.firing]);
    for (const { policy } of firingMoved ? input.policies : []) touch('AlertPolicy', keyOf(policy));
    if (isOther || !sameStatus([health.up, health.down], [before.up, before.down])) touch('MonitoringStack', state.key);
  }
}

/** The scrape configs of one ScrapeTarget as they are written. */
function jobText({ objects, buckets }: Rendered, owner: string): string | undefined {
  const names = new Set(buckets.filter(({ owners }) => owners.includes(owner)).map(({ configMap }) => configMap));
  return piecesFromLive(objects.filter(({ metadata }) => names.has(metadata.name))).get(owner)?.scrape;
}
