import type { Row } from '../../../formats/grafana/dashboard.ts';
import { stat, table, timeseries } from '../../../formats/grafana/panel.ts';
import { JOBS } from './jobs.ts';
import { ownDashboard } from './own-dashboard.ts';
import { of, orZero, RATE } from './selector.ts';
import { nodes as nodesVariable } from './variables.ts';
import { toNode } from './links.ts';

const NODE = of(JOBS.nodeExporter, 'node=~"$node"');

/** The nodes, as the node exporter sees them. */
export const nodes = ownDashboard({
  id: 'nodes',
  title: 'Nodes',
  description: 'All nodes at once: which of them is silent, full, busy or broken.',
  group: 'infrastructure',
  clustersOf: `node_uname_info{job="${JOBS.nodeExporter}"}`,
  variables: [nodesVariable],
  rows: [
    {
      title: 'Is it fine?',
      text: 'All green: every node answers and has room. The rows below say which one stands out.',
      panels: [
        stat({
          title: 'Nodes silent',
          description: 'Nodes whose exporter does not answer.',
          queries: [{ expr: `count(up{${NODE}}) - sum(up{${NODE}})` }],
          look: { alarmFrom: 1 },
        }),
        stat({
          title: 'CPU in use',
          description: 'Share of all cores.',
          queries: [{ expr: `1 - avg(rate(node_cpu_seconds_total{${NODE},mode="idle"}${RATE}))` }],
          look: { unit: 'percentunit', min: 0, max: 1, warnFrom: 0.8, alarmFrom: 0.95 },
        }),
        stat({
          title: 'Memory in use',
          description: 'Share that programs could not get.',
          queries: [{ expr: `1 - sum(node_memory_MemAvailable_bytes{${NODE}}) / sum(node_memory_MemTotal_bytes{${NODE}})` }],
          look: { unit: 'percentunit', min: 0, max: 1, warnFrom: 0.85, alarmFrom: 0.95 },
        }),
        stat({
          title: 'Fullest file system',
          description: 'Share in use of the file system that is nearest to full.',
          queries: [{ expr: `max(1 - node_filesystem_avail_bytes{${NODE}} / node_filesystem_size_bytes{${NODE}})` }],
          look: { unit: 'percentunit', min: 0, max: 1, warnFrom: 0.85, alarmFrom: 0.95 },
        }),
        stat({
          title: 'Failed systemd units',
          description: 'Units in state failed, of those that the exporter is told to report.',
          queries: [{ expr: orZero(`sum(node_systemd_unit_state{${NODE},state="failed"})`, `node_uname_info{${NODE}}`) }],
          look: { alarmFrom: 1 },
        }),
        stat({
          title: 'Last start',
          description: 'Time since the node that started last did so.',
          queries: [{ expr: `min(time() - node_boot_time_seconds{${NODE}})` }],
          look: { unit: 's' },
        }),
      ],
    },
    cpuAndMemory(),
    disks(),
    network(),
    systemd(),
  ],
});

function cpuAndMemory(): Row {
  return {
    title: 'CPU and memory',
    text: 'Above a load of 1 for each core tasks queue; pressure is the share of time in which they really waited.',
    panels: [
      timeseries({
        title: 'CPU in use by node',
        description: 'Share of the cores of each node.',
        links: [toNode],
        queries: [{ expr: `1 - avg by (cluster, node) (rate(node_cpu_seconds_total{${NODE},mode="idle"}${RATE}))`, legend: '{{node}}' }],
        look: { unit: 'percentunit', min: 0, max: 1 },
      }),
      timeseries({
        title: 'Load by core',
        description: 'Tasks that run or wait, in the mean over five minutes, for each core: above 1 they queue.',
        links: [toNode],
        queries: [{ expr: `node_load5{${NODE}} / on (cluster, node) group_left () count by (cluster, node) (node_cpu_seconds_total{${NODE},mode="idle"})`, legend: '{{node}}' }],
        look: { min: 0 },
      }),
      timeseries({
        title: 'Memory in use by node',
        description: 'Share of each node that programs could not get.',
        links: [toNode],
        queries: [{ expr: `1 - node_memory_MemAvailable_bytes{${NODE}} / node_memory_MemTotal_bytes{${NODE}}`, legend: '{{node}}' }],
        look: { unit: 'percentunit', min: 0, max: 1 },
      }),
      timeseries({
        title: 'Pressure',
        description: 'Share of time in which some task waited for CPU, memory or disk (PSI of the kernel).',
        links: [toNode],
        queries: [
          { expr: `rate(node_pressure_cpu_waiting_seconds_total{${NODE}}${RATE})`, legend: '{{node}} CPU' },
          { expr: `rate(node_pressure_memory_waiting_seconds_total{${NODE}}${RATE})`, legend: '{{node}} memory' },
          { expr: `rate(node_pressure_io_waiting_seconds_total{${NODE}}${RATE})`, legend: '{{node}} disk' },
        ],
        look: { unit: 'percentunit', min: 0 },
      }),
    ],
  };
}

