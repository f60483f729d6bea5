import { commonEnds } from './common-ends.ts';
import { ListCursor } from './list-cursor.ts';

/** What a list lost and gained. An item that moved may be in both: take away first, then put in. */
export interface ListChanges<T> {
  readonly removed: readonly T[];
  readonly added: readonly T[];
}

/** So many in both lists are nothing yet: items that moved a little. */
const FEW = 8;

/**
 * The difference of two lists by identity. Lists that are nearly the same are walked side by side without a look at their
 * items: of ten thousand, that costs microseconds.
 */
export function listChanges<T extends object>(before: readonly T[], after: readonly T[]): ListChanges<T> {
  const { start, end } = commonEnds(before, after);
  return changesOf(before.slice(start, before.length - end), after.slice(start, after.length - end));
}

function changesOf<T extends object>(before: readonly T[], after: readonly T[]): ListChanges<T> {
  const removed: T[] = [];
  const added: T[] = [];
  const cursor = new ListCursor(before);
  let old = 0;
  for (const item of after) {
    const place = cursor.find(item);
    if (place === undefined) {
      added.push(item);
      continue;
    }
    for (; old < place; old++) removed.push(before[old] as T);
    old = place + 1;
  }
  for (; old < before.length; old++) removed.push(before[old] as T);
  return tooMany(removed, added, before) ? bySets(before, after) : { removed, added };
}

/** The walk lost its way: most of what it found is in both lists. */
function tooMany<T>(removed: readonly T[], added: readonly T[], before: readonly T[]): boolean {
  return Math.min(removed.length, added.length) > FEW + before.length / 64;
}

function bySets<T>(before: readonly T[], after: readonly T[]): ListChanges<T> {
  const old = new Set(before);
  const now = new Set(after);
  return { removed: before.filter((item) => !now.has(item)), added: after.filter((item) => !old.has(item)) };
}
