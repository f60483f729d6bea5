import type { KubeStateSettings } from '../../../api/cluster-settings.ts';
import { sortBy } from '../../../lib/sort-by.ts';
import { PORTS } from '../../names.ts';
import { reportedResources } from './resources.ts';

/** Where the container finds the config of custom resources. */
export const CONFIG_DIRECTORY = '/etc/kube-state-metrics';
export const CUSTOM_RESOURCES_FILE = 'custom-resources.yaml';

/** Series of the largest kinds that neither rules nor dashboards read; regular expressions. */
const DENIED = [
  'kube_.+_metadata_resource_version',
  'kube_pod_(?:ips|restart_policy|scheduler|service_account|tolerations|status_(?:qos_class|reason|initialized_time|container_ready_time|scheduled_time|ready_time))',
  'kube_pod_(?:init_)?container_(?:status_)?state_started',
  // A Deployment keeps ten old ReplicaSets, each with a dozen series; whose pods they are is what matters.
  'kube_replicaset_(?:created|metadata_generation|spec_replicas|status_.+)',
  'kube_(?:deployment|statefulset|daemonset)_status_observed_generation_time',
];

/** The node leases are as many as nodes and change every ten seconds, and nothing else is in their namespace. */
const IGNORED_NAMESPACES = 'kube-node-lease';

/** kube-state-metrics' command line. */
export function kubeStateFlags(settings: KubeStateSettings): string[] {
  const { shards, metricLabels, metricAnnotations, metricDenylist, customResources, pod } = settings;
  return [
    `--port=${PORTS.kubeState}`,
    `--telemetry-port=${PORTS.kubeStateSelf}`,
    `--resources=${reportedResources(settings).join(',')}`,
    `--namespaces-denylist=${IGNORED_NAMESPACES}`,
    `--metric-denylist=${[...DENIED, ...metricDenylist].join(',')}`,
    ...allowList('--metric-labels-allowlist', metricLabels),
    ...allowList('--metric-annotations-allowlist', metricAnnotations),
    ...(customResources.length > 0 ? [`--custom-resource-state-config-file=${CONFIG_DIRECTORY}/${CUSTOM_RESOURCES_FILE}`] : []),
    // Each pod finds its number and the number of all in its StatefulSet.
    ...(shards > 1 ? ['--pod=$(POD_NAME)', '--pod-namespace=$(POD_NAMESPACE)'] : []),
    ...(pod.extraArgs ?? []),
  ];
}

function allowList(flag: string, allowed: Readonly<Record<string, readonly string[]>>): string[] {
  const entries = sortBy(Object.entries(allowed), ([resource]) => resource);
  return entries.length === 0 ? [] : [`${flag}=${entries.map(([resource, names]) => `${resource}=[${names.join(',')}]`).join(',')}`];
}
