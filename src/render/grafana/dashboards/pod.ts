import type { Dashboard, Row } from '../../../formats/grafana/dashboard.ts';
import { stat, stateTimeline, table, timeseries } from '../../../formats/grafana/panel.ts';
import type { Components } from './components.ts';
import { toNode, toVolumes, toWorkload } from './links.ts';
import { workloadOfPod } from './health.ts';
import { ownDashboard } from './own-dashboard.ts';
import { containerSeries, NAMESPACE, networkBy, of, orZero, RATE, stateBy, stateSeries } from './selector.ts';
import { JOBS } from './jobs.ts';
import { oneNamespace, onePod } from './variables.ts';

/** One pod: does it run, what do its containers use of what they may. */
export function pod(components: Components): Dashboard {
  return ownDashboard({
    id: 'pod',
    title: 'Pod',
    description: 'One pod: whether it runs, why its containers were restarted, and what they use of what they may.',
    group: 'workloads',
    clustersOf: stateSeries('kube_namespace_status_phase'),
    variables: [oneNamespace, onePod],
    rows: [isItFine(components), containers, ...(components.has('kubelet') ? [cpu, memory, network, disk] : [])],
  });
}

const POD = [NAMESPACE, 'pod=~"$pod"'] as const;
const byContainer = 'namespace, pod, container';
const info = stateSeries('kube_pod_info', ...POD);

const used = `sum by (container) (${containerSeries('container_memory_working_set_bytes', ...POD)})`;
const memoryLimit = `max by (container) (${stateSeries('kube_pod_container_resource_limits', ...POD, 'resource="memory"')})`;
const memoryRequest = `max by (container) (${stateSeries('kube_pod_container_resource_requests', ...POD, 'resource="memory"')})`;
const cores = `sum by (container) (rate(${containerSeries('container_cpu_usage_seconds_total', ...POD)}${RATE}))`;
const coreLimit = `max by (container) (${stateSeries('kube_pod_container_resource_limits', ...POD, 'resource="cpu"')})`;
const coreRequest = `max by (container) (${stateSeries('kube_pod_container_resource_requests', ...POD, 'resource="cpu"')})`;
const throttled = `sum by (container) (rate(${containerSeries('container_cpu_cfs_throttled_periods_total', ...POD)}${RATE})) / (sum by (container) (rate(${containerSeries('container_cpu_cfs_periods_total', ...POD)}${RATE})) > 0)`;

function isItFine(components: Components): Row {
  return {
    title: 'Is it fine?',
    text: 'All green: the pod is ready and stays so. The rows below say which container it is.',
    panels: [
      stat({
        title: 'Ready',
        description: 'Whether Services send it traffic.',
        queries: [{ expr: `max(${stateSeries('kube_pod_status_ready', ...POD, 'condition="true"')})` }],
        look: { words: { 0: 'no', 1: 'yes' }, alarmBelow: 1 },
      }),
      stat({
        title: 'Restarts in the last hour',
        description: 'Containers that were started again.',
        queries: [{ expr: `sum(increase(${stateSeries('kube_pod_container_status_restarts_total', ...POD)}[1h]))` }],
        look: { decimals: 0, warnFrom: 1, alarmFrom: 5 },
      }),
      stat({
        title: 'Killed for memory',
        description: 'Containers whose last end was that they took more memory than their limit.',
        queries: [{ expr: orZero(`count(${stateBy(byContainer, 'kube_pod_container_status_last_terminated_reason', ...POD, 'reason="OOMKilled"')} == 1)`, info) }],
        look: { alarmFrom: 1 },
      }),
      ...(components.has('kubelet')
        ? [
            stat({
              title: 'Memory of limit',
              description: 'Of the container that is nearest to its limit, where it is killed.',
              queries: [{ expr: `max(${used} / ${memoryLimit})` }],
              look: { unit: 'percentunit', min: 0, decimals: 0, warnFrom: 0.8, alarmFrom: 0.95 },
            }),
            stat({
              title: 'CPU throttled',
              description: 'Of the container that has to wait the most for its CPU limit: share of periods.',
              queries: [{ expr: `max(${throttled})` }],
              look: { unit: 'percentunit', min: 0, decimals: 0, warnFrom: 0.25, alarmFrom: 0.6 },
            }),
          ]
        : []),
      stat({ title: 'Age', description: 'Time since it was made.', queries: [{ expr: `time() - max(${stateSeries('kube_pod_created', ...POD)})` }], look: { unit: 's', decimals: 0 } }),
    ],
  };
}

const containers: Row = {
  title: 'Containers',
  text: 'What kubectl describe would say: why they wait, why they ended last, how often they were started again.',
  panels: [
    table({
      title: 'Why it waits, or ended last',
      description: 'Reasons of containers that wait, and of the last end of those that run.',
      queries: [
        {
          expr: `label_replace(${stateBy(`${byContainer}, reason`, 'kube_pod_container_status_waiting_reason', ...POD)} == 1, "state", "waits", "", "") or label_replace(${stateBy(`${byContainer}, reason`, 'kube_pod_container_status_last_terminated_reason', ...POD)} == 1, "state", "ended last", "", "")`,
          column: { title: 'holds', words: { 1: 'yes' } },
        },
      ],
      width: 9,
    }),
    table({
      title: 'Where it runs, and for whom',
      description: 'Its node and the workload that it belongs to.',
      queries: [{ expr: `${stateBy('namespace, pod, node, pod_ip', 'kube_pod_info', ...POD)} * on (cluster, namespace, pod) group_left (workload) (${workloadOfPod(...POD)} or on (cluster, namespace, pod) ${stateBy('namespace, pod', 'kube_pod_info', ...POD)})`, column: { title: 'is', words: { 1: 'yes' } } }],
      links: [toNode, toWorkload],
      width: 9,
    }),
    table({
      title: 'Restarts by container',
      description: 'Starts beside the first, since the pod was made.',
      queries: [{ expr: `max by (container) (${stateSeries('kube_pod_container_status_restarts_total', ...POD)})`, column: { title: 'restarts' } }],
      look: { decimals: 0 },
      width: 6,
    }),
    stateTimeline({
      title: 'Phase and readiness',
      description: 'When it was ready, and when each of its containers was.',
      queries: [
        { expr: `max(${stateSeries('kube_pod_status_ready', ...POD, 'condition="true"')})`, legend: 'pod' },
        { expr: `max by (container) (${stateSeries('kube_pod_container_status_ready', ...POD)})`, legend: '{{container}}' },
      ],
      look: { words: { 0: 'not ready', 1: 'ready' }, alarmBelow: 1 },
      height: 6,
    }),
  ],
};

