/** So many items further on an item is looked for: as many may have gone from the list, or changed, at once. */
const AHEAD = 8;

/**
 * Walks along a list in the order of another one that is nearly the same, so that its items are found by their place: of ten
 * thousand, that costs microseconds.
 */
export class ListCursor<T extends object> {
  readonly #list: readonly T[];
  #place = 0;

  constructor(list: readonly T[]) {
    this.#list = list;
  }

  /** The place of this very item, behind which the walk goes on; undefined where it is not near, and the walk stays where it is. */
  find(item: T): number | undefined {
    const place = this.#list[this.#place] === item ? this.#place : this.#findAhead(item);
    if (place !== undefined) this.#place = place + 1;
    return place;
  }

  #findAhead(item: T): number | undefined {
    const end = Math.min(this.#place + AHEAD + 1, this.#list.length);
    for (let place = this.#place + 1; place < end; place++) if (this.#list[place] === item) return place;
    return undefined;
  }
}
