import type { Row } from '../../../formats/grafana/dashboard.ts';
import { stat, stateTimeline, timeseries } from '../../../formats/grafana/panel.ts';
import { JOBS } from './jobs.ts';
import { ownDashboard } from './own-dashboard.ts';
import { programRow, silentTile } from './program-row.ts';
import { of, orZero, quantile, RATE } from './selector.ts';

const ETCD = of(JOBS.etcd);
const fsync = (...by: string[]): string => quantile(0.99, `etcd_disk_wal_fsync_duration_seconds_bucket{${ETCD}}`, ...by);
const commit = (...by: string[]): string => quantile(0.99, `etcd_disk_backend_commit_duration_seconds_bucket{${ETCD}}`, ...by);
const full = `etcd_mvcc_db_total_size_in_bytes{${ETCD}} / etcd_server_quota_backend_bytes{${ETCD}}`;

const isItFine: Row = {
  title: 'Is it fine?',
  text: 'All green: there is a leader, disks keep up, and there is room. Without a leader the cluster stands still: nothing can be written.',
  panels: [
    silentTile('Members', ETCD),
    stat({
      title: 'Members without a leader',
      description: 'Members that see no leader.',
      queries: [{ expr: `count(etcd_server_has_leader{${ETCD}}) - sum(etcd_server_has_leader{${ETCD}})` }],
      look: { decimals: 0, alarmFrom: 1 },
    }),
    stat({
      title: 'Leader changes in the last hour',
      description: 'Members that are too slow, or a network that is.',
      queries: [{ expr: `max(increase(etcd_server_leader_changes_seen_total{${ETCD}}[1h]))` }],
      look: { decimals: 0, warnFrom: 1, alarmFrom: 4 },
    }),
    stat({
      title: 'Disk: log',
      description: 'Time that 99 of 100 writes of the log (fsync) take at most, on the slowest member. Beyond half a second leaders are lost.',
      queries: [{ expr: `max(${fsync('instance')})` }],
      look: { unit: 's', warnFrom: 0.05, alarmFrom: 0.5 },
    }),
    stat({
      title: 'Disk: commit',
      description: 'Time that 99 of 100 commits to the database take at most, on the slowest member.',
      queries: [{ expr: `max(${commit('instance')})` }],
      look: { unit: 's', warnFrom: 0.1, alarmFrom: 0.5 },
    }),
    stat({
      title: 'Database full',
      description: 'Share of its quota that the largest database takes. At 100 % etcd refuses all writes until somebody compacts it.',
      queries: [{ expr: `max(${full})` }],
      look: { unit: 'percentunit', min: 0, decimals: 0, warnFrom: 0.75, alarmFrom: 0.9 },
    }),
  ],
};

const members: Row = {
  title: 'Members',
  text: 'A member that loses its leader alone has a bad network; all at once have a bad leader.',
  panels: [
    stateTimeline({
      title: 'Leader seen',
      description: 'When each member saw a leader.',
      queries: [{ expr: `etcd_server_has_leader{${ETCD}}`, legend: '{{instance}}' }],
      look: { words: { 0: 'no leader', 1: 'leader' }, alarmBelow: 1 },
      height: 6,
    }),
    timeseries({
      title: 'Proposals',
      description: 'Writes a second that members agreed on, and those that failed, mostly for want of a leader.',
      queries: [
        { expr: `rate(etcd_server_proposals_committed_total{${ETCD}}${RATE})`, legend: '{{instance}} agreed' },
        { expr: `rate(etcd_server_proposals_failed_total{${ETCD}}${RATE})`, legend: '{{instance}} failed' },
      ],
      look: { unit: 'ops', min: 0 },
    }),
    timeseries({
      title: 'Proposals that wait',
      description: 'Writes that are not agreed on yet: a number that stays high is a slow disk or network.',
      queries: [{ expr: `etcd_server_proposals_pending{${ETCD}}`, legend: '{{instance}}' }],
      look: { min: 0, decimals: 0 },
    }),
    timeseries({
      title: 'Between members',
      description: 'Time that 99 of 100 messages take there and back at most.',
      queries: [{ expr: quantile(0.99, `etcd_network_peer_round_trip_time_seconds_bucket{${ETCD}}`, 'instance', 'To'), legend: '{{instance}} to {{To}}' }],
      look: { unit: 's', min: 0 },
    }),
    timeseries({
      title: 'Slow inside',
      description: 'Applied writes and reads a second that took longer than etcd thinks they should, and heartbeats that could not be sent in time.',
      queries: [
        { expr: `rate(etcd_server_slow_apply_total{${ETCD}}${RATE})`, legend: '{{instance}} writes' },
        { expr: `rate(etcd_server_slow_read_indexes_total{${ETCD}}${RATE})`, legend: '{{instance}} reads' },
        { expr: `rate(etcd_server_heartbeat_send_failures_total{${ETCD}}${RATE})`, legend: '{{instance}} heartbeats' },
      ],
      look: { unit: 'ops', min: 0 },
    }),
  ],
};

