/** What may hang in the operator, and for how long it has. */
export interface Pulse {
  /** Of the pass that takes longest now, milliseconds. */
  readonly longestRunMs: number;
  /** Of the stack that waits longest for its pass, milliseconds. */
  readonly oldestAgeMs: number;
  /** Watches that do nothing at all, not even fail, for `DEAD_WATCH_MS`. */
  readonly deadWatches: readonly string[];
}

/** A watch ends by itself within ten minutes, and silence ends it sooner: one that does nothing for this long is dead. */
export const DEAD_WATCH_MS = 20 * 60_000;
/** Every request has a deadline of a minute or so: even a pass whose every request fails has ended by then. */
const LONGEST_PASS_MS = 15 * 60_000;
const LONGEST_WAIT_MS = 30 * 60_000;

/** Why only a restart can help; undefined while there is hope. An API server that does not answer is no reason. */
export function stuck({ longestRunMs, oldestAgeMs, deadWatches }: Pulse): string | undefined {
  const minutes = (ms: number): number => Math.floor(ms / 60_000);
  if (longestRunMs > LONGEST_PASS_MS) return `a pass has not ended for ${minutes(longestRunMs)} minutes`;
  if (oldestAgeMs > LONGEST_WAIT_MS) return `a stack has waited for its pass for ${minutes(oldestAgeMs)} minutes`;
  if (deadWatches.length > 0) return `nothing was tried for ${minutes(DEAD_WATCH_MS)} minutes by the watches of ${deadWatches.join(', ')}`;
  return undefined;
}
