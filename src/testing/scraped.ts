import { relabeled, type Labels } from '../formats/prometheus/relabel-eval.ts';
import type { ScrapeConfig } from '../formats/prometheus/scrape-config.ts';

/** What a discovered target is scraped as. */
export interface Scraped {
  readonly url: string;
  /** The labels of its series. */
  readonly labels: Labels;
}

/**
 * What Prometheus makes of a target that a job discovered: undefined where it is dropped. Before and after the relabel rules
 * as in scrape/target.go (PopulateLabels).
 */
export function scraped(job: ScrapeConfig, discovered: Labels): Scraped | undefined {
  const params = Object.entries(job.params ?? {}).map(([name, values]) => [`__param_${name}`, values[0] ?? ''] as const);
  const before = { job: job.job_name, __scheme__: job.scheme ?? 'http', __metrics_path__: job.metrics_path ?? '/metrics', ...Object.fromEntries(params), ...discovered };
  const after = relabeled(job.relabel_configs ?? [], before);
  if (!after || !after['__address__'] || after['__address__'].includes('/')) return undefined;
  const query = Object.entries(after).filter(([name]) => name.startsWith('__param_')).map(([name, value]) => `${name.slice('__param_'.length)}=${value}`);
  return {
    url: `${after['__scheme__']}://${after['__address__']}${after['__metrics_path__']}${query.length > 0 ? `?${query.join('&')}` : ''}`,
    labels: Object.fromEntries(Object.entries({ instance: after['__address__'], ...after }).filter(([name]) => !name.startsWith('__'))),
  };
}

/** What a job scrapes of several targets: equal ones are scraped once, as in scrape/scrape.go (scrapePool.sync). */
export function allScraped(job: ScrapeConfig, discovered: readonly Labels[]): Scraped[] {
  const targets = discovered.flatMap((labels) => scraped(job, labels) ?? []);
  return [...new Map(targets.map((target) => [JSON.stringify([target.url, Object.entries(target.labels).sort(([a], [b]) => (a < b ? -1 : 1))]), target])).values()];
}
