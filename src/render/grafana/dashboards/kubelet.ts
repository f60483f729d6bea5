import type { Row } from '../../../formats/grafana/dashboard.ts';
import { stat, timeseries } from '../../../formats/grafana/panel.ts';
import { JOBS } from './jobs.ts';
import { toNode } from './links.ts';
import { ownDashboard } from './own-dashboard.ts';
import { answeringTile, clientPanels, programRow, silentTile } from './program-row.ts';
import { of, orZero, quantile, RATE } from './selector.ts';
import { kubeletNodes } from './variables.ts';

const KUBELET = of(JOBS.kubelet, 'node=~"$node"');
/** The kubelet itself: two more jobs scrape the same port for containers and probes. */
const ITSELF = `${KUBELET},metrics_path="/metrics"`;
const links = [toNode];

const isItFine: Row = {
  title: 'Is it fine?',
  text: 'All green: every kubelet answers, starts pods in time and hears of their ends.',
  panels: [
    silentTile('Kubelets', ITSELF),
    answeringTile('Kubelets', ITSELF),
    stat({
      title: 'Slowest look at containers',
      description: 'How long the slowest kubelet takes to look at all its containers (PLEG): beyond three minutes the node becomes not ready.',
      queries: [{ expr: `max(${quantile(0.99, `kubelet_pleg_relist_duration_seconds_bucket{${KUBELET}}`, 'node')})` }],
      look: { unit: 's', warnFrom: 3, alarmFrom: 10 },
    }),
    stat({
      title: 'Slowest pod start',
      description: 'From seen to running, without the pull of images: 99 of 100 pods are faster.',
      queries: [{ expr: quantile(0.99, `kubelet_pod_start_sli_duration_seconds_bucket{${KUBELET}}`) }],
      look: { unit: 's', warnFrom: 30, alarmFrom: 60 },
    }),
    stat({
      title: 'Runtime errors',
      description: 'Calls a second to the container runtime that failed.',
      queries: [{ expr: orZero(`sum(rate(kubelet_runtime_operations_errors_total{${KUBELET}}${RATE}))`, `up{${ITSELF}}`) }],
      look: { unit: 'ops', warnFrom: 0.1, alarmFrom: 1 },
    }),
    stat({
      title: 'Client certificate',
      description: 'Time until the first kubelet can no longer sign in, if it fails to renew its certificate.',
      queries: [{ expr: `min(kubelet_certificate_manager_client_ttl_seconds{${KUBELET}} < Inf)` }],
      look: { unit: 's', decimals: 0, warnBelow: 604800, alarmBelow: 86400 },
    }),
  ],
};

const pods: Row = {
  title: 'Pods and containers',
  text: 'What each node carries, and how long it takes to start one more.',
  panels: [
    timeseries({ title: 'Pods by node', description: 'Pods that have a sandbox running.', queries: [{ expr: `max by (cluster, node) (kubelet_running_pods{${KUBELET}})`, legend: '{{node}}' }], look: { min: 0, decimals: 0 }, links }),
    timeseries({
      title: 'Containers by node',
      description: 'Containers that run.',
      queries: [{ expr: `max by (cluster, node) (kubelet_running_containers{${KUBELET},container_state="running"})`, legend: '{{node}}' }],
      look: { min: 0, decimals: 0 },
      links,
    }),
    timeseries({
      title: 'Pod starts',
      description: 'Time from seen to running that 99 of 100 pods need at most, with the pull of images and without.',
      queries: [
        { expr: quantile(0.99, `kubelet_pod_start_duration_seconds_bucket{${KUBELET}}`, 'cluster', 'node'), legend: '{{node}} with images' },
        { expr: quantile(0.99, `kubelet_pod_start_sli_duration_seconds_bucket{${KUBELET}}`, 'cluster', 'node'), legend: '{{node}} without' },
      ],
      look: { unit: 's', min: 0 },
      links,
    }),
    timeseries({
      title: 'Work on a pod',
      description: 'Time that 99 of 100 rounds of work on one pod take at most.',
      queries: [{ expr: quantile(0.99, `kubelet_pod_worker_duration_seconds_bucket{${KUBELET}}`, 'cluster', 'node'), legend: '{{node}}' }],
      look: { unit: 's', min: 0 },
      links,
    }),
    timeseries({
      title: 'Evictions',
      description: 'Pods evicted in the last hour, by what the node was short of.',
      queries: [{ expr: `sum by (cluster, node, eviction_signal) (increase(kubelet_evictions{${KUBELET}}[1h])) > 0`, legend: '{{node}} {{eviction_signal}}' }],
      look: { min: 0, decimals: 0 },
      links,
    }),
    timeseries({
      title: 'Look at all containers',
      description: 'Time that 99 of 100 looks take at most (PLEG relist).',
      queries: [{ expr: quantile(0.99, `kubelet_pleg_relist_duration_seconds_bucket{${KUBELET}}`, 'cluster', 'node'), legend: '{{node}}' }],
      look: { unit: 's', min: 0 },
      links,
    }),
  ],
};

const runtime: Row = {
  title: 'Container runtime and volumes',
  text: 'A slow runtime makes everything on the node slow to start and to end; its disk is the usual cause.',
  panels: [
    timeseries({
      title: 'Runtime calls that fail',
      description: 'Calls a second to the container runtime that ended in an error.',
      queries: [{ expr: `sum by (cluster, node, operation_type) (rate(kubelet_runtime_operations_errors_total{${KUBELET}}${RATE})) > 0`, legend: '{{node}} {{operation_type}}' }],
      look: { unit: 'ops', min: 0 },
      links,
    }),
    timeseries({
      title: 'Slow runtime calls',
      description: 'Time that 99 of 100 calls take at most, by kind.',
      queries: [{ expr: quantile(0.99, `kubelet_runtime_operations_duration_seconds_bucket{${KUBELET}}`, 'operation_type'), legend: '{{operation_type}}' }],
      look: { unit: 's', min: 0 },
    }),
    timeseries({
      title: 'Slow volume operations',
      description: 'Time that 99 of 100 mounts and unmounts take at most, by kind of volume.',
      queries: [{ expr: quantile(0.99, `storage_operation_duration_seconds_bucket{${KUBELET}}`, 'operation_name', 'volume_plugin'), legend: '{{operation_name}} {{volume_plugin}}' }],
      look: { unit: 's', min: 0 },
    }),
    timeseries({
      title: 'Volume operations that fail',
      description: 'Mounts and unmounts a second that ended in an error.',
      queries: [{ expr: `sum by (cluster, node, operation_name, volume_plugin) (rate(storage_operation_duration_seconds_count{${KUBELET},status!="success"}${RATE})) > 0`, legend: '{{node}} {{operation_name}} {{volume_plugin}}' }],
      look: { unit: 'ops', min: 0 },
      links,
    }),
  ],
};

const client: Row = { title: 'As a client of the API server', collapsed: true, text: 'A kubelet that cannot reach the API server for 40 seconds makes its node not ready.', panels: clientPanels(KUBELET, '{{instance}}') };

/** The kubelets: do they answer, do they start pods in time. */
export const kubelet = ownDashboard({
  id: 'kubelet',
  title: 'Kubelet',
  description: 'The kubelets: whether they answer, start pods in time, and get what they need of the container runtime.',
  group: 'infrastructure',
  clustersOf: `up{job="${JOBS.kubelet}"}`,
  variables: [kubeletNodes],
  rows: [isItFine, pods, runtime, client, programRow(ITSELF, '{{node}}')],
});
