import type { StackSettings } from '../../api/defaults.ts';
import type { ScrapeConfig } from '../../formats/prometheus/scrape-config.ts';
import { TOKEN_FILE } from '../prometheus-server/service-account-files.ts';
import { dropRuntime, keepBuckets } from './metric-rules.ts';
import { systemPodsJob } from './system-pods.ts';

/** Their certificates are their own, made at each start. */
const client = { scheme: 'https', authorization: { credentials_file: TOKEN_FILE }, tls_config: { insecure_skip_verify: true } } as const;

/** The job of kube-controller-manager. */
export function controllerManagerJob(settings: StackSettings, port: number): ScrapeConfig {
  const samples = [dropRuntime, ...keepBuckets(['rest_client_request_duration_seconds', 'workqueue_queue_duration_seconds'])];
  return systemPodsJob(settings, { part: 'controllerManager', job: 'kube-controller-manager', port, samples, client });
}

/** The job of kube-scheduler. */
export function schedulerJob(settings: StackSettings, port: number): ScrapeConfig {
  const samples = [
    dropRuntime,
    ...keepBuckets(['rest_client_request_duration_seconds', 'scheduler_(?:pod_scheduling_sli|scheduling_algorithm|scheduling_attempt)_duration_seconds']),
  ];
  return systemPodsJob(settings, { part: 'scheduler', job: 'kube-scheduler', port, samples, client });
}
