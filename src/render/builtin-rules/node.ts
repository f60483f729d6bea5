import type { Rule, RuleGroup } from '../../formats/prometheus/rule-group.ts';
import { alert, type Severity } from './alert.ts';

const NODE = 'job="node-exporter"';
/** File systems that can be written, and so fill up. */
const WRITABLE = `${NODE},fstype!="",mountpoint!=""`;

const IS_WRITABLE = `node_filesystem_readonly{${WRITABLE}} == 0`;

/** Records and alerts about the nodes. Names and labels of the records are those that dashboards in common use expect. */
export function node({ systemd }: { readonly systemd: boolean }): RuleGroup[] {
  return [
    { name: 'belfry/node-records', rules: records },
    { name: 'belfry/node', rules: [...filesystems, ...network, ...clock, ...saturation, ...hardware, ...(systemd ? units : [])] },
  ];
}

const records: readonly Rule[] = [
  { record: 'instance:node_num_cpu:sum', expr: `count without (cpu, mode) (node_cpu_seconds_total{${NODE},mode="idle"})` },
  { record: 'instance:node_cpu_utilisation:rate5m', expr: `1 - avg without (cpu) (sum without (mode) (rate(node_cpu_seconds_total{${NODE},mode=~"idle|iowait|steal"}[5m])))` },
  { record: 'instance:node_load1_per_cpu:ratio', expr: `node_load1{${NODE}} / instance:node_num_cpu:sum{${NODE}}` },
  { record: 'instance:node_memory_utilisation:ratio', expr: `1 - node_memory_MemAvailable_bytes{${NODE}} / node_memory_MemTotal_bytes{${NODE}}` },
  { record: 'instance:node_vmstat_pgmajfault:rate5m', expr: `rate(node_vmstat_pgmajfault{${NODE}}[5m])` },
  { record: 'instance_device:node_disk_io_time_seconds:rate5m', expr: `rate(node_disk_io_time_seconds_total{${NODE}}[5m])` },
  { record: 'instance_device:node_disk_io_time_weighted_seconds:rate5m', expr: `rate(node_disk_io_time_weighted_seconds_total{${NODE}}[5m])` },
];

/** Space and files have the same four alerts: soon full at this pace, and nearly full. */
const filesystems: readonly Rule[] = [
  ...fillingUp({ name: 'NodeFilesystemSpaceFillingUp', left: 'node_filesystem_avail_bytes', of: 'node_filesystem_size_bytes', what: 'space' }),
  ...almostOut({ name: 'NodeFilesystemAlmostOutOfSpace', left: 'node_filesystem_avail_bytes', of: 'node_filesystem_size_bytes', what: 'space' }),
  ...fillingUp({ name: 'NodeFilesystemFilesFillingUp', left: 'node_filesystem_files_free', of: 'node_filesystem_files', what: 'inodes' }),
  ...almostOut({ name: 'NodeFilesystemAlmostOutOfFiles', left: 'node_filesystem_files_free', of: 'node_filesystem_files', what: 'inodes' }),
];

interface Room {
  readonly name: string;
  readonly left: string;
  readonly of: string;
  readonly what: string;
}

function percentLeft({ left, of }: Room): string {
  return `100 * ${left}{${WRITABLE}} / ${of}{${WRITABLE}}`;
}

function fillingUp(room: Room): Rule[] {
  const soon = (severity: Severity, hours: number, below: number): Rule =>
    alert(room.name, {
      severity,
      // Only once it is rather full: an empty disk that is being filled on purpose is no news.
      expr: `${percentLeft(room)} < ${below} and predict_linear(${room.left}{${WRITABLE}}[6h], ${hours} * 3600) < 0 and ${IS_WRITABLE}`,
      for: '1h',
      summary: `{{ $labels.mountpoint }} on {{ $labels.instance }} runs out of ${room.what} within ${hours} hours.`,
      description: `{{ $labels.device }} at {{ $labels.mountpoint }} on {{ $labels.instance }} has {{ $value | printf "%.1f" }}% of its ${room.what} left, and at the pace of the last six hours none in ${hours}.`,
    });
  return [soon('warning', 24, 40), soon('critical', 4, 15)];
}

function almostOut(room: Room): Rule[] {
  const left = (severity: Severity, below: number): Rule =>
    alert(room.name, {
      severity,
      expr: `${percentLeft(room)} < ${below} and ${IS_WRITABLE}`,
      for: '30m',
      summary: `{{ $labels.mountpoint }} on {{ $labels.instance }} is almost out of ${room.what}.`,
      description: `{{ $labels.device }} at {{ $labels.mountpoint }} on {{ $labels.instance }} has {{ $value | printf "%.1f" }}% of its ${room.what} left.`,
    });
  return [left('warning', 5), left('critical', 3)];
}

const network: readonly Rule[] = [
  ...(['receive', 'transmit'] as const).map((direction) =>
    alert(direction === 'receive' ? 'NodeNetworkReceiveErrs' : 'NodeNetworkTransmitErrs', {
      severity: 'warning',
      expr: `rate(node_network_${direction}_errs_total{${NODE}}[2m]) / rate(node_network_${direction}_packets_total{${NODE}}[2m]) > 0.01`,
      for: '1h',
      summary: `{{ $labels.device }} on {{ $labels.instance }} has errors when it ${direction}s.`,
      description: `{{ $value | humanizePercentage }} of the packets that {{ $labels.device }} on {{ $labels.instance }} ${direction}s are lost to errors: look at cable, port and driver.`,
    }),
  ),
  alert('NodeNetworkInterfaceFlapping', {
    severity: 'warning',
    expr: `changes(node_network_up{${NODE}}[10m]) > 4`,
    for: '5m',
    summary: '{{ $labels.device }} on {{ $labels.instance }} goes up and down.',
    description: 'The link changed its state {{ $value }} times in ten minutes.',
  }),
  alert('NodeHighNumberConntrackEntriesUsed', {
    severity: 'warning',
    expr: `node_nf_conntrack_entries{${NODE}} / node_nf_conntrack_entries_limit{${NODE}} > 0.75`,
    summary: 'The connection table of {{ $labels.instance }} is {{ $value | humanizePercentage }} full.',
    description: 'Once it is full the kernel drops new connections of all pods on the node. Raise net.netfilter.nf_conntrack_max, or find who opens so many.',
  }),
];

