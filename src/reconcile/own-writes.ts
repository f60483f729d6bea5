import type { Clock } from '../kube/clock.ts';
import { isAtLeast } from '../kube/resource-version.ts';

/** A watch brings what was written within moments; one that is broken must not hold anything up. */
const PATIENCE_MS = 2_000;

interface Written {
  /** The resource version that the API server answered; undefined where there was no answer, and nobody knows what is stored. */
  readonly version: string | undefined;
  readonly atMs: number;
}

/**
 * Which of our own writes the watch has not shown yet. Until it does, what is in memory is older than what is stored: who compares
 * with that takes a second change of mind for no change at all.
 */
export class OwnWrites {
  readonly #clock: Clock;
  readonly #versionOf: (key: string) => string | undefined;
  readonly #written = new Map<string, Written>();

  /** @param versionOf the resource version that the watch shows; undefined for what is gone */
  constructor(clock: Clock, versionOf: (key: string) => string | undefined) {
    this.#clock = clock;
    this.#versionOf = versionOf;
  }

  /** How many writes are remembered. */
  get size(): number {
    return this.#written.size;
  }

  /** Written, with this answer; undefined where the answer did not come. */
  note(key: string, version: string | undefined): void {
    this.#written.delete(key);
    this.#written.set(key, { version, atMs: this.#clock.now() });
    // One in, two looked at: what the watch has shown since does not pile up.
    for (const other of [...this.#written.keys()].slice(0, 2)) if (other !== key) this.#forgetSeen(other);
  }

  /** What is in memory of this key: what we wrote last or newer, older for a moment, or nobody knows. */
  sight(key: string): 'seen' | 'pending' | 'unsure' {
    this.#forgetSeen(key);
    const written = this.#written.get(key);
    if (!written) return 'seen';
    const isPending = written.version !== undefined && this.#clock.now() - written.atMs < PATIENCE_MS;
    return isPending ? 'pending' : 'unsure';
  }

  #forgetSeen(key: string): void {
    const version = this.#written.get(key)?.version;
    const shown = this.#versionOf(key);
    if (shown === undefined || (version !== undefined && isAtLeast(shown, version))) this.#written.delete(key);
  }
}
