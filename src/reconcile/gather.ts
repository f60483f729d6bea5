import type { AlertPolicy } from '../api/alert-policy.ts';
import { keyOf, type StringMap } from '../api/kube-object.ts';
import type { MonitoringStack } from '../api/monitoring-stack.ts';
import { keyReferences, type KeyReference } from '../api/references.ts';
import type { ScrapeTarget } from '../api/scrape-target.ts';
import { matches } from '../lib/label-selector.ts';
import { grafanaAdminSecret } from '../render/names.ts';
import { referenceKey, type ClusterFacts, type PolicyInput, type ReferenceFacts, type ServicePorts, type StackInput, type TargetInput } from '../render/stack-input.ts';
import type { ClusterView } from './cluster-view.ts';
import { selectResources } from './select.ts';

/** Texts of a resource's last good version that are live. */
export interface KeptText {
  readonly scrape?: string;
  /** The files that `scrape` reads: name to content, base64. */
  readonly files?: ReadonlyMap<string, string>;
  readonly rules?: string;
  readonly alertmanager?: string;
}

/**
 * What gathering remembers of a stack between two looks, so that only what moved is looked at again. Owned by the
 * reconciler; empty to begin with.
 */
export interface GatherMemory {
  /** Last good versions to keep, by owner (`ScrapeTarget/namespace/name`). */
  readonly kept: ReadonlyMap<string, KeptText>;
  readonly targets: Map<string, { readonly signature: string; readonly input: TargetInput }>;
  readonly policies: Map<string, { readonly signature: string; readonly input: PolicyInput }>;
  /** Inputs of selected targets that name no Secret or ConfigMap, with the version of the Services that they looked at. */
  settled: WeakMap<ScrapeTarget, { readonly input: TargetInput; readonly services: number | undefined }>;
  /** Owners that were gathered anew or are selected no longer: whoever renders empties it. */
  readonly moved: Set<string>;
  /** Grafana's password once it is known or made: a Secret just written may not have come back by a watch yet. */
  password?: string;
  /** Data of Secrets and ConfigMaps by `kind/namespace/name`, only the keys that somebody names. */
  readonly data: Map<string, { readonly version: string; readonly data: StringMap }>;
}

/** A memory that holds nothing yet. */
export function emptyMemory(kept: ReadonlyMap<string, KeptText> = new Map()): GatherMemory {
  return { kept, targets: new Map(), policies: new Map(), data: new Map(), settled: new WeakMap(), moved: new Set() };
}

/** What only the operator can know of itself. */
export interface GatherOptions {
  readonly operatorNamespace: string;
  /** Makes a password for a Grafana that has none yet. */
  readonly newPassword: () => string;
}

const NO_REFERENCES: ReferenceFacts = new Map();
const referencesOf = new WeakMap<object, readonly KeyReference[]>();

/**
 * Everything a render of this stack may look at, read from the cluster. Reads Secrets and ConfigMaps only where their
 * version moved; TargetInputs of unchanged targets keep their identity. Rejects with the KubeError of a read that failed.
 */
export async function gather(view: ClusterView, stack: MonitoringStack, memory: GatherMemory, options: GatherOptions): Promise<StackInput> {
  const selected = selectResources(stack, { targets: view.targets(), policies: view.policies(), namespaces: view.namespaces() });
  const targets: TargetInput[] = [];
  for (const target of selected.targets) targets.push(settledInput(view, target, memory) ?? await gatherTarget(view, target, memory));
  const policies: PolicyInput[] = [];
  for (const policy of selected.policies) policies.push(await gatherPolicy(view, policy, memory));
  for (const key of forget(memory.targets, selected.targets)) {
    memory.moved.add(`ScrapeTarget/${key}`);
    memory.settled = new WeakMap();
  }
  for (const key of forget(memory.policies, selected.policies)) memory.moved.add(`AlertPolicy/${key}`);
  return {
    stack,
    targets,
    policies,
    facts: await gatherFacts(view, stack, selected.namespaces, { memory, options }),
    operator: { namespace: options.operatorNamespace },
  };
}

/** What is known of a target that names no Secret or ConfigMap and of which nothing moved: nearly all of thousands, in every pass. */
function settledInput(view: ClusterView, target: ScrapeTarget, { settled, kept }: GatherMemory): TargetInput | undefined {
  const known = kept.size === 0 ? settled.get(target) : undefined;
  if (!known) return undefined;
  return known.services === undefined || known.services === view.servicesVersion(target.metadata.namespace) ? known.input : undefined;
}

