import type { KubernetesPart } from '../../../api/cluster-settings.ts';
import type { StackSettings } from '../../../api/defaults.ts';

/** What dashboards depend on. */
export type Component = 'alertmanager' | 'grafana' | 'remoteWrite' | 'querier' | 'probes' | 'nodeExporter' | 'kubeState' | 'networkFlows' | 'operator' | 'otelCollector' | 'fluentBit' | 'fluentd' | KubernetesPart;

/** What of it is on in a stack. Prometheus always is: without it there is nothing to show. */
export type Components = ReadonlySet<Component>;

/** What the settings alone do not tell. */
export interface Found {
  /** Parts of Kubernetes that are scraped here. */
  readonly kubernetes: ReadonlySet<KubernetesPart>;
  /** The stack has a blackbox exporter, since a ScrapeTarget probes or its user asked for one. */
  readonly probes: boolean;
}

/** What is on. */
export function componentsOf({ scope, alertmanager, grafana, nodeExporter, kubeState, networkFlows, prometheus, logs }: StackSettings, { kubernetes, probes }: Found): Components {
  const on: readonly (readonly [Component, boolean])[] = [
    ['alertmanager', alertmanager !== undefined],
    ['grafana', grafana !== undefined],
    ['nodeExporter', nodeExporter !== undefined],
    ['kubeState', kubeState !== undefined],
    ['networkFlows', networkFlows !== undefined],
    ['remoteWrite', prometheus.remoteWrite.length > 0],
    ['querier', prometheus.thanos?.querier !== undefined],
    ['probes', probes],
    ['operator', scope === 'Cluster'],
    ['otelCollector', logs?.collector === 'OpenTelemetry'],
    ['fluentBit', logs?.collector === 'FluentBit'],
    ['fluentd', logs?.collector === 'Fluentd'],
  ];
  return new Set([...on.flatMap(([component, isOn]) => (isOn ? [component] : [])), ...kubernetes]);
}
