import type { AlertPolicy } from '../api/alert-policy.ts';
import { API_VERSION, LABEL_MANAGED_BY, LABEL_PART, MANAGED_BY, PART_DASHBOARD } from '../api/group.ts';
import { keyOf, refKey, refOf, type KubeObject, type StringMap } from '../api/kube-object.ts';
import type { MonitoringStack } from '../api/monitoring-stack.ts';
import { parseResource, RESOURCE_KINDS, type ResourceByKind, type ResourceKind } from '../api/parse.ts';
import type { ScrapeTarget } from '../api/scrape-target.ts';
import type { Cluster, ListOptions } from '../kube/cluster.ts';
import { isKubeError } from '../kube/errors.ts';
import { resourceType } from '../kube/resource-types.ts';
import { matches, type LabelSelector } from '../lib/label-selector.ts';
import type { ClusterView, Misfit, ServiceFacts } from '../reconcile/cluster-view.ts';
import type { NamespaceLabels } from '../reconcile/select.ts';
import { Surveyor } from '../reconcile/surveyor.ts';
import type { ClusterSurvey } from '../render/cluster-survey.ts';
import { serviceFacts, trimService } from '../reconcile/trim.ts';
import type { Refusals } from './refusals.ts';

export interface ListOptionsOfView {
  /** Laid over what the cluster holds: resources of ours, Namespaces, Secrets and ConfigMaps. */
  readonly overlay?: readonly KubeObject[];
  /** Where to look if the user may not list the whole cluster. */
  readonly namespace: string;
  readonly refusals: Refusals;
}

/** The cluster as gathering sees it, listed once; with files laid over it, as if they had been applied. */
export async function listCluster(cluster: Cluster, options: ListOptionsOfView): Promise<ListedView> {
  const lister = new Lister(cluster, options);
  const [stacks, targets, policies] = await Promise.all(RESOURCE_KINDS.map((kind) => lister.list(API_VERSION, kind)));
  const [namespaces, services, storageClasses, dashboards] = await Promise.all([
    lister.list('v1', 'Namespace', { metadataOnly: true }),
    lister.list('v1', 'Service'),
    lister.list('storage.k8s.io/v1', 'StorageClass', { metadataOnly: true }),
    lister.list('v1', 'ConfigMap', { metadataOnly: true, labelSelector: `${LABEL_PART}=${PART_DASHBOARD}` }),
  ]);
  const listed = [stacks, targets, policies, namespaces, services, storageClasses, dashboards].flatMap((objects) => objects ?? []);
  return new ListedView(cluster, { objects: overlaid(listed, options.overlay ?? []), version: await cluster.serverVersion(), ...options });
}

class Lister {
  readonly #cluster: Cluster;
  readonly #options: ListOptionsOfView;

  constructor(cluster: Cluster, options: ListOptionsOfView) {
    this.#cluster = cluster;
    this.#options = options;
  }

