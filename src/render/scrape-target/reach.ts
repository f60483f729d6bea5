import type { ScrapeTarget } from '../../api/scrape-target.ts';
import type { TargetSettings } from './target-settings.ts';

/** The namespaces that a ScrapeTarget looks into: sorted names, or all there are. */
export type Reach = readonly string[] | 'all';

/** Where a ScrapeTarget that passed its checks looks: its own namespace, unless it asks for more. */
export function reach({ metadata, spec }: ScrapeTarget, settings: Pick<TargetSettings, 'namespaces'>): Reach {
  const asked = spec.namespaces ?? [metadata.namespace];
  if (!asked.includes('*')) return [...new Set(asked)].sort();
  // No names at all would mean every namespace to Prometheus.
  return settings.namespaces?.length === 0 ? [metadata.namespace] : (settings.namespaces ?? 'all');
}

/** The only namespace a ScrapeTarget looks into, which is then the value of the label; undefined where there may be several. */
export function onlyNamespace(target: ScrapeTarget, settings: Pick<TargetSettings, 'namespaces'>): string | undefined {
  const namespaces = reach(target, settings);
  return namespaces !== 'all' && namespaces.length === 1 ? namespaces[0] : undefined;
}
