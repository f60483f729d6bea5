import type { AlertPolicy } from '../api/alert-policy.ts';
import { LABEL_OWNER_NAMESPACE, LABEL_STACK } from '../api/group.ts';
import type { KubeObject, StringMap } from '../api/kube-object.ts';
import { keyOf } from '../api/kube-object.ts';
import type { MonitoringStack } from '../api/monitoring-stack.ts';
import type { ScrapeTarget } from '../api/scrape-target.ts';
import { selectsNamespace, selectsPolicy, selectsTarget, type NamespaceLabels } from './select.ts';

/** Something that changed: what it was, what it is. One of the two is absent where it was created or deleted. */
export interface Change<T> {
  readonly old?: T | undefined;
  readonly new?: T | undefined;
}

/**
 * Keys of the stacks that a changed ScrapeTarget concerns: those that select it now, and those that selected it before,
 * for they must let go of it.
 */
export function stacksOfTarget(stacks: Iterable<MonitoringStack>, change: Change<ScrapeTarget>, namespaces: NamespaceLabels): string[] {
  return affected(stacks, change, (stack, target) => selectsTarget(stack, target, namespaces.get(target.metadata.namespace) ?? {}));
}

/** The same for an AlertPolicy. */
export function stacksOfPolicy(stacks: Iterable<MonitoringStack>, change: Change<AlertPolicy>, namespaces: NamespaceLabels): string[] {
  return affected(stacks, change, (stack, policy) => selectsPolicy(stack, policy, namespaces.get(policy.metadata.namespace) ?? {}));
}

/** Keys of the stacks that a created, relabelled or deleted namespace concerns. */
export function stacksOfNamespace(stacks: Iterable<MonitoringStack>, change: Change<{ readonly name: string; readonly labels: StringMap }>): string[] {
  return affected(stacks, change, (stack, { name, labels }) => selectsNamespace(stack, name, labels));
}

/** Key of the stack that an object of ours belongs to; undefined where its labels do not say. */
export function stackOfOwned(object: KubeObject): string | undefined {
  const { labels = {}, namespace } = object.metadata;
  const name = labels[LABEL_STACK];
  const home = labels[LABEL_OWNER_NAMESPACE] ?? namespace;
  return name === undefined || home === undefined ? undefined : `${home}/${name}`;
}

function affected<T>(stacks: Iterable<MonitoringStack>, change: Change<T>, selects: (stack: MonitoringStack, item: T) => boolean): string[] {
  return [...stacks]
    .filter((stack) => (change.old !== undefined && selects(stack, change.old)) || (change.new !== undefined && selects(stack, change.new)))
    .map(keyOf);
}
