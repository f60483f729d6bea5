import { LABEL_MANAGED_BY, LABEL_OWNER, MANAGED_BY } from '../api/group.ts';
import { refKey, refOf, type KubeObject, type ObjectMeta, type ObjectRef } from '../api/kube-object.ts';
import type { Change, LiveObject, UpdateChange } from './change.ts';
import { compare } from './compare.ts';
import { inOrder } from './order.ts';

interface PlanInput {
  readonly desired: readonly KubeObject[];
  /** Everything of ours that is in the cluster, with a dry run where the conductor looked. */
  readonly live: readonly LiveObject[];
  /** uid of the MonitoringStack; undefined for one that is not in a cluster yet, which owns nothing to delete. */
  readonly ownerUid: string | undefined;
}

/** Kinds that hold data or other people's objects: never deleted by us, whatever their labels say. */
const NEVER_DELETED: readonly string[] = ['Namespace', 'PersistentVolumeClaim', 'PersistentVolume', 'CustomResourceDefinition'];

/**
 * What to write so that the cluster holds what is desired, in the order to write it. An object that is there and has no dry
 * run counts as unchanged: whoever looked saw no need of one. Deletes only what `isOwned` and is no longer desired.
 */
export function planChanges({ desired, live, ownerUid }: PlanInput): Change[] {
  const liveByKey = new Map(live.map((object) => [planKey(refOf(object as KubeObject)), object]));
  const wanted = new Set(desired.map((object) => planKey(refOf(object))));
  const writes = desired.flatMap((object) => writeFor(object, liveByKey.get(planKey(refOf(object)))));
  const deletions = live.filter((object) => !wanted.has(planKey(refOf(object as KubeObject))) && isDeletable(object, ownerUid)).map(deletionOf);
  return inOrder([...writes, ...deletions]);
}

/**
 * Whether the object is ours and this stack's: our label, and the stack's uid as owner reference or label. Controllers copy
 * labels to what they make (EndpointSlices, ReplicaSets): an object with another controller is that one's, not ours.
 */
export function isOwned(metadata: ObjectMeta, ownerUid: string): boolean {
  const { labels = {}, ownerReferences = [] } = metadata;
  if (labels[LABEL_MANAGED_BY] !== MANAGED_BY) return false;
  if (ownerReferences.some((owner) => owner.controller === true && owner.uid !== ownerUid)) return false;
  return labels[LABEL_OWNER] === ownerUid || ownerReferences.some((owner) => owner.uid === ownerUid);
}

function writeFor(object: KubeObject, live: LiveObject | undefined): Change[] {
  const ref = refOf(object);
  if (!live) return [{ kind: 'create', ref, object }];
  const update = updateFor(ref, object, live);
  return update ? [update] : [];
}

function updateFor(ref: ObjectRef, object: KubeObject, { live, dryRun }: LiveObject): UpdateChange | undefined {
  if (!live || !dryRun) return undefined;
  const paths = compare(live, dryRun);
  return paths.length > 0 ? { kind: 'update', ref, object, paths } : undefined;
}

function isDeletable({ kind, metadata }: LiveObject, ownerUid: string | undefined): boolean {
  if (ownerUid === undefined || metadata.deletionTimestamp !== undefined) return false;
  return !NEVER_DELETED.includes(kind) && isOwned(metadata, ownerUid);
}

function deletionOf(object: LiveObject): Change {
  const ref = refOf(object as KubeObject);
  const { uid } = object.metadata;
  return uid === undefined ? { kind: 'delete', ref } : { kind: 'delete', ref, uid };
}

/** Group and kind tell objects apart, the version does not: apps/v1 and a later one show the same Deployment. */
function planKey(ref: ObjectRef): string {
  const group = ref.apiVersion.includes('/') ? ref.apiVersion.split('/')[0] : '';
  return `${group}/${refKey(ref)}`;
}
