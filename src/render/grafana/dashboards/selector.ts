/**
 * What narrows every series: the chosen cluster. Series have the label where several clusters are behind one data source, as
 * behind Thanos; where they have none, the choice "All" matches them too.
 */
export const CLUSTER = 'cluster=~"$cluster"';

/** Range of rates: Grafana makes it fit the scrape interval and the zoom. */
export const RATE = '[$__rate_interval]';

/** Inside of a selector: the series of a job in the chosen cluster, and more matchers. */
export function of(job: string, ...more: readonly string[]): string {
  return [CLUSTER, `job="${job}"`, ...more].join(',');
}

/** 0 instead of nothing where `proof` has series; nothing still where the source itself is silent: that is not "fine". */
export function orZero(expr: string, proof: string): string {
  return `${expr} or 0 * count(${proof})`;
}

/** The quantile (0 to 1) of a histogram by labels; `buckets` is a selector of its _bucket series. */
export function quantile(q: number, buckets: string, ...by: readonly string[]): string {
  return `histogram_quantile(${q}, sum by (${['le', ...by].join(', ')}) (rate(${buckets}${RATE})))`;
}
