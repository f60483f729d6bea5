import { alert, type PackRule, type Severity } from './alert.ts';
import { NODE_EXPORTER as NODE } from './jobs.ts';
import type { Pack } from './pack.ts';

/** File systems that can be written, and so fill up. */
const WRITABLE = `${NODE},fstype!="",mountpoint!=""`;

const IS_WRITABLE = `node_filesystem_readonly{${WRITABLE}} == 0`;

const records: readonly PackRule[] = [
  { record: 'instance:node_num_cpu:sum', expr: `count without (cpu, mode) (node_cpu_seconds_total{${NODE},mode="idle"})` },
  { record: 'instance:node_cpu_utilisation:rate5m', expr: `1 - avg without (cpu) (sum without (mode) (rate(node_cpu_seconds_total{${NODE},mode=~"idle|iowait|steal"}[5m])))` },
  { record: 'instance:node_load1_per_cpu:ratio', expr: `node_load1{${NODE}} / instance:node_num_cpu:sum{${NODE}}` },
  { record: 'instance:node_memory_utilisation:ratio', expr: `1 - node_memory_MemAvailable_bytes{${NODE}} / node_memory_MemTotal_bytes{${NODE}}` },
  { record: 'instance_device:node_disk_io_time_weighted_seconds:rate5m', expr: `rate(node_disk_io_time_weighted_seconds_total{${NODE}}[5m])` },
];

