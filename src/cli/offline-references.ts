import { keyOf, type KubeObject, type StringMap } from '../api/kube-object.ts';
import { keyReferences } from '../api/references.ts';
import { referenceKey, type ReferenceFacts } from '../render/stack-input.ts';

/** Answers what stands behind the keys that a resource names; undefined where the files do not have every object that it names. */
export type LookUp = (resource: { readonly spec: object; readonly metadata: { readonly namespace: string } }) => ReferenceFacts;

/**
 * The Secrets and ConfigMaps among some files, for resources that name keys of them. Where one is missing nobody can say
 * what it will hold in the cluster, so everything that the resource names counts as there.
 */
export function offlineReferences(objects: readonly KubeObject[]): LookUp {
  const holders = objects.filter(({ apiVersion, kind, metadata }) => apiVersion === 'v1' && metadata.namespace !== undefined && (kind === 'Secret' || kind === 'ConfigMap'));
  const data = new Map(holders.map((object) => [`${object.kind}/${keyOf(object)}`, dataOf(object)]));
  return ({ spec, metadata: { namespace } }) => {
    const values = new Map<string, string>();
    const named = keyReferences(spec);
    if (named.length === 0) return undefined;
    for (const { kind, name } of named) {
      const held = data.get(`${kind}/${namespace}/${name}`);
      if (!held) return undefined;
      for (const [key, value] of Object.entries(held)) values.set(referenceKey(kind, namespace, name, key), value);
    }
    return values;
  };
}

/** What the API server would keep, base64: stringData goes over data. */
function dataOf(object: KubeObject): StringMap {
  const part = (field: string): StringMap => (object[field] ?? {}) as StringMap;
  if (object.kind === 'ConfigMap') return { ...encoded(part('data')), ...part('binaryData') };
  return { ...part('data'), ...encoded(part('stringData')) };
}

function encoded(texts: StringMap): StringMap {
  return Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, Buffer.from(String(text), 'utf8').toString('base64')]));
}
