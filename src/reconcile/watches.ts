import type { AlertPolicy } from '../api/alert-policy.ts';
import { API_VERSION, LABEL_MANAGED_BY, LABEL_PART, MANAGED_BY, PART_DASHBOARD } from '../api/group.ts';
import type { KubeObject, ObjectRef, StringMap } from '../api/kube-object.ts';
import type { MonitoringStack } from '../api/monitoring-stack.ts';
import { parseResource, type ResourceKind } from '../api/parse.ts';
import type { ScrapeTarget } from '../api/scrape-target.ts';
import { sleep, systemClock, type Clock } from '../kube/clock.ts';
import type { Cluster, ListOptions } from '../kube/cluster.ts';
import { isKubeError } from '../kube/errors.ts';
import type { Change } from '../kube/object-cache.ts';
import type { LabelSelector } from '../lib/label-selector.ts';
import type { ClusterSurvey } from '../render/cluster-survey.ts';
import { OWNED_KINDS } from '../render/owned-kinds.ts';
import type { ClusterView, Misfit, ServiceFacts } from './cluster-view.ts';
import { Informers, type WatchTelemetry } from './informers.ts';
import { tellOwner } from './owner-index.ts';
import { readData } from './read-data.ts';
import { ResourceCache, type ResourceChange } from './resource-cache.ts';
import { ServiceIndex, type ServiceMove } from './service-index.ts';
import { Surveyor } from './surveyor.ts';
import { trimResource, trimService, trimWorkload } from './trim.ts';
import type { NamespaceLabels } from './select.ts';

/** What the controller is told of. */
export interface WatchHandlers {
  readonly onStack: (change: ResourceChange<MonitoringStack>) => void;
  readonly onTarget: (change: ResourceChange<ScrapeTarget>) => void;
  readonly onPolicy: (change: ResourceChange<AlertPolicy>) => void;
  readonly onNamespace: (change: Change) => void;
  /** A Service's labels or ports changed. */
  readonly onService: (namespace: string, move: ServiceMove) => void;
  /** A Secret or ConfigMap changed, ours or a user's. */
  readonly onData: (kind: 'Secret' | 'ConfigMap', change: Change) => void;
  /** An object that carries our labels changed. */
  readonly onOwned: (stack: string, change: Change) => void;
  readonly onPod: (stack: string, change: Change) => void;
}

const OURS: ListOptions = { labelSelector: `${LABEL_MANAGED_BY}=${MANAGED_BY}` };
const OUR_METADATA: ListOptions = { ...OURS, metadataOnly: true };

/** Kinds that are watched whether or not they are ours: users' own matter as well. */
const WATCHED_ANYWAY: ReadonlySet<string> = new Set(['ConfigMap', 'Secret', 'Service']);
/** Kinds of ours whose status we report; of the others only the metadata tells whether somebody touched them. */
const WATCHED_WITH_STATUS: ReadonlySet<string> = new Set(['StatefulSet', 'Deployment', 'DaemonSet', 'APIService']);
/** Kinds that few stacks need: an operator that may not watch them does all the rest, and says what is missing where it is needed. */
const MAY_BE_REFUSED: ReadonlySet<string> = new Set(['APIService']);

const VERSION_AGAIN_MS = 1_000;

/** All the watches of the operator, and the cluster as they show it. */
export class Watches implements ClusterView {
  readonly informers: Informers;
  readonly #cluster: Cluster;
  readonly #stacks: ResourceCache<MonitoringStack>;
  readonly #targets: ResourceCache<ScrapeTarget>;
  readonly #policies: ResourceCache<AlertPolicy>;
  readonly #namespaces = new Map<string, StringMap>();
  /** Namespaces that are being deleted. */
  readonly #leaving = new Set<string>();
  readonly #services = new ServiceIndex((namespace) => this.informers.of('Service').byNamespace(namespace));
  readonly #surveyor: Surveyor;
  readonly #clock: Clock;
  readonly #stop = new AbortController();
  #kubernetesVersion: string | undefined;

