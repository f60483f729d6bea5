import type { KubeObject } from '../../api/kube-object.ts';
import { COMPONENTS, PORTS, prometheusName } from '../names.ts';
import { networkPolicy, operatorPeer, ownNamespacePeer, stackPeer, tcp } from '../pod/network-policy.ts';
import type { StackContext } from '../stack-context.ts';

/**
 * Who may ask Prometheus: the operator, and the stack itself (Grafana, Prometheus); whoever may push samples. Thanos queriers
 * from the same namespace.
 */
export function prometheusNetworkPolicy(context: StackContext): KubeObject {
  const { stack, settings } = context;
  const { thanos, receive } = settings.prometheus;
  return networkPolicy(context, {
    component: COMPONENTS.prometheus,
    name: prometheusName(stack.metadata),
    ingress: [
      { from: [operatorPeer(context), stackPeer(context)], ports: [tcp(PORTS.prometheus)] },
      ...(receive ? [{ from: [ownNamespacePeer, ...(receive.namespaces ? [{ namespaceSelector: receive.namespaces }] : [])], ports: [tcp(PORTS.prometheus)] }] : []),
      ...(thanos ? [{ from: [ownNamespacePeer], ports: [tcp(PORTS.thanosGrpc), tcp(PORTS.thanosHttp)] }] : []),
    ],
  });
}
