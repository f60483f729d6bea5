import type { Clock } from '../kube/clock.ts';

/** Who is held up asks again after this. */
const AGAIN_MS = 50;
/** Where the writing of configs has no end, statuses are let through for a while after each such wait. */
const HOLD_MS = 10_000;
const LET_MS = 2_000;

/**
 * Configs come before statuses: while thousands of changes are on their way, the processor and the API server are for what
 * makes them live. What has happened is said right after, by one status instead of several.
 */
export class StatusHold {
  readonly #clock: Clock;
  readonly #isBusy: () => boolean;
  #sinceMs = 0;
  #askedMs = Number.NEGATIVE_INFINITY;

  /** @param isBusy whether configs are being written, or are about to be */
  constructor(clock: Clock, isBusy: () => boolean) {
    this.#clock = clock;
    this.#isBusy = isBusy;
  }

  /** Milliseconds that statuses wait from now; 0 where they may go. */
  holdMs(): number {
    const now = this.#clock.now();
    // One that was not asked for a while was not held up: another wait begins.
    if (now - this.#askedMs > 10 * AGAIN_MS) this.#sinceMs = now;
    if (!this.#isBusy()) return 0;
    this.#askedMs = now;
    return (now - this.#sinceMs) % (HOLD_MS + LET_MS) < HOLD_MS ? AGAIN_MS : 0;
  }
}