  constructor(cluster: Cluster, handlers: WatchHandlers, telemetry: WatchTelemetry) {
    this.#cluster = cluster;
    this.#clock = telemetry.clock ?? systemClock;
    this.informers = new Informers(cluster, telemetry);
    this.#surveyor = new Surveyor(cluster, () => this.#clock.now());
    this.#stacks = new ResourceCache(parseResource('MonitoringStack'), handlers.onStack);
    this.#targets = new ResourceCache(parseResource('ScrapeTarget'), handlers.onTarget);
    this.#policies = new ResourceCache(parseResource('AlertPolicy'), handlers.onPolicy);
    this.#watchResources();
    this.#watchSurroundings(handlers);
    this.#watchOwned(handlers);
  }

  /** Begins to watch; resolves when everything is in memory. */
  async start(): Promise<void> {
    await this.informers.start(MAY_BE_REFUSED);
    await this.#learnVersion();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.informers.stop();
  }

  stacks(): Iterable<MonitoringStack> {
    return this.#stacks.values();
  }

  targets(): Iterable<ScrapeTarget> {
    return this.#targets.values();
  }

  policies(): Iterable<AlertPolicy> {
    return this.#policies.values();
  }

  targetsIn(namespace: string): Iterable<ScrapeTarget> {
    return this.#targets.inNamespace(namespace);
  }

  policiesIn(namespace: string): Iterable<AlertPolicy> {
    return this.#policies.inNamespace(namespace);
  }

  *misfits(): Iterable<Misfit> {
    yield* this.#stacks.misfits();
    yield* this.#targets.misfits();
    yield* this.#policies.misfits();
  }

  stack(key: string): MonitoringStack | undefined {
    return this.#stacks.get(key);
  }

  target(key: string): ScrapeTarget | undefined {
    return this.#targets.get(key);
  }

  policy(key: string): AlertPolicy | undefined {
    return this.#policies.get(key);
  }

  /** All resources of one of our kinds as last seen, status included, whether or not they fit their schema. */
  all(kind: ResourceKind): Iterable<KubeObject> {
    return this.informers.of(kind).list();
  }

  /** A resource of ours as last seen, status included, whether or not it fits its schema. */
  latest(kind: ResourceKind, key: string): KubeObject | undefined {
    return this.informers.get(kind, key);
  }

