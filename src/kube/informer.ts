import { keyOf, type KubeObject } from '../api/kube-object.ts';
import type { Logger } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { silentLog } from '../telemetry/silent-log.ts';
import { backoffMs, sleep, systemClock, type Clock } from './clock.ts';
import type { Cluster, ListOptions, ResourceType, WatchEvent } from './cluster.ts';
import { isKubeError } from './errors.ts';
import { ObjectCache, type Change } from './object-cache.ts';
import type { Indexer } from './object-store.ts';
import { isAtLeast } from './resource-version.ts';
import { trimMetadata } from './trim-metadata.ts';
import { untoldDeletions } from './untold-deletions.ts';

export interface InformerSpec {
  readonly type: ResourceType;
  /** Which objects, and whether their metadata alone is enough. */
  readonly options?: ListOptions;
  /** What to keep of an object; metadata-only informers keep the metadata we use. */
  readonly trim?: (object: KubeObject) => KubeObject;
  /** Names of indexes, each with the values that an object is found by. */
  readonly indexes?: Readonly<Record<string, Indexer>>;
  /** Between two full lists, the safety net under the watch; 30 minutes (give or take a tenth) where absent. */
  readonly relistMs?: number;
  readonly backoff?: { readonly minMs: number; readonly maxMs: number };
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly log?: Logger;
  readonly metrics?: InformerMetrics;
}

export type InformerMetrics = Pick<
  Metrics,
  'watchRestarts' | 'watchMissedEvents' | 'watchEvents' | 'watchLastContact' | 'cachedObjects'
>;

const RELIST_MS = 30 * 60_000;
const BACKOFF = { minMs: 500, maxMs: 10_000 };
/** A watch that ends sooner than this, having said nothing, counts as a failure: else we would spin. */
const SHORT_WATCH_MS = 1000;

/**
 * A cache of one kind of objects that follows the API server and never gives up: it lists in pages, watches with
 * bookmarks, resumes where a watch ended, lists again where it cannot (410), waits where the server asks it to, and finds
 * on each list what the watch did not tell, deletions included. Objects that did not change keep their identity.
 *
 *   listing --> watching --(ended, silent, error)--> wait --> watching
 *      ^            `--(410, relist due)------------> wait --.
 *      `----------------------------------------------------'
 */
export class Informer {
  /** Resolves when the first list is in the cache (or the informer is stopped before). */
  readonly synced: Promise<void>;
  /** When the API server was last heard, by the clock's `now`; 0 before. */
  lastContactMs = 0;
  /** When this informer last did anything at all, attempts that failed included: one that does nothing for long is dead. */
  lastActivityMs = 0;
  /** Why the API server cannot be followed at the moment; undefined while all is well. */
  lastError: Error | undefined;

  readonly #cluster: Cluster;
  readonly #spec: InformerSpec;
  readonly #cache: ObjectCache;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #log: Logger;
  readonly #trim: (object: KubeObject) => KubeObject;
  readonly #abort = new AbortController();
  readonly #aborted: Promise<undefined>;
  #resourceVersion: string | undefined;
  #relistAt = 0;
  #failures = 0;
  #hasSynced = false;
  #resolveSynced: () => void = () => undefined;
  #loop: Promise<void> | undefined;

