import type { Dashboard, Row } from '../../../formats/grafana/dashboard.ts';
import { stat, table, timeseries } from '../../../formats/grafana/panel.ts';
import type { Components } from './components.ts';
import { restarts, stuckContainers } from './health.ts';
import { toNamespace, toPod } from './links.ts';
import { ownDashboard } from './own-dashboard.ts';
import { cpuBy, memoryBy, NAMESPACE, networkBy, orZero, stateBy, stateSeries } from './selector.ts';
import { oneNamespace } from './variables.ts';

/** One Deployment, StatefulSet or DaemonSet: has it its replicas, and what do they use. */
export function workload(components: Components): Dashboard {
  return ownDashboard({
    id: 'workload',
    title: 'Workload',
    description: 'One Deployment, StatefulSet or DaemonSet: whether it has its replicas, what its pods use, and which of them is the odd one out.',
    group: 'workloads',
    clustersOf: stateSeries('kube_namespace_status_phase'),
    variables: [oneNamespace, { name: 'workload', label: 'Workload', computed: WORKLOADS, of: 'workload', choice: 'one' }],
    rows: [isItFine, rollout, ...(components.has('kubelet') ? [usage, network] : [])],
  });
}

const name = (label: string, metric: string, matcher: string): string => `label_replace(${stateSeries(metric, NAMESPACE)}, "workload", "$1", "${label}", "${matcher}")`;
const WORKLOADS = `count by (workload) (${[
  name('deployment', 'kube_deployment_spec_replicas', '(.+)'),
  name('statefulset', 'kube_statefulset_replicas', '(.+)'),
  name('daemonset', 'kube_daemonset_status_desired_number_scheduled', '(.+)'),
].join(' or ')})`;

/** The sum of what the three kinds say, of which one has the name. */
function ofKinds(deployment: string, statefulSet: string, daemonSet: string): string {
  const series = (metric: string, label: string): string => stateBy(`namespace, ${label}`, metric, NAMESPACE, `${label}="$workload"`);
  return `sum(${series(deployment, 'deployment')} or ${series(statefulSet, 'statefulset')} or ${series(daemonSet, 'daemonset')})`;
}

const wanted = ofKinds('kube_deployment_spec_replicas', 'kube_statefulset_replicas', 'kube_daemonset_status_desired_number_scheduled');
const ready = ofKinds('kube_deployment_status_replicas_ready', 'kube_statefulset_status_replicas_ready', 'kube_daemonset_status_number_ready');
const updated = ofKinds('kube_deployment_status_replicas_updated', 'kube_statefulset_status_replicas_updated', 'kube_daemonset_status_updated_number_scheduled');

/** 1 for each pod of the workload. */
const pods = `max by (cluster, namespace, pod) (${stateSeries('kube_pod_owner', NAMESPACE, 'owner_kind="ReplicaSet"', 'owner_name=~"$workload-[a-z0-9]+"')} or ${stateSeries('kube_pod_owner', NAMESPACE, 'owner_kind=~"StatefulSet|DaemonSet"', 'owner_name="$workload"')})`;
/** What its pods use: of what is known by cluster, namespace and pod. */
const ofPods = (byPod: string): string => `${byPod} * on (cluster, namespace, pod) group_left () ${pods}`;
const count = `count(${pods})`;

const resource = (metric: string, of: string): string => `sum by (cluster, namespace, pod) (${stateBy('namespace, pod, container', metric, NAMESPACE, `resource="${of}"`)})`;
const requests = (of: string): string => resource('kube_pod_container_resource_requests', of);
const limits = (of: string): string => resource('kube_pod_container_resource_limits', of);

const isItFine: Row = {
  title: 'Is it fine?',
  text: 'All green: the workload has all replicas that it wants, and all of them are of the last version.',
  panels: [
    stat({ title: 'Wanted', description: 'Replicas that there should be.', queries: [{ expr: wanted }], look: { decimals: 0 } }),
    stat({ title: 'Missing', description: 'Replicas that are not ready.', queries: [{ expr: `${wanted} - ${ready}` }], look: { decimals: 0, alarmFrom: 1 } }),
    stat({ title: 'Outdated', description: 'Replicas that are not of the last version: a rollout is under way, or stands still.', queries: [{ expr: `${wanted} - ${updated}` }], look: { decimals: 0, warnFrom: 1 } }),
    stat({
      title: 'Restarts in the last hour',
      description: 'Containers of its pods that were started again.',
      queries: [{ expr: orZero(`sum(${ofPods(`(${restarts(NAMESPACE)})`)})`, pods) }],
      look: { decimals: 0, warnFrom: 1, alarmFrom: 5 },
    }),
    stat({
      title: 'Containers stuck',
      description: 'Containers of its pods that wait and will not start by themselves.',
      queries: [{ expr: orZero(`count((${stuckContainers(NAMESPACE)}) and on (cluster, namespace, pod) ${pods})`, pods) }],
      look: { alarmFrom: 1 },
    }),
    stat({ title: 'Pods', description: 'Pods that are there, of all versions.', queries: [{ expr: count }], look: { decimals: 0 }, links: [toNamespace] }),
  ],
};