const clock: readonly Rule[] = [
  alert('NodeClockSkewDetected', {
    severity: 'warning',
    expr: [
      `(node_timex_offset_seconds{${NODE}} > 0.05 and deriv(node_timex_offset_seconds{${NODE}}[5m]) >= 0)`,
      `or (node_timex_offset_seconds{${NODE}} < -0.05 and deriv(node_timex_offset_seconds{${NODE}}[5m]) <= 0)`,
    ].join(' '),
    for: '10m',
    summary: 'The clock of {{ $labels.instance }} is wrong.',
    description: 'It is {{ $value | humanizeDuration }} off, and not getting better. See whether NTP runs.',
  }),
  alert('NodeClockNotSynchronising', {
    severity: 'warning',
    expr: `min_over_time(node_timex_sync_status{${NODE}}[5m]) == 0 and node_timex_maxerror_seconds{${NODE}} >= 16`,
    for: '10m',
    summary: 'The clock of {{ $labels.instance }} is not synchronised.',
    description: 'The kernel counts it as unsynchronised. See whether NTP is set up and runs.',
  }),
];

const saturation: readonly Rule[] = [
  alert('NodeCPUHighUsage', {
    severity: 'info',
    expr: `100 * instance:node_cpu_utilisation:rate5m{${NODE}} > 90`,
    for: '15m',
    summary: 'The CPUs of {{ $labels.instance }} are {{ $value | printf "%.0f" }}% in use.',
    description: 'For a quarter of an hour hardly any CPU time was left on the node.',
  }),
  alert('NodeSystemSaturation', {
    severity: 'warning',
    expr: `instance:node_load1_per_cpu:ratio{${NODE}} > 2`,
    for: '15m',
    summary: '{{ $labels.instance }} has more to do than it can.',
    description: 'Its load is {{ $value | printf "%.1f" }} for each core: tasks wait for CPU or disk. The dashboard Nodes shows which under Pressure.',
  }),
  alert('NodeMemoryHighUtilization', {
    severity: 'warning',
    expr: `100 * instance:node_memory_utilisation:ratio{${NODE}} > 90`,
    for: '15m',
    summary: 'The memory of {{ $labels.instance }} is {{ $value | printf "%.0f" }}% in use.',
    description: 'The kubelet will soon evict pods, or the kernel kill processes.',
  }),
  alert('NodeDiskIOSaturation', {
    severity: 'warning',
    expr: `instance_device:node_disk_io_time_weighted_seconds:rate5m{${NODE}} > 10`,
    for: '30m',
    summary: 'Requests queue up at {{ $labels.device }} on {{ $labels.instance }}.',
    description: 'For half an hour {{ $value | printf "%.0f" }} requests on average have been waiting for this disk.',
  }),
  alert('NodeFileDescriptorLimit', {
    severity: 'critical',
    expr: `100 * node_filefd_allocated{${NODE}} / node_filefd_maximum{${NODE}} > 90`,
    for: '15m',
    summary: '{{ $labels.instance }} is almost out of file descriptors.',
    description: '{{ $value | printf "%.0f" }}% of what the kernel allows are in use (fs.file-max).',
  }),
];

const hardware: readonly Rule[] = [
  alert('NodeRAIDDegraded', {
    severity: 'critical',
    expr: `node_md_disks_required{${NODE}} - ignoring (state) node_md_disks{${NODE},state="active"} > 0`,
    for: '15m',
    summary: 'RAID {{ $labels.device }} on {{ $labels.instance }} is degraded.',
    description: '{{ $value }} of its disks are missing, and there are no spares to take over.',
  }),
  alert('NodeRAIDDiskFailure', {
    severity: 'warning',
    expr: `node_md_disks{${NODE},state="failed"} > 0`,
    summary: 'A disk of RAID {{ $labels.device }} on {{ $labels.instance }} failed.',
    description: '{{ $value }} disks failed: replace them before another one does.',
  }),
  alert('NodeBondingDegraded', {
    severity: 'warning',
    expr: `node_bonding_slaves{${NODE}} - node_bonding_active{${NODE}} > 0`,
    for: '5m',
    summary: 'Bond {{ $labels.master }} on {{ $labels.instance }} has lost a link.',
    description: '{{ $value }} of its interfaces are not active.',
  }),
];

const units: readonly Rule[] = [
  alert('NodeSystemdServiceFailed', {
    severity: 'warning',
    expr: `node_systemd_unit_state{${NODE},state="failed"} == 1`,
    for: '5m',
    summary: '{{ $labels.name }} failed on {{ $labels.instance }}.',
    description: 'systemd has given up on unit {{ $labels.name }}: systemctl status {{ $labels.name }} on the node says why.',
  }),
  alert('NodeSystemdServiceCrashlooping', {
    severity: 'warning',
    expr: `increase(node_systemd_service_restart_total{${NODE}}[5m]) > 2`,
    for: '15m',
    summary: '{{ $labels.name }} on {{ $labels.instance }} starts again and again.',
    description: 'systemd restarted unit {{ $labels.name }} {{ $value | printf "%.0f" }} times in five minutes: journalctl -u {{ $labels.name }} on the node says why.',
  }),
];
