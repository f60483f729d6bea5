import { homeOf } from './buckets.ts';

type Names = readonly string[];

/** job_names by owner, kept in a map for each bucket: one that holds thousands is not made anew for one that changed. */
export class JobsByHome implements ReadonlyMap<string, Names> {
  readonly homes: readonly ReadonlyMap<string, Names>[];

  /** @param homes by `homeOf` the owner */
  constructor(homes: readonly ReadonlyMap<string, Names>[]) {
    this.homes = homes;
  }

  get size(): number {
    return this.homes.reduce((sum, { size }) => sum + size, 0);
  }

  get(owner: string): Names | undefined {
    return this.homes[homeOf(owner)]?.get(owner);
  }

  has(owner: string): boolean {
    return this.get(owner) !== undefined;
  }

  forEach(callback: (names: Names, owner: string, map: ReadonlyMap<string, Names>) => void): void {
    for (const [owner, names] of this) callback(names, owner, this);
  }

  *[Symbol.iterator](): MapIterator<[string, Names]> {
    for (const home of this.homes) yield* home;
  }

  entries(): MapIterator<[string, Names]> {
    return this[Symbol.iterator]();
  }

  *keys(): MapIterator<string> {
    for (const home of this.homes) yield* home.keys();
  }

  *values(): MapIterator<Names> {
    for (const home of this.homes) yield* home.values();
  }
}
