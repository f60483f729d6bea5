/** Whether two statuses say the same, so that writing one over the other can be skipped. An undefined field is an absent one. */
export function sameStatus(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const left = present(a);
  const right = present(b);
  return left.size === right.size && [...left].every(([field, value]) => right.has(field) && sameStatus(value, right.get(field)));
}

function present(value: object): Map<string, unknown> {
  return new Map(Object.entries(value).filter(([, item]) => item !== undefined));
}
