import type { Row } from '../../../formats/grafana/dashboard.ts';
import { nodeGraph, stat, table, timeseries } from '../../../formats/grafana/panel.ts';
import { UNEXPECTED_TRAFFIC } from '../../alert-policy/traffic-rules.ts';
import { FLOW_BYTES, PACKETS_IGNORED, PACKETS_SEEN } from '../../exporters/network-flows/series.ts';
import { JOBS } from './jobs.ts';
import { toAlerts } from './links.ts';
import { ownDashboard } from './own-dashboard.ts';
import { CLUSTER, of, orZero, RATE } from './selector.ts';

const FLOWS = of(JOBS.networkFlows);
const SIDES = ['k8s_src_namespace', 'k8s_src_owner_name', 'k8s_src_owner_type', 'k8s_dst_namespace', 'k8s_dst_owner_name', 'k8s_dst_owner_type'];
/** A Service is seen beside the pods behind it: counted once. */
const NO_SERVICE = 'k8s_src_owner_type!="Service",k8s_dst_owner_type!="Service"';

/** Bytes a second of those flows that have one of the chosen namespaces on either side. */
function rates(direction: 'request' | 'response', by: readonly string[]): string {
  const side = (label: string): string => `rate(${FLOW_BYTES}{${FLOWS},direction="${direction}",${NO_SERVICE},${label}=~"$namespace"}${RATE})`;
  return `sum by (${by.join(', ')}) (${side('k8s_src_namespace')} or ${side('k8s_dst_namespace')})`;
}

type Names = 'namespace' | 'workload';

/** A label with what is on one side, in words: workloads as namespace/name, and what has no namespace as node or as outside. */
function named(expr: string, label: string, [side, what]: readonly [side: 'src' | 'dst', what: Names]): string {
  const parts = what === 'namespace' ? [`k8s_${side}_namespace`] : [`k8s_${side}_namespace`, `k8s_${side}_owner_name`];
  const joined = `label_join(${expr}, "${label}", "/", ${parts.map((part) => `"${part}"`).join(', ')})`;
  const nodes = `label_replace(${joined}, "${label}", "nodes", "k8s_${side}_owner_type", "Node")`;
  return `label_replace(${nodes}, "${label}", "outside", "k8s_${side}_owner_type", "")`;
}

const both = (inner: (direction: 'request' | 'response', from: 'src' | 'dst', to: 'src' | 'dst') => string): string =>
  `${inner('request', 'src', 'dst')} or ${inner('response', 'dst', 'src')}`;

/** An arrow for each two that talk, from who opened the connection, with what both send. */
function arrows(what: Names): string {
  const ends = both((direction, from, to) => named(named(rates(direction, ['direction', ...SIDES]), 'source', [from, what]), 'target', [to, what]));
  return `label_join(sum by (source, target) (${ends}) / 1024, "id", " > ", "source", "target")`;
}

const group = (selector: string): string => `group by (${SIDES.join(', ')}) (${selector})`;
const requests = (range = ''): string => `${FLOW_BYTES}{${FLOWS},direction="request",${NO_SERVICE}}${range}`;
const unexpected = (): string => `ALERTS{${CLUSTER},alertname="${UNEXPECTED_TRAFFIC}",alertstate="firing"}`;

const isItFine: Row = {
  title: 'Is it fine?',
  text: 'All green: every node is looked at, and all traffic of the workloads that an AlertPolicy watches is declared there.',
  panels: [
    stat({
      title: 'Unexpected',
      description: 'Workloads with traffic that their AlertPolicy does not declare.',
      queries: [{ expr: `count(${unexpected()}) or vector(0)` }],
      look: { decimals: 0, alarmFrom: 1 },
      links: [toAlerts],
    }),
    stat({ title: 'Nodes not looked at', description: 'Nodes whose exporter does not answer: their pods\' traffic is missing here.', queries: [{ expr: `count(up{${FLOWS}} == 0) or 0 * count(up{${FLOWS}})` }], look: { decimals: 0, warnFrom: 1 } }),
    stat({
      title: 'Left out',
      description: 'Share of packets that the fullest exporter had no room for.',
      queries: [{ expr: `max(sum by (node) (rate(${PACKETS_IGNORED}{${FLOWS}}${RATE})) / sum by (node) (rate(${PACKETS_SEEN}{${FLOWS}}${RATE})))` }],
      look: { unit: 'percentunit', decimals: 1, warnFrom: 0.05, alarmFrom: 0.2 },
    }),
    stat({ title: 'Pairs that talk', description: 'Pairs of workloads, nodes and the outside with a connection in the last ten minutes.', queries: [{ expr: orZero(`count(${group(requests())})`, `up{${FLOWS}}`) }], look: { decimals: 0 } }),
    stat({ title: 'Traffic', description: 'Bytes a second between all of them.', queries: [{ expr: `sum(${rates('request', SIDES)}) + sum(${rates('response', SIDES)})` }], look: { unit: 'Bps' } }),
  ],
};

