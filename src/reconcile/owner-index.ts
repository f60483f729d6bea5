import { LABEL_MANAGED_BY, MANAGED_BY } from '../api/group.ts';
import type { KubeObject } from '../api/kube-object.ts';
import type { Change } from '../kube/object-cache.ts';
import { stackOfOwned } from './affected-stacks.ts';

/** The stack (`namespace/name`) whose labels an object carries, for an informer's index; none where it is not ours. */
export function stackIndex(object: KubeObject): string[] {
  const stack = object.metadata.labels?.[LABEL_MANAGED_BY] === MANAGED_BY ? stackOfOwned(object) : undefined;
  return stack === undefined ? [] : [stack];
}

/** Who lost the object is told as well as who has it now: labels may have moved. */
export function tellOwner(change: Change, tell: (stack: string, change: Change) => void): void {
  const stacks = new Set([change.old, change.new].flatMap((object) => (object ? stackIndex(object) : [])));
  for (const stack of stacks) tell(stack, change);
}
