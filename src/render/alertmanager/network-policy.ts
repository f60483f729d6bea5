import type { KubeObject } from '../../api/kube-object.ts';
import { alertmanagerName, COMPONENTS, PORTS } from '../names.ts';
import { componentPeer, networkPolicy, operatorPeer, stackPeer, tcp } from '../pod/network-policy.ts';
import type { StackContext } from '../stack-context.ts';

const component = COMPONENTS.alertmanager;

/** Who may talk to Alertmanager: the stack and the operator; on the mesh only its other replicas. */
export function alertmanagerNetworkPolicy(context: StackContext): KubeObject {
  const mesh = PORTS.alertmanagerMesh;
  return networkPolicy(context, {
    component,
    name: alertmanagerName(context.stack.metadata),
    ingress: [
      { from: [operatorPeer(context), stackPeer(context)], ports: [tcp(PORTS.alertmanager)] },
      { from: [componentPeer(context, component)], ports: [tcp(mesh), { protocol: 'UDP', port: mesh }] },
    ],
  });
}
