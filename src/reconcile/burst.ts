import type { Clock } from '../kube/clock.ts';

/** So many changes within so short a time are a burst: somebody applies a folder, or an API server tells all anew. */
const MANY = 30;
const WITHIN_MS = 200;
/** A burst is over when nothing came for so long. */
const QUIET_MS = 150;
/** What has come so far is brought to pass at least this often. */
const LONGEST_MS = 4_000;

/**
 * Tells when a pass is worth its while: among thousands of changes that come one after the other each pass would write
 * every config file anew, and the last of them would wait for the one under way. A change by itself waits for nothing.
 */
export class Burst {
  readonly #clock: Clock;
  #countedFromMs = Number.NEGATIVE_INFINITY;
  #count = 0;
  #quietAtMs = Number.NEGATIVE_INFINITY;
  #sinceMs: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A change came. */
  told(): void {
    const now = this.#clock.now();
    if (now - this.#countedFromMs > WITHIN_MS) {
      this.#countedFromMs = now;
      this.#count = 0;
    }
    this.#count += 1;
    const goesOn = this.#sinceMs !== undefined && now < this.#quietAtMs;
    if (goesOn || this.#count >= MANY) this.#quietAtMs = now + QUIET_MS;
    if (!goesOn && this.#count === MANY) this.#sinceMs = now;
  }

  /** Milliseconds until it is worth asking again; 0 where a pass should begin. */
  waitMs(): number {
    const now = this.#clock.now();
    const since = this.#sinceMs;
    if (since === undefined) return 0;
    if (now < this.#quietAtMs && now < since + LONGEST_MS) return Math.min(this.#quietAtMs, since + LONGEST_MS) - now;
    // The next wait counts from here, if it goes on.
    this.#sinceMs = now < this.#quietAtMs ? now : undefined;
    return 0;
  }
}