async function gatherTarget(view: ClusterView, target: ScrapeTarget, memory: GatherMemory): Promise<TargetInput> {
  const key = keyOf(target);
  const { namespace } = target.metadata;
  const lastGood = lastGoodOf(memory.kept.get(`ScrapeTarget/${key}`));
  const references = namedKeys(target);
  const looksAtPorts = namesServicePorts(target);
  const signature = [versions(view, namespace, references), looksAtPorts ? view.servicesVersion(namespace) : '', lastGood.lastGood ?? ''].join('|');
  const known = memory.targets.get(key);
  if (known?.input.target === target && known.signature === signature) return known.input;

  const input: TargetInput = {
    target,
    references: await readReferences(view, namespace, references, memory),
    ...(looksAtPorts ? { servicePorts: servicePorts(view, target) } : {}),
    ...lastGood,
  };
  memory.targets.set(key, { signature, input });
  memory.moved.add(`ScrapeTarget/${key}`);
  if (references.length === 0) memory.settled.set(target, { input, services: looksAtPorts ? view.servicesVersion(namespace) : undefined });
  return input;
}

function lastGoodOf({ scrape, files }: KeptText = {}): Pick<TargetInput, 'lastGood' | 'lastGoodFiles'> {
  return { ...(scrape === undefined ? {} : { lastGood: scrape }), ...(files ? { lastGoodFiles: files } : {}) };
}

async function gatherPolicy(view: ClusterView, policy: AlertPolicy, memory: GatherMemory): Promise<PolicyInput> {
  const key = keyOf(policy);
  const { namespace } = policy.metadata;
  const lastGood = memory.kept.get(`AlertPolicy/${key}`);
  const references = namedKeys(policy);
  const signature = [versions(view, namespace, references), lastGood?.rules ?? '', lastGood?.alertmanager ?? ''].join('|');
  const known = memory.policies.get(key);
  if (known?.input.policy === policy && known.signature === signature) return known.input;

  const input: PolicyInput = {
    policy,
    references: await readReferences(view, namespace, references, memory),
    ...(lastGood ? { lastGood } : {}),
  };
  memory.policies.set(key, { signature, input });
  memory.moved.add(`AlertPolicy/${key}`);
  return input;
}

/** The Secret and ConfigMap keys that a resource names; worked out once for each version of it. */
export function namedKeys(resource: ScrapeTarget | AlertPolicy | MonitoringStack): readonly KeyReference[] {
  let references = referencesOf.get(resource);
  if (!references) {
    references = keyReferences(resource.spec);
    referencesOf.set(resource, references);
  }
  return references;
}

function versions(view: ClusterView, namespace: string, references: readonly KeyReference[]): string {
  return references.map(({ kind, name }) => view.version(kind, namespace, name) ?? '-').join(',');
}

/** A port number needs no Service to be checked against, and other namespaces' Services are not ours to hold it against. */
function namesServicePorts({ spec }: ScrapeTarget): boolean {
  return spec.service !== undefined && spec.namespaces === undefined && (spec.endpoints ?? []).some(({ port }) => port !== undefined);
}

