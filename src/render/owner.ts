import type { AlertPolicy } from '../api/alert-policy.ts';
import type { ScrapeTarget } from '../api/scrape-target.ts';

/** How pieces, rejections and statuses name a resource: `ScrapeTarget/namespace/name`. */
export function ownerOf({ kind, metadata }: Pick<ScrapeTarget | AlertPolicy, 'kind' | 'metadata'>): string {
  return `${kind}/${metadata.namespace}/${metadata.name}`;
}
