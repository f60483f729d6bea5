import { alert, type PackRule } from './alert.ts';
import { ETCD } from './jobs.ts';
import type { Pack } from './pack.ts';

const quantile = (metric: string, by = 'instance'): string => `histogram_quantile(0.99, sum by (${by}, le) (rate(${metric}_bucket{${ETCD}}[5m])))`;

const members: readonly PackRule[] = [
  alert('etcdInsufficientMembers', {
    ofAll: 'OnFirstShard',
    severity: 'critical',
    expr: `count(up{${ETCD}} == 1) < (count(up{${ETCD}}) + 1) / 2`,
    for: '3m',
    summary: 'Only {{ $value }} members of etcd answer: too few to agree.',
    description: 'Without a majority etcd takes no writes, so nothing can change in the cluster. If one more fails nothing can be read either.',
  }),
  alert('etcdMembersDown', {
    severity: 'warning',
    expr: `count(up{${ETCD}} == 0) > 0`,
    for: '20m',
    summary: '{{ $value }} members of etcd do not answer.',
    description: 'Bring them back, or replace them, before more fail and the majority is lost.',
  }),
  alert('etcdNoLeader', {
    severity: 'critical',
    expr: `etcd_server_has_leader{${ETCD}} == 0`,
    for: '1m',
    summary: 'etcd on {{ $labels.instance }} has no leader.',
    description: 'It takes no writes until members elect one. Their network, or disks that are too slow, are the usual reasons.',
  }),
  alert('etcdHighNumberOfLeaderChanges', {
    severity: 'warning',
    threshold: 4,
    unit: 'times',
    expr: (times) => `max(increase(etcd_server_leader_changes_seen_total{${ETCD}}[15m])) >= ${times}`,
    for: '5m',
    summary: 'etcd changed its leader {{ $value | printf "%.0f" }} times within a quarter of an hour.',
    description: 'Each change stops all writes for a moment. Slow disks or a network that loses packets are the usual reasons.',
  }),
  alert('etcdMemberCommunicationSlow', {
    severity: 'warning',
    threshold: 0.15,
    unit: 'seconds',
    expr: (seconds) => `${quantile('etcd_network_peer_round_trip_time_seconds', 'instance, To')} > ${seconds}`,
    for: '10m',
    summary: 'etcd on {{ $labels.instance }} waits {{ $value | humanizeDuration }} for member {{ $labels.To }}.',
    description: 'One in a hundred round trips takes longer than that, which ends in elections.',
  }),
];

const requests: readonly PackRule[] = [
  alert('etcdHighNumberOfFailedGRPCRequests', {
    severity: 'warning',
    threshold: 5,
    unit: 'percent',
    // Watches and leases end with an error whenever a client goes: that says nothing.
    expr: (percent) => {
      const calls = (matcher: string): string => `sum by (instance, grpc_service, grpc_method) (rate(grpc_server_handled_total{${ETCD},grpc_method!~"Watch|LeaseKeepAlive"${matcher}}[5m]))`;
      return `100 * ${calls(',grpc_code=~"Unknown|FailedPrecondition|ResourceExhausted|Internal|Unavailable|DataLoss|DeadlineExceeded"')} / ${calls('')} > ${percent}`;
    },
    for: '10m',
    summary: '{{ $value | printf "%.1f" }}% of the calls of {{ $labels.grpc_method }} to etcd on {{ $labels.instance }} fail.',
    description: 'API servers get errors from it. Its log says which.',
  }),
  alert('etcdGRPCRequestsSlow', {
    severity: 'warning',
    threshold: 0.15,
    unit: 'seconds',
    // There only where etcd runs with --metrics=extensive.
    expr: (seconds) => `histogram_quantile(0.99, sum by (instance, grpc_method, le) (rate(grpc_server_handling_seconds_bucket{${ETCD},grpc_type="unary",grpc_method!="Defragment"}[5m]))) > ${seconds}`,
    for: '10m',
    summary: 'Calls of {{ $labels.grpc_method }} to etcd on {{ $labels.instance }} take {{ $value | humanizeDuration }}.',
    description: 'One in a hundred takes longer than that. Its disk is slow, or somebody asks for very much at a time.',
  }),
  alert('etcdHighNumberOfFailedProposals', {
    severity: 'warning',
    threshold: 5,
    unit: 'proposals',
    expr: (proposals) => `increase(etcd_server_proposals_failed_total{${ETCD}}[15m]) > ${proposals}`,
    for: '15m',
    summary: '{{ $value | printf "%.0f" }} writes to etcd on {{ $labels.instance }} found no majority within a quarter of an hour.',
    description: 'An election was under way, or members do not reach each other.',
  }),
];

