import { backoffMs, systemClock, type Clock } from '../kube/clock.ts';
import type { Logger } from '../telemetry/log.ts';
import { silentLog } from '../telemetry/silent-log.ts';

/** What follows a run: nothing until something changes, another run after a while, or another after the key's backoff. */
export type Requeue = 'on-change' | 'with-backoff' | { readonly after: number };

/** One finished run of the work, for metrics. */
export interface Run {
  readonly key: string;
  readonly tookMs: number;
  /** From when the key was added to when its run began. */
  readonly waitedMs: number;
  readonly outcome: 'success' | 'retry' | 'exception';
}

export interface WorkQueueOptions {
  /** Runs at the same time, of different keys; 4 where absent. */
  readonly concurrency?: number;
  /** The first and the longest delay of a key that keeps failing; 5 ms and 15 s where absent. */
  readonly backoff?: { readonly minMs: number; readonly maxMs: number };
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly log?: Logger;
  readonly onRun?: (run: Run) => void;
  /** How long a key rests, in milliseconds, from the end of a run that took so long until its next one begins; not at all where absent. */
  readonly rest?: (tookMs: number) => number;
  /** For how many milliseconds nothing may begin, from now: asked whenever something could. Not at all where absent. */
  readonly hold?: () => number;
}

/**
 * A queue of keys. A key that is added twice waits once; one that is added while it runs, runs again afterwards; the same
 * key never runs twice at once. Work that throws is logged, and retried with backoff.
 *
 *   add --> waiting --> running --> (result) --> gone | delayed --> waiting
 *                          `-- added meanwhile --> waiting
 */
export class WorkQueue {
  readonly #work: (key: string) => Promise<Requeue>;
  readonly #concurrency: number;
  readonly #backoff: { readonly minMs: number; readonly maxMs: number };
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #log: Logger;
  readonly #onRun: (run: Run) => void;
  readonly #rest: (tookMs: number) => number;
  readonly #restUntilMs = new Map<string, number>();
  readonly #hold: () => number;
  #cancelHold: (() => void) | undefined;

  /** Keys to run, in order of arrival, with when they were added. */
  readonly #waiting = new Map<string, number>();
  /** Keys that run, with when they began. */
  readonly #running = new Map<string, number>();
  /** Keys added while running, with when. */
  readonly #again = new Map<string, number>();
  readonly #delayed = new Map<string, { dueMs: number; cancel: () => void }>();
  readonly #failures = new Map<string, number>();
  #stopped = false;
  #started = false;
  #idle: (() => void)[] = [];

  constructor(work: (key: string) => Promise<Requeue>, options: WorkQueueOptions = {}) {
    this.#work = work;
    this.#concurrency = options.concurrency ?? 4;
    this.#backoff = options.backoff ?? { minMs: 5, maxMs: 15_000 };
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? Math.random;
    this.#log = options.log ?? silentLog;
    this.#onRun = options.onRun ?? (() => undefined);
    this.#rest = options.rest ?? (() => 0);
    this.#hold = options.hold ?? (() => 0);
  }

  /** Begins to run what is added; before, keys only wait (until the caches are filled, or this replica leads). */
  start(): void {
    this.#started = true;
    this.#fill();
  }

