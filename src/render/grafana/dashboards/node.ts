import type { Dashboard, Row } from '../../../formats/grafana/dashboard.ts';
import { stat, table, timeseries } from '../../../formats/grafana/panel.ts';
import type { Components } from './components.ts';
import { JOBS } from './jobs.ts';
import { toNodes, toPod } from './links.ts';
import { ownDashboard } from './own-dashboard.ts';
import { cpuBy, memoryBy, of, RATE, stateBy, stateSeries } from './selector.ts';
import { oneNode } from './variables.ts';

/** One node: is it fine, what runs on it, what takes its resources. */
export function node(components: Components): Dashboard {
  const hasState = components.has('kubeState');
  return ownDashboard({
    id: 'node',
    title: 'Node',
    description: 'One node: whether it is fine, which pods it carries, and what its CPU, memory, disks and network do.',
    group: 'infrastructure',
    clustersOf: `node_uname_info{job="${JOBS.nodeExporter}"}`,
    variables: [oneNode],
    rows: [isItFine(hasState), ...(hasState && components.has('kubelet') ? [pods] : []), processor, memory, disks, network],
  });
}

const NODE = of(JOBS.nodeExporter, 'node=~"$node"');
const THIS = 'node=~"$node"';
const share = { unit: 'percentunit', min: 0, max: 1 };

function isItFine(hasState: boolean): Row {
  return {
    title: 'Is it fine?',
    text: 'All green: the node takes pods and has room for them.',
    panels: [
      ...(hasState
        ? [
            stat({
              title: 'Ready',
              description: 'Whether its kubelet reports, and says that it can take pods.',
              queries: [{ expr: `max(${stateSeries('kube_node_status_condition', THIS, 'condition="Ready"', 'status="true"')})` }],
              look: { words: { 0: 'no', 1: 'yes' }, alarmBelow: 1 },
            }),
            stat({
              title: 'Takes new pods',
              description: 'Not when somebody has cordoned it.',
              queries: [{ expr: `max(${stateSeries('kube_node_spec_unschedulable', THIS)})` }],
              look: { words: { 0: 'yes', 1: 'cordoned' }, warnFrom: 1 },
            }),
          ]
        : [
            stat({ title: 'Answers', description: 'Whether its exporter answers.', queries: [{ expr: `max(up{${NODE}})` }], look: { words: { 0: 'no', 1: 'yes' }, alarmBelow: 1 }, links: [toNodes] }),
            stat({ title: 'Cores', description: 'Cores that it has.', queries: [{ expr: `count(node_cpu_seconds_total{${NODE},mode="idle"})` }], look: { decimals: 0 } }),
          ]),
      stat({
        title: 'CPU in use',
        description: 'Share of its cores.',
        queries: [{ expr: `1 - avg(rate(node_cpu_seconds_total{${NODE},mode="idle"}${RATE}))` }],
        look: { ...share, warnFrom: 0.8, alarmFrom: 0.95 },
      }),
      stat({
        title: 'Memory in use',
        description: 'Share that programs could not get.',
        queries: [{ expr: `1 - sum(node_memory_MemAvailable_bytes{${NODE}}) / sum(node_memory_MemTotal_bytes{${NODE}})` }],
        look: { ...share, warnFrom: 0.85, alarmFrom: 0.95 },
      }),
      stat({
        title: 'Fullest file system',
        description: 'Share in use of the file system that is nearest to full.',
        queries: [{ expr: `max(1 - node_filesystem_avail_bytes{${NODE}} / node_filesystem_size_bytes{${NODE}})` }],
        look: { ...share, warnFrom: 0.85, alarmFrom: 0.95 },
      }),
      stat({ title: 'Last start', description: 'Time since it was started.', queries: [{ expr: `min(time() - node_boot_time_seconds{${NODE}})` }], look: { unit: 's', decimals: 0 } }),
    ],
  };
}

const here = `${stateBy('namespace, pod', 'kube_pod_info', THIS)}`;
const requested = (resource: string): string =>
  `sum(${stateBy('namespace, pod, container', 'kube_pod_container_resource_requests', THIS, `resource="${resource}"`)}) / sum(${stateBy('node', 'kube_node_status_allocatable', THIS, `resource="${resource}"`)})`;

const pods: Row = {
  title: 'Pods on it',
  text: 'The scheduler counts requests, not use. Who uses far more than the others is at the top of the table.',
  panels: [
    stat({ title: 'Pods', description: 'Pods that were given to this node.', queries: [{ expr: `count(${here})` }], look: { decimals: 0 }, width: 8 }),
    stat({ title: 'CPU requested', description: 'Share of its allocatable cores that pods have reserved.', queries: [{ expr: requested('cpu') }], look: { ...share, warnFrom: 0.9, alarmFrom: 1 }, width: 8 }),
    stat({ title: 'Memory requested', description: 'Share of its allocatable memory that pods have reserved.', queries: [{ expr: requested('memory') }], look: { ...share, warnFrom: 0.9, alarmFrom: 1 }, width: 8 }),
    table({
      title: 'What its pods use',
      description: 'CPU in cores and memory of each pod on the node.',
      queries: [
        { expr: cpuBy('namespace, pod', THIS), column: { title: 'CPU', decimals: 3 } },
        { expr: memoryBy('namespace, pod', THIS), column: { title: 'memory', unit: 'bytes' } },
      ],
      links: [toPod],
      sortBy: 'memory',
      height: 10,
    }),
    timeseries({
      title: 'CPU by pod',
      description: 'Cores in use by the ten pods that take the most.',
      queries: [{ expr: `topk(10, ${cpuBy('namespace, pod', THIS)})`, legend: '{{namespace}}/{{pod}}' }],
      look: { min: 0, stack: true },
      links: [toPod],
      height: 10,
    }),
  ],
};