  constructor(cluster: Cluster, spec: InformerSpec, onChange: (change: Change) => void = () => undefined) {
    this.#cluster = cluster;
    this.#spec = spec;
    this.#clock = spec.clock ?? systemClock;
    this.#random = spec.random ?? Math.random;
    this.#log = (spec.log ?? silentLog).child({ resource: spec.type.plural, apiVersion: spec.type.apiVersion });
    this.#trim = spec.trim ?? (spec.options?.metadataOnly ? trimMetadata : (object) => object);
    this.#cache = new ObjectCache({ indexes: spec.indexes, trim: this.#trim, onChange, log: this.#log });
    this.#aborted = new Promise((resolve) => {
      this.#abort.signal.addEventListener('abort', () => resolve(undefined), { once: true });
    });
    this.synced = new Promise((resolve) => {
      this.#resolveSynced = resolve;
    });
  }

  /** Begins to follow. Never throws; what goes wrong is logged, and tried again. */
  start(): void {
    this.#loop ??= this.#run();
  }

  /** Ends everything, pauses included, and resolves once nothing is under way any more. No change is told afterwards. */
  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#loop;
    this.#resolveSynced();
  }

  get hasSynced(): boolean {
    return this.#hasSynced;
  }

  /** The object of this key (`namespace/name`). */
  get(key: string): KubeObject | undefined {
    return this.#cache.store.get(key);
  }

  list(): Iterable<KubeObject> {
    return this.#cache.store.values();
  }

  byNamespace(namespace: string): Iterable<KubeObject> {
    return this.#cache.store.byNamespace(namespace);
  }

  /** The objects that one of the indexes finds by this value. */
  byIndex(index: string, value: string): Iterable<KubeObject> {
    return this.#cache.store.byIndex(index, value);
  }

  get size(): number {
    return this.#cache.store.size;
  }

  async #run(): Promise<void> {
    while (!this.#abort.signal.aborted) {
      const pauseMs = await this.#step();
      if (pauseMs > 0) await sleep(this.#clock, pauseMs, this.#abort.signal);
    }
  }

  /** One list (where it is due) and one watch; answers how long to wait before the next. Never rejects. */
  async #step(): Promise<number> {
    this.lastActivityMs = this.#clock.now();
    try {
      if (this.#resourceVersion === undefined || this.#clock.now() >= this.#relistAt) await this.#relist();
      const begun = this.#clock.now();
      const heard = await this.#watch();
      if (!heard && this.#clock.now() - begun < SHORT_WATCH_MS) return this.#pauseAfterFailure();
      this.#failures = 0;
      this.#countRestart('ended');
      return 0;
    } catch (error) {
      return this.#abort.signal.aborted ? 0 : this.#recover(error);
    }
  }

  async #relist(): Promise<void> {
    const { type, options } = this.#spec;
    const watchedUpTo = this.#resourceVersion;
    // A list may take its time; who stops must not wait for it.
    const list = await Promise.race([this.#cluster.list(type, { ...options, keep: this.#trim }), this.#aborted]);
    if (!list || this.#abort.signal.aborted) return;
    this.#contact();
    const missed = this.#replaceAll(list.items, watchedUpTo);
    if (missed > 0) {
      this.#spec.metrics?.watchMissedEvents.inc({ resource: type.plural }, missed);
      this.#log.error('list found changes that the watch had not told', { missed });
    }
    this.#resourceVersion = list.resourceVersion;
    this.#relistAt = this.#clock.now() + (this.#spec.relistMs ?? RELIST_MS) * (0.9 + 0.2 * this.#random());
    this.#hasSynced = true;
    this.#resolveSynced();
  }

  /** Puts a whole list in the cache, and answers how many differences a watch should have told. */
  #replaceAll(items: readonly KubeObject[], watchedUpTo: string | undefined): number {
    const { news, vanished } = this.#cache.replaceAll(items);
    this.#gaugeSize();
    if (watchedUpTo === undefined) return 0;
    if (vanished.size > 0) void this.#countDeletions(watchedUpTo, vanished);
    // A version from before the point that the watch had reached, and yet unknown: the watch kept it from us.
    return news.filter(({ metadata: { resourceVersion } }) => resourceVersion !== undefined && isAtLeast(watchedUpTo, resourceVersion)).length;
  }

  /** Beside the work: nothing waits for it. */
  async #countDeletions(watchedUpTo: string, keys: ReadonlySet<string>): Promise<void> {
    const { type, options, metrics } = this.#spec;
    const missed = await untoldDeletions(this.#cluster, { type, ...(options ? { options } : {}), watchedUpTo, keys, clock: this.#clock, signal: this.#abort.signal });
    if (missed === 0) return;
    metrics?.watchMissedEvents.inc({ resource: type.plural }, missed);
    this.#log.error('list found deletions that the watch had not told', { missed });
  }

  /** Answers whether anything was heard. Rejects where the watch broke. */
  async #watch(): Promise<boolean> {
    const { type, options } = this.#spec;
    let heard = false;
    const events = this.#cluster.watch(type, {
      ...options,
      resourceVersion: this.#resourceVersion ?? '',
      signal: this.#abort.signal,
    });
    for await (const event of events) {
      if (this.#abort.signal.aborted) break;
      heard = true;
      this.#failures = 0;
      this.lastError = undefined;
      this.#contact();
      this.#take(event);
    }
    return heard;
  }

  #take(event: WatchEvent): void {
    if (event.type === 'BOOKMARK') {
      this.#resourceVersion = event.resourceVersion;
      return;
    }
    const { object } = event;
    if (event.type === 'DELETED') this.#cache.remove(keyOf(object));
    else this.#cache.put(object);
    this.#resourceVersion = object.metadata.resourceVersion ?? this.#resourceVersion;
    this.#spec.metrics?.watchEvents.inc({ resource: this.#spec.type.plural, type: event.type });
    this.#gaugeSize();
  }

  #recover(error: unknown): number {
    this.lastError = error instanceof Error ? error : new Error(String(error));
    if (isKubeError(error, 'gone')) {
      this.#resourceVersion = undefined;
      this.#countRestart('gone');
      return this.#pauseAfterFailure();
    }
    if (isKubeError(error, 'timeout') && error.request.startsWith('WATCH')) {
      this.#countRestart('silent');
      return 0;
    }
    const throttled = isKubeError(error, 'throttled');
    this.#countRestart(throttled ? 'throttled' : 'error');
    const asked = isKubeError(error) ? (error.retryAfterMs ?? 0) : 0;
    const pauseMs = Math.max(this.#pauseAfterFailure(), asked * (1 + 0.2 * this.#random()));
    // The first failures are what any API server does when it restarts; what stays is worth an error line now and then.
    const isWorthTelling = this.#failures === 3 || this.#failures % 20 === 0;
    this.#log[isWorthTelling ? 'error' : 'debug']('watch failed', { error, failures: this.#failures, pauseMs });
    return pauseMs;
  }

  #pauseAfterFailure(): number {
    this.#failures++;
    return backoffMs(this.#failures, this.#spec.backoff ?? BACKOFF, this.#random);
  }

  #contact(): void {
    this.lastContactMs = this.#clock.now();
    this.lastActivityMs = this.lastContactMs;
    this.#spec.metrics?.watchLastContact.set({ resource: this.#spec.type.plural }, this.#clock.wall() / 1000);
  }

  #countRestart(reason: string): void {
    this.#spec.metrics?.watchRestarts.inc({ resource: this.#spec.type.plural, reason });
  }

  #gaugeSize(): void {
    this.#spec.metrics?.cachedObjects.set({ resource: this.#spec.type.plural }, this.#cache.store.size);
  }
}
