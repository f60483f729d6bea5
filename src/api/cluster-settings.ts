import type { KubernetesSpec, KubeStateSpec, MetricsApiSpec, NetworkFlowsSpec, NodeProblemDetectorSpec, PushgatewaySpec } from './cluster-components.ts';
import { LOG_VERSIONS, logSettings, type LogSettings } from './log-settings.ts';
import type { MonitoringStackSpec, PodSettings, StorageSettings } from './monitoring-stack.ts';
import { isOn, pick, present, withV } from './presence.ts';
import type { Tls } from './scrape-target.ts';

/** Releases of what looks at a whole cluster, where a stack names none. */
export const CLUSTER_VERSIONS = {
  kubeState: 'v2.19.1',
  pushgateway: 'v1.11.3',
  nodeProblemDetector: 'v1.34.0',
  networkFlows: '3.33.0',
  metricsServer: 'v0.9.0',
  prometheusAdapter: 'v0.12.0',
  otelCollector: LOG_VERSIONS.OpenTelemetry,
  fluentBit: LOG_VERSIONS.FluentBit,
  fluentd: LOG_VERSIONS.Fluentd,
} as const;

/** Parts of Kubernetes that are scraped, in the order of the jobs. */
export const KUBERNETES_PARTS = ['apiServer', 'kubelet', 'controllerManager', 'scheduler', 'proxy', 'etcd', 'dns'] as const;
/** One of them, called as its field in the spec. */
export type KubernetesPart = (typeof KUBERNETES_PARTS)[number];

/** A kind of the user's own whose objects become series. */
export type CustomResource = NonNullable<KubeStateSpec['customResources']>[number];

/** kube-state-metrics with nothing left open. */
export interface KubeStateSettings {
  readonly version: string;
  readonly shards: number;
  /** Absent: those of DEFAULT_RESOURCES in render/exporters/kube-state-metrics. */
  readonly resources?: readonly string[];
  readonly metricLabels: Readonly<Record<string, readonly string[]>>;
  readonly metricAnnotations: Readonly<Record<string, readonly string[]>>;
  readonly metricDenylist: readonly string[];
  readonly customResources: readonly CustomResource[];
  readonly pod: PodSettings;
}

/** The Pushgateway with nothing left open. */
export interface PushgatewaySettings {
  readonly version: string;
  readonly storage?: StorageSettings;
  readonly pod: PodSettings;
}

/** What to look for in the kernel log. */
export type NodeProblemRule = NonNullable<NodeProblemDetectorSpec['rules']>[number];

type NodeProblemPluginSpec = NonNullable<NodeProblemDetectorSpec['plugins']>[number];
/** A program of the user's that looks after nodes, with every default in place. */
export type NodeProblemPlugin = NodeProblemPluginSpec & Required<Pick<NodeProblemPluginSpec, 'args' | 'interval' | 'timeout'>>;

/** The node-problem-detector with nothing left open. */
export interface NodeProblemDetectorSettings {
  readonly version: string;
  /** The user's, beside those that come with it. */
  readonly rules: readonly NodeProblemRule[];
  readonly plugins: readonly NodeProblemPlugin[];
  readonly pod: PodSettings;
}

/** The exporter of network flows with nothing left open. */
export interface NetworkFlowsSettings {
  /** As its image is tagged: without a v. */
  readonly version: string;
  /** On the node. */
  readonly port: number;
  /** Networks of pods; absent: those that the parts of Kubernetes are told. */
  readonly podCidrs?: readonly string[];
  /** Series by the port of the server too. */
  readonly serverPorts: boolean;
  readonly pod: PodSettings;
}

/** metrics-server with nothing left open. */
export interface MetricsServerSettings {
  readonly version: string;
  readonly replicas: number;
  /** Take any certificate of a kubelet. */
  readonly insecureSkipVerify: boolean;
  readonly pod: PodSettings;
}

type CustomMetricsSpec = NonNullable<MetricsApiSpec['custom']>;
/** Which series HPAs may ask for, as metrics of objects. */
export type CustomMetricRule = NonNullable<CustomMetricsSpec['rules']>[number];
/** The same, as metrics of anything else. */
export type ExternalMetricRule = NonNullable<CustomMetricsSpec['external']>[number];

/** prometheus-adapter with nothing left open. */
export interface PrometheusAdapterSettings {
  readonly version: string;
  readonly replicas: number;
  readonly rules: readonly CustomMetricRule[];
  readonly external: readonly ExternalMetricRule[];
  readonly pod: PodSettings;
}

/** One part of Kubernetes that is to be scraped where the platform shows it. */
export interface KubernetesPartSettings {
  /** The user named it: what is not shown is worth a word more. */
  readonly isAsked: boolean;
  readonly interval?: string;
  /** IP addresses where it listens; none: found by its pods. */
  readonly addresses: readonly string[];
  readonly port?: number;
  /** etcd alone. */
  readonly tls?: Tls;
  /** kubelet alone. */
  readonly insecureSkipVerify?: boolean;
  /** kubelet alone. */
  readonly containers?: 'Essential' | 'All';
}

/** Those that are on. */
export type KubernetesSettings = Readonly<Partial<Record<KubernetesPart, KubernetesPartSettings>>>;

