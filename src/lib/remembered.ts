/**
 * Results of pure work, the last one for each key: done again only where one of the parts that it depends on is another
 * one. Parts are compared by identity, maps and lists item by item. Values are immutable, so this changes no result.
 */
export class Remembered<Key extends WeakKey, Value> {
  readonly #known = new WeakMap<Key, { readonly parts: readonly unknown[]; readonly value: Value }>();

  /** The value for the key and these parts; `make` must look at nothing else that may differ. */
  of(key: Key, parts: readonly unknown[], make: () => Value): Value {
    const known = this.#known.get(key);
    if (known && sameItems(known.parts, parts)) return known.value;
    const value = make();
    this.#known.set(key, { parts, value });
    return value;
  }
}

function sameItems(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((part, index) => samePart(part, b[index]));
}

function samePart(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (a instanceof Map && b instanceof Map) return a.size === b.size && sameItems([...a].flat(), [...b].flat());
  return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, index) => item === b[index]);
}
