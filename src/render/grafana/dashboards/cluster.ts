import type { Dashboard, Row } from '../../../formats/grafana/dashboard.ts';
import { stat, table, timeseries } from '../../../formats/grafana/panel.ts';
import type { Components } from './components.ts';
import { missingReplicas, pendingPods, restarts, stuckContainers } from './health.ts';
import { toAlerts, toNamespace, toNode, toNodes, toPod, toWorkload } from './links.ts';
import { ownDashboard } from './own-dashboard.ts';
import { CLUSTER, cpuBy, memoryBy, orZero, stateBy, stateSeries } from './selector.ts';

/** The whole cluster: is it fine, is there room, who uses it. */
export function cluster(components: Components): Dashboard {
  return ownDashboard({
    id: 'cluster',
    title: 'Cluster',
    description: 'Whether the cluster is fine: nodes, workloads, room, and who uses it.',
    group: 'workloads',
    clustersOf: stateSeries('kube_node_info'),
    rows: [isItFine, wrong, room(components), ...(components.has('kubelet') ? [users] : []), changes],
  });
}

const isItFine: Row = {
  title: 'Is it fine?',
  text: 'All green: nothing here needs you. "no data": kube-state-metrics does not answer, and nobody knows.',
  panels: [
    stat({
      title: 'Nodes not ready',
      description: 'Nodes whose kubelet does not report or says that it is not ready.',
      queries: [{ expr: orZero(`count(${stateBy('node', 'kube_node_status_condition', 'condition="Ready"', 'status="true"')} == 0)`, stateSeries('kube_node_info')) }],
      look: { alarmFrom: 1 },
      links: [toNodes],
    }),
    stat({
      title: 'Nodes under pressure',
      description: 'Nodes that are short of memory, disk or process numbers, and soon evict pods.',
      queries: [{ expr: orZero(`count(count by (cluster, node) (${stateSeries('kube_node_status_condition', 'condition=~"MemoryPressure|DiskPressure|PIDPressure"', 'status="true"')} == 1))`, stateSeries('kube_node_info')) }],
      look: { warnFrom: 1 },
      links: [toNodes],
    }),
    stat({
      title: 'Workloads short of replicas',
      description: 'Deployments, StatefulSets and DaemonSets that have fewer replicas available than they should. For a moment that is a rollout.',
      queries: [{ expr: orZero(`count(${missingReplicas()})`, stateSeries('kube_node_info')) }],
      look: { warnFrom: 1, alarmFrom: 10 },
    }),
    stat({
      title: 'Containers stuck',
      description: 'Containers that wait and will not start by themselves: crash loops, images that cannot be pulled, missing ConfigMaps.',
      queries: [{ expr: orZero(`count(${stuckContainers()})`, stateSeries('kube_node_info')) }],
      look: { warnFrom: 1, alarmFrom: 10 },
    }),
    stat({
      title: 'Pods pending',
      description: 'Pods that wait for a node, for a volume or for their images.',
      queries: [{ expr: orZero(`count(${pendingPods()})`, stateSeries('kube_node_info')) }],
      look: { warnFrom: 5, alarmFrom: 20 },
    }),
    stat({
      title: 'Critical alerts',
      description: 'Alerts of severity critical that fire in this cluster.',
      queries: [{ expr: `count(ALERTS{${CLUSTER},alertstate="firing",severity="critical"}) or vector(0)` }],
      look: { alarmFrom: 1 },
      links: [toAlerts],
    }),
  ],
};

const wrong: Row = {
  title: 'What is wrong',
  text: 'The things behind the numbers above. A click on a name leads to it.',
  panels: [
    table({
      title: 'Workloads short of replicas by name',
      description: 'How many replicas are missing.',
      queries: [{ expr: missingReplicas(), column: { title: 'missing' } }],
      look: { decimals: 0 },
      links: [toNamespace, toWorkload],
      sortBy: 'missing',
      width: 8,
    }),
    table({
      title: 'Containers stuck by name',
      description: 'Containers that wait, and why.',
      queries: [{ expr: stuckContainers(), column: { title: 'stuck', words: { 1: 'yes' } } }],
      links: [toNamespace, toPod],
      width: 10,
    }),
    table({
      title: 'Nodes that are not ready or under pressure',
      description: 'Conditions of nodes that should not be.',
      queries: [
        {
          expr: `${stateBy('node, condition', 'kube_node_status_condition', 'condition!="Ready"', 'status="true"')} == 1 or ${stateBy('node, condition', 'kube_node_status_condition', 'condition="Ready"', 'status="true"')} == 0`,
          column: { title: 'holds', words: { 0: 'no', 1: 'yes' } },
        },
      ],
      links: [toNode],
      width: 6,
    }),
  ],
};