  /** All of a kind; those of one namespace where all may not be listed; none where the kind is not there (yet). */
  async list(apiVersion: string, kind: string, options: ListOptions = {}): Promise<readonly KubeObject[]> {
    const { refusals, namespace } = this.#options;
    const type = resourceType(apiVersion, kind);
    const all = await refusals.unlessForbidden(() => this.#items(type, options));
    if (all || !type.namespaced) return all ?? [];
    return (await refusals.unlessForbidden(() => this.#items(type, { ...options, namespace }))) ?? [];
  }

  async #items(type: Parameters<Cluster['list']>[0], options: ListOptions): Promise<readonly KubeObject[]> {
    try {
      return (await this.#cluster.list(type, options)).items;
    } catch (error) {
      // The CRDs may not be installed yet: a first look at what an installation would do is a fair question.
      if (isKubeError(error, 'notFound')) return [];
      throw error;
    }
  }
}

/** What the API server would hold after the overlay was applied: what only it knows of an object stays. */
function overlaid(objects: readonly KubeObject[], overlay: readonly KubeObject[]): KubeObject[] {
  const byKey = new Map(objects.map((object) => [refKey(refOf(object)), object]));
  for (const object of overlay) {
    const key = refKey(refOf(object));
    const { uid, resourceVersion, generation } = byKey.get(key)?.metadata ?? {};
    const known = { ...(uid ? { uid } : {}), ...(resourceVersion ? { resourceVersion } : {}), ...(generation ? { generation } : {}) };
    byKey.set(key, { ...object, metadata: { ...object.metadata, ...known } });
  }
  return [...byKey.values()];
}

interface Listing {
  readonly objects: readonly KubeObject[];
  readonly overlay?: readonly KubeObject[];
  readonly version: string;
  readonly refusals: Refusals;
}

/** Everything gathering may look at, as it was when it was listed. Secrets and ConfigMaps are read when they are asked for. */
export class ListedView implements ClusterView {
  readonly #cluster: Cluster;
  readonly #listing: Listing;
  readonly #surveyor: Surveyor;
  readonly #resources = new Map<ResourceKind, Map<string, ResourceByKind[ResourceKind]>>();
  readonly #misfits: Misfit[] = [];
  readonly #namespaces: NamespaceLabels;
  readonly #services: ReadonlyMap<string, readonly ServiceFacts[]>;
  #mayReadSecrets = true;

  constructor(cluster: Cluster, listing: Listing) {
    this.#cluster = cluster;
    this.#listing = listing;
    // One look is enough for one command.
    this.#surveyor = new Surveyor(cluster, () => 0);
    for (const kind of RESOURCE_KINDS) this.#resources.set(kind, this.#parse(kind));
    this.#namespaces = new Map(this.#ofKind('Namespace').map(({ metadata }) => [metadata.name, metadata.labels ?? {}]));
    this.#services = Map.groupBy(this.#ofKind('Service').map((service) => serviceFacts(trimService(service))), ({ namespace }) => namespace);
  }

  /** False once a Secret could not be read: what depends on its content is then unknown. */
  get mayReadSecrets(): boolean {
    return this.#mayReadSecrets;
  }

  stacks(): Iterable<MonitoringStack> {
    return this.#resources.get('MonitoringStack')?.values() as Iterable<MonitoringStack>;
  }

  targets(): Iterable<ScrapeTarget> {
    return this.#resources.get('ScrapeTarget')?.values() as Iterable<ScrapeTarget>;
  }

  policies(): Iterable<AlertPolicy> {
    return this.#resources.get('AlertPolicy')?.values() as Iterable<AlertPolicy>;
  }

  misfits(): readonly Misfit[] {
    return this.#misfits;
  }

  namespaces(): NamespaceLabels {
    return this.#namespaces;
  }

  services(namespace: string): Iterable<ServiceFacts> {
    return this.#services.get(namespace) ?? [];
  }

  servicesMatching(namespace: string, selector: LabelSelector): readonly ServiceFacts[] {
    return (this.#services.get(namespace) ?? []).filter(({ labels }) => matches(selector, labels));
  }

  servicesVersion(): number {
    return 0;
  }

  /** The same for all: who asks for the data learns whether it is there. */
  version(): string {
    return 'listed';
  }

  configMapAnnotations(namespace: string, name: string): StringMap | undefined {
    const found = this.#ofKind('ConfigMap').find(({ metadata }) => metadata.namespace === namespace && metadata.name === name);
    return found && (found.metadata.annotations ?? {});
  }

  async readData(kind: 'Secret' | 'ConfigMap', namespace: string, name: string): Promise<StringMap | undefined> {
    const ref = { apiVersion: 'v1', kind, namespace, name };
    const inFile = this.#listing.overlay?.find((object) => refKey(refOf(object)) === refKey(ref));
    if (inFile) return encodedData(inFile);
    const found = await this.#listing.refusals.unlessForbidden(async () => ({ object: await this.#cluster.read(ref) }));
    if (!found) this.#mayReadSecrets = false;
    return found?.object && encodedData(found.object);
  }

  userDashboards(namespace: string): Iterable<{ readonly namespace: string; readonly name: string }> {
    return this.#ofKind('ConfigMap')
      .filter(({ metadata }) => metadata.namespace === namespace && metadata.labels?.[LABEL_PART] === PART_DASHBOARD && metadata.labels[LABEL_MANAGED_BY] !== MANAGED_BY)
      .map(({ metadata }) => ({ namespace, name: metadata.name }));
  }

  storageClasses(): readonly string[] {
    return this.#ofKind('StorageClass').map(({ metadata }) => metadata.name).sort();
  }

  kubernetesVersion(): string {
    return this.#listing.version;
  }

  survey(): Promise<ClusterSurvey> {
    return this.#surveyor.survey();
  }

  #ofKind(kind: string): KubeObject[] {
    return this.#listing.objects.filter((object) => object.kind === kind);
  }

  #parse<K extends ResourceKind>(kind: K): Map<string, ResourceByKind[K]> {
    const parsed = new Map<string, ResourceByKind[K]>();
    for (const object of this.#ofKind(kind)) {
      const result = parseResource(kind)(object);
      if (result.problems) this.#misfits.push({ object, problems: result.problems });
      else parsed.set(keyOf(object), result.ok);
    }
    return parsed;
  }
}

/** Values in base64, whichever way a Secret or ConfigMap holds them. */
function encodedData(object: KubeObject): StringMap {
  const { data = {}, stringData = {}, binaryData = {} } = object as { data?: StringMap; stringData?: StringMap; binaryData?: StringMap };
  const encode = (plain: StringMap) => Object.fromEntries(Object.entries(plain).map(([key, value]) => [key, Buffer.from(value).toString('base64')]));
  return object.kind === 'Secret' ? { ...data, ...encode(stringData) } : { ...encode(data), ...binaryData };
}
