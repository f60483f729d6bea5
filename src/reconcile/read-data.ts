import type { StringMap } from '../api/kube-object.ts';
import type { Cluster } from '../kube/cluster.ts';

/** The data of a Secret or ConfigMap, base64 in both cases; undefined where there is none. Rejects with a KubeError. */
export async function readData(cluster: Cluster, kind: 'Secret' | 'ConfigMap', namespace: string, name: string): Promise<StringMap | undefined> {
  const object = await cluster.read({ apiVersion: 'v1', kind, namespace, name });
  if (!object) return undefined;
  const data = (object['data'] ?? {}) as StringMap;
  if (kind === 'Secret') return data;
  const binary = (object['binaryData'] ?? {}) as StringMap;
  return { ...Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')])), ...binary };
}