function disks(): Row {
  return {
    title: 'File systems and disks',
    text: 'A full file system stops the kubelet first, and then the pods.',
    panels: [
      timeseries({
        title: 'File systems in use',
        description: 'Share of each file system that is used.',
        links: [toNode],
        queries: [
          { expr: `1 - node_filesystem_avail_bytes{${NODE}} / node_filesystem_size_bytes{${NODE}}`, legend: '{{node}} {{mountpoint}}' },
        ],
        look: { unit: 'percentunit', min: 0, max: 1 },
      }),
      table({
        title: 'Least room',
        description: 'The ten file systems with the least bytes left.',
        queries: [{ expr: `bottomk(10, max by (cluster, node, device, mountpoint) (node_filesystem_avail_bytes{${NODE}}))`, column: { title: 'left' } }],
        look: { unit: 'bytes' },
        links: [toNode],
      }),
      timeseries({
        title: 'Disks in use',
        description: 'Share of time in which the disk had something to do.',
        links: [toNode],
        queries: [{ expr: `rate(node_disk_io_time_seconds_total{${NODE}}${RATE})`, legend: '{{node}} {{device}}' }],
        look: { unit: 'percentunit', min: 0 },
      }),
      timeseries({
        title: 'Read and written',
        description: 'Bytes a second; written ones below zero.',
        links: [toNode],
        queries: [
          { expr: `rate(node_disk_read_bytes_total{${NODE}}${RATE})`, legend: '{{node}} {{device}} read' },
          { expr: `-rate(node_disk_written_bytes_total{${NODE}}${RATE})`, legend: '{{node}} {{device}} written' },
        ],
        look: { unit: 'Bps' },
      }),
    ],
  };
}

function network(): Row {
  return {
    title: 'Network',
    text: 'Errors and drops should not be there at all.',
    panels: [
      timeseries({
        title: 'Traffic',
        description: 'Bytes a second; sent ones below zero.',
        links: [toNode],
        queries: [
          { expr: `rate(node_network_receive_bytes_total{${NODE},device!="lo"}${RATE})`, legend: '{{node}} {{device}} received' },
          { expr: `-rate(node_network_transmit_bytes_total{${NODE},device!="lo"}${RATE})`, legend: '{{node}} {{device}} sent' },
        ],
        look: { unit: 'Bps' },
      }),
      timeseries({
        title: 'Errors and drops',
        description: 'Packets a second that were lost on the node.',
        links: [toNode],
        queries: [
          { expr: `sum by (cluster, node, device) (rate(node_network_receive_errs_total{${NODE}}${RATE}) + rate(node_network_receive_drop_total{${NODE}}${RATE})) > 0`, legend: '{{node}} {{device}} received' },
          { expr: `sum by (cluster, node, device) (rate(node_network_transmit_errs_total{${NODE}}${RATE}) + rate(node_network_transmit_drop_total{${NODE}}${RATE})) > 0`, legend: '{{node}} {{device}} sent' },
        ],
        look: { unit: 'pps', min: 0 },
      }),
    ],
  };
}

function systemd(): Row {
  return {
    title: 'systemd',
    text: 'Only where the stack\'s node exporter is told to report units.',
    collapsed: true,
    panels: [
      table({
        title: 'Failed units',
        description: 'Units in state failed.',
        queries: [{ expr: `max by (cluster, node, name) (node_systemd_unit_state{${NODE},state="failed"}) == 1`, column: { title: 'failed', words: { 1: 'yes' } } }],
        links: [toNode],
      }),
      timeseries({
        title: 'Units by state',
        description: 'Units that the exporter is told to report.',
        queries: [{ expr: `sum by (state) (node_systemd_unit_state{${NODE}})`, legend: '{{state}}' }],
        look: { min: 0, decimals: 0, stack: true },
      }),
    ],
  };
}
