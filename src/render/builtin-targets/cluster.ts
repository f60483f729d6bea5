import type { StackSettings } from '../../api/defaults.ts';
import type { LogCollector } from '../../api/log-settings.ts';
import { copy, replace, set, type RelabelRule } from '../../formats/prometheus/relabel.ts';
import type { ScrapeConfig } from '../../formats/prometheus/scrape-config.ts';
import { NETWORK_FLOW_SERIES } from '../exporters/network-flows/series.ts';
import { COMPONENTS, componentName, logCollectorComponent, PORTS, type StackName } from '../names.ts';
import { TOKEN_FILE } from '../prometheus-server/service-account-files.ts';
import { kubernetesSd } from '../scrape-target/service-discovery.ts';
import { keepOnFirstShard, keepShard, type Spread } from '../scrape-target/shard-rules.ts';
import type { StackParts } from '../stack-parts.ts';
import { keepComponent } from './keep-component.ts';
import { dropRuntime, keepBuckets, keepNames } from './metric-rules.ts';

/** Jobs for the components that look at a whole cluster, for the Pushgateway and for what collects logs. */
export function clusterJobs(stack: StackName, settings: StackSettings, parts: StackParts): ScrapeConfig[] {
  const { kubeState, pushgateway, nodeProblemDetector, networkFlows, logs } = settings;
  const { spread } = settings.prometheus;
  return [
    ...(kubeState ? kubeStateJobs(stack, kubeState.shards, spread) : []),
    ...(pushgateway ? [pushgatewayJob(stack, settings)] : []),
    ...(nodeProblemDetector ? [nodeJob(stack, COMPONENTS.nodeProblemDetector, { port: PORTS.nodeProblemDetector, spread })] : []),
    ...(networkFlows ? [networkFlowsJob(stack, networkFlows.port, spread)] : []),
    ...(logs ? [logsJob(stack, logs.collector, spread)] : []),
    ...(parts.resourceMetrics.length > 0 ? [apiServerOf(stack, COMPONENTS.metricsServer, PORTS.metricsServer, spread)] : []),
    ...(parts.customMetrics.length > 0 ? [apiServerOf(stack, COMPONENTS.prometheusAdapter, PORTS.prometheusAdapter, spread)] : []),
  ];
}

const pod: readonly RelabelRule[] = [
  copy('__meta_kubernetes_pod_name', 'pod'),
  copy('__meta_kubernetes_pod_container_name', 'container'),
  copy('__meta_kubernetes_pod_node_name', 'node'),
];

/**
 * What kube-state-metrics says of the cluster, and what it says of itself. A series of the cluster has the labels of what it
 * is about and none of the pod that told it, so that no series changes when that pod does.
 */
function kubeStateJobs(stack: StackName, kubeStateShards: number, spread: Spread): ScrapeConfig[] {
  const component = COMPONENTS.kubeState;
  const kubernetes_sd_configs = [kubernetesSd('pod', [stack.namespace])];
  const teller = kubeStateShards > 1 ? copy('__meta_kubernetes_pod_name', 'instance') : set('instance', componentName(stack, component));
  return [
    {
      job_name: `belfry/${component}`,
      honor_labels: true,
      kubernetes_sd_configs,
      relabel_configs: [...keepComponent(stack, component, PORTS.kubeState), set('job', component), teller, ...keepOnFirstShard(spread)],
    },
    {
      job_name: `belfry/${component}-self`,
      kubernetes_sd_configs,
      relabel_configs: [
        ...keepComponent(stack, component, PORTS.kubeStateSelf),
        set('job', component),
        set('namespace', stack.namespace),
        ...pod,
        ...keepOnFirstShard(spread),
      ],
      metric_relabel_configs: [dropRuntime],
    },
  ];
}

