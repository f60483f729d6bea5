import type { KubeObject } from '../api/kube-object.ts';
import { isRecord } from './field-path.ts';

/**
 * What the API server would probably store if `desired` were applied over `live`: for those who may not ask it. Fields that
 * we do not set stay as they are; so do the items of a list of named things that we do not name.
 */
export function standIn(live: KubeObject, desired: KubeObject): KubeObject {
  return laidOver(live, desired) as KubeObject;
}

function laidOver(below: unknown, above: unknown): unknown {
  if (isRecord(below) && isRecord(above)) {
    return { ...below, ...Object.fromEntries(Object.entries(above).map(([field, value]) => [field, laidOver(below[field], value)])) };
  }
  if (Array.isArray(below) && Array.isArray(above)) return laidOverList(below, above);
  return above;
}

function laidOverList(below: readonly unknown[], above: readonly unknown[]): unknown[] {
  if (!above.every(isNamed) || !below.every(isNamed)) return above.map((item, index) => laidOver(below[index], item));
  const added = above.filter(({ name }) => !below.some((item) => item.name === name));
  return [...below.map((item) => laidOver(item, above.find(({ name }) => name === item.name) ?? item)), ...added];
}

function isNamed(item: unknown): item is { readonly name: string } {
  return isRecord(item) && typeof item['name'] === 'string';
}
