import { LABEL_MANAGED_BY, LABEL_PART, MANAGED_BY, PART_DASHBOARD } from '../api/group.ts';
import { keyOf, type KubeObject } from '../api/kube-object.ts';
import type { ResourceKind } from '../api/parse.ts';
import type { Change } from '../kube/object-cache.ts';
import { matches } from '../lib/label-selector.ts';
import { stacksOfNamespace, stacksOfPolicy, stacksOfTarget } from './affected-stacks.ts';
import { namedKeys } from './gather-references.ts';
import type { ServiceMove } from './service-index.ts';
import type { Watches } from './watches.ts';

interface SurroundingChangesOptions {
  readonly watches: Watches;
  /** This stack (`namespace/name`) has to be passed over. */
  readonly wake: (stack: string) => void;
  /** The status of this resource may have changed. */
  readonly touch: (kind: ResourceKind, key: string) => void;
}

type NamesIt = (resource: Parameters<typeof namedKeys>[0]) => boolean;

/** Finds whom a change of what is around the resources concerns: Namespaces, Services, Secrets and ConfigMaps. */
export class SurroundingChanges {
  readonly #options: SurroundingChangesOptions;

  constructor(options: SurroundingChangesOptions) {
    this.#options = options;
  }

  /** A Namespace came, went, or changed its labels. */
  onNamespace(change: Change): void {
    const { watches, wake, touch } = this.#options;
    const facts = (object: KubeObject | undefined) => object && { name: object.metadata.name, labels: object.metadata.labels ?? {} };
    if (JSON.stringify(facts(change.old)) === JSON.stringify(facts(change.new))) return;
    for (const key of stacksOfNamespace(watches.stacks(), { old: facts(change.old), new: facts(change.new) })) wake(key);
    const name = (change.new ?? change.old)?.metadata.name ?? '';
    for (const target of watches.targetsIn(name)) touch('ScrapeTarget', keyOf(target));
    for (const policy of watches.policiesIn(name)) touch('AlertPolicy', keyOf(policy));
  }

  /** A Service came, went, or changed labels or ports. */
  onService(namespace: string, move: ServiceMove): void {
    const { watches, wake, touch } = this.#options;
    for (const target of watches.targetsIn(namespace)) {
      const selector = target.spec.service;
      if (!selector) continue;
      const concerns = [move.old, move.new].some((service) => service !== undefined && matches(selector, service.labels));
      if (!concerns) continue;
      touch('ScrapeTarget', keyOf(target));
      for (const key of stacksOfTarget(watches.stacks(), { new: target }, watches.namespaces())) wake(key);
    }
  }

  /** A Secret or ConfigMap changed; our own concern nobody. */
  onData(kind: 'Secret' | 'ConfigMap', change: Change): void {
    const { metadata } = change.new ?? change.old as KubeObject;
    const { namespace = '', name, labels = {} } = metadata;
    if (labels[LABEL_MANAGED_BY] === MANAGED_BY) return;
    const namesIt: NamesIt = (resource) => namedKeys(resource).some((reference) => reference.kind === kind && reference.name === name);
    for (const key of this.#stacksNaming(namespace, namesIt)) this.#options.wake(key);
    if (labels[LABEL_PART] === PART_DASHBOARD) this.#onDashboard();
  }

  #onDashboard(): void {
    const { watches, wake } = this.#options;
    for (const stack of watches.stacks()) if (stack.spec.grafana?.dashboards?.fromNamespaces === true) wake(keyOf(stack));
  }

  /** The stacks of a namespace that name what changed, and those that select a resource of the namespace which does. */
  *#stacksNaming(namespace: string, namesIt: NamesIt): Iterable<string> {
    const { watches } = this.#options;
    for (const stack of watches.stacks()) if (stack.metadata.namespace === namespace && namesIt(stack)) yield keyOf(stack);
    const namespaces = watches.namespaces();
    for (const target of watches.targetsIn(namespace)) if (namesIt(target)) yield* stacksOfTarget(watches.stacks(), { new: target }, namespaces);
    for (const policy of watches.policiesIn(namespace)) if (namesIt(policy)) yield* stacksOfPolicy(watches.stacks(), { new: policy }, namespaces);
  }
}
