import type { Dashboard, Row } from '../../../formats/grafana/dashboard.ts';
import { stat, table, timeseries } from '../../../formats/grafana/panel.ts';
import type { Components } from './components.ts';
import { JOBS } from './jobs.ts';
import { toNamespace, toNode, toPod } from './links.ts';
import { ownDashboard } from './own-dashboard.ts';
import { NAMESPACE, networkBy, of, orZero, RATE } from './selector.ts';

/** The network: who talks the most, and what gets lost. */
export function network(components: Components): Dashboard {
  const hasNodes = components.has('nodeExporter');
  return ownDashboard({
    id: 'network',
    title: 'Network',
    description: 'Who sends and receives the most, and where packets get lost: pods, and the nodes below them.',
    group: 'infrastructure',
    clustersOf: `up{job="${JOBS.kubelet}"}`,
    variables: [{ name: 'namespace', label: 'Namespace', series: `container_network_receive_bytes_total{${of(JOBS.kubelet)}}`, of: 'namespace' }],
    rows: [isItFine(hasNodes), traffic, losses, ...(hasNodes ? [nodes, tcp] : [])],
  });
}

const rx = (by: string, what: string): string => networkBy(by, `container_network_receive_${what}_total`, NAMESPACE);
const tx = (by: string, what: string): string => networkBy(by, `container_network_transmit_${what}_total`, NAMESPACE);
const NODES = of(JOBS.nodeExporter);
const REAL = `${NODES},device!~"lo|veth.*|cali.*|lxc.*|cni.*|flannel.*"`;
const conntrack = `node_nf_conntrack_entries{${NODES}} / (node_nf_conntrack_entries_limit{${NODES}} > 0)`;
const again = `rate(node_netstat_Tcp_RetransSegs{${NODES}}${RATE}) / (rate(node_netstat_Tcp_OutSegs{${NODES}}${RATE}) > 0)`;

function isItFine(hasNodes: boolean): Row {
  return {
    title: 'Is it fine?',
    text: 'All green: hardly a packet gets lost. Traffic of pods in the node\'s network is the node\'s.',
    panels: [
      stat({ title: 'Received by pods', description: 'Bytes a second of all pods with a network of their own.', queries: [{ expr: `sum(${rx('namespace', 'bytes')})` }], look: { unit: 'Bps' } }),
      stat({ title: 'Sent by pods', description: 'Bytes a second of all pods with a network of their own.', queries: [{ expr: `sum(${tx('namespace', 'bytes')})` }], look: { unit: 'Bps' } }),
      stat({
        title: 'Lost at pods',
        description: 'Share of packets that were dropped on the way into or out of pods.',
        queries: [{ expr: `(sum(${rx('namespace', 'packets_dropped')}) + sum(${tx('namespace', 'packets_dropped')})) / (sum(${rx('namespace', 'packets')}) + sum(${tx('namespace', 'packets')}))` }],
        look: { unit: 'percentunit', decimals: 3, warnFrom: 0.001, alarmFrom: 0.01 },
      }),
      ...(hasNodes
        ? [
            stat({
              title: 'Broken at nodes',
              description: 'Packets a second that nodes received or sent with errors: cables, cards, drivers.',
              queries: [{ expr: orZero(`sum(rate(node_network_receive_errs_total{${REAL}}${RATE}) + rate(node_network_transmit_errs_total{${REAL}}${RATE}))`, `up{${NODES}}`) }],
              look: { unit: 'pps', warnFrom: 0.1, alarmFrom: 10 },
            }),
            stat({ title: 'Sent again', description: 'Share of TCP segments that the worst node had to send again: the network beyond it loses packets.', queries: [{ expr: `max(${again})` }], look: { unit: 'percentunit', decimals: 2, warnFrom: 0.02, alarmFrom: 0.1 } }),
            stat({ title: 'Connection table', description: 'Share in use on the fullest node. A full one drops new connections in silence.', queries: [{ expr: `max(${conntrack})` }], look: { unit: 'percentunit', decimals: 0, warnFrom: 0.75, alarmFrom: 0.9 } }),
          ]
        : []),
    ],
  };
}