function servicePorts(view: ClusterView, { metadata, spec }: ScrapeTarget): ServicePorts[] {
  const found: ServicePorts[] = [];
  for (const { namespace, name, labels, ports } of view.services(metadata.namespace)) {
    if (matches(spec.service ?? {}, labels)) found.push({ namespace, name, ports });
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function readReferences(
  view: ClusterView,
  namespace: string,
  references: readonly KeyReference[],
  memory: Pick<GatherMemory, 'data'>,
): Promise<ReferenceFacts> {
  if (references.length === 0) return NO_REFERENCES;
  const values = new Map<string, string>();
  for (const { kind, name, key } of references) {
    const value = (await readVersion(view, { kind, namespace, name }, references, memory))?.[key];
    if (value !== undefined) values.set(referenceKey(kind, namespace, name, key), value);
  }
  return values;
}

async function readVersion(
  view: ClusterView,
  { kind, namespace, name }: { readonly kind: 'Secret' | 'ConfigMap'; readonly namespace: string; readonly name: string },
  references: readonly KeyReference[],
  { data }: Pick<GatherMemory, 'data'>,
): Promise<StringMap | undefined> {
  const id = `${kind}/${namespace}/${name}`;
  const version = view.version(kind, namespace, name);
  const keys = references.filter((reference) => reference.kind === kind && reference.name === name).map(({ key }) => key);
  const known = data.get(id);
  if (version !== undefined && known?.version === version && keys.every((key) => key in known.data)) return known.data;
  data.delete(id);
  if (version === undefined) return undefined;
  const all = await view.readData(kind, namespace, name);
  if (!all) return undefined;
  const needed = Object.fromEntries(Object.entries(all).filter(([key]) => keys.includes(key) || key in (known?.data ?? {})));
  data.set(id, { version, data: needed });
  return needed;
}

async function gatherFacts(
  view: ClusterView,
  stack: MonitoringStack,
  namespaces: ClusterFacts['namespaces'],
  { memory, options }: { readonly memory: GatherMemory; readonly options: GatherOptions },
): Promise<ClusterFacts> {
  const kubernetesVersion = view.kubernetesVersion();
  return {
    ...(kubernetesVersion === undefined ? {} : { kubernetesVersion }),
    storageClasses: view.storageClasses(),
    ...(stack.spec.scope === 'Cluster' ? { survey: await view.survey() } : {}),
    namespaces,
    references: await readReferences(view, stack.metadata.namespace, namedKeys(stack), memory),
    grafanaPassword: await readGrafanaPassword(view, stack, memory, options),
    userDashboards: await readUserDashboards(view, stack, namespaces, memory),
  };
}

/** The key of Grafana's admin password in its Secret, as Grafana's own environment variable is called in lower case. */
export const GRAFANA_PASSWORD_KEY = 'admin-password';

async function readGrafanaPassword(view: ClusterView, stack: MonitoringStack, memory: GatherMemory, options: GatherOptions): Promise<string> {
  memory.password ??= (await storedPassword(view, stack, memory)) ?? options.newPassword();
  return memory.password;
}

async function storedPassword(view: ClusterView, stack: MonitoringStack, { data }: GatherMemory): Promise<string | undefined> {
  const { namespace, name } = stack.metadata;
  const secret = grafanaAdminSecret({ namespace, name });
  const references: KeyReference[] = [{ kind: 'Secret', name: secret, key: GRAFANA_PASSWORD_KEY, path: '' }];
  const found = await readVersion(view, { kind: 'Secret', namespace, name: secret }, references, { data });
  const encoded = found?.[GRAFANA_PASSWORD_KEY];
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString('utf8');
}

async function readUserDashboards(
  view: ClusterView,
  stack: MonitoringStack,
  namespaces: ClusterFacts['namespaces'],
  { data }: GatherMemory,
): Promise<ReadonlyMap<string, StringMap>> {
  const dashboards = new Map<string, StringMap>();
  if (stack.spec.grafana?.dashboards?.fromNamespaces !== true) return dashboards;
  for (const namespace of namespaces.keys()) {
    for (const { name } of view.userDashboards(namespace)) {
      const found = await readWhole(view, namespace, name, data);
      if (found) dashboards.set(`${namespace}/${name}`, found);
    }
  }
  return dashboards;
}

async function readWhole(view: ClusterView, namespace: string, name: string, data: GatherMemory['data']): Promise<StringMap | undefined> {
  const id = `dashboard/${namespace}/${name}`;
  const version = view.version('ConfigMap', namespace, name);
  const known = data.get(id);
  if (version !== undefined && known?.version === version) return known.data;
  data.delete(id);
  const encoded = await view.readData('ConfigMap', namespace, name);
  if (!encoded || version === undefined) return undefined;
  const decoded = Object.fromEntries(Object.entries(encoded).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]));
  data.set(id, { version, data: decoded });
  return decoded;
}

/** Forgets what is not selected any more; answers with its keys. */
/** Forgets what is not selected any more; answers with its keys. */
function forget(inputs: Map<string, unknown>, selected: readonly (ScrapeTarget | AlertPolicy)[]): string[] {
  if (inputs.size === selected.length) return [];
  const keys = new Set(selected.map(keyOf));
  const gone = [...inputs.keys()].filter((key) => !keys.has(key));
  for (const key of gone) inputs.delete(key);
  return gone;
}
