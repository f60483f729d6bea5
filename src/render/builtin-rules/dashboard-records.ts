import type { PackRecord } from './alert.ts';
import { API_SERVER, KUBELET, NODE_EXPORTER, SCHEDULER } from './jobs.ts';
import { stateOf } from './kube-state.ts';
import type { Pack } from './pack.ts';

/*
 * Records that nothing of ours needs. Dashboards in common use ask for them under these very names, so whoever brings such
 * dashboards enables the pack.
 */
const record = (name: string, expr: string): PackRecord => ({ record: name, expr, off: 'only dashboards from elsewhere use it' });

const rate = (metric: string): string => `rate(${metric}{${NODE_EXPORTER}}[5m])`;
const net = (direction: string, what: string): string => `sum without (device) (rate(node_network_${direction}_${what}_total{${NODE_EXPORTER},device!="lo"}[5m]))`;

export const nodeDashboards: Pack = {
  name: 'node-dashboards',
  needs: ['nodeExporter'],
  rules: [
    record('instance:node_vmstat_pgmajfault:rate5m', rate('node_vmstat_pgmajfault')),
    record('instance_device:node_disk_io_time_seconds:rate5m', rate('node_disk_io_time_seconds_total')),
    ...(['receive', 'transmit'] as const).flatMap((direction) =>
      (['bytes', 'drop'] as const).map((what) => record(`instance:node_network_${direction}_${what}_excluding_lo:rate5m`, net(direction, what))),
    ),
    record('cluster:node_cpu:ratio_rate5m', `sum(rate(node_cpu_seconds_total{${NODE_EXPORTER},mode!~"idle|iowait|steal"}[5m])) / count(node_cpu_seconds_total{${NODE_EXPORTER},mode="idle"})`),
    record(':node_memory_MemAvailable_bytes:sum', `sum(node_memory_MemAvailable_bytes{${NODE_EXPORTER}})`),
  ],
};

/** Which node each pod is on, once for each pod. */
const ON_NODE = 'on (namespace, pod) group_left (node) node_namespace_pod:kube_pod_info:';
const ALIVE = `${stateOf('namespace, pod', 'kube_pod_status_phase', 'phase=~"Pending|Running"')} == 1`;

const container = (metric: string): PackRecord =>
  record(`node_namespace_pod_container:container_memory_${metric}`, `max by (namespace, pod, container) (container_memory_${metric}{${KUBELET},container!=""}) * ${ON_NODE}`);

const wants = (resource: 'cpu' | 'memory', what: 'requests' | 'limits'): PackRecord =>
  record(
    `cluster:namespace:pod_${resource}:active:kube_pod_container_resource_${what}`,
    `${stateOf('namespace, pod, container, node', `kube_pod_container_resource_${what}`, `resource="${resource}"`)} and on (namespace, pod) ${ALIVE}`,
  );

const owner = (kind: string): string => stateOf('namespace, pod, owner_name', 'kube_pod_owner', `owner_kind="${kind}"`);
const workload = (type: string, kind: string): PackRecord => ({
  ...record('namespace_workload_pod:kube_pod_owner:relabel', `max by (namespace, workload, pod) (label_replace(${owner(kind)}, "workload", "$1", "owner_name", "(.+)"))`),
  labels: { workload_type: type },
});

export const kubernetesDashboards: Pack = {
  name: 'kubernetes-dashboards',
  needs: ['kubeState', 'kubelet'],
  rules: [
    record('node_namespace_pod:kube_pod_info:', `topk by (namespace, pod) (1, ${stateOf('namespace, pod, node', 'kube_pod_info', 'node!=""')})`),
    record(
      'node_namespace_pod_container:container_cpu_usage_seconds_total:sum_rate5m',
      `sum by (namespace, pod, container) (rate(container_cpu_usage_seconds_total{${KUBELET},container!=""}[5m])) * ${ON_NODE}`,
    ),
    ...['working_set_bytes', 'rss', 'cache', 'swap'].map(container),
    ...(['cpu', 'memory'] as const).flatMap((resource) => [wants(resource, 'requests'), wants(resource, 'limits')]),
    ...(['cpu', 'memory'] as const).map((resource) =>
      record(`namespace_${resource}:kube_pod_container_resource_limits:sum`, `sum by (namespace) (cluster:namespace:pod_${resource}:active:kube_pod_container_resource_limits)`),
    ),
    {
      ...record(
        'namespace_workload_pod:kube_pod_owner:relabel',
        `max by (namespace, workload, pod) (label_replace(${owner('ReplicaSet')}, "replicaset", "$1", "owner_name", "(.+)") * on (namespace, replicaset) group_left (workload) label_replace(${stateOf('namespace, replicaset, owner_name', 'kube_replicaset_owner', 'owner_kind="Deployment"')}, "workload", "$1", "owner_name", "(.+)"))`,
      ),
      labels: { workload_type: 'deployment' },
    },
    workload('daemonset', 'DaemonSet'),
    workload('statefulset', 'StatefulSet'),
    workload('job', 'Job'),
    record('node:node_num_cpu:sum', `sum by (node) (${stateOf('node', 'kube_node_status_capacity', 'resource="cpu"')})`),
  ],
};

const quantiles = (name: string, metric: string, by: string, matchers: string): PackRecord[] =>
  ['0.99', '0.9', '0.5'].map((quantile) => ({
    ...record(name, `histogram_quantile(${quantile}, sum by (${by}le) (rate(${metric}_bucket{${matchers}}[5m])))`),
    labels: { quantile },
  }));

export const kubeletDashboards: Pack = {
  name: 'kubelet-dashboards',
  needs: ['kubelet'],
  rules: quantiles('node_quantile:kubelet_pleg_relist_duration_seconds:histogram_quantile', 'kubelet_pleg_relist_duration_seconds', 'instance, node, ', KUBELET),
};

export const apiServerDashboards: Pack = {
  name: 'apiserver-dashboards',
  needs: ['apiServer'],
  rules: [
    ...(['read', 'write'] as const).map((verb) => {
      const verbs = verb === 'read' ? 'LIST|GET' : 'POST|PUT|PATCH|DELETE';
      const of = `apiserver_request_sli_duration_seconds_bucket{${API_SERVER},verb=~"${verbs}",subresource!~"proxy|attach|log|exec|portforward"}`;
      return {
        ...record('cluster_quantile:apiserver_request_sli_duration_seconds:histogram_quantile', `histogram_quantile(0.99, sum by (le, resource) (rate(${of}[5m]))) > 0`),
        labels: { verb, quantile: '0.99' },
      };
    }),
    record('apiserver_request:availability30d', '1 - sum by (verb) (sum_over_time(apiserver_request:bad:rate5m[30d])) / sum by (verb) (sum_over_time(apiserver_request:all:rate5m[30d]))'),
  ],
};

export const schedulerDashboards: Pack = {
  name: 'scheduler-dashboards',
  needs: ['scheduler'],
  rules: [
    ...quantiles('cluster_quantile:scheduler_scheduling_attempt_duration_seconds:histogram_quantile', 'scheduler_scheduling_attempt_duration_seconds', '', SCHEDULER),
    ...quantiles('cluster_quantile:scheduler_pod_scheduling_sli_duration_seconds:histogram_quantile', 'scheduler_pod_scheduling_sli_duration_seconds', '', SCHEDULER),
  ],
};