const traffic: Row = {
  title: 'Traffic of pods',
  text: 'Bytes count both ways, between two pods of the cluster once on each side.',
  panels: [
    timeseries({ title: 'Received by namespace', description: 'Bytes a second.', queries: [{ expr: rx('namespace', 'bytes'), legend: '{{namespace}}' }], look: { unit: 'Bps', min: 0, stack: true }, links: [toNamespace] }),
    timeseries({ title: 'Sent by namespace', description: 'Bytes a second.', queries: [{ expr: tx('namespace', 'bytes'), legend: '{{namespace}}' }], look: { unit: 'Bps', min: 0, stack: true }, links: [toNamespace] }),
    table({
      title: 'Pods that receive the most',
      description: 'Bytes a second of the 20 pods that receive the most.',
      queries: [{ expr: `topk(20, ${rx('namespace, pod', 'bytes')})`, column: { title: 'received' } }],
      look: { unit: 'Bps' },
      links: [toNamespace, toPod],
      sortBy: 'received',
    }),
    table({
      title: 'Pods that send the most',
      description: 'Bytes a second of the 20 pods that send the most.',
      queries: [{ expr: `topk(20, ${tx('namespace, pod', 'bytes')})`, column: { title: 'sent' } }],
      look: { unit: 'Bps' },
      links: [toNamespace, toPod],
      sortBy: 'sent',
    }),
  ],
};

const losses: Row = {
  title: 'What gets lost at pods',
  text: 'A pod that drops what it receives does not read fast enough, or has too little CPU for it.',
  panels: [
    timeseries({
      title: 'Dropped',
      description: 'Packets a second, of the ten pods that lose the most.',
      queries: [
        { expr: `topk(10, ${rx('namespace, pod', 'packets_dropped')} > 0)`, legend: '{{namespace}}/{{pod}} received' },
        { expr: `topk(10, ${tx('namespace, pod', 'packets_dropped')} > 0)`, legend: '{{namespace}}/{{pod}} sent' },
      ],
      look: { unit: 'pps', min: 0 },
      links: [toPod],
    }),
    timeseries({
      title: 'Broken',
      description: 'Packets a second with errors, of the ten pods that have the most.',
      queries: [
        { expr: `topk(10, ${rx('namespace, pod', 'errors')} > 0)`, legend: '{{namespace}}/{{pod}} received' },
        { expr: `topk(10, ${tx('namespace, pod', 'errors')} > 0)`, legend: '{{namespace}}/{{pod}} sent' },
      ],
      look: { unit: 'pps', min: 0 },
      links: [toPod],
    }),
  ],
};

const nodes: Row = {
  title: 'Nodes',
  text: 'Interfaces of the nodes themselves, without those that belong to pods.',
  panels: [
    timeseries({
      title: 'Traffic by node',
      description: 'Bytes a second; sent ones below zero.',
      queries: [
        { expr: `sum by (cluster, node) (rate(node_network_receive_bytes_total{${REAL}}${RATE}))`, legend: '{{node}} received' },
        { expr: `-sum by (cluster, node) (rate(node_network_transmit_bytes_total{${REAL}}${RATE}))`, legend: '{{node}} sent' },
      ],
      look: { unit: 'Bps' },
      links: [toNode],
    }),
    timeseries({
      title: 'Errors and drops by interface',
      description: 'Packets a second that were lost.',
      queries: [
        { expr: `rate(node_network_receive_errs_total{${REAL}}${RATE}) + rate(node_network_receive_drop_total{${REAL}}${RATE}) > 0`, legend: '{{node}} {{device}} received' },
        { expr: `rate(node_network_transmit_errs_total{${REAL}}${RATE}) + rate(node_network_transmit_drop_total{${REAL}}${RATE}) > 0`, legend: '{{node}} {{device}} sent' },
      ],
      look: { unit: 'pps', min: 0 },
      links: [toNode],
    }),
  ],
};

const tcp: Row = {
  title: 'TCP and connections',
  text: 'Segments that are sent again slow everything down; a full connection table drops what is new.',
  panels: [
    timeseries({ title: 'Segments sent again', description: 'Share of TCP segments.', queries: [{ expr: again, legend: '{{node}}' }], look: { unit: 'percentunit', min: 0 }, links: [toNode] }),
    timeseries({ title: 'Connection table in use', description: 'Share of the entries that the kernel allows.', queries: [{ expr: conntrack, legend: '{{node}}' }], look: { unit: 'percentunit', min: 0, max: 1 }, links: [toNode] }),
    timeseries({
      title: 'Listen queues that overflowed',
      description: 'Connections a second that a program on the node did not accept in time.',
      queries: [{ expr: `rate(node_netstat_TcpExt_ListenOverflows{${NODES}}${RATE}) > 0`, legend: '{{node}}' }],
      look: { unit: 'cps', min: 0 },
      links: [toNode],
    }),
    timeseries({ title: 'Sockets', description: 'TCP sockets in use.', queries: [{ expr: `node_sockstat_TCP_inuse{${NODES}}`, legend: '{{node}}' }], look: { min: 0, decimals: 0 }, links: [toNode] }),
  ],
};
