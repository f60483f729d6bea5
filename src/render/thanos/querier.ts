import type { QuerierSettings } from '../../api/prometheus-settings.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import { COMPONENTS, componentName, PORTS } from '../names.ts';
import { disruptionBudget } from '../pod/disruption-budget.ts';
import { networkPolicy, operatorPeer, ownNamespacePeer, stackPeer, tcp } from '../pod/network-policy.ts';
import { serviceAccount } from '../pod/service-account.ts';
import { service } from '../pod/service.ts';
import { THANOS_GRPC, THANOS_HTTP } from '../prometheus-server/ports.ts';
import type { StackContext } from '../stack-context.ts';
import { querierDeployment } from './deployment.ts';

const component = COMPONENTS.querier;

/** Everything the Thanos querier consists of: one place to ask all shards and replicas of a stack's Prometheus. */
export function querier(context: StackContext, settings: QuerierSettings): KubeObject[] {
  const name = componentName(context.stack.metadata, component);
  return [
    serviceAccount(context, component, name),
    networkPolicy(context, {
      component,
      name,
      ingress: [
        { from: [operatorPeer(context), stackPeer(context)], ports: [tcp(PORTS.thanosHttp)] },
        // Queriers can be put on top of each other.
        { from: [ownNamespacePeer], ports: [tcp(PORTS.thanosGrpc)] },
      ],
    }),
    service(context, { component, name, ports: [{ name: THANOS_HTTP, port: PORTS.thanosHttp }, { name: THANOS_GRPC, port: PORTS.thanosGrpc }] }),
    querierDeployment(context, settings),
    ...disruptionBudget(context, { component, name, replicas: settings.replicas }),
  ];
}
