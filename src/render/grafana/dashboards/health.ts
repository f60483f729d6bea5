import { stateBy, stateSeries } from './selector.ts';

/** Reasons of a waiting container that pass by themselves. */
const STARTING = 'reason!~"ContainerCreating|PodInitializing"';

/** Containers that wait for something that will not come by itself, by reason: crash loops, images that cannot be pulled ... */
export function stuckContainers(...more: readonly string[]): string {
  return `${stateBy('namespace, pod, container, reason', 'kube_pod_container_status_waiting_reason', STARTING, ...more)} == 1`;
}

/** Pods that no node takes, or whose node is gone. */
export function pendingPods(...more: readonly string[]): string {
  return `${stateBy('namespace, pod, phase', 'kube_pod_status_phase', 'phase=~"Pending|Unknown"', ...more)} == 1`;
}

/** Replicas that are missing, by workload; only those where some are. */
export function missingReplicas(...more: readonly string[]): string {
  const kind = (label: string, wanted: string, ready: string): string => {
    const named = (metric: string): string => `label_replace(${stateBy(`namespace, ${label}`, metric, ...more)}, "workload", "$1", "${label}", "(.+)")`;
    return `sum by (cluster, namespace, workload) (${named(wanted)}) - sum by (cluster, namespace, workload) (${named(ready)})`;
  };
  return [
    kind('deployment', 'kube_deployment_spec_replicas', 'kube_deployment_status_replicas_available'),
    kind('statefulset', 'kube_statefulset_replicas', 'kube_statefulset_status_replicas_ready'),
    kind('daemonset', 'kube_daemonset_status_desired_number_scheduled', 'kube_daemonset_status_number_available'),
  ].map((missing) => `(${missing} > 0)`).join(' or ');
}

/** The workload that a pod belongs to, as label `workload`, with value 1: a Deployment by the name of its ReplicaSet without the hash. */
export function workloadOfPod(...more: readonly string[]): string {
  const owner = (matcher: string, regex: string): string =>
    `label_replace(${stateBy('namespace, pod, owner_name', 'kube_pod_owner', matcher, ...more)}, "workload", "$1", "owner_name", "${regex}")`;
  const both = `${owner('owner_kind="ReplicaSet"', '(.+)-[a-z0-9]+')} or ${owner('owner_kind=~"StatefulSet|DaemonSet|Job"', '(.+)')}`;
  return `max by (cluster, namespace, pod, workload) (${both})`;
}

/** What pods use, by workload. `byPod` is a sum by cluster, namespace and pod. */
export function byWorkload(byPod: string, ...more: readonly string[]): string {
  return `sum by (cluster, namespace, workload) (${byPod} * on (cluster, namespace, pod) group_left (workload) ${workloadOfPod(...more)})`;
}

/** Restarts of containers in the last hour, by pod; only those that were. */
export function restarts(...more: readonly string[]): string {
  return `sum by (cluster, namespace, pod) (increase(${stateSeries('kube_pod_container_status_restarts_total', ...more)}[1h])) > 0.5`;
}
