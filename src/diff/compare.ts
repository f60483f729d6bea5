import type { KubeObject } from '../api/kube-object.ts';
import { isRecord, printPath, type FieldPath, type PathStep } from './field-path.ts';

/** What the API server writes by itself: never ours, never a difference. */
const SERVER_METADATA = ['managedFields', 'resourceVersion', 'generation', 'uid', 'creationTimestamp', 'selfLink'];

/**
 * The paths at which two states of one object differ, printed and sorted, without status and the metadata that the server
 * keeps. Meant for the live object and the server's dry run of the desired one: defaults are then on both sides.
 * Lists of named things are compared by name, others by place.
 */
export function compare(live: KubeObject, dryRun: KubeObject): string[] {
  const found: FieldPath[] = [];
  compareValues(withoutServerFields(live), withoutServerFields(dryRun), [], found);
  return found.map(printPath).sort();
}

/** The object without what only the API server and the controllers write. */
export function withoutServerFields(object: KubeObject): KubeObject {
  const { status: _status, ...rest } = object;
  const metadata = Object.fromEntries(Object.entries(object.metadata).filter(([name]) => !SERVER_METADATA.includes(name)));
  return { ...rest, metadata } as KubeObject;
}

/** Whether two JSON values are equal; the order of fields does not count, an undefined field is an absent one. */
export function sameValue(a: unknown, b: unknown): boolean {
  const found: FieldPath[] = [];
  compareValues(a, b, [], found);
  return found.length === 0;
}

function compareValues(a: unknown, b: unknown, path: FieldPath, found: FieldPath[]): void {
  if (a === b) return;
  if (isRecord(a) && isRecord(b)) compareRecords(a, b, path, found);
  else if (Array.isArray(a) && Array.isArray(b)) compareLists(a, b, path, found);
  else if (!isNaNPair(a, b)) found.push(path);
}

function isNaNPair(a: unknown, b: unknown): boolean {
  return Number.isNaN(a) && Number.isNaN(b);
}

function compareRecords(a: Record<string, unknown>, b: Record<string, unknown>, path: FieldPath, found: FieldPath[]): void {
  for (const field of new Set([...Object.keys(a), ...Object.keys(b)])) {
    compareValues(own(a, field), own(b, field), [...path, { field }], found);
  }
}

function own(record: Record<string, unknown>, field: string): unknown {
  return Object.hasOwn(record, field) ? record[field] : undefined;
}

function compareLists(a: readonly unknown[], b: readonly unknown[], path: FieldPath, found: FieldPath[]): void {
  const left = byName(a);
  const right = byName(b);
  if (!left || !right) {
    compareByIndex(a, b, path, found);
    return;
  }
  const foundBefore = found.length;
  compareNamed(left, right, path, found);
  // Same items in another order: the order of init containers or environment variables is part of the object.
  if (found.length === foundBefore && [...left.keys()].join('\0') !== [...right.keys()].join('\0')) found.push(path);
}

function compareNamed(a: ReadonlyMap<string, unknown>, b: ReadonlyMap<string, unknown>, path: FieldPath, found: FieldPath[]): void {
  for (const name of new Set([...a.keys(), ...b.keys()])) {
    compareValues(a.get(name), b.get(name), [...path, { key: { name } } satisfies PathStep], found);
  }
}

function compareByIndex(a: readonly unknown[], b: readonly unknown[], path: FieldPath, found: FieldPath[]): void {
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    compareValues(a[index], b[index], [...path, { index }], found);
  }
}

/** The items by their `name`, where each has one of its own. */
function byName(list: readonly unknown[]): Map<string, unknown> | undefined {
  const items = new Map<string, unknown>();
  for (const item of list) {
    const name = isRecord(item) ? item['name'] : undefined;
    if (typeof name !== 'string' || items.has(name)) return undefined;
    items.set(name, item);
  }
  return items;
}
