import type { AlertPolicy } from '../api/alert-policy.ts';
import { stackSettings } from '../api/defaults.ts';
import { keyOf, type StringMap } from '../api/kube-object.ts';
import type { MonitoringStack } from '../api/monitoring-stack.ts';
import type { KeyReference } from '../api/references.ts';
import { grafanaAdminSecret, prometheusBaseConfigMap } from '../render/names.ts';
import { ownerOf } from '../render/owner.ts';
import type { ClusterFacts, PolicyInput, StackInput } from '../render/stack-input.ts';
import type { ClusterView } from './cluster-view.ts';
import { forgetOthers } from './forget-others.ts';
import type { GatherMemory } from './gather-memory.ts';
import { namedKeys, readReferences, readVersion, versions } from './gather-references.ts';
import { gatherTargets } from './gather-targets.ts';
import { nextSpread, parseSpread } from './resharding.ts';
import { stackSelector } from './select.ts';

/** What only the operator can know of itself. */
export interface GatherOptions {
  readonly operatorNamespace: string;
  /** Makes a password for a Grafana that has none yet. */
  readonly newPassword: () => string;
}

/**
 * Everything a render of this stack may look at, read from the cluster. Reads Secrets and ConfigMaps only where their
 * version moved; TargetInputs of unchanged targets keep their identity. Rejects with the KubeError of a read that failed.
 */
export async function gather(view: ClusterView, stack: MonitoringStack, memory: GatherMemory, options: GatherOptions): Promise<StackInput> {
  const selector = stackSelector(stack, view.namespaces());
  const targets = await gatherTargets(view, stack, selector, memory);
  const selected = [...view.policies()].filter(selector.takesPolicy);
  const policies: PolicyInput[] = [];
  for (const policy of selected) policies.push(await gatherPolicy(view, policy, memory));
  for (const { input: { policy } } of forgetOthers(memory.policies, selected, keyOf)) memory.moved.add(ownerOf(policy));
  return {
    stack,
    targets,
    policies,
    facts: await gatherFacts(view, stack, selector.namespaces, { memory, options }),
    operator: { namespace: options.operatorNamespace },
  };
}

async function gatherPolicy(view: ClusterView, policy: AlertPolicy, memory: GatherMemory): Promise<PolicyInput> {
  const key = keyOf(policy);
  const owner = ownerOf(policy);
  const { namespace } = policy.metadata;
  const lastGood = memory.kept.get(owner);
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
  memory.moved.add(owner);
  return input;
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
    ...gatherSpread(view, stack, memory),
    ...(stack.spec.scope === 'Cluster' ? { survey: await view.survey() } : {}),
    namespaces,
    references: await readReferences(view, stack.metadata.namespace, namedKeys(stack), memory),
    grafanaPassword: await readGrafanaPassword(view, stack, memory, options),
    userDashboards: await readUserDashboards(view, stack, namespaces, memory),
  };
}

/** What targets move from and to; nothing at rest. */
function gatherSpread(view: ClusterView, stack: MonitoringStack, memory: GatherMemory): Pick<ClusterFacts, 'spread'> {
  const { namespace, name } = stack.metadata;
  const annotations = memory.spread ? undefined : view.configMapAnnotations(namespace, prometheusBaseConfigMap({ namespace, name }, 0));
  const written = memory.spread ?? parseSpread(annotations);
  memory.spread = nextSpread(written, stackSettings(stack).prometheus.shards);
  return memory.spread.length > 1 ? { spread: memory.spread } : {};
}

/** The key of Grafana's admin password in its Secret, as Grafana's own environment variable is called in lower case. */
const GRAFANA_PASSWORD_KEY = 'admin-password';

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
