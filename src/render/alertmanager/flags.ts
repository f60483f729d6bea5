import type { AlertmanagerSettings } from '../../api/defaults.ts';
import { isAtLeast, parseVersion } from '../../formats/prometheus/version.ts';
import { alertmanagerGoverningService, alertmanagerName, podAddress, PORTS, type StackName } from '../names.ts';

/** Where the Secret with alertmanager.yaml is mounted. */
export const CONFIG_DIRECTORY = '/etc/alertmanager/config';
/** Where silences and what was notified are kept. */
export const DATA_DIRECTORY = '/alertmanager';

/** Alertmanager's command line for a stack. */
export function alertmanagerFlags(stack: StackName, alertmanager: AlertmanagerSettings): string[] {
  const { retention, externalUrl, pod } = alertmanager;
  return [
    `--config.file=${CONFIG_DIRECTORY}/alertmanager.yaml`,
    `--storage.path=${DATA_DIRECTORY}`,
    `--data.retention=${retention}`,
    `--web.listen-address=:${PORTS.alertmanager}`,
    ...(externalUrl === undefined ? [] : [`--web.external-url=${externalUrl}`, '--web.route-prefix=/']),
    ...clusterFlags(stack, alertmanager),
    ...(pod.extraArgs ?? []),
  ];
}

/** How the replicas find each other; a single one is told not to look. */
function clusterFlags(stack: StackName, { replicas, version }: AlertmanagerSettings): string[] {
  if (replicas === 1) return ['--cluster.listen-address='];
  return [
    // Memberlist announces a private address only, and ends where the pod network is not one: name the pod's own. Brackets are for IPv6.
    `--cluster.listen-address=[$(POD_IP)]:${PORTS.alertmanagerMesh}`,
    ...Array.from({ length: replicas }, (_, replica) => `--cluster.peer=${meshAddress(stack, replica)}`),
    // A pod comes back under another address: after some minutes nobody need look for the old one.
    '--cluster.reconnect-timeout=5m',
    // Addresses of pods are used again, also by another stack's Alertmanager: the label keeps it out (alertmanager 0.26).
    ...(isAtLeast(parseVersion(version), [0, 26, 0]) ? [`--cluster.label=${stack.namespace}/${stack.name}`] : []),
  ];
}

function meshAddress(stack: StackName, replica: number): string {
  return `${podAddress(`${alertmanagerName(stack)}-${replica}`, alertmanagerGoverningService(stack), stack.namespace)}:${PORTS.alertmanagerMesh}`;
}
