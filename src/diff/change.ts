import type { KubeObject, ObjectMeta, ObjectRef } from '../api/kube-object.ts';

/** One write that brings the cluster nearer to what is desired. What needs no write has no Change. */
export type Change = CreateChange | UpdateChange | DeleteChange;

export interface CreateChange {
  readonly kind: 'create';
  readonly ref: ObjectRef;
  readonly object: KubeObject;
}

export interface UpdateChange {
  readonly kind: 'update';
  readonly ref: ObjectRef;
  /** All that we want of it, to be applied as it is. */
  readonly object: KubeObject;
  /** The fields that would change, as `compare` prints them. */
  readonly paths: readonly string[];
}

export interface DeleteChange {
  readonly kind: 'delete';
  readonly ref: ObjectRef;
  /** For the preconditions: the object that was meant, and no namesake made since. */
  readonly uid?: string;
}

/** An object that is in the cluster, as far as somebody looked. */
export interface LiveObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  /** What the API server would store if the desired object were applied; only of one that had to be looked at. */
  readonly dryRun?: KubeObject;
  /** What it stores now, read beside the dry run. */
  readonly live?: KubeObject;
}
