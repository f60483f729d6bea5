import type { RuleCase } from './rule-case.ts';

const N = 'job="node-exporter",instance="node-1"';
const FS = `${N},device="sda1",fstype="ext4",mountpoint="/"`;

/** Alerts about nodes. */
export const NODE_CASES: readonly RuleCase[] = [
  ...(['space', 'files'] as const).flatMap((what): RuleCase[] => {
    const [left, of] = what === 'space' ? ['node_filesystem_avail_bytes', 'node_filesystem_size_bytes'] : ['node_filesystem_files_free', 'node_filesystem_files'];
    const readonly = { [`node_filesystem_readonly{${FS}}`]: '0x600', [`${of}{${FS}}`]: '1000x600' };
    const [filling, almost] = what === 'space' ? ['NodeFilesystemSpaceFillingUp', 'NodeFilesystemAlmostOutOfSpace'] : ['NodeFilesystemFilesFillingUp', 'NodeFilesystemAlmostOutOfFiles'];
    return [
      // Below 40 % from 8 h 20 m on, and a tenth of a percent gone each minute: empty within 24 h, and not within 4.
      { alert: filling, at: '10h', step: '10m', series: { ...readonly, [`${left}{${FS}}`]: '900-10x60' } },
      { alert: filling, at: '9h', step: '10m', count: 2, series: { ...readonly, [`${left}{${FS}}`]: '300-5x60' } },
      { alert: almost, at: '1h', series: { ...readonly, [`${left}{${FS}}`]: '40x600' } },
      { alert: almost, at: '1h', count: 2, series: { ...readonly, [`${left}{${FS}}`]: '20x600' } },
    ];
  }),
  { alert: 'NodeNetworkReceiveErrs', at: '90m', series: { [`node_network_receive_errs_total{${N},device="eth0"}`]: '0+5x200', [`node_network_receive_packets_total{${N},device="eth0"}`]: '0+100x200' } },
  { alert: 'NodeNetworkTransmitErrs', at: '90m', series: { [`node_network_transmit_errs_total{${N},device="eth0"}`]: '0+5x200', [`node_network_transmit_packets_total{${N},device="eth0"}`]: '0+100x200' } },
  { alert: 'NodeHighNumberConntrackEntriesUsed', at: '10m', series: { [`node_nf_conntrack_entries{${N}}`]: '80x60', [`node_nf_conntrack_entries_limit{${N}}`]: '100x60' } },
  { alert: 'NodeClockSkewDetected', at: '30m', series: { [`node_timex_offset_seconds{${N}}`]: '0.1+0.01x60' } },
  { alert: 'NodeClockNotSynchronising', at: '30m', series: { [`node_timex_sync_status{${N}}`]: '0x60', [`node_timex_maxerror_seconds{${N}}`]: '16x60' } },
  { alert: 'NodeCPUHighUsage', at: '40m', series: { [`node_cpu_seconds_total{${N},cpu="0",mode="idle"}`]: '0+1x60' } },
  { alert: 'NodeSystemSaturation', at: '30m', series: { [`node_load1{${N}}`]: '9x60', ...Object.fromEntries([0, 1].map((cpu) => [`node_cpu_seconds_total{${N},cpu="${cpu}",mode="idle"}`, '0+60x60'])) } },
  { alert: 'NodeMemoryHighUtilization', at: '30m', series: { [`node_memory_MemAvailable_bytes{${N}}`]: '5x60', [`node_memory_MemTotal_bytes{${N}}`]: '100x60' } },
  { alert: 'NodeDiskIOSaturation', at: '60m', series: { [`node_disk_io_time_weighted_seconds_total{${N},device="sda"}`]: '0+1200x60' } },
  { alert: 'NodeFileDescriptorLimit', at: '30m', series: { [`node_filefd_allocated{${N}}`]: '95x60', [`node_filefd_maximum{${N}}`]: '100x60' } },
  { alert: 'NodeRAIDDegraded', at: '30m', series: { [`node_md_disks_required{${N},device="md0"}`]: '2x60', [`node_md_disks{${N},device="md0",state="active"}`]: '1x60' } },
  { alert: 'NodeRAIDDiskFailure', at: '5m', series: { [`node_md_disks{${N},device="md0",state="failed"}`]: '1x60' } },
  { alert: 'NodeBondingDegraded', at: '20m', series: { [`node_bonding_slaves{${N},master="bond0"}`]: '2x60', [`node_bonding_active{${N},master="bond0"}`]: '1x60' } },
  { alert: 'NodeSystemdServiceFailed', at: '20m', series: { [`node_systemd_unit_state{${N},name="kubelet.service",state="failed"}`]: '1x60' } },
  { alert: 'NodeSystemdServiceCrashlooping', at: '30m', series: { [`node_systemd_service_restart_total{${N},name="kubelet.service"}`]: '0+1x60' } },
  { alert: 'NodeOOMKill', at: '20m', series: { [`node_vmstat_oom_kill{${N}}`]: '0+1x60' } },
  { alert: 'NodeTextFileCollectorScrapeError', at: '20m', series: { [`node_textfile_scrape_error{${N}}`]: '1x60' } },
  { alert: 'NodeNetworkInterfaceFlapping', at: '20m', series: { [`node_network_up{${N},device="eth0"}`]: '0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1' } },
  { alert: 'NodeMemoryMajorPagesFaults', at: '40m', series: { [`node_vmstat_pgmajfault{${N}}`]: '0+60000x60' } },
];
