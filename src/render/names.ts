import type { StackSettings } from '../api/defaults.ts';
import type { LogCollector } from '../api/log-settings.ts';
import type { Problem } from '../api/rejection.ts';

/** The name of a stack and where it is: all that names depend on. */
export interface StackName {
  readonly name: string;
  readonly namespace: string;
}

/** `app.kubernetes.io/name` of everything that belongs to a component, and the first part of its objects' names. */
export const COMPONENTS = {
  prometheus: 'prometheus',
  querier: 'thanos-querier',
  alertmanager: 'alertmanager',
  grafana: 'grafana',
  nodeExporter: 'node-exporter',
  blackbox: 'blackbox-exporter',
  kubeState: 'kube-state-metrics',
  pushgateway: 'pushgateway',
  nodeProblemDetector: 'node-problem-detector',
  networkFlows: 'network-flows',
  metricsServer: 'metrics-server',
  prometheusAdapter: 'prometheus-adapter',
  otelCollector: 'otel-collector',
  fluentBit: 'fluent-bit',
  fluentd: 'fluentd',
} as const;

/** The component that a collector of log lines is. */
export function logCollectorComponent(collector: LogCollector): string {
  return { OpenTelemetry: COMPONENTS.otelCollector, FluentBit: COMPONENTS.fluentBit, Fluentd: COMPONENTS.fluentd }[collector];
}

/** What the operator's own pods are called by the label app.kubernetes.io/name, and their series by the label job. */
export const OPERATOR = 'belfry';
/** The name of the port of the operator's pods that shows its metrics. */
export const OPERATOR_PORT = 'metrics';
/** A metric of the operator that alerts quote: the last line that a crashing container (label `of`) left (label `words`). */
export const LAST_WORDS_METRIC = 'belfry_container_last_words';

/** Ports as others see them: on Services and in scrape configs. */
export const PORTS = {
  prometheus: 9090, thanosGrpc: 10901, thanosHttp: 10902, alertmanager: 9093, alertmanagerMesh: 9094, grafana: 3000, blackbox: 9115,
  kubeState: 8080, kubeStateSelf: 8081, pushgateway: 9091, nodeProblemDetector: 20257, metricsServer: 10250, prometheusAdapter: 6443,
  otelCollector: 8888, otelHealth: 13133, fluentBit: 2020, fluentd: 24231,
} as const;

/** How many buckets a shard's scrape configs and rules are spread over. */
export const BUCKET_COUNT = 64;

/**
 * Into how many ConfigMaps one bucket may be parted, by the stack's scope. The volume has one optional source for each, and the kubelet watches
 * all of them for every replica, so only a stack that may see a whole cluster has more than one.
 */
const MOST_PARTS = { Namespace: 1, Cluster: 4 } as const;

/** How many ConfigMaps buckets can fill in a stack with this scope (`spec.scope`; Namespace where absent), the same for each shard. */
export function bucketMapCount(scope: keyof typeof MOST_PARTS = 'Namespace'): number {
  return BUCKET_COUNT * MOST_PARTS[scope];
}

/** How many ConfigMaps users' dashboards are spread over; Grafana's pod has one optional source for each. */
export const USER_DASHBOARD_MAP_COUNT = 64;

/** StatefulSet, ServiceAccount ... of Prometheus, and the Service that people use: `prometheus-<stack>`. */
export function prometheusName(stack: StackName): string {
  return `prometheus-${stack.name}`;
}

/** The StatefulSet of one shard: the first has the plain name. Its base ConfigMap has the same. */
export function prometheusShardName(stack: StackName, shard: number): string {
  return shard === 0 ? prometheusName(stack) : `${prometheusName(stack)}-shard-${shard}`;
}

/** The ConfigMap that holds prometheus.yml and the built-in rules of a shard. */
export function prometheusBaseConfigMap(stack: StackName, shard: number): string {
  return prometheusShardName(stack, shard);
}

/** The ConfigMap of one bucket of a shard: `prometheus-<stack>-config-07`. */
export function prometheusBucketConfigMap(stack: StackName, shard: number, bucket: number): string {
  return `${prometheusShardName(stack, shard)}-config-${bucketNumber(bucket)}`;
}

/** Two digits or more, as in the names of ConfigMaps and files. */
export function bucketNumber(bucket: number): string {
  return String(bucket).padStart(2, '0');
}

/** The Secret with everything that Prometheus signs in with. */
export function prometheusCredentialsSecret(stack: StackName): string {
  return `${prometheusName(stack)}-credentials`;
}

/** The headless Service that gives Prometheus' pods their DNS names. */
export function prometheusGoverningService(stack: StackName): string {
  return `${prometheusName(stack)}-pods`;
}

/** StatefulSet, ServiceAccount and Service of Alertmanager. */
export function alertmanagerName(stack: StackName): string {
  return `alertmanager-${stack.name}`;
}

/** The headless Service by which Alertmanager's replicas find each other, and Prometheus finds each of them. */
export function alertmanagerGoverningService(stack: StackName): string {
  return `${alertmanagerName(stack)}-pods`;
}

/** The Secret with alertmanager.yaml. */
export function alertmanagerConfigSecret(stack: StackName): string {
  return alertmanagerName(stack);
}

export function grafanaName(stack: StackName): string {
  return `grafana-${stack.name}`;
}

/** The Secret with Grafana's admin user and generated password: keys `admin-user` and `admin-password`. */
export function grafanaAdminSecret(stack: StackName): string {
  return `${grafanaName(stack)}-admin`;
}