const rollout: Row = {
  title: 'Replicas',
  text: 'Wanted and ready part for a moment in each rollout; where they stay apart, the pods on the right say why.',
  panels: [
    timeseries({
      title: 'Replicas over time',
      description: 'Wanted, ready, and of the last version.',
      queries: [{ expr: wanted, legend: 'wanted' }, { expr: ready, legend: 'ready' }, { expr: updated, legend: 'of the last version' }],
      look: { min: 0, decimals: 0 },
    }),
    table({
      title: 'Pods that are not ready',
      description: 'Pods of the workload, whether ready, and where a container is stuck, why.',
      queries: [{ expr: `(${stateBy('namespace, pod', 'kube_pod_status_ready', NAMESPACE, 'condition="true"')} == 0) and on (cluster, namespace, pod) ${pods}`, column: { title: 'ready', words: { 0: 'no' } } }],
      links: [toPod],
      width: 6,
    }),
    table({
      title: 'Why they wait',
      description: 'Containers of the workload that wait, and why.',
      queries: [{ expr: `(${stuckContainers(NAMESPACE)}) and on (cluster, namespace, pod) ${pods}`, column: { title: 'stuck', words: { 1: 'yes' } } }],
      links: [toPod],
      width: 6,
    }),
  ],
};

const cpu = ofPods(cpuBy('namespace, pod', NAMESPACE));
const memory = ofPods(memoryBy('namespace, pod', NAMESPACE));
const periods = (metric: string): string => ofPods(`sum by (cluster, namespace, pod) (rate(${metric}[$__rate_interval]))`);
const cadvisor = (metric: string): string => `${metric}{cluster=~"$cluster",job="kubelet",container!="",namespace=~"$namespace"}`;

const usage: Row = {
  title: 'What its pods use',
  text: 'Lines that lie together are fine. One that leaves the others is a hot shard, a leak, or a node that is in trouble.',
  panels: [
    timeseries({ title: 'CPU by pod', description: 'Cores in use.', queries: [{ expr: cpu, legend: '{{pod}}' }], look: { min: 0 }, links: [toPod] }),
    timeseries({
      title: 'Memory by pod',
      description: 'Bytes that containers hold and the kernel cannot take back.',
      queries: [{ expr: memory, legend: '{{pod}}' }],
      look: { unit: 'bytes', min: 0 },
      links: [toPod],
    }),
    timeseries({
      title: 'Throttled',
      description: 'Share of periods in which a pod wanted more CPU than its limit: it answers late then, however idle the node is.',
      queries: [{ expr: `(${periods(cadvisor('container_cpu_cfs_throttled_periods_total'))}) / (${periods(cadvisor('container_cpu_cfs_periods_total'))} > 0)`, legend: '{{pod}}' }],
      look: { unit: 'percentunit', min: 0, max: 1 },
      links: [toPod],
    }),
    table({
      title: 'Pods and their limits',
      description: 'What each pod uses, and the share of what it may.',
      queries: [
        { expr: cpu, column: { title: 'CPU', decimals: 3 } },
        { expr: `${ofPods(`${cpuBy('namespace, pod', NAMESPACE)} / ${requests('cpu')}`)}`, column: { title: 'of request', unit: 'percentunit', decimals: 0 } },
        { expr: memory, column: { title: 'memory', unit: 'bytes' } },
        { expr: `${ofPods(`${memoryBy('namespace, pod', NAMESPACE)} / ${limits('memory')}`)}`, column: { title: 'of memory limit', unit: 'percentunit', decimals: 0, warnFrom: 0.8, alarmFrom: 0.95 } },
      ],
      links: [toPod],
      sortBy: 'memory',
    }),
  ],
};

const network: Row = {
  title: 'Network of its pods',
  collapsed: true,
  text: 'Traffic of pods with a network of their own; that of pods in the node\'s network is the node\'s.',
  panels: [
    timeseries({
      title: 'Received by pod',
      description: 'Bytes a second.',
      queries: [{ expr: ofPods(networkBy('namespace, pod', 'container_network_receive_bytes_total', NAMESPACE)), legend: '{{pod}}' }],
      look: { unit: 'Bps', min: 0 },
      links: [toPod],
    }),
    timeseries({
      title: 'Sent by pod',
      description: 'Bytes a second.',
      queries: [{ expr: ofPods(networkBy('namespace, pod', 'container_network_transmit_bytes_total', NAMESPACE)), legend: '{{pod}}' }],
      look: { unit: 'Bps', min: 0 },
      links: [toPod],
    }),
  ],
};
