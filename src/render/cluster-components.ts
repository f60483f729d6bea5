import type { KubeObject } from '../api/kube-object.ts';
import { kubeStateMetrics } from './exporters/kube-state-metrics/kube-state-metrics.ts';
import { networkFlows } from './exporters/network-flows/network-flows.ts';
import { nodeProblemDetector } from './exporters/node-problem-detector/node-problem-detector.ts';
import { pushgateway } from './exporters/pushgateway/pushgateway.ts';
import { logCollector } from './logs/log-collector.ts';
import { metricsServer } from './metrics-api/metrics-server/metrics-server.ts';
import { prometheusAdapter } from './metrics-api/prometheus-adapter/prometheus-adapter.ts';
import type { StackContext } from './stack-context.ts';
import type { ClusterFacts } from './stack-input.ts';

/** The components that look at a whole cluster, the Pushgateway and the collector of logs: those that are on. */
export function clusterComponents(context: StackContext, { survey, references }: Pick<ClusterFacts, 'survey' | 'references'>): KubeObject[] {
  const { settings } = context;
  return [
    ...(settings.kubeState ? kubeStateMetrics(context, settings.kubeState) : []),
    ...(settings.pushgateway ? pushgateway(context, settings.pushgateway) : []),
    ...(settings.nodeProblemDetector ? nodeProblemDetector(context, settings.nodeProblemDetector, references) : []),
    ...(settings.networkFlows ? networkFlows(context, settings.networkFlows, survey) : []),
    ...(settings.metricsServer ? metricsServer(context, settings.metricsServer, survey?.nodeCount ?? 0) : []),
    ...(settings.prometheusAdapter ? prometheusAdapter(context, settings.prometheusAdapter) : []),
    ...(settings.logs ? logCollector(context, settings.logs) : []),
  ];
}
