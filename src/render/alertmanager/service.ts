import type { AlertmanagerSettings } from '../../api/defaults.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import { alertmanagerGoverningService, alertmanagerName, COMPONENTS, PORTS } from '../names.ts';
import { governingService, service } from '../pod/service.ts';
import type { StackContext } from '../stack-context.ts';
import { MESH_TCP, MESH_UDP, WEB } from './ports.ts';

const component = COMPONENTS.alertmanager;

/** Alertmanager's Services: the one that people use, and the governing one by which each replica has a name. */
export function alertmanagerServices(context: StackContext, { replicas }: AlertmanagerSettings): KubeObject[] {
  const { metadata } = context.stack;
  const web = { name: WEB, port: PORTS.alertmanager };
  const mesh = [
    { name: MESH_TCP, port: PORTS.alertmanagerMesh },
    { name: MESH_UDP, port: PORTS.alertmanagerMesh, protocol: 'UDP' as const },
  ];
  return [
    service(context, { component, name: alertmanagerName(metadata), ports: [web] }),
    governingService(context, { component, name: alertmanagerGoverningService(metadata), ports: replicas > 1 ? [web, ...mesh] : [web] }),
  ];
}
