import type { Clock } from '../kube/clock.ts';

/** What decides when a status may be written. */
interface Occasion {
  /** It differs from what is there. */
  readonly isNews: boolean;
  /** All that is missing is that replicas which run show the config. */
  readonly isRolling: boolean;
  /** What moved where it was no condition; undefined where one did. */
  readonly minor?: Minor | undefined;
}

/** Numbers and messages; or nothing but the hash of a config that is as live as the one before. */
export type Minor = 'numbers' | 'hash';

/** Between two status writes, on average: the API server has others to serve. A few may go at once. */
const TURN_MS = 10;
const BURST = 50;
/** A config is nearly always live within a second: a status that waits for that is written once instead of twice. */
const ROLLING_MS = 2_000;
/** Numbers that keep moving are written at this pace; the first of them at once. */
const NUMBERS_MS = 15_000;
/** A hash that is all there is to say waits for the next write that says more, and no longer than this for one of its own. */
const HASH_MS = 300_000;

/** When each status may be written, so that what the API server has to take does not grow with what goes on. */
export class StatusPace {
  readonly #clock: Clock;
  /** When the keys that have to wait may write. */
  readonly #turns = new Map<string, number>();
  /** Since when a key waits for its config to be live. */
  readonly #rolling = new Map<string, number>();
  /** When the numbers of a key were written last. */
  readonly #numbers = new Map<string, number>();
  /** Since when a key has nothing but another hash to say. */
  readonly #hash = new Map<string, number>();
  #lastTurnMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Milliseconds until this key may write; 0 where it may now, or has nothing to write. */
  waitMs(key: string, { isNews, isRolling, minor }: Occasion): number {
    const now = this.#clock.now();
    if (!isRolling) this.#rolling.delete(key);
    if (!isNews) {
      this.#hash.delete(key);
      return 0;
    }
    const waitMs = Math.max(isRolling ? this.#rollingMs(key, now) : 0, this.#minorMs(key, now, minor));
    if (waitMs > 0) return waitMs;
    const turnMs = this.#turnMs(key, now);
    if (turnMs > 0) return turnMs;
    this.#rolling.delete(key);
    this.#hash.delete(key);
    if (minor === 'numbers') this.#numbers.set(key, now);
    return 0;
  }

  #rollingMs(key: string, now: number): number {
    const since = this.#rolling.get(key) ?? now;
    this.#rolling.set(key, since);
    return since + ROLLING_MS - now;
  }

  #minorMs(key: string, now: number, minor: Minor | undefined): number {
    if (minor === undefined) return 0;
    if (minor === 'numbers') return (this.#numbers.get(key) ?? Number.NEGATIVE_INFINITY) + NUMBERS_MS - now;
    const since = this.#hash.get(key) ?? now;
    this.#hash.set(key, since);
    return since + HASH_MS - now;
  }

  /** Each that has to wait gets a turn of its own, so that thousands that wait wake once each. */
  #turnMs(key: string, now: number): number {
    let turn = this.#turns.get(key);
    if (turn === undefined) {
      turn = Math.max(now - BURST * TURN_MS, this.#lastTurnMs + TURN_MS);
      this.#lastTurnMs = turn;
    }
    if (turn > now) this.#turns.set(key, turn);
    else this.#turns.delete(key);
    return turn - now;
  }
}
