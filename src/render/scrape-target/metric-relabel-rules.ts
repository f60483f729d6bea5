import type { Endpoint, ScrapeTarget } from '../../api/scrape-target.ts';
import { set, type RelabelRule } from '../../formats/prometheus/relabel.ts';
import { mayWrite } from './may-write.ts';
import { relabelRule } from './relabel-rule.ts';
import type { TargetSettings } from './target-settings.ts';

/**
 * The metric relabel rules of one endpoint: the user's, and where those or the target's own labels could change the
 * namespace, one that puts it back. A stack that lets targets reach other namespaces leaves samples as they are.
 */
export function metricRelabelRules({ metadata }: ScrapeTarget, endpoint: Endpoint, settings: Pick<TargetSettings, 'crossNamespace'>): RelabelRule[] {
  const own = (endpoint.metricRelabel ?? []).map(relabelRule);
  const isAtRisk = endpoint.honorLabels === true || mayWrite(own, 'namespace');
  return isAtRisk && !settings.crossNamespace ? [...own, set('namespace', metadata.namespace)] : own;
}