/** What looks at a whole cluster, with every default in place; absent is off. */
export interface ClusterSettings {
  readonly kubeState?: KubeStateSettings;
  readonly pushgateway?: PushgatewaySettings;
  readonly nodeProblemDetector?: NodeProblemDetectorSettings;
  readonly networkFlows?: NetworkFlowsSettings;
  readonly metricsServer?: MetricsServerSettings;
  readonly prometheusAdapter?: PrometheusAdapterSettings;
  readonly logs?: LogSettings;
  /** Empty in scope Namespace. */
  readonly kubernetes: KubernetesSettings;
}

/** What a stack's spec means for the components that look at a whole cluster. */
export function clusterSettings({ scope, exporters, metricsApi: { resource, custom } = {}, kubernetes, logs }: MonitoringStackSpec): ClusterSettings {
  const isCluster = scope === 'Cluster';
  const collected = logSettings(logs, isCluster);
  return {
    ...exporterSettings(exporters, isCluster),
    ...present('metricsServer', isCluster && isOn(resource, true), () => metricsServerSettings(resource)),
    ...present('prometheusAdapter', isCluster && isOn(custom, false), () => prometheusAdapterSettings(custom)),
    ...(collected ? { logs: collected } : {}),
    kubernetes: isCluster && isOn(kubernetes, true) ? kubernetesSettings(kubernetes) : {},
  };
}

function exporterSettings(
  { kubeState, pushgateway, nodeProblemDetector, networkFlows }: NonNullable<MonitoringStackSpec['exporters']> = {}, isCluster: boolean,
): Pick<ClusterSettings, 'kubeState' | 'pushgateway' | 'nodeProblemDetector' | 'networkFlows'> {
  return {
    ...present('kubeState', isCluster && isOn(kubeState, true), () => kubeStateSettings(kubeState)),
    ...present('pushgateway', isOn(pushgateway, false), () => pushgatewaySettings(pushgateway)),
    ...present('nodeProblemDetector', isCluster && isOn(nodeProblemDetector, false), () => nodeProblemDetectorSettings(nodeProblemDetector)),
    ...present('networkFlows', isCluster && isOn(networkFlows, false), () => networkFlowsSettings(networkFlows)),
  };
}

function kubeStateSettings(spec: KubeStateSpec = {}): KubeStateSettings {
  return {
    version: withV(spec.version ?? CLUSTER_VERSIONS.kubeState),
    shards: spec.shards ?? 1,
    metricLabels: spec.metricLabels ?? {},
    metricAnnotations: spec.metricAnnotations ?? {},
    metricDenylist: spec.metricDenylist ?? [],
    customResources: spec.customResources ?? [],
    pod: spec.pod ?? {},
    ...pick(spec, ['resources']),
  };
}

function pushgatewaySettings(spec: PushgatewaySpec = {}): PushgatewaySettings {
  return { version: withV(spec.version ?? CLUSTER_VERSIONS.pushgateway), pod: spec.pod ?? {}, ...pick(spec, ['storage']) };
}

function nodeProblemDetectorSettings(spec: NodeProblemDetectorSpec = {}): NodeProblemDetectorSettings {
  return {
    version: withV(spec.version ?? CLUSTER_VERSIONS.nodeProblemDetector),
    rules: spec.rules ?? [],
    plugins: (spec.plugins ?? []).map((plugin) => ({ args: [], interval: '30s', timeout: '5s', ...plugin })),
    pod: spec.pod ?? {},
  };
}

function networkFlowsSettings(spec: NetworkFlowsSpec = {}): NetworkFlowsSettings {
  return {
    version: (spec.version ?? CLUSTER_VERSIONS.networkFlows).replace(/^v/, ''),
    port: spec.port ?? 8999,
    ...(spec.podCidrs ? { podCidrs: spec.podCidrs } : {}),
    serverPorts: spec.serverPorts ?? false,
    pod: spec.pod ?? {},
  };
}

function metricsServerSettings(spec: NonNullable<MetricsApiSpec['resource']> = {}): MetricsServerSettings {
  return {
    version: withV(spec.version ?? CLUSTER_VERSIONS.metricsServer),
    replicas: spec.replicas ?? 1,
    insecureSkipVerify: spec.insecureSkipVerify ?? true,
    pod: spec.pod ?? {},
  };
}

function prometheusAdapterSettings(spec: CustomMetricsSpec = {}): PrometheusAdapterSettings {
  return {
    version: withV(spec.version ?? CLUSTER_VERSIONS.prometheusAdapter),
    replicas: spec.replicas ?? 1,
    rules: spec.rules ?? [],
    external: spec.external ?? [],
    pod: spec.pod ?? {},
  };
}

function kubernetesSettings(spec: KubernetesSpec = {}): KubernetesSettings {
  const parts = KUBERNETES_PARTS.filter((part) => isOn(spec[part], true));
  return Object.fromEntries(parts.map((part) => [part, partSettings(spec[part])]));
}

type AnyPart = NonNullable<KubernetesSpec['etcd'] & KubernetesSpec['kubelet']>;

function partSettings(part: KubernetesSpec[KubernetesPart]): KubernetesPartSettings {
  const spec: AnyPart = part ?? {};
  return {
    isAsked: part !== undefined,
    addresses: spec.addresses ?? [],
    ...pick(spec, ['interval', 'port', 'tls', 'insecureSkipVerify', 'containers']),
  };
}
