/** Time as the loops of this program see it: injected, so that tests need not wait. */
export interface Clock {
  /** Milliseconds that only ever pass, whatever is done to the clock on the wall: for durations, deadlines and limits. */
  now(): number;
  /** Milliseconds since 1970, as the machine believes at the moment: only for times that others read. */
  wall(): number;
  /** Calls `run` once after `delayMs`; the answer cancels it. */
  after(delayMs: number, run: () => void): () => void;
}

/** The machine's own clocks. Neither is the other's: an administrator, NTP or a resumed machine may set the one on the wall. */
export const systemClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  wall: () => Date.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};

/** Resolves after `delayMs`, or as soon as `signal` aborts; never rejects. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) {
      resolve();
      return;
    }
    const wake = (): void => {
      cancel();
      signal?.removeEventListener('abort', wake);
      resolve();
    };
    const cancel = clock.after(delayMs, wake);
    signal?.addEventListener('abort', wake, { once: true });
  });
}

/** How long to wait before attempt number `attempt` (from 1): doubles up to `maxMs`, and is spread over its upper half. */
export function backoffMs(
  attempt: number,
  limits: { readonly minMs: number; readonly maxMs: number },
  random: () => number = Math.random,
): number {
  const full = Math.min(limits.maxMs, limits.minMs * 2 ** Math.min(attempt - 1, 30));
  return full / 2 + (full / 2) * random();
}