const namespaces: Row = {
  title: 'Who talks to whom: namespaces',
  text: 'An arrow leads from who opened the connection; the number beside it is what both sides send.',
  panels: [nodeGraph({ title: 'Namespaces', description: 'Traffic between namespaces, nodes and the outside, in KiB a second.', queries: [{ expr: arrows('namespace') }], look: { unit: 'KiBs' } })],
};

const workloads: Row = {
  title: 'Who talks to whom: workloads',
  text: 'Choose a namespace above: a graph of more than a hundred workloads shows nothing. What they talk to in other namespaces is shown too.',
  panels: [
    nodeGraph({ title: 'Workloads', description: 'Traffic between workloads, nodes and the outside, in KiB a second.', queries: [{ expr: arrows('workload') }], look: { unit: 'KiBs' } }),
    table({
      title: 'Connections',
      description: 'Bytes a second that the side which opened the connection sends: the 50 pairs that send the most.',
      queries: [{ expr: `topk(50, ${rates('request', SIDES)})`, column: { title: 'sent' } }],
      look: { unit: 'Bps' },
      width: 24,
      height: 10,
      sortBy: 'sent',
    }),
  ],
};

const surprises: Row = {
  title: 'What is new',
  text: 'Pairs that talk now and did not talk in the day before; those that a policy watches and does not declare fire an alert.',
  panels: [
    table({
      title: 'New since yesterday',
      description: 'Who opened a connection to whom within the last hour, but not in the day before it.',
      queries: [{ expr: `${group(`last_over_time(${requests('[1h]')})`)} unless ${group(`last_over_time(${requests('[1d]')} offset 1h)`)}` }],
      width: 24,
    }),
    table({ title: 'Unexpected now', description: 'Traffic that the AlertPolicy of a workload does not declare.', queries: [{ expr: `max by (namespace, workload, traffic, peer, k8s_src_namespace, k8s_src_owner_name, k8s_dst_namespace, k8s_dst_owner_name) (${unexpected()})` }], width: 24 }),
  ],
};

const outside: Row = {
  title: 'To and from outside of the cluster',
  text: 'Addresses that belong to no pod, Service or node.',
  panels: [
    timeseries({
      title: 'To the outside',
      description: 'Bytes a second that the ten workloads which send the most send there, over connections that either side opened.',
      queries: [{ expr: `topk(10, sum by (k8s_src_namespace, k8s_src_owner_name) (rate(${FLOW_BYTES}{${FLOWS},k8s_dst_owner_type="",k8s_src_namespace=~"$namespace",k8s_src_namespace!=""}${RATE})))`, legend: '{{k8s_src_namespace}}/{{k8s_src_owner_name}}' }],
      look: { unit: 'Bps', min: 0 },
    }),
    timeseries({
      title: 'From the outside',
      description: 'Bytes a second that the ten workloads which receive the most receive from there, over connections that either side opened.',
      queries: [{ expr: `topk(10, sum by (k8s_dst_namespace, k8s_dst_owner_name) (rate(${FLOW_BYTES}{${FLOWS},k8s_src_owner_type="",k8s_dst_namespace=~"$namespace",k8s_dst_namespace!=""}${RATE})))`, legend: '{{k8s_dst_namespace}}/{{k8s_dst_owner_name}}' }],
      look: { unit: 'Bps', min: 0 },
    }),
  ],
};

/** The topology: who talks to whom, by namespace and by workload, and what of it is new. */
export const networkFlows = ownDashboard({
  id: 'network-flows',
  title: 'Network flows',
  description: 'Who talks to whom: namespaces, workloads, nodes and the outside, what is new among it, and what nobody declared.',
  group: 'infrastructure',
  clustersOf: `up{job="${JOBS.networkFlows}"}`,
  variables: [{ name: 'namespace', label: 'Namespace', series: `${FLOW_BYTES}{${FLOWS}}`, of: 'k8s_src_namespace' }],
  rows: [isItFine, namespaces, workloads, surprises, outside],
});