function slowFsync(severity: 'warning' | 'critical', threshold: number): PackRule {
  return alert('etcdHighFsyncDurations', {
    severity,
    threshold,
    unit: 'seconds',
    expr: (seconds) => `${quantile('etcd_disk_wal_fsync_duration_seconds')} > ${seconds}`,
    for: '10m',
    summary: 'The disk of etcd on {{ $labels.instance }} needs {{ $value | humanizeDuration }} to write safely.',
    description: 'One in a hundred writes of its log takes longer than that; etcd wants less than 10 ms. The whole API gets slow, then leaders change.',
  });
}

const disk: readonly PackRule[] = [
  slowFsync('warning', 0.5),
  slowFsync('critical', 1),
  alert('etcdHighCommitDurations', {
    severity: 'warning',
    threshold: 0.25,
    unit: 'seconds',
    expr: (seconds) => `${quantile('etcd_disk_backend_commit_duration_seconds')} > ${seconds}`,
    for: '10m',
    summary: 'etcd on {{ $labels.instance }} needs {{ $value | humanizeDuration }} to commit.',
    description: 'One in a hundred commits to its database takes longer than that; etcd wants less than 25 ms. Its disk is too slow or too busy.',
  }),
];

const USED = `last_over_time(etcd_mvcc_db_total_size_in_bytes{${ETCD}}[5m])`;
const QUOTA = `last_over_time(etcd_server_quota_backend_bytes{${ETCD}}[5m])`;

const space: readonly PackRule[] = [
  alert('etcdDatabaseQuotaLowSpace', {
    severity: 'critical',
    threshold: 95,
    unit: 'percent',
    expr: (percent) => `100 * ${USED} / ${QUOTA} > ${percent}`,
    for: '10m',
    summary: 'The database of etcd on {{ $labels.instance }} is {{ $value | printf "%.0f" }}% full.',
    description: 'Once it is full etcd takes no writes at all, and the cluster can only be read. Compact and defragment it, or raise --quota-backend-bytes.',
  }),
  alert('etcdExcessiveDatabaseGrowth', {
    severity: 'warning',
    expr: `predict_linear(etcd_mvcc_db_total_size_in_bytes{${ETCD}}[4h], 4 * 3600) > ${QUOTA}`,
    for: '10m',
    summary: 'The database of etcd on {{ $labels.instance }} will be full within four hours.',
    description: 'At the pace of the last four hours it reaches {{ $value | humanize1024 }}B by then, more than its quota. Something writes, or makes objects, without end.',
  }),
  alert('etcdDatabaseHighFragmentationRatio', {
    severity: 'info',
    threshold: 0.5,
    unit: 'share',
    // Small databases are fragmented all the time, and it costs nothing.
    expr: (share) => `last_over_time(etcd_mvcc_db_total_size_in_use_in_bytes{${ETCD}}[5m]) / ${USED} < ${share} and ${USED} > 100 * 1024 * 1024`,
    for: '30m',
    summary: 'Only {{ $value | humanizePercentage }} of the database of etcd on {{ $labels.instance }} is in use.',
    description: 'The rest is free, and given back only by defragmentation. It counts against the quota meanwhile.',
  }),
];

/** Alerts about etcd. */
export const etcd: Pack = { name: 'etcd', needs: ['etcd'], rules: [...members, ...requests, ...disk, ...space] };
