import type { Component } from '../render/grafana/dashboards/components.ts';

/** Every component that a dashboard can depend on: as a record, so that a new one cannot be forgotten. */
const ALL: Readonly<Record<Component, true>> = {
  alertmanager: true, grafana: true, remoteWrite: true, querier: true, probes: true, operator: true, otelCollector: true, fluentBit: true, fluentd: true, nodeExporter: true, kubeState: true, networkFlows: true,
  apiServer: true, kubelet: true, controllerManager: true, scheduler: true, proxy: true, etcd: true, dns: true,
};

export const ALL_COMPONENTS: readonly Component[] = Object.keys(ALL) as Component[];
