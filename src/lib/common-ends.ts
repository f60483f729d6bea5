/** How many items two lists have in common at the start and, behind those, at the end: the very same ones in the same order. */
export function commonEnds<T>(before: readonly T[], after: readonly T[]): { readonly start: number; readonly end: number } {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < shorter - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
  return { start, end };
}
