import type { PushgatewaySettings } from '../../../api/cluster-settings.ts';
import type { KubeObject } from '../../../api/kube-object.ts';
import { COMPONENTS, componentName, PORTS } from '../../names.ts';
import { networkPolicy, ownNamespacePeer, tcp, type Peer } from '../../pod/network-policy.ts';
import { serviceAccount } from '../../pod/service-account.ts';
import { service } from '../../pod/service.ts';
import type { StackContext } from '../../stack-context.ts';
import { pushgatewayStatefulSet, WEB } from './stateful-set.ts';

const component = COMPONENTS.pushgateway;

/** Everything the Pushgateway consists of. */
export function pushgateway(context: StackContext, settings: PushgatewaySettings): KubeObject[] {
  const name = componentName(context.stack.metadata, component);
  return [
    serviceAccount(context, component, name),
    networkPolicy(context, { component, name, ingress: [{ from: [ownNamespacePeer, ...pushers(context)], ports: [tcp(PORTS.pushgateway)] }] }),
    service(context, { component, name, ports: [{ name: WEB, port: PORTS.pushgateway }] }),
    pushgatewayStatefulSet(context, settings),
  ];
}

/** Jobs of the namespaces that the stack looks after may push; others may not. */
function pushers({ settings }: StackContext): Peer[] {
  const { namespaces } = settings.select;
  return namespaces === 'Own' ? [] : [{ namespaceSelector: { ...namespaces } }];
}
