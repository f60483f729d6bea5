import type { StackSettings } from '../../api/defaults.ts';
import type { ScrapeConfig } from '../../formats/prometheus/scrape-config.ts';
import { dropRuntime } from './metric-rules.ts';
import { systemPodsJob } from './system-pods.ts';

/** The job of the cluster's DNS, CoreDNS nearly everywhere. */
export function dnsJob(settings: StackSettings, port: number): ScrapeConfig {
  return systemPodsJob(settings, { part: 'dns', job: 'coredns', port, samples: [dropRuntime] });
}
