import { isDeepStrictEqual } from 'node:util';

/**
 * Who owns which field, as structured-merge-diff does it, for the kinds that this project writes. A path is a list of
 * elements in the words of managedFields: `f:name`, `k:{"name":"x"}` for an item of a list that is a map, `v:"x"` for a
 * member of a list that is a set.
 */
export type Path = readonly string[];
export type PathSet = ReadonlyMap<string, Path>;

type Json = Record<string, unknown>;

/** Lists that are maps, with their keys, by the name of the field they are in (Kubernetes' OpenAPI, 1.34). */
const MAP_LISTS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  conditions: [['type']],
  containers: [['name']],
  initContainers: [['name']],
  ephemeralContainers: [['name']],
  env: [['name']],
  volumes: [['name']],
  volumeMounts: [['mountPath']],
  volumeDevices: [['devicePath']],
  imagePullSecrets: [['name']],
  hostAliases: [['ip']],
  ownerReferences: [['uid']],
  topologySpreadConstraints: [['topologyKey', 'whenUnsatisfiable']],
  ports: [['containerPort', 'protocol'], ['port', 'protocol']],
  webhooks: [['name']],
  secrets: [['name']],
};
/** Lists that are sets. */
const SET_LISTS: ReadonlySet<string> = new Set(['finalizers']);
/** Maps that are replaced as a whole. */
const ATOMIC_MAPS: ReadonlySet<string> = new Set([
  'selector', 'nodeSelector', 'labelSelector', 'podSelector', 'namespaceSelector', 'roleRef',
  'secretKeyRef', 'configMapKeyRef', 'fieldRef', 'resourceFieldRef', 'matchLabels',
]);
const KEY_DEFAULTS: Readonly<Record<string, unknown>> = { protocol: 'TCP' };
/** What no manager owns: the object's name and what the server fills in. */
const UNOWNED_META: ReadonlySet<string> = new Set([
  'name', 'namespace', 'uid', 'resourceVersion', 'generation', 'managedFields', 'creationTimestamp', 'deletionTimestamp',
]);

