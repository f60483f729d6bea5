import { refKey, refOf, type KubeObject, type ObjectRef } from '../api/kube-object.ts';
import type { Clock } from '../kube/clock.ts';
import { isAtLeast } from '../kube/resource-version.ts';

/** Measures how long watches take to tell of our own writes: the one thing whose moment we know. */
export class WatchLag {
  readonly #clock: Clock;
  readonly #onLag: (lagMs: number) => void;
  /** When the newest version of each object was written that no watch has told of since. */
  readonly #written = new Map<string, { readonly version: string; readonly atMs: number }>();

  constructor(clock: Clock, onLag: (lagMs: number) => void) {
    this.#clock = clock;
    this.#onLag = onLag;
  }

  /** An answer to a write came just now, with the resourceVersion that it made. */
  written(ref: ObjectRef, version = ''): void {
    this.#written.set(refKey(ref), { version, atMs: this.#clock.now() });
  }

  /**
   * A watch told of an object. One that tells before the answer came counts for nothing; and so does a newer version than the
   * one written, which was told of before its answer then, or is the same as before and will never be told of.
   */
  told(object: KubeObject): void {
    const key = refKey(refOf(object));
    const write = this.#written.get(key);
    const { resourceVersion: shown = '' } = object.metadata;
    if (!write || !isAtLeast(shown, write.version)) return;
    this.#written.delete(key);
    if (write.version === shown) this.#onLag(this.#clock.now() - write.atMs);
  }
}
