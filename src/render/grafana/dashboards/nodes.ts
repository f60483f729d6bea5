import type { Row } from '../../../formats/grafana/dashboard.ts';
import { stat, table, timeseries } from '../../../formats/grafana/panel.ts';
import { JOBS } from './jobs.ts';
import { ownDashboard } from './own-dashboard.ts';
import { of, RATE } from './selector.ts';

const NODE = of(JOBS.nodeExporter, 'instance=~"$instance"');

/** The nodes, as the node exporter sees them. */
export const nodes = ownDashboard({
  id: 'nodes',
  title: 'Nodes',
  description: 'CPU, memory, file systems, disks, network and systemd units of the nodes.',
  group: 'infrastructure',
  clustersOf: 'node_uname_info',
  variables: [{ name: 'instance', label: 'Node', series: `node_uname_info{${of(JOBS.nodeExporter)}}`, of: 'instance' }],
  rows: [
    {
      title: 'At a glance',
      panels: [
        stat({ title: 'Nodes', description: 'Nodes whose exporter answers.', queries: [{ expr: `sum(up{${NODE}})` }] }),
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
          queries: [{ expr: `sum(node_systemd_unit_state{${NODE},state="failed"}) or vector(0)` }],
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
    panels: [
      timeseries({
        title: 'CPU in use by node',
        description: 'Share of the cores of each node.',
        queries: [{ expr: `1 - avg by (instance) (rate(node_cpu_seconds_total{${NODE},mode="idle"}${RATE}))`, legend: '{{instance}}' }],
        look: { unit: 'percentunit', min: 0, max: 1 },
      }),
      timeseries({
        title: 'Load by core',
        description: 'Tasks that run or wait, in the mean over five minutes, for each core: above 1 they queue.',
        queries: [{ expr: `node_load5{${NODE}} / on (instance) group_left () count by (instance) (node_cpu_seconds_total{${NODE},mode="idle"})`, legend: '{{instance}}' }],
        look: { min: 0 },
      }),
      timeseries({
        title: 'Memory in use by node',
        description: 'Share of each node that programs could not get.',
        queries: [{ expr: `1 - node_memory_MemAvailable_bytes{${NODE}} / node_memory_MemTotal_bytes{${NODE}}`, legend: '{{instance}}' }],
        look: { unit: 'percentunit', min: 0, max: 1 },
      }),
      timeseries({
        title: 'Pressure',
        description: 'Share of time in which some task waited for CPU, memory or disk (PSI of the kernel).',
        queries: [
          { expr: `rate(node_pressure_cpu_waiting_seconds_total{${NODE}}${RATE})`, legend: '{{instance}} CPU' },
          { expr: `rate(node_pressure_memory_waiting_seconds_total{${NODE}}${RATE})`, legend: '{{instance}} memory' },
          { expr: `rate(node_pressure_io_waiting_seconds_total{${NODE}}${RATE})`, legend: '{{instance}} disk' },
        ],
        look: { unit: 'percentunit', min: 0 },
      }),
    ],
  };
}

function disks(): Row {
  return {
    title: 'File systems and disks',
    panels: [
      timeseries({
        title: 'File systems in use',
        description: 'Share of each file system that is used.',
        queries: [
          { expr: `1 - node_filesystem_avail_bytes{${NODE}} / node_filesystem_size_bytes{${NODE}}`, legend: '{{instance}} {{mountpoint}}' },
        ],
        look: { unit: 'percentunit', min: 0, max: 1 },
      }),
      table({
        title: 'Least room',
        description: 'The ten file systems with the least bytes left.',
        queries: [{ expr: `bottomk(10, node_filesystem_avail_bytes{${NODE}})` }],
        look: { unit: 'bytes' },
      }),
      timeseries({
        title: 'Disks in use',
        description: 'Share of time in which the disk had something to do.',
        queries: [{ expr: `rate(node_disk_io_time_seconds_total{${NODE}}${RATE})`, legend: '{{instance}} {{device}}' }],
        look: { unit: 'percentunit', min: 0 },
      }),
      timeseries({
        title: 'Read and written',
        description: 'Bytes a second; written ones below zero.',
        queries: [
          { expr: `rate(node_disk_read_bytes_total{${NODE}}${RATE})`, legend: '{{instance}} {{device}} read' },
          { expr: `-rate(node_disk_written_bytes_total{${NODE}}${RATE})`, legend: '{{instance}} {{device}} written' },
        ],
        look: { unit: 'Bps' },
      }),
    ],
  };
}

function network(): Row {
  return {
    title: 'Network',
    panels: [
      timeseries({
        title: 'Traffic',
        description: 'Bytes a second; sent ones below zero.',
        queries: [
          { expr: `rate(node_network_receive_bytes_total{${NODE},device!="lo"}${RATE})`, legend: '{{instance}} {{device}} received' },
          { expr: `-rate(node_network_transmit_bytes_total{${NODE},device!="lo"}${RATE})`, legend: '{{instance}} {{device}} sent' },
        ],
        look: { unit: 'Bps' },
      }),
      timeseries({
        title: 'Errors and drops',
        description: 'Packets a second that were lost on the node.',
        queries: [
          { expr: `sum by (instance, device) (rate(node_network_receive_errs_total{${NODE}}${RATE}) + rate(node_network_receive_drop_total{${NODE}}${RATE})) > 0`, legend: '{{instance}} {{device}} received' },
          { expr: `sum by (instance, device) (rate(node_network_transmit_errs_total{${NODE}}${RATE}) + rate(node_network_transmit_drop_total{${NODE}}${RATE})) > 0`, legend: '{{instance}} {{device}} sent' },
        ],
        look: { unit: 'pps', min: 0 },
      }),
    ],
  };
}

function systemd(): Row {
  return {
    title: 'systemd',
    panels: [
      table({
        title: 'Failed units',
        description: 'Units in state failed.',
        queries: [{ expr: `node_systemd_unit_state{${NODE},state="failed"} == 1` }],
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
