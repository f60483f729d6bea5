import type { AlertPolicy } from '../api/alert-policy.ts';
import type { StringMap } from '../api/kube-object.ts';
import type { MonitoringStack } from '../api/monitoring-stack.ts';
import { keyReferences, type KeyReference } from '../api/references.ts';
import type { ScrapeTarget } from '../api/scrape-target.ts';
import { referenceKey, type ReferenceFacts } from '../render/stack-input.ts';
import type { ClusterView } from './cluster-view.ts';
import type { GatherMemory } from './gather-memory.ts';

const NO_REFERENCES: ReferenceFacts = new Map();
const referencesOf = new WeakMap<object, readonly KeyReference[]>();

/** The Secret and ConfigMap keys that a resource names; worked out once for each version of it. */
export function namedKeys(resource: ScrapeTarget | AlertPolicy | MonitoringStack): readonly KeyReference[] {
  let references = referencesOf.get(resource);
  if (!references) {
    references = keyReferences(resource.spec);
    referencesOf.set(resource, references);
  }
  return references;
}

/** The versions of what is named: moves whenever one of them does. */
export function versions(view: ClusterView, namespace: string, references: readonly KeyReference[]): string {
  return references.map(({ kind, name }) => view.version(kind, namespace, name) ?? '-').join(',');
}

/** The values of the keys that are named, for those that are there. Rejects with the KubeError of a read that failed. */
export async function readReferences(
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

/** The named keys of one Secret or ConfigMap, read where its version moved; undefined where it is not there. */
export async function readVersion(
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
