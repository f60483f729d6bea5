import { JOBS } from './jobs.ts';

/**
 * What narrows every series: the chosen cluster. Series have the label where several clusters are behind one data source, as
 * behind Thanos; where they have none, the choice "All" matches them too.
 */
export const CLUSTER = 'cluster=~"$cluster"';
export const NAMESPACE = 'namespace=~"$namespace"';

/** Range of rates: Grafana makes it fit the scrape interval and the zoom. */
export const RATE = '[$__rate_interval]';

type Matchers = readonly string[];

/** Inside of a selector: the series of a job in the chosen cluster, and more matchers. */
export function of(job: string, ...more: Matchers): string {
  return [CLUSTER, `job="${job}"`, ...more].join(',');
}

/** A series of kube-state-metrics as it is scraped, with labels of its own pod beside those of the object. */
export function stateSeries(metric: string, ...more: Matchers): string {
  return `${metric}{${of(JOBS.kubeState, ...more)}}`;
}

/** A series of kube-state-metrics by labels of the object: once, also while a replica of kube-state-metrics takes over from another. */
export function stateBy(labels: string, metric: string, ...more: Matchers): string {
  return `max by (cluster, ${labels}) (${stateSeries(metric, ...more)})`;
}

/** A series of cAdvisor about containers: without the sums of pods and node, which would count everything twice or thrice. */
export function containerSeries(metric: string, ...more: Matchers): string {
  return `${metric}{${of(JOBS.kubelet, 'container!=""', ...more)}}`;
}

/** Cores that containers use. */
export function cpuBy(labels: string, ...more: Matchers): string {
  return `sum by (cluster, ${labels}) (rate(${containerSeries('container_cpu_usage_seconds_total', ...more)}${RATE}))`;
}

/** Bytes of memory that containers have and the kernel cannot take back: what the kubelet evicts and kills for. */
export function memoryBy(labels: string, ...more: Matchers): string {
  return `sum by (cluster, ${labels}) (${containerSeries('container_memory_working_set_bytes', ...more)})`;
}

/** Bytes a second through the interfaces of pods. Those of pods in the node's own network are the node's. */
export function networkBy(labels: string, metric: string, ...more: Matchers): string {
  return `sum by (cluster, ${labels}) (rate(${metric}{${of(JOBS.kubelet, 'pod!=""', ...more)}}${RATE}))`;
}

/** 0 instead of nothing where `proof` has series; nothing still where the source itself is silent: that is not "fine". */
export function orZero(expr: string, proof: string): string {
  return `${expr} or 0 * count(${proof})`;
}

/** The quantile (0 to 1) of a histogram by labels; `buckets` is a selector of its _bucket series. */
export function quantile(q: number, buckets: string, ...by: readonly string[]): string {
  return `histogram_quantile(${q}, sum by (${['le', ...by].join(', ')}) (rate(${buckets}${RATE})))`;
}