  misfit(kind: ResourceKind, key: string): Misfit | undefined {
    const cache = { MonitoringStack: this.#stacks, ScrapeTarget: this.#targets, AlertPolicy: this.#policies }[kind];
    return cache.misfit(key);
  }

  namespaces(): NamespaceLabels {
    return this.#namespaces;
  }

  /** Whether a namespace is being deleted: the API server takes no new object into it. */
  isLeaving(namespace: string): boolean {
    return this.#leaving.has(namespace);
  }

  services(namespace: string): readonly ServiceFacts[] {
    return this.#services.of(namespace);
  }

  servicesMatching(namespace: string, selector: LabelSelector): readonly ServiceFacts[] {
    return this.#services.matching(namespace, selector);
  }

  servicesVersion(namespace?: string): number {
    return namespace === undefined ? this.#services.moves : this.#services.version(namespace);
  }

  version(kind: 'Secret' | 'ConfigMap', namespace: string, name: string): string | undefined {
    return this.informers.of(kind).get(`${namespace}/${name}`)?.metadata.resourceVersion;
  }

  configMapAnnotations(namespace: string, name: string): StringMap | undefined {
    const found = this.informers.of('ConfigMap').get(`${namespace}/${name}`);
    return found && (found.metadata.annotations ?? {});
  }

  async readData(kind: 'Secret' | 'ConfigMap', namespace: string, name: string): Promise<StringMap | undefined> {
    return readData(this.#cluster, kind, namespace, name);
  }

  *userDashboards(namespace: string): Iterable<{ readonly namespace: string; readonly name: string }> {
    for (const { metadata } of this.informers.of('ConfigMap').byNamespace(namespace)) {
      const { [LABEL_PART]: part, [LABEL_MANAGED_BY]: manager } = metadata.labels ?? {};
      if (part === PART_DASHBOARD && manager !== MANAGED_BY) yield { namespace, name: metadata.name };
    }
  }

  storageClasses(): readonly string[] {
    return [...this.informers.of('StorageClass').list()].map(({ metadata }) => metadata.name).sort();
  }

  kubernetesVersion(): string | undefined {
    return this.#kubernetesVersion;
  }

  survey(): Promise<ClusterSurvey> {
    return this.#surveyor.survey();
  }

  /** An object of ours as its watch shows it: metadata alone for most kinds. */
  owned(ref: ObjectRef): KubeObject | undefined {
    const key = ref.namespace === undefined ? ref.name : `${ref.namespace}/${ref.name}`;
    return this.informers.get(ref.kind, key);
  }

  /** Every object that carries the labels of a stack (`namespace/name`), whoever made it; pods left out. */
  ownedBy(stack: string): Iterable<KubeObject> {
    return this.informers.ownedBy(stack);
  }

  /** The pods of a stack. */
  pods(stack: string): Iterable<KubeObject> {
    return this.informers.of('Pod').byIndex('stack', stack);
  }

  /** The informers wait for an API server that is away; so does this. */
  async #learnVersion(): Promise<void> {
    while (!this.#stop.signal.aborted && this.#kubernetesVersion === undefined) {
      try {
        this.#kubernetesVersion = await this.#cluster.serverVersion();
      } catch (error) {
        if (!isKubeError(error)) throw error;
        await sleep(this.#clock, VERSION_AGAIN_MS, this.#stop.signal);
      }
    }
  }

  #watchResources(): void {
    const caches = { MonitoringStack: this.#stacks, ScrapeTarget: this.#targets, AlertPolicy: this.#policies };
    for (const [kind, cache] of Object.entries(caches)) {
      this.informers.follow(API_VERSION, kind, { trim: trimResource, onChange: (change) => cache.take(change) });
    }
  }

  #watchSurroundings(handlers: WatchHandlers): void {
    this.informers.follow('v1', 'Namespace', {
      options: { metadataOnly: true },
      onChange: (change) => {
        const { name } = (change.new ?? change.old as KubeObject).metadata;
        if (change.new?.metadata.deletionTimestamp === undefined) this.#leaving.delete(name);
        else this.#leaving.add(name);
        if (change.new) this.#namespaces.set(name, change.new.metadata.labels ?? {});
        else this.#namespaces.delete(name);
        handlers.onNamespace(change);
      },
    });
    this.informers.follow('v1', 'Service', { trim: trimService, isOwned: true, onChange: (change) => this.#onService(change, handlers) });
    this.informers.follow('storage.k8s.io/v1', 'StorageClass', { options: { metadataOnly: true }, onChange: () => undefined });
    for (const kind of ['Secret', 'ConfigMap'] as const) {
      this.informers.follow('v1', kind, {
        options: { metadataOnly: true },
        isOwned: true,
        onChange: (change) => {
          handlers.onData(kind, change);
          tellOwner(change, handlers.onOwned);
        },
      });
    }
  }

  #watchOwned(handlers: WatchHandlers): void {
    const onChange = (change: Change): void => tellOwner(change, handlers.onOwned);
    for (const [apiVersion, kind] of OWNED_KINDS.filter(([, each]) => !WATCHED_ANYWAY.has(each))) {
      const whole = WATCHED_WITH_STATUS.has(kind) ? { options: OURS, trim: trimWorkload } : { options: OUR_METADATA };
      this.informers.follow(apiVersion, kind, { ...whole, isOwned: true, onChange });
    }
    this.informers.follow('v1', 'Pod', { options: OURS, trim: trimWorkload, isOwned: true, onChange: (change) => tellOwner(change, handlers.onPod) });
  }

  #onService(change: Change, handlers: WatchHandlers): void {
    tellOwner(change, handlers.onOwned);
    const moved = this.#services.take(change);
    if (moved) handlers.onService((moved.new ?? moved.old)?.namespace ?? '', moved);
  }
}
