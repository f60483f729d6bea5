/** A component is on when its key is present, unless it says `enabled: false`; absent, `otherwise` decides. */
export function isOn(component: { enabled?: boolean } | undefined, otherwise: boolean): boolean {
  return component === undefined ? otherwise : (component.enabled ?? true);
}

/** `{ [key]: value() }`, or nothing where it is not there: an absent property differs from an undefined one. */
export function present<K extends string, V>(key: K, isThere: boolean, value: () => V): Partial<Record<K, V>> {
  return (isThere ? { [key]: value() } : {}) as Partial<Record<K, V>>;
}

/** Those of the properties that are set. */
export function pick<T extends object, K extends keyof T>(from: T, keys: readonly K[]): { [P in K]?: Exclude<T[P], undefined> } {
  return Object.fromEntries(keys.filter((key) => from[key] !== undefined).map((key) => [key, from[key]])) as { [P in K]?: Exclude<T[P], undefined> };
}

/** Releases are written with and without the v; images and messages want one way. */
export function withV(version: string): string {
  return version.startsWith('v') ? version : `v${version}`;
}
