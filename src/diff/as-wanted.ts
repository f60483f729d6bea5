import type { KubeObject } from '../api/kube-object.ts';
import { compare } from './compare.ts';

/** Kinds that the API server stores as they are sent, without defaults of its own. */
const STORED_AS_SENT: readonly string[] = ['ConfigMap', 'Secret'];

/**
 * Whether an object is to the letter what is wanted, with no label or annotation more: then a dry run could only say the
 * same. Most of what a restart finds is, and it is the largest.
 */
export function isAsWanted(live: KubeObject, desired: KubeObject): boolean {
  if (desired.apiVersion !== 'v1' || !STORED_AS_SENT.includes(desired.kind)) return false;
  const { labels, annotations, ownerReferences } = desired.metadata;
  const wanted = { ...desired, metadata: { ...live.metadata, labels, annotations, ownerReferences } };
  return compare(live, wanted as KubeObject).length === 0;
}
