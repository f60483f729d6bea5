import { refKey, refOf, type KubeObject, type ObjectRef } from '../api/kube-object.ts';
import type { Clock } from '../kube/clock.ts';

/** Measures how long watches take to tell of our own writes: the one thing whose moment we know. */
export class WatchLag {
  readonly #clock: Clock;
  readonly #onLag: (lagMs: number) => void;
  /** When each object was written that no watch has told of since. */
  readonly #written = new Map<string, number>();

  constructor(clock: Clock, onLag: (lagMs: number) => void) {
    this.#clock = clock;
    this.#onLag = onLag;
  }

  /** An answer to a write came just now. */
  written(ref: ObjectRef): void {
    this.#written.set(refKey(ref), this.#clock.now());
  }

  /** A watch told of an object. One that tells before the answer came counts for nothing. */
  told(object: KubeObject): void {
    const key = refKey(refOf(object));
    const since = this.#written.get(key);
    if (since === undefined) return;
    this.#written.delete(key);
    this.#onLag(this.#clock.now() - since);
  }
}