/** The ConfigMap with Grafana's data sources. */
export function grafanaDatasourcesConfigMap(stack: StackName): string {
  return `${grafanaName(stack)}-datasources`;
}

/** The ConfigMap that tells Grafana where its dashboards lie. */
export function grafanaProvidersConfigMap(stack: StackName): string {
  return `${grafanaName(stack)}-dashboard-providers`;
}

/** The ConfigMap of one dashboard. */
export function grafanaDashboardConfigMap(stack: StackName, dashboard: string): string {
  return `${grafanaName(stack)}-dashboard-${dashboard}`;
}

/** The ConfigMap of one bucket of the dashboards that users brought. */
export function grafanaUserDashboardsConfigMap(stack: StackName, bucket: number): string {
  return `${grafanaName(stack)}-user-dashboards-${bucketNumber(bucket)}`;
}

export function nodeExporterName(stack: StackName): string {
  return `node-exporter-${stack.name}`;
}

export function blackboxName(stack: StackName): string {
  return `blackbox-exporter-${stack.name}`;
}

/** Workload, ServiceAccount and Services of a component: `<component>-<stack>`. */
export function componentName(stack: StackName, component: string): string {
  return `${component}-${stack.name}`;
}

/** A cluster-scoped object or one in a foreign namespace: two stacks of one name in two namespaces must not share it. */
export function clusterName(stack: StackName, component: string): string {
  return `belfry-${component}-${stack.namespace}-${stack.name}`;
}

/** The ClusterRole of Prometheus, and its Roles in other namespaces. */
export function prometheusClusterName(stack: StackName): string {
  return clusterName(stack, COMPONENTS.prometheus);
}

/** `http://<service>.<namespace>.svc:<port>`: resolves under every cluster domain. */
export function serviceUrl(service: string, namespace: string, port: number): string {
  return `http://${service}.${namespace}.svc:${port}`;
}

/** Where the series of all shards can be asked for: the querier where there is one, else the first shard, in Prometheus' own API. */
export function queryUrl(stack: StackName, { prometheus }: StackSettings): string {
  const querier = prometheus.thanos?.querier;
  return querier
    ? serviceUrl(componentName(stack, COMPONENTS.querier), stack.namespace, PORTS.thanosHttp)
    : serviceUrl(prometheusName(stack), stack.namespace, PORTS.prometheus);
}

/** A pod's own DNS name under its governing Service. */
export function podAddress(pod: string, service: string, namespace: string): string {
  return `${pod}.${service}.${namespace}.svc`;
}

/** RFC 1035 label: Services, and label values. */
const LABEL_LENGTH = 63;
/**
 * The StatefulSet controller puts `<name>-<10 characters of hash>` into the label controller-revision-hash of each pod, and
 * fails to create pods once that is over 63 (kubernetes/kubernetes 64023).
 */
const STATEFUL_SET_LENGTH = LABEL_LENGTH - 11;

/** Names that would be longer than Kubernetes allows: the stack must be called something shorter. */
export function nameProblems(stack: StackName, settings: StackSettings): Problem[] {
  const names = [
    { kind: 'StatefulSet', name: prometheusShardName(stack, settings.prometheus.shards - 1), limit: STATEFUL_SET_LENGTH },
    { kind: 'Service', name: prometheusGoverningService(stack), limit: LABEL_LENGTH },
    ...(settings.alertmanager
      ? [
          { kind: 'StatefulSet', name: alertmanagerName(stack), limit: STATEFUL_SET_LENGTH },
          { kind: 'Service', name: alertmanagerGoverningService(stack), limit: LABEL_LENGTH },
        ]
      : []),
    ...(settings.prometheus.thanos?.querier ? [{ kind: 'Service', name: componentName(stack, COMPONENTS.querier), limit: LABEL_LENGTH }] : []),
    { kind: 'Service', name: blackboxName(stack), limit: LABEL_LENGTH },
    ...clusterNames(stack, settings),
  ];
  const worst = names.map((entry) => ({ ...entry, over: entry.name.length - entry.limit })).reduce((a, b) => (b.over > a.over ? b : a));
  if (worst.over <= 0) return [];
  return [
    {
      path: 'metadata.name',
      reason: 'NameTooLong',
      message: `"${stack.name}" makes the ${worst.kind} "${worst.name}", which is longer than the ${worst.limit} characters that Kubernetes allows: use a name of at most ${stack.name.length - worst.over} characters`,
    },
  ];
}

interface LimitedName {
  readonly kind: string;
  readonly name: string;
  readonly limit: number;
}

function clusterNames(stack: StackName, { kubeState, pushgateway, metricsServer, prometheusAdapter, logs }: StackSettings): LimitedName[] {
  const service = (component: string): LimitedName => ({ kind: 'Service', name: componentName(stack, component), limit: LABEL_LENGTH });
  const statefulSet = (component: string): LimitedName => ({ kind: 'StatefulSet', name: componentName(stack, component), limit: STATEFUL_SET_LENGTH });
  return [
    ...(kubeState ? [service(COMPONENTS.kubeState)] : []),
    ...(kubeState && kubeState.shards > 1 ? [statefulSet(COMPONENTS.kubeState)] : []),
    ...(pushgateway ? [statefulSet(COMPONENTS.pushgateway)] : []),
    ...(metricsServer ? [service(COMPONENTS.metricsServer)] : []),
    ...(prometheusAdapter ? [service(COMPONENTS.prometheusAdapter)] : []),
    ...(logs ? [service(logCollectorComponent(logs.collector))] : []),
  ];
}
