/*
 * Matchers for the label `job` of what comes with a stack: the names that rules and dashboards in common use expect.
 * They are set in render/builtin-targets.
 */
export const PROMETHEUS = 'job="prometheus"';
export const OPERATOR = 'job="belfry"';
export const ALERTMANAGER = 'job="alertmanager"';
export const GRAFANA = 'job="grafana"';
export const THANOS_SIDECAR = 'job="thanos-sidecar"';
export const THANOS_QUERIER = 'job="thanos-querier"';
export const NODE_EXPORTER = 'job="node-exporter"';
export const NODE_PROBLEM_DETECTOR = 'job="node-problem-detector"';
export const NETWORK_FLOWS = 'job="network-flows"';
export const OTEL_COLLECTOR = 'job="otel-collector"';
export const FLUENT_BIT = 'job="fluent-bit"';
export const FLUENTD = 'job="fluentd"';
export const LOG_COLLECTORS = 'job=~"otel-collector|fluent-bit|fluentd"';
export const KUBE_STATE = 'job="kube-state-metrics"';
export const KUBELET = 'job="kubelet"';
export const API_SERVER = 'job="apiserver"';
export const PROXY = 'job="kube-proxy"';
export const SCHEDULER = 'job="kube-scheduler"';
export const ETCD = 'job="etcd"';
export const DNS = 'job="coredns"';
