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

/**
 * Releases of each component that the tests run as real programs, newest first: the defaults together on a node, older ones of
 * Prometheus on what is written for them (e2e/support/tools.ts builds them, e2e/prometheus/tested-versions.test.ts compares).
 * None: no such program can be built from a Go module.
 */
export const TESTED: Readonly<Record<Component, readonly string[]>> = {
  prometheus: ['v3.15.0', 'v3.5.1', 'v2.55.1', 'v2.45.6'],
  thanos: ['v0.41.0'],
  alertmanager: ['v0.31.1'],
  grafana: [],
  nodeExporter: ['v1.12.1'],
  blackbox: ['v0.28.0'],
  kubeState: ['v2.19.1'],
  pushgateway: ['v1.11.3'],
  nodeProblemDetector: ['v1.34.0'],
  networkFlows: [],
  metricsServer: ['v0.9.0'],
  prometheusAdapter: ['v0.12.0'],
  otelCollector: ['0.156.0'],
  fluentBit: [],
  fluentd: [],
};
