/**
 * Where the image of each component comes from: the repositories that the projects themselves publish to. Releases are in
 * api/defaults.ts, since a user may name another.
 */
export const IMAGE_REPOSITORIES = {
  prometheus: 'quay.io/prometheus/prometheus',
  thanos: 'quay.io/thanos/thanos',
  alertmanager: 'quay.io/prometheus/alertmanager',
  grafana: 'docker.io/grafana/grafana',
  nodeExporter: 'quay.io/prometheus/node-exporter',
  blackbox: 'quay.io/prometheus/blackbox-exporter',
  kubeState: 'registry.k8s.io/kube-state-metrics/kube-state-metrics',
  pushgateway: 'quay.io/prometheus/pushgateway',
  nodeProblemDetector: 'registry.k8s.io/node-problem-detector/node-problem-detector',
  networkFlows: 'docker.io/grafana/beyla',
  metricsServer: 'registry.k8s.io/metrics-server/metrics-server',
  prometheusAdapter: 'registry.k8s.io/prometheus-adapter/prometheus-adapter',
  otelCollector: 'docker.io/otel/opentelemetry-collector-contrib',
  fluentBit: 'docker.io/fluent/fluent-bit',
  fluentd: 'docker.io/fluent/fluentd-kubernetes-daemonset',
} as const;

export type Component = keyof typeof IMAGE_REPOSITORIES;

/** The oldest Prometheus that we write configs for: first long-term release with everything the config relies on. */
export const OLDEST_PROMETHEUS = 'v2.45.0';

/** Prometheus releases with a fault that breaks what we write, and the one to take instead. */
export const WITHDRAWN_PROMETHEUS: Readonly<Record<string, { readonly fault: string; readonly instead: string }>> = {
  // prometheus/prometheus 17807
  'v3.9.0': { fault: 'its relabel actions keep and drop do the wrong thing', instead: 'v3.9.1' },
};
