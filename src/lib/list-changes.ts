/** What a list lost and gained. An item that moved may be in both: take away first, then put in. */
export interface ListChanges<T> {
  readonly removed: readonly T[];
  readonly added: readonly T[];
}

/** So far ahead one list is searched for the place where the other goes on. */
const AHEAD = 8;

/**
 * The difference of two lists by identity. Lists that are nearly the same are walked side by side without a look at their
 * items: of ten thousand, that costs microseconds.
 */
export function listChanges<T extends object>(before: readonly T[], after: readonly T[]): ListChanges<T> {
  const removed: T[] = [];
  const added: T[] = [];
  let old = 0;
  for (let now = 0; now < after.length; now++) {
    const item = after[now] as T;
    if (before[old] === item) {
      old += 1;
      continue;
    }
    const skipped = placeAhead(before, old, item);
    if (skipped > 0) for (const gone of before.slice(old, old + skipped)) removed.push(gone);
    else added.push(item);
    if (skipped > 0) old += skipped + 1;
  }
  for (; old < before.length; old++) removed.push(before[old] as T);
  return tooMany(removed, added, before) ? bySets(before, after) : { removed, added };
}

/** How many items further on in the list this one is; 0 where it is not near. */
function placeAhead<T>(list: readonly T[], from: number, item: T): number {
  for (let ahead = 1; ahead <= AHEAD; ahead++) if (list[from + ahead] === item) return ahead;
  return 0;
}

/** The walk lost its way: most of what it found is in both lists. */
function tooMany<T>(removed: readonly T[], added: readonly T[], before: readonly T[]): boolean {
  return Math.min(removed.length, added.length) > AHEAD + before.length / 64;
}

function bySets<T>(before: readonly T[], after: readonly T[]): ListChanges<T> {
  const old = new Set(before);
  const now = new Set(after);
  return { removed: before.filter((item) => !now.has(item)), added: after.filter((item) => !old.has(item)) };
}
