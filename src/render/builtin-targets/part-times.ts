import type { StackSettings } from '../../api/defaults.ts';
import type { KubernetesPart } from '../../api/cluster-settings.ts';
import { parseDuration } from '../../formats/prometheus/duration.ts';
import type { ScrapeConfig } from '../../formats/prometheus/scrape-config.ts';
import { scrapeTimes } from '../scrape-target/target-settings.ts';

/** The interval of a part's jobs where it has one of its own, with a timeout that is not above it. */
export function partTimes({ kubernetes, prometheus }: Pick<StackSettings, 'kubernetes' | 'prometheus'>, part: KubernetesPart): Pick<ScrapeConfig, 'scrape_interval' | 'scrape_timeout'> {
  const interval = kubernetes[part]?.interval;
  const seconds = interval === undefined ? undefined : parseDuration(interval);
  if (interval === undefined || !seconds) return {};
  const { timeout } = scrapeTimes(prometheus);
  return { scrape_interval: interval, ...((parseDuration(timeout) ?? 0) > seconds ? { scrape_timeout: interval } : {}) };
}
