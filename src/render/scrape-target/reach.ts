import type { ScrapeTarget } from '../../api/scrape-target.ts';

/** The namespaces that a ScrapeTarget looks into: sorted names, never none, or all there are. */
export type Reach = readonly string[] | 'all';

/** Where a ScrapeTarget that passed its checks looks: its own namespace, unless it asks for more. */
export function reach({ metadata, spec }: Pick<ScrapeTarget, 'metadata' | 'spec'>): Reach {
  const asked = spec.namespaces ?? [metadata.namespace];
  return asked.includes('*') ? 'all' : [...new Set(asked)].sort();
}

/** The only namespace a ScrapeTarget looks into, which is then the value of the label; undefined where there may be several. */
export function onlyNamespace(target: ScrapeTarget): string | undefined {
  const namespaces = reach(target);
  return namespaces !== 'all' && namespaces.length === 1 ? namespaces[0] : undefined;
}
