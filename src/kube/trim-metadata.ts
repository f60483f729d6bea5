import { compact } from '../lib/compact.ts';
import type { KubeObject, StringMap } from '../api/kube-object.ts';

/** Annotations that hold a copy of the whole object, or change all the time: nothing of ours reads them. */
const BULKY = ['kubectl.kubernetes.io/last-applied-configuration', 'control-plane.alpha.kubernetes.io/leader'];

function withoutBulk(annotations: StringMap | undefined): StringMap | undefined {
  if (!annotations || !BULKY.some((key) => key in annotations)) return annotations;
  return Object.fromEntries(Object.entries(annotations).filter(([key]) => !BULKY.includes(key)));
}

/** An object with the metadata that we use and nothing else: what a cache of thousands of them should keep. */
export function trimMetadata(object: KubeObject): KubeObject {
  const { apiVersion, kind, metadata } = object;
  return {
    apiVersion,
    kind,
    metadata: compact({
      name: metadata.name,
      namespace: metadata.namespace,
      uid: metadata.uid,
      resourceVersion: metadata.resourceVersion,
      generation: metadata.generation,
      deletionTimestamp: metadata.deletionTimestamp,
      labels: metadata.labels,
      annotations: withoutBulk(metadata.annotations),
      finalizers: metadata.finalizers,
      ownerReferences: metadata.ownerReferences,
    }) as KubeObject['metadata'],
  };
}
