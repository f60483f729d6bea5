import type { NodeExporterSettings } from '../../../api/defaults.ts';
import type { KubeObject } from '../../../api/kube-object.ts';
import { image } from '../../images.ts';
import { COMPONENTS, nodeExporterName } from '../../names.ts';
import { nodeDaemonSet } from '../../pod/node-daemon-set.ts';
import type { Container } from '../../pod/pod-template.ts';
import { livenessProbe, readinessProbe } from '../../pod/probe.ts';
import { NOBODY, restrictedContainerSecurity } from '../../pod/security-context.ts';
import type { StackContext } from '../../stack-context.ts';
import { HOST_ROOT, nodeExporterFlags } from './flags.ts';

/** Name of the node exporter's port. */
export const METRICS = 'metrics';

const WHY_PRIVILEGES =
  'hostNetwork: traffic of the node, not of a pod; hostPID: processes and load of the node; hostPath (read-only): its file systems, disks and systemd';

/** The node exporter on every node, control plane too. */
export function nodeExporterDaemonSet(context: StackContext, nodeExporter: NodeExporterSettings): KubeObject {
  return nodeDaemonSet(context, {
    component: COMPONENTS.nodeExporter,
    name: nodeExporterName(context.stack.metadata),
    whyPrivileges: WHY_PRIVILEGES,
    pod: nodeExporter.pod,
    token: 'none',
    userId: NOBODY,
    spec: { hostNetwork: true, hostPID: true },
    containers: [container(context, nodeExporter)],
    volumes: volumes(nodeExporter),
  });
}

function container({ settings }: StackContext, nodeExporter: NodeExporterSettings): Container {
  const { version, port, pod, systemdUnits } = nodeExporter;
  const dbus = { name: 'DBUS_SYSTEM_BUS_ADDRESS', value: 'unix:path=/run/dbus/system_bus_socket' };
  return {
    name: 'node-exporter',
    image: image('nodeExporter', version, settings.images),
    args: nodeExporterFlags(nodeExporter),
    ...(systemdUnits === undefined ? {} : { env: [dbus] }),
    ports: [{ name: METRICS, containerPort: port, hostPort: port, protocol: 'TCP' }],
    resources: pod.resources ?? { requests: { cpu: '20m', memory: '32Mi' }, limits: { memory: '128Mi' } },
    readinessProbe: readinessProbe('/', METRICS),
    livenessProbe: livenessProbe('/', METRICS),
    securityContext: restrictedContainerSecurity(),
    volumeMounts: [
      { name: 'proc', mountPath: '/host/proc', readOnly: true, mountPropagation: 'HostToContainer' },
      { name: 'sys', mountPath: '/host/sys', readOnly: true, mountPropagation: 'HostToContainer' },
      // What is mounted on the node later must be seen too.
      { name: 'root', mountPath: HOST_ROOT, readOnly: true, mountPropagation: 'HostToContainer' },
      ...(systemdUnits === undefined ? [] : [{ name: 'dbus', mountPath: '/run/dbus', readOnly: true }]),
    ],
  };
}

/** systemd is asked over the system bus, whose policy lets every user read the state of units: no root, no /run/systemd/private. */
function volumes({ systemdUnits }: NodeExporterSettings): object[] {
  const hostPath = (name: string, path: string): object => ({ name, hostPath: { path } });
  return [hostPath('proc', '/proc'), hostPath('sys', '/sys'), hostPath('root', '/'), ...(systemdUnits === undefined ? [] : [hostPath('dbus', '/run/dbus')])];
}
