import type { StackSettings } from '../../api/defaults.ts';
import { drop } from '../../formats/prometheus/relabel.ts';
import type { ScrapeConfig } from '../../formats/prometheus/scrape-config.ts';
import type { StackName } from '../names.ts';
import { tlsConfig } from '../scrape-target/tls-config.ts';
import { dropRuntime, keepBuckets } from './metric-rules.ts';
import { systemPodsJob } from './system-pods.ts';

/** The job of etcd: its metrics port, or with a client certificate the port where it serves the API server. */
export function etcdJob(stack: StackName, settings: StackSettings, port: number): ScrapeConfig {
  const tls = settings.kubernetes.etcd?.tls;
  const samples = [
    dropRuntime,
    drop(['__name__'], 'etcd_debugging_.+'),
    ...keepBuckets(['etcd_disk_(?:backend_commit|wal_fsync)_duration_seconds', 'etcd_network_peer_round_trip_time_seconds', 'grpc_server_handling_seconds']),
  ];
  const client = tls ? { scheme: 'https', tls_config: tlsConfig(tls, stack.namespace) } as const : {};
  return systemPodsJob(settings, { part: 'etcd', job: 'etcd', port, samples, client });
}