/** What jobs pushed, with the labels that they pushed; where the stack looks after one namespace, all of it is that one's. */
function pushgatewayJob(stack: StackName, { scope, prometheus }: StackSettings): ScrapeConfig {
  const component = COMPONENTS.pushgateway;
  return {
    job_name: `belfry/${component}`,
    honor_labels: true,
    kubernetes_sd_configs: [kubernetesSd('pod', [stack.namespace])],
    relabel_configs: [
      ...keepComponent(stack, component, PORTS.pushgateway),
      set('job', component),
      set('namespace', stack.namespace),
      set('instance', componentName(stack, component)),
      ...keepOnFirstShard(prometheus.spread),
    ],
    ...(scope === 'Namespace' ? { metric_relabel_configs: [set('namespace', stack.namespace)] } : {}),
  };
}

/** What runs on every node and tells of it: an instance is a node. */
function nodeJob(stack: StackName, component: string, { port, spread, path }: { readonly port: number; readonly spread: Spread; readonly path?: string }): ScrapeConfig {
  return {
    job_name: `belfry/${component}`,
    ...(path === undefined ? {} : { metrics_path: path }),
    kubernetes_sd_configs: [kubernetesSd('pod', [stack.namespace])],
    relabel_configs: [
      ...keepComponent(stack, component, port),
      set('job', component),
      set('namespace', stack.namespace),
      ...pod,
      copy('__meta_kubernetes_pod_node_name', 'instance'),
      ...keepShard(spread),
    ],
  };
}

/**
 * What comes from the network of pods and from none of them comes from a node, by an address that its status does not list:
 * with bridges, kubelets probe from there. It is called as its network, since a node of that name may be there beside it.
 */
const OWN_ADDRESSES: readonly RelabelRule[] = [
  replace(['k8s_src_owner_type', 'src_cidr'], ';(.+)', 'k8s_src_owner_name'),
  replace(['k8s_src_owner_type', 'src_cidr'], ';.+', 'k8s_src_owner_type', 'Node'),
];

/**
 * Flows, with the labels that the exporter gives them: `instance` is the node. Of the exporter itself only what says that it
 * runs, and whether it keeps up.
 */
function networkFlowsJob(stack: StackName, port: number, spread: Spread): ScrapeConfig {
  return { ...nodeJob(stack, COMPONENTS.networkFlows, { port, spread }), metric_relabel_configs: [keepNames(NETWORK_FLOW_SERIES), ...OWN_ADDRESSES] };
}

function logsJob(stack: StackName, collector: LogCollector, spread: Spread): ScrapeConfig {
  const component = logCollectorComponent(collector);
  const { port, path } = LOG_METRICS[collector];
  return nodeJob(stack, component, { port, spread, ...(path === undefined ? {} : { path }) });
}

/** Where collectors of logs show their metrics. */
const LOG_METRICS: Readonly<Record<LogCollector, { readonly port: number; readonly path?: string }>> = {
  OpenTelemetry: { port: PORTS.otelCollector },
  FluentBit: { port: PORTS.fluentBit, path: '/api/v2/metrics/prometheus' },
  Fluentd: { port: PORTS.fluentd },
};

/** Aggregated API servers show their metrics to whom the API server lets, under a certificate of their own making. */
function apiServerOf(stack: StackName, component: string, port: number, spread: Spread): ScrapeConfig {
  return {
    job_name: `belfry/${component}`,
    scheme: 'https',
    authorization: { credentials_file: TOKEN_FILE },
    tls_config: { insecure_skip_verify: true },
    kubernetes_sd_configs: [kubernetesSd('pod', [stack.namespace])],
    relabel_configs: [
      ...keepComponent(stack, component, port),
      set('job', component),
      set('namespace', stack.namespace),
      ...pod,
      ...keepOnFirstShard(spread),
    ],
    metric_relabel_configs: [dropRuntime, ...keepBuckets(['metrics_server_kubelet_request_duration_seconds', 'metrics_server_manager_tick_duration_seconds', 'prometheus_adapter_.+'])],
  };
}
