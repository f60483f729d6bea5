import type { StackSettings } from '../../api/defaults.ts';
import type { ScrapeConfig } from '../../formats/prometheus/scrape-config.ts';
import { dropRuntime, keepBuckets } from './metric-rules.ts';
import { systemPodsJob } from './system-pods.ts';

/** The job of kube-proxy, on every node. */
export function kubeProxyJob(settings: StackSettings, port: number): ScrapeConfig {
  const samples = [dropRuntime, ...keepBuckets(['kubeproxy_(?:network_programming|sync_proxy_rules)_duration_seconds', 'rest_client_request_duration_seconds'])];
  return systemPodsJob(settings, { part: 'proxy', job: 'kube-proxy', port, samples });
}
