/** Whether two statuses say the same, so that writing one over the other can be skipped. An undefined field is an absent one. */
export function sameStatus(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) return sameList(a, b);
  return hasAllOf(a as Fields, b as Fields) && hasAllOf(b as Fields, a as Fields);
}

type Fields = Readonly<Record<string, unknown>>;

function sameList(a: object, b: object): boolean {
  if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
  return a.every((item, index) => sameStatus(item, b[index]));
}

/** Whether every field that is there is the same in the other. Asked thousands of times in a round: without a copy of the fields. */
function hasAllOf(fields: Fields, other: Fields): boolean {
  for (const name in fields) {
    if (!Object.hasOwn(fields, name) || fields[name] === undefined) continue;
    if (!Object.hasOwn(other, name) || !sameStatus(fields[name], other[name])) return false;
  }
  return true;
}