const allocatable = (resource: string): string => `sum(${stateBy('node, resource', 'kube_node_status_allocatable', `resource="${resource}"`)})`;
/** What pods that still run or shall run have reserved. */
const requested = (resource: string): string => {
  const alive = `(max by (cluster, namespace, pod) (${stateSeries('kube_pod_status_phase', 'phase=~"Pending|Running"')}) == 1)`;
  return `sum(${stateBy('namespace, pod, container', 'kube_pod_container_resource_requests', `resource="${resource}"`)} * on (cluster, namespace, pod) group_left () ${alive})`;
};

function room(components: Components): Row {
  const share = { unit: 'percentunit', min: 0, decimals: 1 };
  return {
    title: 'Is there room?',
    text: 'The scheduler counts requests, not use: at 100 % requested no new pod finds a node, however idle they are.',
    panels: [
      stat({
        title: 'CPU requested',
        description: 'Share of all allocatable cores that pods have reserved.',
        queries: [{ expr: `${requested('cpu')} / ${allocatable('cpu')}` }],
        look: { ...share, warnFrom: 0.85, alarmFrom: 0.98 },
      }),
      stat({
        title: 'Memory requested',
        description: 'Share of all allocatable memory that pods have reserved.',
        queries: [{ expr: `${requested('memory')} / ${allocatable('memory')}` }],
        look: { ...share, warnFrom: 0.85, alarmFrom: 0.98 },
      }),
      stat({
        title: 'Pods',
        description: 'Share of the pods that nodes take at most.',
        queries: [{ expr: `count(${stateBy('namespace, pod', 'kube_pod_info', 'node!=""')}) / ${allocatable('pods')}` }],
        look: { ...share, warnFrom: 0.85, alarmFrom: 0.95 },
      }),
      ...(components.has('kubelet')
        ? [
            stat({
              title: 'CPU in use',
              description: 'Share of all allocatable cores that containers use.',
              queries: [{ expr: `sum(${cpuBy('namespace')}) / ${allocatable('cpu')}` }],
              look: { ...share, warnFrom: 0.85, alarmFrom: 0.95 },
            }),
            stat({
              title: 'Memory in use',
              description: 'Share of all allocatable memory that containers hold.',
              queries: [{ expr: `sum(${memoryBy('namespace')}) / ${allocatable('memory')}` }],
              look: { ...share, warnFrom: 0.85, alarmFrom: 0.95 },
            }),
          ]
        : []),
      stat({ title: 'Nodes', description: 'Nodes that are there.', queries: [{ expr: `count(${stateBy('node', 'kube_node_info')})` }], look: { decimals: 0 } }),
    ],
  };
}

const users: Row = {
  title: 'Who uses it?',
  text: 'By namespace. Use far below requests is room that nobody else gets; use above requests is what goes first when a node is short.',
  panels: [
    timeseries({
      title: 'CPU by namespace',
      description: 'Cores in use.',
      queries: [{ expr: cpuBy('namespace'), legend: '{{namespace}}' }],
      look: { unit: 'short', min: 0, stack: true },
      links: [toNamespace],
    }),
    timeseries({
      title: 'Memory by namespace',
      description: 'Bytes that containers hold and the kernel cannot take back.',
      queries: [{ expr: memoryBy('namespace'), legend: '{{namespace}}' }],
      look: { unit: 'bytes', min: 0, stack: true },
      links: [toNamespace],
    }),
    table({
      title: 'Namespaces',
      description: 'What containers use and have reserved.',
      queries: [
        { expr: `count by (cluster, namespace) (${stateBy('namespace, pod', 'kube_pod_info')})`, column: { title: 'pods', decimals: 0 } },
        { expr: cpuBy('namespace'), column: { title: 'CPU used', decimals: 2 } },
        { expr: `sum by (cluster, namespace) (${stateBy('namespace, pod, container', 'kube_pod_container_resource_requests', 'resource="cpu"')})`, column: { title: 'CPU requested', decimals: 2 } },
        { expr: memoryBy('namespace'), column: { title: 'memory used', unit: 'bytes' } },
        { expr: `sum by (cluster, namespace) (${stateBy('namespace, pod, container', 'kube_pod_container_resource_requests', 'resource="memory"')})`, column: { title: 'memory requested', unit: 'bytes' } },
      ],
      links: [toNamespace],
      sortBy: 'memory used',
      width: 24,
    }),
  ],
};

const changes: Row = {
  title: 'What changed?',
  text: 'Trouble mostly begins with a change.',
  panels: [
    table({
      title: 'Restarts in the last hour',
      description: 'Pods whose containers were started again.',
      queries: [{ expr: `topk(20, ${restarts()})`, column: { title: 'restarts' } }],
      look: { decimals: 0 },
      links: [toNamespace, toPod],
      sortBy: 'restarts',
    }),
    timeseries({
      title: 'Pods by phase',
      description: 'Pending ones wait; failed ones stay until somebody deletes them.',
      queries: [{ expr: `sum by (phase) (${stateBy('namespace, pod, phase', 'kube_pod_status_phase')}) > 0`, legend: '{{phase}}' }],
      look: { min: 0, decimals: 0 },
    }),
  ],
};
