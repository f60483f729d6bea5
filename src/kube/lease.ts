import type { KubeObject, ObjectRef } from '../api/kube-object.ts';
import type { Logger } from '../telemetry/log.ts';
import { silentLog } from '../telemetry/silent-log.ts';
import { sleep, systemClock, type Clock } from './clock.ts';
import type { Cluster } from './cluster.ts';
import { isKubeError } from './errors.ts';

export interface LeaseSpec {
  readonly namespace: string;
  readonly name: string;
  /** Who we are: unique among the contenders, the pod's name and a random part. */
  readonly identity: string;
  /** How long a lease counts after its holder was last heard; 15 s where absent. */
  readonly durationMs?: number;
  /** How long a holder that cannot renew still leads; 10 s where absent. Must be shorter than the duration. */
  readonly renewDeadlineMs?: number;
  /** Between two renewals; 2 s where absent. Who stands by looks twice as often, and at the very moment the lease expires. */
  readonly retryMs?: number;
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly log?: Logger;
}

/** Who ends must not wait longer than this for the API server. */
const RELEASE_MS = 5000;

/** What a Lease says. */
interface LeaseRecord {
  readonly holderIdentity?: string;
  readonly leaseDurationSeconds?: number;
  readonly acquireTime?: string;
  readonly renewTime?: string;
  readonly leaseTransitions?: number;
}

/**
 * Leader election by a Lease, by client-go's rules: a foreign lease counts as expired only once *we* have seen it
 * unchanged for its whole duration on our own clock, so clocks that differ do no harm; every write is guarded by the
 * resource version, so of two contenders one loses. A holder that cannot renew stops leading before others may begin.
 */
export class Lease {
  /** Resolves when this contender leads; never where it is stopped before. */
  readonly acquired: Promise<void>;

  readonly #cluster: Cluster;
  readonly #spec: LeaseSpec;
  readonly #onLost: () => void;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #abort = new AbortController();
  /** What we last saw, and when we first saw it. */
  #observed: { object: KubeObject; record: LeaseRecord; seenMs: number } | undefined;
  #isLeader = false;
  /** When the renewal that counts now was begun, by both clocks. */
  #renewed = { nowMs: 0, wallMs: 0 };
  #loop: Promise<void> | undefined;
  #resolveAcquired: () => void = () => undefined;

  /** `onLost` is called once, when leadership is gone though nobody called `stop`: exit then, do not carry on. */
  constructor(cluster: Cluster, spec: LeaseSpec, onLost: () => void) {
    this.#cluster = cluster;
    this.#spec = spec;
    this.#onLost = onLost;
    this.#clock = spec.clock ?? systemClock;
    this.#log = (spec.log ?? silentLog).child({ lease: `${spec.namespace}/${spec.name}`, identity: spec.identity });
    this.acquired = new Promise((resolve) => {
      this.#resolveAcquired = resolve;
    });
  }

  get isLeader(): boolean {
    return this.#isLeader;
  }

