import type { AlertPolicy } from '../api/alert-policy.ts';
import type { StringMap } from '../api/kube-object.ts';
import type { MonitoringStack } from '../api/monitoring-stack.ts';
import type { ScrapeTarget } from '../api/scrape-target.ts';
import { matches, type LabelSelector } from '../lib/label-selector.ts';

/** Labels of a namespace by its name; one that is not in it is unknown, and counts as having none. */
export type NamespaceLabels = ReadonlyMap<string, StringMap>;

/** What a stack selects out of everything there is. */
export interface Selected {
  readonly targets: readonly ScrapeTarget[];
  readonly policies: readonly AlertPolicy[];
  /** The selected namespaces with their labels. */
  readonly namespaces: NamespaceLabels;
}

const ALL: LabelSelector = {};
const NO_LABELS: StringMap = {};

/** Whether a stack looks into a namespace: by spec.select.namespaces, else its own, else (scope Cluster) all. */
export function selectsNamespace(stack: MonitoringStack, namespace: string, labels: StringMap): boolean {
  const selector = stack.spec.select?.namespaces;
  if (selector) return matches(selector, labels);
  return stack.spec.scope === 'Cluster' || namespace === stack.metadata.namespace;
}

/** Whether a stack selects this ScrapeTarget, given the labels of the target's namespace. */
export function selectsTarget(stack: MonitoringStack, target: ScrapeTarget, namespaceLabels: StringMap): boolean {
  return (
    selectsNamespace(stack, target.metadata.namespace, namespaceLabels) &&
    matches(stack.spec.select?.targets ?? ALL, target.metadata.labels ?? NO_LABELS)
  );
}

/** Whether a stack selects this AlertPolicy, given the labels of the policy's namespace. */
export function selectsPolicy(stack: MonitoringStack, policy: AlertPolicy, namespaceLabels: StringMap): boolean {
  return (
    selectsNamespace(stack, policy.metadata.namespace, namespaceLabels) &&
    matches(stack.spec.select?.policies ?? ALL, policy.metadata.labels ?? NO_LABELS)
  );
}

/** Everything a stack selects, in the order given. */
export function selectResources(
  stack: MonitoringStack,
  all: { readonly targets: Iterable<ScrapeTarget>; readonly policies: Iterable<AlertPolicy>; readonly namespaces: NamespaceLabels },
): Selected {
  const own = stack.metadata.namespace;
  const known = all.namespaces.has(own) ? all.namespaces : new Map([...all.namespaces, [own, NO_LABELS]]);
  // Asked once for each namespace, not for each of thousands of resources.
  const isSelected = new Map([...known].map(([name, labels]) => [name, selectsNamespace(stack, name, labels)]));
  const takes = (namespace: string): boolean => isSelected.get(namespace) ?? selectsNamespace(stack, namespace, NO_LABELS);
  const { targets = ALL, policies = ALL } = stack.spec.select ?? {};
  return {
    targets: picked(all.targets, ({ metadata: { namespace, labels } }) => takes(namespace) && matches(targets, labels ?? NO_LABELS)),
    policies: picked(all.policies, ({ metadata: { namespace, labels } }) => takes(namespace) && matches(policies, labels ?? NO_LABELS)),
    namespaces: new Map([...known].filter(([name]) => isSelected.get(name))),
  };
}

function picked<T>(items: Iterable<T>, isPicked: (item: T) => boolean): T[] {
  const found: T[] = [];
  for (const item of items) if (isPicked(item)) found.push(item);
  return found;
}
