import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { MANAGED_BY } from '../api/group.ts';
import type { KubeObject } from '../api/kube-object.ts';
import type { Logger } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { silentLog } from '../telemetry/silent-log.ts';
import { systemClock, type Clock } from './clock.ts';
import type { Cluster, EventNote } from './cluster.ts';
import { isKubeError } from './errors.ts';

export interface EventRecorderOptions {
  readonly log?: Logger;
  readonly metrics?: Pick<Metrics, 'eventsDropped'>;
  readonly clock?: Clock;
  /** Which replica speaks; the host's name where absent. */
  readonly instance?: string;
}

/** Repeats within this time belong to one Event. */
const SERIES_MS = 10 * 60_000;
/** A repeated Event is written anew at most this often; in between it is only counted. */
const REWRITE_MS = 60_000;
/** So many different Events an object may have at once, then one each `REFILL_MS`: client-go's spam filter. */
const BURST = 25;
const REFILL_MS = 5 * 60_000;
/** Events under way at the same time; more are dropped, for a reconcile must never wait for them. */
const MAX_UNDER_WAY = 100;
const MAX_REMEMBERED = 2000;
const MAX_NOTE = 1024;

interface Series {
  /** As stored; undefined while the first is under way. */
  event: KubeObject | undefined;
  count: number;
  lastMs: number;
  /** The same as others read it, ms since 1970. */
  lastWallMs: number;
  writtenMs: number;
  isWriting: boolean;
}

/** Records Events beside what happens: nothing waits for them, nothing fails by them, and repeated ones are counted. */
export class EventRecorder {
  readonly #cluster: Cluster;
  readonly #log: Logger;
  readonly #metrics: Pick<Metrics, 'eventsDropped'> | undefined;
  readonly #clock: Clock;
  readonly #instance: string;
  readonly #series = new Map<string, Series>();
  /** Tokens left, by the object's uid. */
  readonly #budgets = new Map<string, { tokens: number; atMs: number }>();
  readonly #underWay = new Set<Promise<void>>();
  #stopped = false;

  constructor(cluster: Cluster, options: EventRecorderOptions = {}) {
    this.#cluster = cluster;
    this.#log = options.log ?? silentLog;
    this.#metrics = options.metrics;
    this.#clock = options.clock ?? systemClock;
    this.#instance = (options.instance ?? hostname()).slice(0, 128);
  }

  /** Records an Event some time soon, or not at all. Never throws. */
  record(note: EventNote): void {
    if (this.#stopped) return;
    const key = keyOfNote(note);
    const now = this.#clock.now();
    const series = this.#series.get(key);
    if (series && now - series.lastMs < SERIES_MS) {
      series.count++;
      series.lastMs = now;
      series.lastWallMs = this.#clock.wall();
      if (!series.isWriting && now - series.writtenMs >= REWRITE_MS) this.#write(series, note);
      return;
    }
    if (!this.#spend(note.regarding.metadata.uid ?? key, now)) {
      this.#metrics?.eventsDropped.inc();
      return;
    }
    const first: Series = { event: undefined, count: 1, lastMs: now, lastWallMs: this.#clock.wall(), writtenMs: now, isWriting: false };
    this.#series.delete(key);
    this.#series.set(key, first);
    forgetOldest(this.#series);
    this.#write(first, note);
  }

  /** Takes no more; resolves when those under way have ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.idle();
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  #spend(uid: string, now: number): boolean {
    const budget = this.#budgets.get(uid) ?? { tokens: BURST, atMs: now };
    const tokens = Math.min(BURST, budget.tokens + (now - budget.atMs) / REFILL_MS);
    this.#budgets.delete(uid);
    this.#budgets.set(uid, { tokens: tokens < 1 ? tokens : tokens - 1, atMs: now });
    forgetOldest(this.#budgets);
    return tokens >= 1;
  }

  #write(series: Series, note: EventNote): void {
    if (this.#underWay.size >= MAX_UNDER_WAY) {
      this.#metrics?.eventsDropped.inc();
      return;
    }
    series.isWriting = true;
    const done = this.#store(series, note)
      .catch((error: unknown) => {
        this.#metrics?.eventsDropped.inc();
        this.#log.debug('event could not be recorded', { reason: note.reason, error });
      })
      .finally(() => {
        series.isWriting = false;
        series.writtenMs = this.#clock.now();
        this.#underWay.delete(done);
      });
    this.#underWay.add(done);
  }

  async #store(series: Series, note: EventNote): Promise<void> {
    if (!series.event) {
      series.event = await this.#cluster.create(this.#event(note));
      return;
    }
    const observed = { count: series.count, lastObservedTime: microTime(series.lastWallMs) };
    try {
      series.event = await this.#cluster.replace({ ...series.event, series: observed });
    } catch (error) {
      if (!isKubeError(error, 'notFound') && !isKubeError(error, 'conflict')) throw error;
      // The server forgot it (Events live for an hour), or somebody changed it: begin a new one.
      series.event = await this.#cluster.create({ ...this.#event(note), series: { ...observed, count: Math.max(2, series.count) } });
    }
  }

  #event({ regarding, type, reason, message }: EventNote): KubeObject {
    const { name, uid, resourceVersion, namespace } = regarding.metadata;
    return {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name: `${name.slice(0, 230)}.${randomBytes(8).toString('hex')}`, namespace: namespace ?? 'default' },
      eventTime: microTime(this.#clock.wall()),
      reportingController: 'belfry.dev/operator',
      reportingInstance: `${MANAGED_BY}-${this.#instance}`.slice(0, 128),
      action: 'Reconcile',
      reason,
      regarding: {
        apiVersion: regarding.apiVersion,
        kind: regarding.kind,
        name,
        ...(namespace === undefined ? {} : { namespace }),
        ...(uid === undefined ? {} : { uid }),
        ...(resourceVersion === undefined ? {} : { resourceVersion }),
      },
      note: cut(message),
      type,
    } as KubeObject;
  }
}

function keyOfNote({ regarding, type, reason, message }: EventNote): string {
  const { uid, namespace, name } = regarding.metadata;
  return [uid ?? `${regarding.kind}/${namespace}/${name}`, type, reason, message].join('\n');
}

/** The API server takes 1024 bytes; cut where a character ends. */
function cut(message: string): string {
  const bytes = Buffer.from(message);
  if (bytes.length <= MAX_NOTE) return message;
  return `${bytes.subarray(0, MAX_NOTE - 4).toString('utf8').replace(/\uFFFD+$/, '')}...`;
}

function forgetOldest(map: Map<string, unknown>): void {
  const oldest = map.keys().next();
  if (map.size > MAX_REMEMBERED && !oldest.done) map.delete(oldest.value);
}

/** A time as Events have it: RFC 3339 with microseconds. */
function microTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z');
}