  /**
   * Whether what we write now cannot meet another leader: asked before every write. A process that was frozen, or a machine
   * that slept, wakes up in the middle of things; one of its two clocks tells.
   */
  get mayWrite(): boolean {
    const { nowMs, wallMs } = this.#renewed;
    const sinceMs = Math.max(this.#clock.now() - nowMs, this.#clock.wall() - wallMs);
    return this.#isLeader && sinceMs < this.#deadlineMs();
  }

  /** Who holds the lease as far as we know. */
  get holder(): string | undefined {
    return this.#observed?.record.holderIdentity;
  }

  /** Begins to contend. */
  start(): void {
    this.#loop ??= this.#run();
  }

  /** Stops contending, and gives the lease back so that another need not wait for it to expire. */
  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#loop;
    this.#isLeader = false;
    const limit = new AbortController();
    const late = sleep(this.#clock, RELEASE_MS, limit.signal);
    if (this.#loop) await Promise.race([this.#release(2), late]).finally(() => limit.abort());
  }

  async #run(): Promise<void> {
    const { signal } = this.#abort;
    let begun = this.#moment();
    while (!signal.aborted && !(await this.#within(this.#attempt(), this.#patienceMs()))) {
      await sleep(this.#clock, this.#pauseMs(), signal);
      begun = this.#moment();
    }
    if (signal.aborted) return;
    this.#renewed = begun;
    this.#isLeader = true;
    this.#log.info('leading');
    this.#resolveAcquired();
    await this.#keep(signal);
  }

  /** Renews until stopped, or until the deadline has passed without success. */
  async #keep(signal: AbortSignal): Promise<void> {
    let lateMs = 0;
    while (!signal.aborted) {
      await sleep(this.#clock, Math.max(0, this.#pauseMs() - lateMs), signal);
      if (signal.aborted) return;
      const begun = this.#moment();
      // A request that hangs must not carry us past the deadline, nor up to it: its connection may be dead, and another alive.
      const leftMs = this.#renewed.nowMs + this.#deadlineMs() - begun.nowMs;
      const renewed = await this.#within(this.#attempt(), Math.min(leftMs, this.#patienceMs()));
      lateMs = renewed ? 0 : this.#clock.now() - begun.nowMs;
      if (renewed) this.#renewed = begun;
      else if (this.#isForeign() || this.#clock.now() - this.#renewed.nowMs >= this.#deadlineMs()) {
        this.#lose();
        return;
      }
    }
  }

  #lose(): void {
    this.#isLeader = false;
    this.#log.error('leadership lost', { holder: this.holder });
    this.#onLost();
  }

  #isForeign(): boolean {
    return this.holder !== undefined && this.holder !== '' && this.holder !== this.#spec.identity;
  }

  #within(attempt: Promise<boolean>, limitMs: number): Promise<boolean> {
    const limit = new AbortController();
    const ends = AbortSignal.any([limit.signal, this.#abort.signal]);
    const late = sleep(this.#clock, Math.max(0, limitMs), ends).then(() => false);
    return Promise.race([attempt, late]).finally(() => limit.abort());
  }

  #pauseMs(): number {
    const retryMs = this.#spec.retryMs ?? 2000;
    if (this.#isLeader) return retryMs;
    const pauseMs = (retryMs / 2) * (1 + 0.2 * (this.#spec.random ?? Math.random)());
    const expiresInMs = this.#expiresInMs();
    return expiresInMs > 0 ? Math.min(pauseMs, expiresInMs + 1) : pauseMs;
  }

  #moment(): { readonly nowMs: number; readonly wallMs: number } {
    return { nowMs: this.#clock.now(), wallMs: this.#clock.wall() };
  }

  /** How long one attempt may take before another is begun beside it. */
  #patienceMs(): number {
    return this.#deadlineMs() / 2;
  }

  #deadlineMs(): number {
    return this.#spec.renewDeadlineMs ?? 10_000;
  }

  /** Whether we hold the lease afterwards. Never rejects. */
  async #attempt(): Promise<boolean> {
    try {
      const live = await this.#cluster.read(this.#ref());
      if (!live) return this.#take(await this.#cluster.create(this.#object(undefined, this.#record(undefined))));
      this.#observe(live);
      const record = this.#observed?.record;
      if (this.#isForeign() && this.#expiresInMs() >= 0) return false;
      return this.#take(await this.#cluster.replace(this.#object(live, this.#record(record))));
    } catch (error) {
      if (!isKubeError(error, 'conflict')) this.#log.error('lease could not be renewed', { error });
      return false;
    }
  }

  #take(stored: KubeObject): true {
    this.#observe(stored);
    return true;
  }

  #observe(object: KubeObject): void {
    if (this.#observed?.object.metadata.resourceVersion === object.metadata.resourceVersion) return;
    this.#observed = { object, record: (object['spec'] ?? {}) as LeaseRecord, seenMs: this.#clock.now() };
  }

  /** By our own clock since we saw its last change, never by the time it says; negative once it has expired. */
  #expiresInMs(): number {
    if (!this.#observed) return 0;
    const { record, seenMs } = this.#observed;
    const durationMs = record.leaseDurationSeconds === undefined ? this.#durationMs() : record.leaseDurationSeconds * 1000;
    return seenMs + durationMs - this.#clock.now();
  }

  #durationMs(): number {
    return this.#spec.durationMs ?? 15_000;
  }

  #record(old: LeaseRecord | undefined): LeaseRecord {
    const now = microTime(this.#clock.wall());
    const ours = old?.holderIdentity === this.#spec.identity;
    return {
      holderIdentity: this.#spec.identity,
      leaseDurationSeconds: Math.ceil(this.#durationMs() / 1000),
      acquireTime: ours ? (old.acquireTime ?? now) : now,
      renewTime: now,
      leaseTransitions: old ? (old.leaseTransitions ?? 0) + (ours ? 0 : 1) : 0,
    };
  }

  /** A renewal that was under way may come in between: once more then. */
  async #release(attempts: number): Promise<void> {
    try {
      const live = await this.#cluster.read(this.#ref());
      const record = live?.['spec'] as LeaseRecord | undefined;
      if (!live || record?.holderIdentity !== this.#spec.identity) return;
      const now = microTime(this.#clock.wall());
      const released = { ...record, holderIdentity: '', leaseDurationSeconds: 1, acquireTime: now, renewTime: now };
      await this.#cluster.replace(this.#object(live, released));
    } catch (error) {
      if (attempts > 1 && isKubeError(error, 'conflict')) await this.#release(attempts - 1);
      else this.#log.error('lease could not be released; it will expire', { error });
    }
  }

  #ref(): ObjectRef {
    return { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace: this.#spec.namespace, name: this.#spec.name };
  }

  #object(live: KubeObject | undefined, spec: LeaseRecord): KubeObject {
    const { namespace, name } = this.#spec;
    return {
      ...(live ?? { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' }),
      metadata: live?.metadata ?? { namespace, name },
      spec,
    } as KubeObject;
  }
}

/** A time as Leases have it: RFC 3339 with microseconds. */
function microTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z');
}
