import { COMPONENTS, OPERATOR } from '../../names.ts';

/** Label `job` of what dashboards ask: the names of the built-in targets. */
export const JOBS = {
  prometheus: COMPONENTS.prometheus,
  querier: COMPONENTS.querier,
  sidecar: 'thanos-sidecar',
  alertmanager: COMPONENTS.alertmanager,
  grafana: COMPONENTS.grafana,
  nodeExporter: COMPONENTS.nodeExporter,
  blackbox: COMPONENTS.blackbox,
  kubeState: 'kube-state-metrics',
  kubelet: 'kubelet',
  apiServer: 'apiserver',
  controllerManager: 'kube-controller-manager',
  scheduler: 'kube-scheduler',
  proxy: 'kube-proxy',
  etcd: 'etcd',
  operator: OPERATOR,
  otelCollector: COMPONENTS.otelCollector,
  fluentBit: COMPONENTS.fluentBit,
  fluentd: COMPONENTS.fluentd,
  dns: 'coredns',
  networkFlows: COMPONENTS.networkFlows,
} as const;
