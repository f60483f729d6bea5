import { matches, requirements, unmet, type LabelSelector } from '../lib/label-selector.ts';
import { sortBy } from '../lib/sort-by.ts';
import { firstOf } from './cut.ts';
import type { NotSelected } from './liveness.ts';

type Labels = Readonly<Record<string, string>>;

/** Whom a stack selects, of one kind of resource. */
export interface StackSelection {
  readonly namespace: string;
  readonly name: string;
  /** `own` for its own namespace only, or the labels a namespace must have. */
  readonly namespaces: 'own' | LabelSelector;
  /** The labels that the resource must have; `{}` for any. */
  readonly resources: LabelSelector;
}

/** The resource whose selection is in question. */
export interface SelectableResource {
  readonly kind: 'ScrapeTarget' | 'AlertPolicy';
  readonly namespace: string;
  readonly labels: Labels;
}

const STACKS_NAMED = 3;

/** The selection of ScrapeTargets or of AlertPolicies that a MonitoringStack's spec asks for. */
export function stackSelection(
  kind: SelectableResource['kind'],
  stack: { readonly metadata: { readonly namespace: string; readonly name: string }; readonly spec: StackSelect },
): StackSelection {
  const { scope = 'Namespace', select = {} } = stack.spec;
  const { namespace, name } = stack.metadata;
  const resources = (kind === 'ScrapeTarget' ? select.targets : select.policies) ?? {};
  return { namespace, name, namespaces: select.namespaces ?? (scope === 'Cluster' ? {} : 'own'), resources };
}

interface StackSelect {
  readonly scope?: 'Namespace' | 'Cluster';
  readonly select?: { readonly namespaces?: LabelSelector; readonly targets?: LabelSelector; readonly policies?: LabelSelector };
}

/** Whether the stack selects the resource, by the labels of its namespace and its own. */
export function isSelected(stack: StackSelection, resource: SelectableResource, namespaceLabels: Labels): boolean {
  return takesNamespace(stack, resource.namespace, namespaceLabels) && matches(stack.resources, resource.labels);
}

/** Why none of the stacks selects the resource, with the labels that fail; undefined where one does. */
export function whyNotSelected(resource: SelectableResource, namespaceLabels: Labels, stacks: readonly StackSelection[]): NotSelected | undefined {
  if (stacks.some((stack) => isSelected(stack, resource, namespaceLabels))) return undefined;
  const ordered = sortBy(stacks, ({ namespace, name }) => `${namespace}/${name}`);
  const inReach = ordered.filter((stack) => takesNamespace(stack, resource.namespace, namespaceLabels));
  if (inReach.length > 0) return { reason: 'LabelsNotSelected', message: sentence(inReach, (stack) => labelsFail(stack, resource)) };
  const byLabels = ordered.filter(({ namespaces }) => namespaces !== 'own');
  if (byLabels.length > 0) return { reason: 'NamespaceNotSelected', message: sentence(byLabels, (stack) => namespaceFails(stack, resource.namespace, namespaceLabels)) };
  return { reason: 'NoStack', message: noStack(resource.namespace, ordered) };
}

function takesNamespace({ namespaces, namespace }: StackSelection, wanted: string, labels: Labels): boolean {
  return namespaces === 'own' ? namespace === wanted : matches(namespaces, labels);
}

function sentence(stacks: readonly StackSelection[], because: (stack: StackSelection) => string): string {
  const rest = stacks.length - STACKS_NAMED;
  const shown = stacks.slice(0, STACKS_NAMED).map((stack) => `MonitoringStack ${stackName(stack)} ${because(stack)}`);
  return [...shown, ...(rest > 0 ? [`and ${rest} more`] : [])].join('; ');
}

function labelsFail(stack: StackSelection, { kind, labels }: SelectableResource): string {
  const failed = unmet(stack.resources, labels);
  return `wants ${failed.join(', ')} of the ${kind}, which has ${having(stack.resources, labels)}`;
}

function namespaceFails({ namespaces }: StackSelection, namespace: string, labels: Labels): string {
  const selector = namespaces === 'own' ? {} : namespaces;
  return `wants ${unmet(selector, labels).join(', ')} of the namespace; ${namespace} has ${having(selector, labels)}`;
}

/** What the labels hold under the keys that the selector fails on: `team=b`, or `no label team`. */
function having(selector: LabelSelector, labels: Labels): string {
  const keys = requirements(selector).filter((requirement) => !matches({ matchExpressions: [requirement] }, labels)).map(({ key }) => key);
  return [...new Set(keys)].map((key) => (Object.hasOwn(labels, key) ? `${key}=${labels[key] ?? ''}` : `no label ${key}`)).join(', ');
}

function noStack(namespace: string, stacks: readonly StackSelection[]): string {
  const others = stacks.length > 0 ? `${firstOf(stacks.map(stackName), STACKS_NAMED)} take${stacks.length === 1 ? 's' : ''} only their own namespace; ` : '';
  return `${others.replace('takes only their', 'takes only its')}there is no MonitoringStack in ${namespace}: create one there, with spec {}, or let another select the namespace by spec.select.namespaces`;
}

function stackName({ namespace, name }: StackSelection): string {
  return `${namespace}/${name}`;
}
