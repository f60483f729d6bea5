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

/** What a stack selects, worked out once for all of thousands of resources. */
export interface StackSelector {
  /** The selected namespaces with their labels. */
  readonly namespaces: NamespaceLabels;
  /** Of each namespace that is known, whether it is selected. While these and the stack are the same, so is what is selected. */
  readonly isSelected: ReadonlyMap<string, boolean>;
  readonly takesTarget: (target: ScrapeTarget) => boolean;
  readonly takesPolicy: (policy: AlertPolicy) => boolean;
}

/** The selector of a stack among these namespaces. */
export function stackSelector(stack: MonitoringStack, namespaces: NamespaceLabels): StackSelector {
  const own = stack.metadata.namespace;
  const known = namespaces.has(own) ? namespaces : new Map([...namespaces, [own, NO_LABELS]]);
  const isSelected = new Map([...known].map(([name, labels]) => [name, selectsNamespace(stack, name, labels)]));
  const takes = (namespace: string): boolean => isSelected.get(namespace) ?? selectsNamespace(stack, namespace, NO_LABELS);
  const { targets = ALL, policies = ALL } = stack.spec.select ?? {};
  return {
    namespaces: new Map([...known].filter(([name]) => isSelected.get(name))),
    isSelected,
    takesTarget: ({ metadata: { namespace, labels } }) => takes(namespace) && matches(targets, labels ?? NO_LABELS),
    takesPolicy: ({ metadata: { namespace, labels } }) => takes(namespace) && matches(policies, labels ?? NO_LABELS),
  };
}

/** Everything a stack selects, in the order given. */
export function selectResources(
  stack: MonitoringStack,
  all: { readonly targets: Iterable<ScrapeTarget>; readonly policies: Iterable<AlertPolicy>; readonly namespaces: NamespaceLabels },
): Selected {
  const { namespaces, takesTarget, takesPolicy } = stackSelector(stack, all.namespaces);
  return { targets: [...all.targets].filter(takesTarget), policies: [...all.policies].filter(takesPolicy), namespaces };
}
