import type { Clock } from '../kube/clock.ts';
import type { Cluster } from '../kube/cluster.ts';
import { planSilences, type AlertmanagerSilence } from '../render/alert-policy/silences.ts';
import type { Logger } from '../telemetry/log.ts';
import { createSilence, expireSilence, readSilences } from './alertmanager-api.ts';
import { resourceFields } from './log-fields.ts';
import type { Replica } from './prometheus-api.ts';
import { WorkQueue, type Requeue } from './queue.ts';
import type { StackState } from './stack-state.ts';

interface SilenceKeeperOptions {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly log: Logger;
  readonly states: () => ReadonlyMap<string, StackState>;
  readonly replicas: (stack: string) => readonly Replica[];
}

/** Silences live in Alertmanager's memory and can be ended there by hand: looked after at this pace. */
const ROUND_MS = 60_000;

/** Keeps the silences of AlertPolicies in Alertmanager: creates what is asked for, ends what no longer is, touches no other. */
export class SilenceKeeper {
  readonly #options: SilenceKeeperOptions;
  readonly #queue: WorkQueue;
  /** Stacks that have had silences of ours, or were not looked at yet. */
  readonly #calm = new Set<string>();

  constructor(options: SilenceKeeperOptions) {
    this.#options = options;
    this.#queue = new WorkQueue((key) => this.#round(key), { concurrency: 2, clock: options.clock, log: options.log, backoff: { minMs: 1_000, maxMs: 15_000 } });
  }

  start(): void {
    this.#queue.start();
  }

  stop(): Promise<void> {
    return this.#queue.stop();
  }

  /** The silences that a stack should have may have changed. */
  look(stack: string): void {
    const wanted = this.#options.states().get(stack)?.rendered?.silences.size ?? 0;
    if (wanted === 0 && this.#calm.has(stack)) return;
    this.#calm.delete(stack);
    this.#queue.add(stack);
  }

  async #round(key: string): Promise<Requeue> {
    const { states, replicas, cluster, clock, log } = this.#options;
    const state = states().get(key);
    if (!state?.rendered || state.rendered.alertmanagerConfig === undefined) return 'on-change';
    const replica = replicas(key).find(({ ready }) => ready);
    if (!replica) return { after: 5_000 };
    const wanted = [...state.rendered.silences].flatMap(([owner, silences]) => silences.map((silence) => ({ owner, silence })));
    try {
      const live = await readSilences<AlertmanagerSilence>(cluster, replica);
      const plan = planSilences({ stack: state.stack, wanted, live, now: new Date(clock.wall()) });
      for (const silence of plan.create) await createSilence(cluster, replica, silence);
      for (const id of plan.expire) await expireSilence(cluster, replica, id);
      if (wanted.length > 0) return { after: ROUND_MS };
      this.#calm.add(key);
      return 'on-change';
    } catch (error) {
      log.error('silences could not be brought in step', { ...resourceFields('MonitoringStack', key), error });
      return 'with-backoff';
    }
  }
}
