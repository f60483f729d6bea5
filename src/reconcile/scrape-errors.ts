import type { ScrapeError } from '../status/health.ts';
import type { ActiveTarget } from './prometheus-api.ts';

const ERROR_GROUPS = 5;

/** Scrape errors with what differs from target to target taken out, so that like errors count as one. */
export function groupErrors(failing: readonly ActiveTarget[]): ScrapeError[] {
  const groups = new Map<string, { message: string; count: number; example: string }>();
  for (const { lastError, scrapeUrl } of failing) {
    const message = generalise(lastError);
    const group = groups.get(message);
    if (group) group.count += 1;
    else groups.set(message, { message, count: 1, example: scrapeUrl });
  }
  return [...groups.values()].sort((a, b) => b.count - a.count || (a.message < b.message ? -1 : 1)).slice(0, ERROR_GROUPS);
}

/** `Get "http://10.0.0.1:80/metrics": dial tcp 10.0.0.1:80: connect: connection refused` is `connection refused` to a reader. */
function generalise(message: string): string {
  return message
    .replace(/^(Get|Post) "[^"]*": /, '')
    .replace(/^dial tcp [^ ]+: (connect: )?/, '')
    .replace(/^read tcp [^ ]+: /, '')
    .slice(0, 300);
}