function isMap(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function keysOfItem(field: string, item: unknown): readonly string[] | undefined {
  if (!isMap(item)) return undefined;
  return MAP_LISTS[field]?.find((keys) => keys.every((key) => key in item || key in KEY_DEFAULTS) && (keys[0] ?? '') in item);
}

function itemElement(keys: readonly string[], item: Json): string {
  return `k:${JSON.stringify(Object.fromEntries([...keys].sort().map((key) => [key, item[key] ?? KEY_DEFAULTS[key]])))}`;
}

type Shape = 'map' | 'map-list' | 'set-list' | 'leaf';

function shapeOf(field: string, value: unknown): Shape {
  if (Array.isArray(value)) {
    if (SET_LISTS.has(field)) return 'set-list';
    return value.length > 0 && value.every((item) => keysOfItem(field, item)) ? 'map-list' : 'leaf';
  }
  return isMap(value) && !ATOMIC_MAPS.has(field) && Object.keys(value).length > 0 ? 'map' : 'leaf';
}

function keyOfPath(path: Path): string {
  return path.join('\n');
}

/** Every field that an object sets, without its name and what the server fills in. */
export function fieldsOf(object: Json): Map<string, Path> {
  const paths = new Map<string, Path>();
  const add = (path: Path): void => void paths.set(keyOfPath(path), path);
  const walk = (field: string, value: unknown, path: Path): void => {
    switch (shapeOf(field, value)) {
      case 'map':
        for (const [name, child] of Object.entries(value as Json)) walk(name, child, [...path, `f:${name}`]);
        break;
      case 'map-list':
        for (const item of value as Json[]) {
          const itemPath = [...path, itemElement(keysOfItem(field, item) ?? [], item)];
          add(itemPath);
          for (const [name, child] of Object.entries(item)) walk(name, child, [...itemPath, `f:${name}`]);
        }
        break;
      case 'set-list':
        for (const item of value as unknown[]) add([...path, `v:${JSON.stringify(item)}`]);
        break;
      case 'leaf':
        add(path);
    }
  };
  const { apiVersion: _apiVersion, kind: _kind, metadata, ...rest } = object;
  for (const [name, value] of Object.entries(rest)) walk(name, value, [`f:${name}`]);
  for (const [name, value] of Object.entries((metadata ?? {}) as Json)) {
    if (!UNOWNED_META.has(name)) walk(name, value, ['f:metadata', `f:${name}`]);
  }
  return paths;
}

/** The value at a path; undefined where there is none. */
export function valueAt(object: unknown, path: Path): unknown {
  let value = object;
  let field = '';
  for (const element of path) {
    if (element.startsWith('f:')) {
      field = element.slice(2);
      value = isMap(value) ? value[field] : undefined;
    } else if (element.startsWith('k:')) value = findItem(value, field, element);
    else value = Array.isArray(value) ? value.find((item) => `v:${JSON.stringify(item)}` === element) : undefined;
  }
  return value;
}

function findItem(list: unknown, field: string, element: string): unknown {
  if (!Array.isArray(list)) return undefined;
  return list.find((item) => {
    const keys = keysOfItem(field, item);
    return keys !== undefined && itemElement(keys, item as Json) === element;
  });
}

/** The live value with what was applied laid over it: maps and keyed lists are merged, the rest is replaced. */
export function overlay(live: unknown, applied: unknown, field = ''): unknown {
  if (live === undefined) return structuredClone(applied);
  if (isMap(live) && isMap(applied) && !ATOMIC_MAPS.has(field)) {
    const merged: Json = { ...live };
    for (const [name, value] of Object.entries(applied)) merged[name] = overlay(live[name], value, name);
    return merged;
  }
  if (Array.isArray(live) && Array.isArray(applied)) {
    if (SET_LISTS.has(field)) return [...new Set([...(live as unknown[]), ...(applied as unknown[])])];
    if (shapeOf(field, applied) === 'map-list') return overlayList(live as Json[], applied as Json[], field);
  }
  return structuredClone(applied);
}

function overlayList(live: readonly Json[], applied: readonly Json[], field: string): Json[] {
  const elementOf = (item: Json): string => itemElement(keysOfItem(field, item) ?? [], item);
  const liveByElement = new Map(live.map((item) => [elementOf(item), item]));
  const wanted = new Set(applied.map(elementOf));
  const merged = applied.map((item) => overlay(liveByElement.get(elementOf(item)), item) as Json);
  return [...merged, ...live.filter((item) => !wanted.has(elementOf(item)))];
}

/** A copy of an object without one field; maps and lists that become empty by it go as well. */
export function without(object: unknown, path: Path, field = ''): unknown {
  const [element, ...rest] = path;
  if (element === undefined) return undefined;
  if (element.startsWith('f:')) {
    if (!isMap(object)) return object;
    const name = element.slice(2);
    if (!(name in object)) return object;
    const child = rest.length === 0 ? undefined : without(object[name], rest, name);
    const copy = { ...object };
    if (child === undefined) delete copy[name];
    else copy[name] = child;
    return Object.keys(copy).length === 0 ? undefined : copy;
  }
  if (!Array.isArray(object)) return object;
  const list = (object as unknown[]).flatMap((item) => {
    const keys = keysOfItem(field, item);
    const own = keys ? itemElement(keys, item as Json) : `v:${JSON.stringify(item)}`;
    if (own !== element) return [item];
    const left = rest.length === 0 ? undefined : without(item, rest);
    return left === undefined ? [] : [left];
  });
  return list.length === 0 ? undefined : list;
}

/** Whether a set has a path, or anything below it. */
export function hasAtOrBelow(set: PathSet, path: Path): boolean {
  const key = keyOfPath(path);
  if (set.has(key)) return true;
  for (const other of set.keys()) if (other.startsWith(`${key}\n`)) return true;
  return false;
}

/** The paths whose values differ between two objects. */
export function changedFields(old: Json, next: Json): Map<string, Path> {
  const changed = new Map<string, Path>();
  for (const [key, path] of fieldsOf(next)) {
    if (!isDeepStrictEqual(valueAt(old, path), valueAt(next, path)) || valueAt(old, path) === undefined) changed.set(key, path);
  }
  return changed;
}

/** The paths that one object has and another has not. */
export function missingFields(old: Json, next: Json): Map<string, Path> {
  const present = fieldsOf(next);
  return new Map([...fieldsOf(old)].filter(([, path]) => !hasAtOrBelow(present, path)));
}

/** A set of paths as managedFields' fieldsV1. */
export function toFieldsV1(paths: PathSet): Json {
  const root: Json = {};
  for (const path of paths.values()) {
    let node = root;
    for (const element of path) node = (node[element] ??= {}) as Json;
    const last = path.at(-1) ?? '';
    if (last.startsWith('k:')) node['.'] = {};
  }
  return root;
}
