import type { KubeObject, ObjectMeta } from '../api/kube-object.ts';
import { stableHash, stableHashOf } from '../lib/stable-hash.ts';

const hashes = new WeakMap<KubeObject, string>();

/** Hash of what we want of an object. Cheap for an object seen before: values are immutable, so it is kept with them. */
export function desiredHash(object: KubeObject): string {
  const known = hashes.get(object);
  if (known !== undefined) return known;
  const hash = hashOf(object);
  hashes.set(object, hash);
  return hash;
}

/** Texts of a ConfigMap may be hundreds of KiB: as JSON each character of them would be looked at. */
function hashOf(object: KubeObject): string {
  const { data, ...rest } = object;
  const entries = typeof data === 'object' && data !== null ? Object.entries(data) : undefined;
  if (!entries?.every((entry): entry is [string, string] => typeof entry[1] === 'string')) return stableHash(JSON.stringify(object));
  return stableHashOf([JSON.stringify(rest), ...entries.flat()]);
}

/**
 * Changes when anybody changes what we could care about, and not when a controller writes status: the generation, or the
 * resourceVersion for kinds that have none (ConfigMap, Secret, Service, RBAC), with the metadata that the generation leaves out.
 */
export function fingerprint(object: { readonly metadata: ObjectMeta }): string {
  const known = fingerprints.get(object);
  if (known !== undefined) return known;
  const print = fingerprintOf(object.metadata);
  fingerprints.set(object, print);
  return print;
}

const fingerprints = new WeakMap<object, string>();

function fingerprintOf(metadata: ObjectMeta): string {
  const { uid, generation, resourceVersion, labels = {}, annotations = {}, ownerReferences = [] } = metadata;
  const version = generation === undefined ? ['rv', resourceVersion] : ['generation', generation];
  return stableHash(JSON.stringify([uid, version, sorted(labels), sorted(annotations), ownerReferences.map((owner) => owner.uid).sort()]));
}

function sorted(map: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1));
}
