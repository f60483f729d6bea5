import { LABEL_MANAGED_BY, LABEL_NAME, LABEL_OWNER, LABEL_OWNER_NAMESPACE, LABEL_PART, LABEL_SHARD, LABEL_STACK, MANAGED_BY, API_VERSION } from '../api/group.ts';
import type { ObjectMeta, OwnerReference, StringMap } from '../api/kube-object.ts';
import type { MonitoringStack } from '../api/monitoring-stack.ts';
import type { StackName } from './names.ts';

/** The labels of an object of a component; also on its pods. */
export function componentLabels(stack: StackName, component: string): StringMap {
  return { [LABEL_MANAGED_BY]: MANAGED_BY, [LABEL_NAME]: component, [LABEL_STACK]: stack.name };
}

/** The labels that select a component's pods, of this stack and no other in its namespace. Immutable once applied. */
export function selectorLabels(stack: StackName, component: string): StringMap {
  return { [LABEL_NAME]: component, [LABEL_STACK]: stack.name };
}

/** The labels of everything that belongs to one shard of Prometheus. */
export function shardLabels(shard: number): StringMap {
  return { [LABEL_SHARD]: String(shard) };
}

/** What an object is part of, for whoever looks for all such objects. */
export function partLabel(part: string): StringMap {
  return { [LABEL_PART]: part };
}

/** The reference that lets Kubernetes delete an object along with its stack. */
function ownerReference(stack: MonitoringStack): OwnerReference {
  const { name, uid } = stack.metadata;
  // Without blockOwnerDeletion the operator needs no permission on the stack's finalizers to set it.
  return { apiVersion: API_VERSION, kind: 'MonitoringStack', name, uid: uid ?? '', controller: true };
}

/** The labels that stand in for an owner reference where there can be none. */
function ownerLabels(stack: MonitoringStack): StringMap {
  return { [LABEL_OWNER]: stack.metadata.uid ?? '', [LABEL_OWNER_NAMESPACE]: stack.metadata.namespace };
}

/** What tells an object of a component from the others. */
export interface Named {
  readonly component: string;
  readonly name: string;
  readonly labels?: StringMap;
  readonly annotations?: StringMap;
}

/** The metadata of an object in the stack's own namespace, owned by the stack. */
export function ownedMetadata(stack: MonitoringStack, { component, name, labels = {}, annotations }: Named): ObjectMeta {
  return {
    name,
    namespace: stack.metadata.namespace,
    labels: sorted({ ...componentLabels(stack.metadata, component), ...labels }),
    ...(annotations && Object.keys(annotations).length > 0 ? { annotations: sorted(annotations) } : {}),
    ownerReferences: [ownerReference(stack)],
  };
}

/** The metadata of an object elsewhere: in `namespace`, or cluster-scoped where there is none. Deleted by us, not by Kubernetes. */
export function foreignMetadata(stack: MonitoringStack, { component, name, namespace }: Named & { readonly namespace?: string }): ObjectMeta {
  return {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    labels: sorted({ ...componentLabels(stack.metadata, component), ...ownerLabels(stack) }),
  };
}

/** The same entries by code unit order of their keys. */
export function sorted(map: StringMap): StringMap {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
}

