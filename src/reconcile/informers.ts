import type { KubeObject } from '../api/kube-object.ts';
import type { Clock } from '../kube/clock.ts';
import type { Cluster, ListOptions } from '../kube/cluster.ts';
import { Informer, type InformerMetrics } from '../kube/informer.ts';
import type { Change } from '../kube/object-cache.ts';
import { resourceType } from '../kube/resource-types.ts';
import type { Logger } from '../telemetry/log.ts';
import { stackIndex } from './owner-index.ts';

/** Where informers say what they do, and how they know the time. */
export interface WatchTelemetry {
  readonly log: Logger;
  readonly metrics?: InformerMetrics;
  readonly clock?: Clock;
}

/** How objects of a kind are followed. */
interface Followed {
  readonly options?: ListOptions;
  readonly trim?: (object: KubeObject) => KubeObject;
  /** Objects of ours can be of this kind. */
  readonly isOwned?: boolean;
  readonly onChange: (change: Change) => void;
}

/** An informer for each kind that the operator follows. */
export class Informers {
  readonly #cluster: Cluster;
  readonly #telemetry: WatchTelemetry;
  readonly #all = new Map<string, Informer>();
  /** Kinds that an object of ours can have. */
  readonly #owned = new Set<string>();

  constructor(cluster: Cluster, telemetry: WatchTelemetry) {
    this.#cluster = cluster;
    this.#telemetry = telemetry;
  }

  /** Adds a kind, before the start. */
  follow(apiVersion: string, kind: string, { options, trim, isOwned, onChange }: Followed): void {
    const { log, metrics, clock } = this.#telemetry;
    const spec = {
      type: resourceType(apiVersion, kind),
      log,
      ...(clock ? { clock } : {}),
      ...(options ? { options } : {}),
      ...(trim ? { trim } : {}),
      ...(metrics ? { metrics } : {}),
      ...(isOwned ? { indexes: { stack: stackIndex } } : {}),
    };
    this.#all.set(kind, new Informer(this.#cluster, spec, onChange));
    if (isOwned) this.#owned.add(kind);
  }

  /** Begins to follow; resolves when everything is in memory, but for kinds that may be refused. */
  async start(mayBeRefused: ReadonlySet<string>): Promise<void> {
    for (const informer of this.#all.values()) informer.start();
    const needed = [...this.#all].filter(([kind]) => !mayBeRefused.has(kind));
    await Promise.all(needed.map(([, informer]) => informer.synced));
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#all.values()].map((informer) => informer.stop()));
  }

  /** The informer of a kind that is followed; throws for another one. */
  of(kind: string): Informer {
    const informer = this.#all.get(kind);
    if (!informer) throw new Error(`nothing watches ${kind}`);
    return informer;
  }

  /** An object by its key, of whatever kind; undefined also where the kind is not followed. */
  get(kind: string, key: string): KubeObject | undefined {
    return this.#all.get(kind)?.get(key);
  }

  /** Every object that carries the labels of a stack (`namespace/name`), whoever made it; pods left out. */
  *ownedBy(stack: string): Iterable<KubeObject> {
    for (const kind of this.#owned) if (kind !== 'Pod') yield* this.of(kind).byIndex('stack', stack);
  }

  /** The kinds on whose watch the API server has not been heard for so long. */
  silentFor(ms: number, now: number): string[] {
    return this.#kindsWhere((informer) => informer.hasSynced && now - informer.lastContactMs > ms);
  }

  /** The kinds whose watch has not even tried anything for so long. */
  deadFor(ms: number, now: number): string[] {
    return this.#kindsWhere((informer) => informer.lastActivityMs > 0 && now - informer.lastActivityMs > ms);
  }

  #kindsWhere(is: (informer: Informer) => boolean): string[] {
    return [...this.#all].filter(([, informer]) => is(informer)).map(([kind]) => kind);
  }
}