const processor: Row = {
  title: 'CPU',
  text: 'Waiting for disks (iowait) and for the hypervisor (steal) are not work: look at disks, or at the neighbours.',
  panels: [
    timeseries({
      title: 'CPU by what it does',
      description: 'Share of all cores, but for idle.',
      queries: [{ expr: `avg by (mode) (rate(node_cpu_seconds_total{${NODE},mode!="idle"}${RATE}))`, legend: '{{mode}}' }],
      look: { ...share, stack: true },
    }),
    timeseries({
      title: 'Load',
      description: 'Tasks that run or wait, in the mean over one, five and fifteen minutes, and the cores there are for them.',
      queries: [
        { expr: `node_load1{${NODE}}`, legend: '1 minute' },
        { expr: `node_load5{${NODE}}`, legend: '5 minutes' },
        { expr: `node_load15{${NODE}}`, legend: '15 minutes' },
        { expr: `count(node_cpu_seconds_total{${NODE},mode="idle"})`, legend: 'cores' },
      ],
      look: { min: 0 },
    }),
  ],
};

const memory: Row = {
  title: 'Memory',
  text: 'Caches are given up when programs want memory; what counts is what is available.',
  panels: [
    timeseries({
      title: 'Memory by what it is',
      description: 'What programs hold, what the kernel keeps of files, and what is free.',
      queries: [
        { expr: `node_memory_MemTotal_bytes{${NODE}} - node_memory_MemFree_bytes{${NODE}} - node_memory_Buffers_bytes{${NODE}} - node_memory_Cached_bytes{${NODE}}`, legend: 'programs' },
        { expr: `node_memory_Buffers_bytes{${NODE}} + node_memory_Cached_bytes{${NODE}}`, legend: 'files' },
        { expr: `node_memory_MemFree_bytes{${NODE}}`, legend: 'free' },
      ],
      look: { unit: 'bytes', min: 0, stack: true },
    }),
    timeseries({
      title: 'Pages from disk',
      description: 'Pages a second that a task had to wait for (major faults), and kills for want of memory in the last five minutes.',
      queries: [
        { expr: `rate(node_vmstat_pgmajfault{${NODE}}${RATE})`, legend: 'major faults' },
        { expr: `increase(node_vmstat_oom_kill{${NODE}}[5m])`, legend: 'killed for memory' },
      ],
      look: { min: 0 },
    }),
  ],
};

const disks: Row = {
  title: 'Disks',
  text: 'A disk that is always busy makes everything on the node slow, etcd and the kubelet first.',
  panels: [
    timeseries({
      title: 'File systems in use',
      description: 'Share of each that is used.',
      queries: [{ expr: `1 - node_filesystem_avail_bytes{${NODE}} / node_filesystem_size_bytes{${NODE}}`, legend: '{{mountpoint}}' }],
      look: share,
    }),
    timeseries({
      title: 'Disks busy',
      description: 'Share of time in which the disk had something to do.',
      queries: [{ expr: `rate(node_disk_io_time_seconds_total{${NODE}}${RATE})`, legend: '{{device}}' }],
      look: share,
    }),
    timeseries({
      title: 'Read and written',
      description: 'Bytes a second; written ones below zero.',
      queries: [
        { expr: `rate(node_disk_read_bytes_total{${NODE}}${RATE})`, legend: '{{device}} read' },
        { expr: `-rate(node_disk_written_bytes_total{${NODE}}${RATE})`, legend: '{{device}} written' },
      ],
      look: { unit: 'Bps' },
    }),
    timeseries({
      title: 'How long requests take',
      description: 'Mean time of a read and of a write, waiting included.',
      queries: [
        { expr: `rate(node_disk_read_time_seconds_total{${NODE}}${RATE}) / (rate(node_disk_reads_completed_total{${NODE}}${RATE}) > 0)`, legend: '{{device}} read' },
        { expr: `rate(node_disk_write_time_seconds_total{${NODE}}${RATE}) / (rate(node_disk_writes_completed_total{${NODE}}${RATE}) > 0)`, legend: '{{device}} write' },
      ],
      look: { unit: 's', min: 0 },
    }),
  ],
};

const network: Row = {
  title: 'Network',
  collapsed: true,
  text: 'Of the node\'s own interfaces, those of its pods included where they pass through them.',
  panels: [
    timeseries({
      title: 'Traffic by interface',
      description: 'Bytes a second; sent ones below zero.',
      queries: [
        { expr: `rate(node_network_receive_bytes_total{${NODE},device!~"lo|veth.*"}${RATE})`, legend: '{{device}} received' },
        { expr: `-rate(node_network_transmit_bytes_total{${NODE},device!~"lo|veth.*"}${RATE})`, legend: '{{device}} sent' },
      ],
      look: { unit: 'Bps' },
    }),
    timeseries({
      title: 'Errors and drops',
      description: 'Packets a second that were lost on the node.',
      queries: [
        { expr: `rate(node_network_receive_errs_total{${NODE}}${RATE}) + rate(node_network_receive_drop_total{${NODE}}${RATE}) > 0`, legend: '{{device}} received' },
        { expr: `rate(node_network_transmit_errs_total{${NODE}}${RATE}) + rate(node_network_transmit_drop_total{${NODE}}${RATE}) > 0`, legend: '{{device}} sent' },
      ],
      look: { unit: 'pps', min: 0 },
    }),
  ],
};
