/** What a pod of something asks for: CPU in thousandths of a core, memory in MiB, all containers together. */
export interface PodRequests {
  readonly component: string;
  readonly pods: number | 'each node';
  readonly cpu: number;
  readonly memory: number;
}

/** The release whose figures these are. */
export const KUBE_PROMETHEUS = 'v0.18.0';

/**
 * What kube-prometheus asks for as it comes: the `resources.requests` in its `manifests/` at that release, sidecars included, and for the
 * config reloader the defaults of prometheus-operator v0.92 (`cmd/operator/main.go`), which adds it to every Prometheus and Alertmanager.
 */
export const KUBE_PROMETHEUS_REQUESTS: readonly PodRequests[] = [
  { component: 'prometheus', pods: 2, cpu: 10, memory: 400 + 50 },
  { component: 'alertmanager', pods: 3, cpu: 4 + 10, memory: 100 + 50 },
  { component: 'grafana', pods: 1, cpu: 100, memory: 100 },
  { component: 'blackbox-exporter', pods: 1, cpu: 10 + 10 + 10, memory: 20 + 20 + 20 },
  { component: 'kube-state-metrics', pods: 1, cpu: 10 + 20 + 10, memory: 190 + 20 + 20 },
  { component: 'node-exporter', pods: 'each node', cpu: 102 + 10, memory: 180 + 20 },
  // Its prometheus-adapter serves metrics.k8s.io, which is what metrics-server does here.
  { component: 'metrics-server', pods: 2, cpu: 102, memory: 180 },
  { component: 'operator', pods: 1, cpu: 100 + 10, memory: 100 + 20 },
];
