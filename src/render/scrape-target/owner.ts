import type { ScrapeTarget } from '../../api/scrape-target.ts';

/** How pieces, rejections and statuses name a ScrapeTarget: `ScrapeTarget/namespace/name`. */
export function ownerOf({ kind, metadata }: Pick<ScrapeTarget, 'kind' | 'metadata'>): string {
  return `${kind}/${metadata.namespace}/${metadata.name}`;
}
