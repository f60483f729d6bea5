import type { Dashboard, Row } from '../../../formats/grafana/dashboard.ts';
import { stat, table, timeseries } from '../../../formats/grafana/panel.ts';
import type { Components } from './components.ts';
import { byWorkload, missingReplicas, pendingPods, restarts, stuckContainers } from './health.ts';
import { toAlerts, toPod, toVolumes, toWorkload } from './links.ts';
import { ownDashboard } from './own-dashboard.ts';
import { CLUSTER, cpuBy, memoryBy, NAMESPACE, networkBy, orZero, stateBy, stateSeries } from './selector.ts';
import { oneNamespace } from './variables.ts';

/** One namespace: is it fine, what runs in it, what it uses. */
export function namespace(components: Components): Dashboard {
  return ownDashboard({
    id: 'namespace',
    title: 'Namespace',
    description: 'One namespace: whether its workloads are fine, what they use, and how near its quotas are.',
    group: 'workloads',
    clustersOf: stateSeries('kube_namespace_status_phase'),
    variables: [oneNamespace],
    rows: [isItFine, wrong, ...(components.has('kubelet') ? [usage, network] : []), quotas],
  });
}

const PODS = stateSeries('kube_namespace_status_phase', NAMESPACE);

const isItFine: Row = {
  title: 'Is it fine?',
  text: 'All green: every workload of the namespace has the replicas that it wants.',
  panels: [
    stat({
      title: 'Workloads short of replicas',
      description: 'Deployments, StatefulSets and DaemonSets that have fewer replicas available than they should.',
      queries: [{ expr: orZero(`count(${missingReplicas(NAMESPACE)})`, PODS) }],
      look: { alarmFrom: 1 },
    }),
    stat({
      title: 'Containers stuck',
      description: 'Containers that wait and will not start by themselves.',
      queries: [{ expr: orZero(`count(${stuckContainers(NAMESPACE)})`, PODS) }],
      look: { alarmFrom: 1 },
    }),
    stat({
      title: 'Pods pending',
      description: 'Pods that wait for a node, for a volume or for their images.',
      queries: [{ expr: orZero(`count(${pendingPods(NAMESPACE)})`, PODS) }],
      look: { warnFrom: 1, alarmFrom: 5 },
    }),
    stat({
      title: 'Restarts in the last hour',
      description: 'Containers that were started again.',
      queries: [{ expr: orZero(`sum(${restarts(NAMESPACE)})`, PODS) }],
      look: { decimals: 0, warnFrom: 1, alarmFrom: 10 },
    }),
    stat({
      title: 'Failed Jobs',
      description: 'Jobs that gave up.',
      queries: [{ expr: orZero(`count(${stateBy('namespace, job_name', 'kube_job_failed', NAMESPACE, 'condition="true"')} == 1)`, PODS) }],
      look: { warnFrom: 1 },
    }),
    stat({
      title: 'Alerts firing',
      description: 'Alerts with the label of this namespace.',
      queries: [{ expr: `count(ALERTS{${CLUSTER},${NAMESPACE},alertstate="firing"}) or vector(0)` }],
      look: { warnFrom: 1 },
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
      queries: [{ expr: missingReplicas(NAMESPACE), column: { title: 'missing' } }],
      look: { decimals: 0 },
      links: [toWorkload],
      sortBy: 'missing',
    }),
    table({
      title: 'Containers stuck by name',
      description: 'Containers that wait, and why.',
      queries: [{ expr: stuckContainers(NAMESPACE), column: { title: 'stuck', words: { 1: 'yes' } } }],
      links: [toPod],
    }),
  ],
};

const requests = (resource: string): string =>
  `sum by (cluster, namespace, pod) (${stateBy('namespace, pod, container', 'kube_pod_container_resource_requests', NAMESPACE, `resource="${resource}"`)})`;
const limits = (resource: string): string =>
  `sum by (cluster, namespace, pod) (${stateBy('namespace, pod, container', 'kube_pod_container_resource_limits', NAMESPACE, `resource="${resource}"`)})`;
const cpu = cpuBy('namespace, pod', NAMESPACE);
const memory = memoryBy('namespace, pod', NAMESPACE);

