/** What `T` is once its undefined properties are gone. */
export type Compact<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** A shallow copy without the properties that are undefined: "not said" and "said nothing" are then the same bytes. */
export function compact<T extends object>(value: T): Partial<Compact<T>> {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as Partial<Compact<T>>;
}
