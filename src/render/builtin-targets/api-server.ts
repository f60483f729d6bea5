import type { StackSettings } from '../../api/defaults.ts';
import { drop, keep, set, type RelabelRule } from '../../formats/prometheus/relabel.ts';
import type { ScrapeConfig } from '../../formats/prometheus/scrape-config.ts';
import { CLUSTER_CA_FILE, TOKEN_FILE } from '../prometheus-server/service-account-files.ts';
import { kubernetesSd } from '../scrape-target/service-discovery.ts';
import { keepOnFirstShard } from '../scrape-target/shard-rules.ts';
import { dropRuntime, keepBounds, keepBuckets } from './metric-rules.ts';
import { partTimes } from './part-times.ts';

/** Where the API servers' own Service is. */
export const API_SERVER_NAMESPACE = 'default';

/** The job of the API servers, each by its own address: behind the Service one would answer for another. */
export function apiServerJob(settings: StackSettings): ScrapeConfig {
  return {
    job_name: 'belfry/apiserver',
    ...partTimes(settings, 'apiServer'),
    scheme: 'https',
    authorization: { credentials_file: TOKEN_FILE },
    // A name that every API server's certificate has, whatever the address.
    tls_config: { ca_file: CLUSTER_CA_FILE, server_name: 'kubernetes.default.svc' },
    kubernetes_sd_configs: [kubernetesSd('endpointslice', [API_SERVER_NAMESPACE])],
    relabel_configs: [
      keep(['__meta_kubernetes_service_name', '__meta_kubernetes_endpointslice_port_name'], 'kubernetes;https'),
      set('job', 'apiserver'),
      ...keepOnFirstShard(settings.prometheus.spread),
    ],
    metric_relabel_configs: ofApiServer,
  };
}

const LATENCY = 'apiserver_request_sli_duration_seconds';
/** Upper bounds of the latency, in seconds: those of its objectives (1, 5, 30) and enough for a quantile. */
const BOUNDS = [0.05, 0.1, 0.4, 1, 2, 5, 10, 30, 60];

const ofApiServer: readonly RelabelRule[] = [
  dropRuntime,
  ...keepBuckets([LATENCY, 'apiserver_admission_webhook_admission_duration_seconds', 'apiserver_client_certificate_expiration_seconds', 'rest_client_request_duration_seconds', 'workqueue_queue_duration_seconds']),
  ...keepBounds(LATENCY, BOUNDS),
  // Series for each kind of resource that say how the server works inside.
  drop(['__name__'], 'apiserver_(?:cache_list|request_body_size|resource_size_estimate|selfrequest|storage_(?:decode|list)|terminated_watchers|watch_(?:cache|events_sizes|list))_.+|watch_cache_capacity.*'),
];
