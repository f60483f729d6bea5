import type { KubeObject } from '../api/kube-object.ts';
import { trimMetadata } from '../kube/trim-metadata.ts';
import type { ServiceFacts } from './cluster-view.ts';

interface ServiceSpec {
  readonly ports?: readonly { readonly name?: string; readonly port: number }[];
}

/** A Service with its metadata and its ports: names and numbers, nothing else. */
export function trimService(service: KubeObject): KubeObject {
  const { ports = [] } = (service['spec'] ?? {}) as ServiceSpec;
  return { ...trimMetadata(service), spec: { ports: ports.map(({ name = '', port }) => ({ name, port })) } };
}

const facts = new WeakMap<KubeObject, ServiceFacts>();

/** What gathering looks at of a trimmed Service; the same object for the same Service. */
export function serviceFacts(service: KubeObject): ServiceFacts {
  let known = facts.get(service);
  if (!known) {
    const { namespace = '', name, labels = {} } = service.metadata;
    const { ports = [] } = service['spec'] as ServiceSpec;
    known = { namespace, name, labels, ports: ports.map(({ name: port = '', port: number }) => ({ name: port, port: number })) };
    facts.set(service, known);
  }
  return known;
}

/** A workload or pod with its metadata, its wished-for replicas and its status: all that readiness is made of. */
export function trimWorkload(object: KubeObject): KubeObject {
  const { replicas, nodeName } = (object['spec'] ?? {}) as { replicas?: number; nodeName?: string };
  return {
    ...trimMetadata(object),
    spec: { ...(replicas === undefined ? {} : { replicas }), ...(nodeName === undefined ? {} : { nodeName }) },
    status: object['status'] ?? {},
  };
}

/** Drops what nothing of ours reads: the copy that client-side apply keeps can be as large as the resource. */
export function trimResource(object: KubeObject): KubeObject {
  return { ...object, metadata: trimMetadata(object).metadata };
}
