import type { KubeObject } from '../api/kube-object.ts';
import type { Change } from '../kube/object-cache.ts';
import { matches, type LabelSelector } from '../lib/label-selector.ts';
import type { ServiceFacts } from './cluster-view.ts';
import { serviceFacts } from './trim.ts';

/** A Service before and after a change that matters to ScrapeTargets. */
export interface ServiceMove {
  readonly old?: ServiceFacts;
  readonly new?: ServiceFacts;
}

/** What ScrapeTargets see of Services, by namespace: kept until one of them changes, since each ScrapeTarget looks at all of them. */
export class ServiceIndex {
  readonly #list: (namespace: string) => Iterable<KubeObject>;
  readonly #known = new Map<string, readonly ServiceFacts[]>();
  /** The same by each of their labels, `key=value`. */
  readonly #byLabel = new Map<string, Map<string, ServiceFacts[]>>();
  readonly #versions = new Map<string, number>();
  /** Changes that mattered, in all namespaces. */
  moves = 0;

  /** @param list the Services of a namespace as the watch shows them */
  constructor(list: (namespace: string) => Iterable<KubeObject>) {
    this.#list = list;
  }

  /** The Services of a namespace. */
  of(namespace: string): readonly ServiceFacts[] {
    let services = this.#known.get(namespace);
    if (!services) {
      services = [...this.#list(namespace)].map(serviceFacts);
      this.#known.set(namespace, services);
    }
    return services;
  }

  /** The Services of a namespace that a selector selects: looked for among those with one of the labels that it asks for. */
  matching(namespace: string, selector: LabelSelector): readonly ServiceFacts[] {
    const [label] = Object.entries(selector.matchLabels ?? {});
    const candidates = label ? (this.#byLabelOf(namespace).get(label.join('=')) ?? []) : this.of(namespace);
    return candidates.filter(({ labels }) => matches(selector, labels));
  }

  #byLabelOf(namespace: string): ReadonlyMap<string, readonly ServiceFacts[]> {
    let byLabel = this.#byLabel.get(namespace);
    if (!byLabel) {
      byLabel = new Map();
      for (const service of this.of(namespace)) for (const label of Object.entries(service.labels)) add(byLabel, label.join('='), service);
      this.#byLabel.set(namespace, byLabel);
    }
    return byLabel;
  }

  /** Goes up with each change of a Service of the namespace that matters. */
  version(namespace: string): number {
    return this.#versions.get(namespace) ?? 0;
  }

  /** Takes in a change; answers with it where labels or ports changed. */
  take({ old, new: now }: Change): ServiceMove | undefined {
    const namespace = (now ?? old)?.metadata.namespace ?? '';
    const move = { ...(old ? { old: serviceFacts(old) } : {}), ...(now ? { new: serviceFacts(now) } : {}) };
    if (JSON.stringify(move.old) === JSON.stringify(move.new)) return undefined;
    this.#known.delete(namespace);
    this.#byLabel.delete(namespace);
    this.#versions.set(namespace, this.version(namespace) + 1);
    this.moves += 1;
    return move;
  }
}

function add(byLabel: Map<string, ServiceFacts[]>, label: string, service: ServiceFacts): void {
  const known = byLabel.get(label);
  if (known) known.push(service);
  else byLabel.set(label, [service]);
}