const disk: Row = {
  title: 'Disk',
  text: 'etcd is as fast as its slowest disk. Give it one of its own.',
  panels: [
    timeseries({ title: 'Log', description: 'Time that 99 of 100 writes of the log (fsync) take at most.', queries: [{ expr: fsync('instance'), legend: '{{instance}}' }], look: { unit: 's', min: 0 } }),
    timeseries({ title: 'Commit', description: 'Time that 99 of 100 commits to the database take at most.', queries: [{ expr: commit('instance'), legend: '{{instance}}' }], look: { unit: 's', min: 0 } }),
    timeseries({
      title: 'Database',
      description: 'Size of the file, and of what is in use of it: the difference comes free by defragmentation.',
      queries: [
        { expr: `etcd_mvcc_db_total_size_in_bytes{${ETCD}}`, legend: '{{instance}} file' },
        { expr: `etcd_mvcc_db_total_size_in_use_in_bytes{${ETCD}}`, legend: '{{instance}} in use' },
        { expr: `min(etcd_server_quota_backend_bytes{${ETCD}})`, legend: 'quota' },
      ],
      look: { unit: 'bytes', min: 0 },
    }),
    timeseries({ title: 'Database of quota', description: 'Share of the quota that is taken.', queries: [{ expr: full, legend: '{{instance}}' }], look: { unit: 'percentunit', min: 0, max: 1 } }),
  ],
};

const requests: Row = {
  title: 'Requests',
  text: 'Nearly all of them come from the API server.',
  panels: [
    timeseries({
      title: 'Requests',
      description: 'Calls a second, by method.',
      queries: [{ expr: `sum by (grpc_method) (rate(grpc_server_started_total{${ETCD},grpc_type="unary"}${RATE}))`, legend: '{{grpc_method}}' }],
      look: { unit: 'reqps', min: 0 },
    }),
    timeseries({
      title: 'Requests that failed',
      description: 'Calls a second that did not end well, by method and code.',
      queries: [{ expr: orZero(`sum by (grpc_method, grpc_code) (rate(grpc_server_handled_total{${ETCD},grpc_code!~"OK|Canceled|NotFound|FailedPrecondition|OutOfRange"}${RATE})) > 0`, `up{${ETCD}}`), legend: '{{grpc_method}} {{grpc_code}}' }],
      look: { unit: 'reqps', min: 0 },
    }),
    timeseries({
      title: 'Traffic with clients',
      description: 'Bytes a second; sent ones below zero.',
      queries: [
        { expr: `rate(etcd_network_client_grpc_received_bytes_total{${ETCD}}${RATE})`, legend: '{{instance}} received' },
        { expr: `-rate(etcd_network_client_grpc_sent_bytes_total{${ETCD}}${RATE})`, legend: '{{instance}} sent' },
      ],
      look: { unit: 'Bps' },
    }),
    timeseries({ title: 'Open files', description: 'Share of the files that the process may open.', queries: [{ expr: `process_open_fds{${ETCD}} / process_max_fds{${ETCD}}`, legend: '{{instance}}' }], look: { unit: 'percentunit', min: 0, max: 1 } }),
  ],
};

/** etcd: has it a leader, do its disks keep up, is there room. */
export const etcd = ownDashboard({
  id: 'etcd',
  title: 'etcd',
  description: 'etcd: whether it has a leader, whether its disks keep up, and whether there is room.',
  group: 'control-plane',
  clustersOf: `up{job="${JOBS.etcd}"}`,
  rows: [isItFine, members, disk, requests, programRow(ETCD, '{{instance}}')],
});
