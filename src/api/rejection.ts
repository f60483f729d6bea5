import type { Reason } from './conditions.ts';
import type { ObjectRef } from './kube-object.ts';

/** A user's mistake, found before anything was written: what is wrong where, and how to mend it. */
export interface Rejection {
  /** The resource that has the mistake. */
  readonly object: ObjectRef;
  /** Where in it: `spec.endpoints[0].relabel[1].regex`. */
  readonly path: string;
  readonly reason: Reason;
  /** A sentence that names the value and the mend. */
  readonly message: string;
}

/** A mistake in a part of a resource, before anybody said whose. Paths are relative to the resource. */
export type Problem = Omit<Rejection, 'object'>;