  /** Runs the key as soon as there is room. */
  add(key: string): void {
    if (this.#stopped) return;
    if (this.#running.has(key)) {
      if (!this.#again.has(key)) this.#again.set(key, this.#clock.now());
      return;
    }
    const restMs = this.#restMs(key);
    if (restMs > 0) return this.addAfter(key, restMs);
    if (!this.#waiting.has(key)) this.#waiting.set(key, this.#clock.now());
    this.#fill();
  }

  /** How long the key rests from its last run. */
  #restMs(key: string): number {
    const restMs = (this.#restUntilMs.get(key) ?? 0) - this.#clock.now();
    if (restMs <= 0) this.#restUntilMs.delete(key);
    return restMs;
  }

  /** Runs the key after a while. Of several delays the shortest counts; a run in between makes them void. */
  addAfter(key: string, delayMs: number): void {
    if (this.#stopped) return;
    const dueMs = this.#clock.now() + delayMs;
    const present = this.#delayed.get(key);
    if (present && present.dueMs <= dueMs) return;
    present?.cancel();
    const cancel = this.#clock.after(delayMs, () => {
      this.#delayed.delete(key);
      this.add(key);
    });
    this.#delayed.set(key, { dueMs, cancel });
  }

  /** Forgets that the key failed: its next failure waits the shortest delay again. */
  forget(key: string): void {
    this.#failures.delete(key);
  }

  /** How many failures in a row the key has. */
  failures(key: string): number {
    return this.#failures.get(key) ?? 0;
  }

  /** Whether anything runs, waits, or is due within so many milliseconds. */
  isBusy(withinMs: number): boolean {
    if (this.#running.size + this.depth > 0) return true;
    const untilMs = this.#clock.now() + withinMs;
    for (const { dueMs } of this.#delayed.values()) if (dueMs <= untilMs) return true;
    return false;
  }

  /** Keys that wait for room, without those that run or are delayed. */
  get depth(): number {
    return this.#waiting.size + this.#again.size;
  }

  /** Keys that run now. */
  get running(): number {
    return this.#running.size;
  }

  /** Age of the key that has waited longest, in milliseconds; 0 where none waits. */
  oldestAgeMs(): number {
    let oldest = Number.POSITIVE_INFINITY;
    for (const added of this.#waiting.values()) oldest = Math.min(oldest, added);
    for (const added of this.#again.values()) oldest = Math.min(oldest, added);
    return oldest === Number.POSITIVE_INFINITY ? 0 : Math.max(0, this.#clock.now() - oldest);
  }

  /** How long the longest run under way has taken so far, in milliseconds; 0 where none runs. */
  longestRunMs(): number {
    return this.#running.size === 0 ? 0 : Math.max(0, this.#clock.now() - Math.min(...this.#running.values()));
  }

  /** Takes no more, drops what waits, and resolves once what runs has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#waiting.clear();
    this.#again.clear();
    for (const { cancel } of this.#delayed.values()) cancel();
    this.#delayed.clear();
    this.#cancelHold?.();
    this.#tellIdle();
    await this.idle();
  }

  /** Resolves once nothing waits or runs; what is delayed does not count. */
  idle(): Promise<void> {
    if (this.#isIdle()) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  #isIdle(): boolean {
    return this.#running.size === 0 && (this.#stopped || this.#waiting.size === 0);
  }

  #fill(): void {
    if (!this.#started || this.#waiting.size === 0 || this.#isHeld()) return;
    for (const [key, added] of this.#waiting) {
      if (this.#stopped || this.#running.size >= this.#concurrency) return;
      this.#waiting.delete(key);
      this.#running.set(key, this.#clock.now());
      this.#delayed.get(key)?.cancel();
      this.#delayed.delete(key);
      void this.#run(key, added);
    }
  }

  /** Whether nothing may begin now; if so, it is asked again in time. */
  #isHeld(): boolean {
    if (this.#cancelHold || this.#stopped) return true;
    const holdMs = this.#hold();
    if (holdMs <= 0) return false;
    this.#cancelHold = this.#clock.after(holdMs, () => {
      this.#cancelHold = undefined;
      this.#fill();
    });
    return true;
  }

  /** Never rejects. */
  async #run(key: string, added: number): Promise<void> {
    const begun = this.#clock.now();
    let requeue: Requeue = 'with-backoff';
    let outcome: Run['outcome'] = 'exception';
    try {
      requeue = await this.#work(key);
      outcome = requeue === 'with-backoff' ? 'retry' : 'success';
    } catch (error) {
      this.#log.error('work failed unexpectedly', { key, error });
    }
    this.#running.delete(key);
    const tookMs = this.#clock.now() - begun;
    this.#restUntilMs.set(key, this.#clock.now() + this.#rest(tookMs));
    this.#requeue(key, requeue);
    try {
      this.#onRun({ key, tookMs, waitedMs: begun - added, outcome });
    } catch (error) {
      this.#log.error('hook failed', { key, error });
    }
    this.#fill();
    this.#tellIdle();
  }

  #tellIdle(): void {
    if (this.#isIdle()) for (const resolve of this.#idle.splice(0)) resolve();
  }

  #requeue(key: string, requeue: Requeue): void {
    if (requeue === 'with-backoff') {
      const attempt = this.failures(key) + 1;
      this.#failures.set(key, attempt);
      this.addAfter(key, backoffMs(attempt, this.#backoff, this.#random));
    } else {
      this.forget(key);
      if (requeue !== 'on-change') this.addAfter(key, requeue.after);
    }
    const added = this.#again.get(key);
    this.#again.delete(key);
    if (added === undefined || this.#stopped) return;
    const restMs = this.#restMs(key);
    if (restMs > 0) this.addAfter(key, restMs);
    else this.#waiting.set(key, added);
  }
}