const usage: Row = {
  title: 'What it uses',
  text: 'By workload, and each pod in the table: use far above requests is borrowed, and near its memory limit a container is killed.',
  panels: [
    timeseries({
      title: 'CPU by workload',
      description: 'Cores in use.',
      queries: [{ expr: byWorkload(cpu, NAMESPACE), legend: '{{workload}}' }],
      look: { min: 0, stack: true },
      links: [toWorkload],
    }),
    timeseries({
      title: 'Memory by workload',
      description: 'Bytes that containers hold and the kernel cannot take back.',
      queries: [{ expr: byWorkload(memory, NAMESPACE), legend: '{{workload}}' }],
      look: { unit: 'bytes', min: 0, stack: true },
      links: [toWorkload],
    }),
    table({
      title: 'Pods',
      description: 'What each pod uses, and the share of what it may.',
      queries: [
        { expr: cpu, column: { title: 'CPU', decimals: 3 } },
        { expr: `${cpu} / ${requests('cpu')}`, column: { title: 'of request', unit: 'percentunit', decimals: 0 } },
        { expr: memory, column: { title: 'memory', unit: 'bytes' } },
        { expr: `${memory} / ${requests('memory')}`, column: { title: 'of memory request', unit: 'percentunit', decimals: 0 } },
        { expr: `${memory} / ${limits('memory')}`, column: { title: 'of memory limit', unit: 'percentunit', decimals: 0, warnFrom: 0.8, alarmFrom: 0.95 } },
        { expr: `sum by (cluster, namespace, pod) (${stateBy('namespace, pod, container', 'kube_pod_container_status_restarts_total', NAMESPACE)})`, column: { title: 'restarts', decimals: 0 } },
      ],
      links: [toPod],
      sortBy: 'memory',
      width: 24,
      height: 10,
    }),
  ],
};

const network: Row = {
  title: 'Network',
  collapsed: true,
  text: 'Traffic of pods with a network of their own; that of pods in the node\'s network is the node\'s.',
  panels: [
    timeseries({
      title: 'Traffic by pod',
      description: 'Bytes a second; sent ones below zero.',
      queries: [
        { expr: networkBy('namespace, pod', 'container_network_receive_bytes_total', NAMESPACE), legend: '{{pod}} received' },
        { expr: `-${networkBy('namespace, pod', 'container_network_transmit_bytes_total', NAMESPACE)}`, legend: '{{pod}} sent' },
      ],
      look: { unit: 'Bps' },
      links: [toPod],
    }),
    timeseries({
      title: 'Packets dropped by pod',
      description: 'Packets a second that were lost on the way into or out of a pod.',
      queries: [
        { expr: `${networkBy('namespace, pod', 'container_network_receive_packets_dropped_total', NAMESPACE)} > 0`, legend: '{{pod}} received' },
        { expr: `${networkBy('namespace, pod', 'container_network_transmit_packets_dropped_total', NAMESPACE)} > 0`, legend: '{{pod}} sent' },
      ],
      look: { unit: 'pps', min: 0 },
      links: [toPod],
    }),
  ],
};

const quota = (type: string): string => stateBy('namespace, resourcequota, resource', 'kube_resourcequota', NAMESPACE, `type="${type}"`);

const quotas: Row = {
  title: 'Quotas and volumes',
  text: 'A full quota refuses new pods: a rollout then stands still, without a word in the pods.',
  panels: [
    table({
      title: 'Quotas',
      description: 'Share of each quota that is taken.',
      queries: [{ expr: `${quota('used')} / (${quota('hard')} > 0)`, column: { title: 'used', unit: 'percentunit', decimals: 0, warnFrom: 0.9, alarmFrom: 1 } }],
      sortBy: 'used',
    }),
    table({
      title: 'Volume claims',
      description: 'PersistentVolumeClaims and their phase.',
      queries: [{ expr: `${stateBy('namespace, persistentvolumeclaim, phase', 'kube_persistentvolumeclaim_status_phase', NAMESPACE)} == 1`, column: { title: 'holds', words: { 1: 'yes' } } }],
      links: [toVolumes],
    }),
  ],
};
