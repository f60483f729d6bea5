import { keep, replace, set, drop, type RelabelRule } from '../../formats/prometheus/relabel.ts';

const MARK = '__tmp_belfry_drop';

/**
 * Rules for samples that leave a histogram its sum and count, and its buckets only where rules and dashboards read them:
 * buckets are four fifths of what Kubernetes' own parts show, and each of its releases brings more.
 *
 * @param names of histograms, without `_bucket`
 */
export function keepBuckets(names: readonly string[]): RelabelRule[] {
  return [
    replace(['__name__'], '.+_bucket', MARK, 'drop'),
    // An empty value takes the mark away again: RE2 cannot say "but for these".
    { ...set(MARK, ''), source_labels: ['__name__'], regex: `(?:${names.join('|')})_bucket` },
    drop([MARK], 'drop'),
  ];
}

/** Drops a histogram's buckets but for these upper bounds and infinity, written as 1 (2.x) or 1.0 (3.x). */
export function keepBounds(name: string, bounds: readonly number[]): RelabelRule[] {
  const bound = bounds.map((one) => String(one).replace('.', '\\.')).join('|');
  return [
    replace(['__name__'], `${name}_bucket`, MARK, 'drop'),
    { ...set(MARK, ''), source_labels: ['le'], regex: `(?:${bound})(?:\\.0)?|\\+Inf` },
    drop([MARK], 'drop'),
  ];
}

/**
 * Drops what says something of the program's build and runtime that nobody looks at: hundreds of feature gates, each series
 * the same on every node, and Go's own metrics but for goroutines.
 */
export const dropRuntime: RelabelRule = drop(['__name__'], 'kubernetes_feature_enabled|(?:disabled|hidden|registered)_metrics_total|go_(?:cpu|gc|godebug|memory|memstats|sched|sync)_.+');

/** Keeps samples of these names only; regular expressions. */
export function keepNames(names: readonly string[]): RelabelRule {
  return keep(['__name__'], names.join('|'));
}
