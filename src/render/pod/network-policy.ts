import { LABEL_STACK } from '../../api/group.ts';
import type { KubeObject, StringMap } from '../../api/kube-object.ts';
import { ownedMetadata, selectorLabels } from '../labels.ts';
import type { StackContext } from '../stack-context.ts';

/** Who may connect; `undefined` for everybody. */
export type Peer = Readonly<Record<string, unknown>>;

export interface Port {
  readonly protocol: 'TCP' | 'UDP';
  readonly port: number;
}

/** One rule of what comes in: these peers on these ports. */
export interface Ingress {
  readonly from?: readonly Peer[];
  readonly ports: readonly Port[];
}

/** A TCP port. */
export function tcp(port: number): Port {
  return { protocol: 'TCP', port };
}

/** All pods of the operator's namespace. */
export function operatorPeer({ operatorNamespace }: StackContext): Peer {
  return { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': operatorNamespace } } };
}

/** All pods of the stack, in its own namespace. */
export function stackPeer({ stack }: StackContext): Peer {
  return { podSelector: { matchLabels: { [LABEL_STACK]: stack.metadata.name } } };
}

/** The pods of one component of the stack. */
export function componentPeer({ stack }: StackContext, component: string): Peer {
  return { podSelector: { matchLabels: selectorLabels(stack.metadata, component) } };
}

/** All pods of the stack's namespace. */
export const ownNamespacePeer: Peer = { podSelector: {} };

interface Guarded {
  readonly component: string;
  readonly name: string;
  readonly ingress: readonly Ingress[];
  readonly annotations?: StringMap;
}

/** What may connect to a component's pods. What they connect to stays open: targets and receivers are anywhere. */
export function networkPolicy({ stack }: StackContext, { component, name, ingress, annotations }: Guarded): KubeObject {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: ownedMetadata(stack, { component, name, ...(annotations ? { annotations } : {}) }),
    spec: {
      podSelector: { matchLabels: selectorLabels(stack.metadata, component) },
      policyTypes: ['Ingress'],
      ingress: ingress.map(({ from, ports }) => (from ? { from, ports } : { ports })),
    },
  };
}