/** Space and files have the same four alerts: soon full at this pace, and nearly full. */
const filesystems: readonly PackRule[] = [
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

function fillingUp(room: Room): PackRule[] {
  const soon = (severity: Severity, hours: number, below: number): PackRule =>
    alert(room.name, {
      severity,
      // Only once it is rather full: an empty disk that is being filled on purpose is no news.
      threshold: below,
      unit: 'percent',
      expr: (percent) => `${percentLeft(room)} < ${percent} and predict_linear(${room.left}{${WRITABLE}}[6h], ${hours} * 3600) < 0 and ${IS_WRITABLE}`,
      for: '1h',
      summary: `{{ $labels.mountpoint }} on {{ $labels.instance }} runs out of ${room.what} within ${hours} hours.`,
      description: `{{ $labels.device }} at {{ $labels.mountpoint }} on {{ $labels.instance }} has {{ $value | printf "%.1f" }}% of its ${room.what} left, and at the pace of the last six hours none in ${hours}.`,
    });
  return [soon('warning', 24, 40), soon('critical', 4, 15)];
}

function almostOut(room: Room): PackRule[] {
  const left = (severity: Severity, below: number): PackRule =>
    alert(room.name, {
      severity,
      threshold: below,
      unit: 'percent',
      expr: (percent) => `${percentLeft(room)} < ${percent} and ${IS_WRITABLE}`,
      for: '30m',
      summary: `{{ $labels.mountpoint }} on {{ $labels.instance }} is almost out of ${room.what}.`,
      description: `{{ $labels.device }} at {{ $labels.mountpoint }} on {{ $labels.instance }} has {{ $value | printf "%.1f" }}% of its ${room.what} left.`,
    });
  return [left('warning', 5), left('critical', 3)];
}

const network: readonly PackRule[] = [
  ...(['receive', 'transmit'] as const).map((direction) =>
    alert(direction === 'receive' ? 'NodeNetworkReceiveErrs' : 'NodeNetworkTransmitErrs', {
      severity: 'warning',
      threshold: 0.01,
      unit: 'share',
      expr: (share) => `rate(node_network_${direction}_errs_total{${NODE}}[2m]) / rate(node_network_${direction}_packets_total{${NODE}}[2m]) > ${share}`,
      for: '1h',
      summary: `{{ $labels.device }} on {{ $labels.instance }} has errors when it ${direction}s.`,
      description: `{{ $value | humanizePercentage }} of the packets that {{ $labels.device }} on {{ $labels.instance }} ${direction}s are lost to errors: look at cable, port and driver.`,
    }),
  ),
  alert('NodeNetworkInterfaceFlapping', {
    severity: 'warning',
    threshold: 4,
    unit: 'times',
    expr: (times) => `changes(node_network_up{${NODE}}[10m]) > ${times}`,
    for: '5m',
    summary: '{{ $labels.device }} on {{ $labels.instance }} goes up and down.',
    description: 'The link changed its state {{ $value }} times in ten minutes.',
  }),
  alert('NodeHighNumberConntrackEntriesUsed', {
    severity: 'warning',
    threshold: 0.75,
    unit: 'share',
    expr: (share) => `node_nf_conntrack_entries{${NODE}} / node_nf_conntrack_entries_limit{${NODE}} > ${share}`,
    summary: 'The connection table of {{ $labels.instance }} is {{ $value | humanizePercentage }} full.',
    description: 'Once it is full the kernel drops new connections of all pods on the node. Raise net.netfilter.nf_conntrack_max, or find who opens so many.',
  }),
];

const clock: readonly PackRule[] = [
  alert('NodeClockSkewDetected', {
    severity: 'warning',
    threshold: 0.05,
    unit: 'seconds',
    expr: (seconds) => [
      `(node_timex_offset_seconds{${NODE}} > ${seconds} and deriv(node_timex_offset_seconds{${NODE}}[5m]) >= 0)`,
      `or (node_timex_offset_seconds{${NODE}} < -${seconds} and deriv(node_timex_offset_seconds{${NODE}}[5m]) <= 0)`,
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

const saturation: readonly PackRule[] = [
  alert('NodeCPUHighUsage', {
    severity: 'info',
    threshold: 90,
    unit: 'percent',
    expr: (percent) => `100 * instance:node_cpu_utilisation:rate5m{${NODE}} > ${percent}`,
    for: '15m',
    summary: 'The CPUs of {{ $labels.instance }} are {{ $value | printf "%.0f" }}% in use.',
    description: 'For a quarter of an hour hardly any CPU time was left on the node.',
  }),
  alert('NodeSystemSaturation', {
    severity: 'warning',
    threshold: 2,
    unit: 'tasks a core',
    expr: (load) => `instance:node_load1_per_cpu:ratio{${NODE}} > ${load}`,
    for: '15m',
    summary: '{{ $labels.instance }} has more to do than it can.',
    description: 'Its load is {{ $value | printf "%.1f" }} for each core: tasks wait for CPU or disk. The dashboard Nodes shows which under Pressure.',
  }),
  alert('NodeMemoryHighUtilization', {
    severity: 'warning',
    threshold: 90,
    unit: 'percent',
    expr: (percent) => `100 * instance:node_memory_utilisation:ratio{${NODE}} > ${percent}`,
    for: '15m',
    summary: 'The memory of {{ $labels.instance }} is {{ $value | printf "%.0f" }}% in use.',
    description: 'The kubelet will soon evict pods, or the kernel kill processes.',
  }),
  alert('NodeDiskIOSaturation', {
    severity: 'warning',
    threshold: 10,
    unit: 'requests',
    expr: (requests) => `instance_device:node_disk_io_time_weighted_seconds:rate5m{${NODE}} > ${requests}`,
    for: '30m',
    summary: 'Requests queue up at {{ $labels.device }} on {{ $labels.instance }}.',
    description: 'For half an hour {{ $value | printf "%.0f" }} requests on average have been waiting for this disk.',
  }),
  alert('NodeFileDescriptorLimit', {
    severity: 'critical',
    threshold: 90,
    unit: 'percent',
    expr: (percent) => `100 * node_filefd_allocated{${NODE}} / node_filefd_maximum{${NODE}} > ${percent}`,
    for: '15m',
    summary: '{{ $labels.instance }} is almost out of file descriptors.',
    description: '{{ $value | printf "%.0f" }}% of what the kernel allows are in use (fs.file-max).',
  }),
];

const hardware: readonly PackRule[] = [
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

const memory: readonly PackRule[] = [
  alert('NodeOOMKill', {
    severity: 'info',
    expr: `increase(node_vmstat_oom_kill{${NODE}}[10m]) > 0`,
    summary: 'The kernel of {{ $labels.instance }} killed {{ $value | printf "%.0f" }} processes for want of memory.',
    description: 'A process of the node or of a container, not necessarily the main one, was killed within ten minutes. The kernel log names it.',
  }),
  alert('NodeMemoryMajorPagesFaults', {
    severity: 'warning',
    threshold: 500,
    unit: 'a second',
    expr: (faults) => `rate(node_vmstat_pgmajfault{${NODE}}[5m]) > ${faults}`,
    for: '15m',
    summary: '{{ $labels.instance }} reads {{ $value | printf "%.0f" }} pages a second back from disk.',
    description: 'Memory is so short that pages are dropped and read again. Programs wait for the disk meanwhile.',
    off: 'what is many depends on the disk; NodeMemoryHighUtilization finds the same',
  }),
];

const collectors: readonly PackRule[] = [
  alert('NodeTextFileCollectorScrapeError', {
    severity: 'warning',
    expr: `node_textfile_scrape_error{${NODE}} == 1`,
    for: '5m',
    summary: 'The node exporter of {{ $labels.instance }} cannot read its text files.',
    description: 'The directory of the textfile collector is not there, or a file in it cannot be read or parsed, so its series are missing. The log of the exporter names it.',
  }),
];

const units: readonly PackRule[] = [
  alert('NodeSystemdServiceFailed', {
    severity: 'warning',
    expr: `node_systemd_unit_state{${NODE},state="failed"} == 1`,
    for: '5m',
    summary: '{{ $labels.name }} failed on {{ $labels.instance }}.',
    description: 'systemd has given up on unit {{ $labels.name }}: systemctl status {{ $labels.name }} on the node says why.',
  }),
  alert('NodeSystemdServiceCrashlooping', {
    severity: 'warning',
    threshold: 2,
    unit: 'restarts',
    expr: (restarts) => `increase(node_systemd_service_restart_total{${NODE}}[5m]) > ${restarts}`,
    for: '15m',
    summary: '{{ $labels.name }} on {{ $labels.instance }} starts again and again.',
    description: 'systemd restarted unit {{ $labels.name }} {{ $value | printf "%.0f" }} times in five minutes: journalctl -u {{ $labels.name }} on the node says why.',
  }),
];

/** Records that alerts about nodes build on. Names and labels are those that dashboards in common use expect. */
export const nodeRecords: Pack = { name: 'node-records', needs: ['nodeExporter'], rules: records };

/** Alerts about the nodes. */
export const node: Pack = { name: 'node', needs: ['nodeExporter'], rules: [...filesystems, ...network, ...clock, ...saturation, ...memory, ...hardware, ...collectors] };

/** Alerts about systemd units, where the node exporter reports them. */
export const nodeSystemd: Pack = { name: 'node-systemd', needs: ['systemd'], rules: units };
