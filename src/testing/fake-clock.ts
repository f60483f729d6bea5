import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../kube/clock.ts';

/** A clock that moves only when it is told to. */
export class FakeClock implements Clock {
  #now: number;
  #jumpedMs = 0;
  #timers: { readonly dueMs: number; readonly run: () => void }[] = [];

  constructor(now = Date.UTC(2026, 0, 1)) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  wall(): number {
    return this.#now + this.#jumpedMs;
  }

  /** Somebody sets the clock on the wall: `ms` ahead, or back where negative. No time passes. */
  jump(ms: number): void {
    this.#jumpedMs += ms;
  }

  /** The process is frozen for so long: time passes, and no timer runs. */
  freeze(ms: number): void {
    this.#now += ms;
  }

  after(delayMs: number, run: () => void): () => void {
    const timer = { dueMs: this.#now + Math.max(0, delayMs), run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** How many timers wait. */
  get pending(): number {
    return this.#timers.length;
  }

  /** Lets time pass; timers run in order, and what they set off gets its turn before the next. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    await setImmediate();
    for (;;) {
      const next = this.#timers.filter(({ dueMs }) => dueMs <= until).sort((a, b) => a.dueMs - b.dueMs)[0];
      if (!next) break;
      this.#timers = this.#timers.filter((other) => other !== next);
      this.#now = Math.max(this.#now, next.dueMs);
      next.run();
      await setImmediate();
    }
    this.#now = until;
    await setImmediate();
  }
}