const cpu: Row = {
  title: 'CPU',
  text: 'Above its request a container takes what others leave; at its limit it is throttled and answers late.',
  panels: [
    timeseries({
      title: 'CPU by container',
      description: 'Cores in use, with what is requested and what is allowed.',
      queries: [{ expr: cores, legend: '{{container}}' }, { expr: coreRequest, legend: '{{container}} request' }, { expr: coreLimit, legend: '{{container}} limit' }],
      look: { min: 0 },
    }),
    timeseries({
      title: 'Throttled by container',
      description: 'Share of periods in which it wanted more than its limit.',
      queries: [{ expr: throttled, legend: '{{container}}' }],
      look: { unit: 'percentunit', min: 0, max: 1 },
    }),
  ],
};

const memory: Row = {
  title: 'Memory',
  text: 'At its limit a container is killed. A line that only climbs is a leak.',
  panels: [
    timeseries({
      title: 'Memory by container',
      description: 'Bytes that the kernel cannot take back, with what is requested and what is allowed.',
      queries: [{ expr: used, legend: '{{container}}' }, { expr: memoryRequest, legend: '{{container}} request' }, { expr: memoryLimit, legend: '{{container}} limit' }],
      look: { unit: 'bytes', min: 0 },
    }),
    timeseries({
      title: 'What the memory is',
      description: 'Memory of the programs themselves, and files that the kernel keeps for them and can give up.',
      queries: [
        { expr: `sum by (container) (${containerSeries('container_memory_rss', ...POD)})`, legend: '{{container}} programs' },
        { expr: `sum by (container) (${containerSeries('container_memory_cache', ...POD)})`, legend: '{{container}} files' },
      ],
      look: { unit: 'bytes', min: 0 },
    }),
  ],
};

const network: Row = {
  title: 'Network',
  collapsed: true,
  text: 'All containers of a pod share one network. Nothing here: the pod is in the network of its node.',
  panels: [
    timeseries({
      title: 'Traffic',
      description: 'Bytes a second; sent ones below zero.',
      queries: [
        { expr: networkBy('pod', 'container_network_receive_bytes_total', ...POD), legend: 'received' },
        { expr: `-${networkBy('pod', 'container_network_transmit_bytes_total', ...POD)}`, legend: 'sent' },
      ],
      look: { unit: 'Bps' },
    }),
    timeseries({
      title: 'Packets dropped and broken',
      description: 'Packets a second that were lost on the way into or out of the pod.',
      queries: [
        { expr: networkBy('pod', 'container_network_receive_packets_dropped_total', ...POD), legend: 'received, dropped' },
        { expr: networkBy('pod', 'container_network_transmit_packets_dropped_total', ...POD), legend: 'sent, dropped' },
        { expr: networkBy('pod', 'container_network_receive_errors_total', ...POD), legend: 'received, broken' },
        { expr: networkBy('pod', 'container_network_transmit_errors_total', ...POD), legend: 'sent, broken' },
      ],
      look: { unit: 'pps', min: 0 },
    }),
  ],
};

const claims = `max by (cluster, namespace, persistentvolumeclaim) (${stateSeries('kube_pod_spec_volumes_persistentvolumeclaims_info', ...POD)})`;
const volume = (metric: string): string => `max by (cluster, namespace, persistentvolumeclaim) (${metric}{${of(JOBS.kubelet, NAMESPACE)}})`;

const disk: Row = {
  title: 'Disk and volumes',
  collapsed: true,
  text: 'A full volume stops most programs. What a container writes outside of volumes goes with it.',
  panels: [
    timeseries({
      title: 'Read and written by container',
      description: 'Bytes a second on disks of the node; written ones below zero.',
      queries: [
        { expr: `sum by (container) (rate(${containerSeries('container_fs_reads_bytes_total', ...POD)}${RATE}))`, legend: '{{container}} read' },
        { expr: `-sum by (container) (rate(${containerSeries('container_fs_writes_bytes_total', ...POD)}${RATE}))`, legend: '{{container}} written' },
      ],
      look: { unit: 'Bps' },
    }),
    table({
      title: 'Volumes',
      description: 'Share in use of the volumes that the pod claims.',
      queries: [{ expr: `${volume('kubelet_volume_stats_used_bytes')} / ${volume('kubelet_volume_stats_capacity_bytes')} * on (cluster, namespace, persistentvolumeclaim) ${claims}`, column: { title: 'in use', unit: 'percentunit', decimals: 0, warnFrom: 0.85, alarmFrom: 0.95 } }],
      links: [toVolumes],
      sortBy: 'in use',
    }),
  ],
};
