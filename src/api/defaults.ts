import type { LabelSelector } from '../lib/label-selector.ts';
import { CLUSTER_VERSIONS, clusterSettings, type ClusterSettings } from './cluster-settings.ts';
import type { MonitoringStack, MonitoringStackSpec, PodSettings, StorageSettings } from './monitoring-stack.ts';
import { isOn, pick, present, withV } from './presence.ts';
import { PROMETHEUS_VERSIONS, prometheusSettings, type PrometheusSettings } from './prometheus-settings.ts';
import type { ReceiverSettings } from './receiver.ts';
import { rulePackSettings, type RulePackSettings } from './rule-packs.ts';

/** Releases that a stack gets when it names none. */
export const DEFAULT_VERSIONS = {
  ...PROMETHEUS_VERSIONS,
  alertmanager: 'v0.31.1',
  grafana: '13.1.3',
  nodeExporter: 'v1.12.1',
  blackbox: 'v0.28.0',
  ...CLUSTER_VERSIONS,
} as const;

/** Units that the node exporter reports when systemd is switched on without saying which. */
const DEFAULT_SYSTEMD_UNITS = '(docker|containerd|ssh|sshd|rsyslog|kubelet).service';

/** Whose resources a stack takes: those of its own namespace, or of all namespaces whose labels fit (`{}`: all). */
export type NamespaceSelection = 'Own' | LabelSelector;

/** A volume for each replica. */
export type VolumeSettings = StorageSettings;

export interface AlertmanagerSettings {
  readonly version: string;
  readonly replicas: number;
  /** Absent: alerts that no route takes are shown and go nowhere. */
  readonly defaultReceiver?: ReceiverSettings;
  readonly routeScope: 'Namespace' | 'All';
  readonly groupBy: readonly string[];
  readonly storage?: VolumeSettings;
  readonly retention: string;
  readonly externalUrl?: string;
  readonly pod: PodSettings;
}

export interface GrafanaSettings {
  /** Without a v, as Grafana's images are tagged. */
  readonly version: string;
  readonly ingress?: NonNullable<NonNullable<MonitoringStackSpec['grafana']>['ingress']>;
  readonly dashboardsFromNamespaces: boolean;
  readonly pod: PodSettings;
}

export interface NodeExporterSettings {
  readonly version: string;
  /** On the node itself: the pods use its network. */
  readonly port: number;
  /** Regular expression of systemd units; absent: systemd is not asked. */
  readonly systemdUnits?: string;
  /** On the nodes; absent: no text files are read. */
  readonly textfileDirectory?: string;
  readonly pod: PodSettings;
}

export interface BlackboxSettings {
  /** WhenProbed: runs while a ScrapeTarget of the stack probes. */
  readonly on: 'Always' | 'WhenProbed' | 'Never';
  readonly version: string;
  /** The user's modules, beside those that come with it. */
  readonly modules: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly pod: PodSettings;
}

/** A MonitoringStack's spec with every default in place: what the rest of the program looks at instead of the spec. */
export interface StackSettings extends ClusterSettings {
  readonly scope: 'Namespace' | 'Cluster';
  readonly select: { readonly namespaces: NamespaceSelection; readonly targets: LabelSelector; readonly policies: LabelSelector };
  /** ScrapeTargets may reach other namespaces than their own. */
  readonly crossNamespace: boolean;
  readonly annotations: { readonly enabled: boolean; readonly prefix: string };
  readonly prometheus: PrometheusSettings;
  readonly alertmanager?: AlertmanagerSettings;
  readonly grafana?: GrafanaSettings;
  readonly nodeExporter?: NodeExporterSettings;
  readonly blackbox: BlackboxSettings;
  readonly rulePacks: RulePackSettings;
  readonly images: { readonly registry?: string; readonly pullSecrets: readonly string[] };
  readonly suspend: boolean;
}

const known = new WeakMap<MonitoringStackSpec, StackSettings>();

/** What a stack's spec means once every omitted field has its default. The same spec gives the same object. */
export function stackSettings({ spec }: Pick<MonitoringStack, 'spec'>): StackSettings {
  let settings = known.get(spec);
  if (!settings) {
    settings = resolve(spec);
    known.set(spec, settings);
  }
  return settings;
}

function resolve(spec: MonitoringStackSpec): StackSettings {
  const prometheus = prometheusSettings(spec.prometheus);
  // An agent evaluates no rules and answers no queries: Alertmanager and Grafana would have nothing to show.
  const isServer = prometheus.mode === 'Server';
  return {
    scope: spec.scope ?? 'Namespace',
    select: selection(spec),
    crossNamespace: spec.select?.crossNamespace ?? false,
    annotations: annotationDiscovery(spec.discovery?.annotations),
    prometheus,
    ...present('alertmanager', isOn(spec.alertmanager, isServer), () => alertmanagerSettings(spec.alertmanager)),
    ...present('grafana', isOn(spec.grafana, isServer), () => grafanaSettings(spec.grafana)),
    ...exporters(spec),
    ...clusterSettings(spec),
    rulePacks: rulePackSettings(spec.rulePacks),
    images: imageSettings(spec.images),
    suspend: spec.suspend ?? false,
  };
}

function exporters({ scope, exporters: { node, blackbox } = {} }: MonitoringStackSpec): Pick<StackSettings, 'nodeExporter' | 'blackbox'> {
  return {
    ...present('nodeExporter', scope === 'Cluster' && isOn(node, true), () => nodeExporterSettings(node)),
    blackbox: blackboxSettings(blackbox),
  };
}

function imageSettings(spec: { registry?: string; pullSecrets?: string[] } = {}): StackSettings['images'] {
  return { ...pick(spec, ['registry']), pullSecrets: spec.pullSecrets ?? [] };
}

function annotationDiscovery(spec: { enabled?: boolean; prefix?: string } = {}): StackSettings['annotations'] {
  return { enabled: isOn(spec, true), prefix: spec.prefix ?? 'prometheus.io' };
}

function selection({ scope, select = {} }: MonitoringStackSpec): StackSettings['select'] {
  return {
    namespaces: select.namespaces ?? (scope === 'Cluster' ? {} : 'Own'),
    targets: select.targets ?? {},
    policies: select.policies ?? {},
  };
}

function alertmanagerSettings(spec: NonNullable<MonitoringStackSpec['alertmanager']> = {}): AlertmanagerSettings {
  return {
    version: withV(spec.version ?? DEFAULT_VERSIONS.alertmanager),
    replicas: spec.replicas ?? 1,
    routeScope: spec.routeScope ?? 'Namespace',
    groupBy: spec.groupBy ?? ['alertname', 'namespace'],
    retention: spec.retention ?? '120h',
    pod: spec.pod ?? {},
    ...pick(spec, ['defaultReceiver', 'storage', 'externalUrl']),
  };
}

function grafanaSettings(spec: NonNullable<MonitoringStackSpec['grafana']> = {}): GrafanaSettings {
  return {
    version: (spec.version ?? DEFAULT_VERSIONS.grafana).replace(/^v/, ''),
    dashboardsFromNamespaces: spec.dashboards?.fromNamespaces ?? false,
    pod: spec.pod ?? {},
    ...pick(spec, ['ingress']),
  };
}

type NodeSpec = NonNullable<NonNullable<MonitoringStackSpec['exporters']>['node']>;

function nodeExporterSettings(spec: NodeSpec = {}): NodeExporterSettings {
  return {
    version: withV(spec.version ?? DEFAULT_VERSIONS.nodeExporter),
    port: spec.port ?? 9100,
    pod: spec.pod ?? {},
    ...present('systemdUnits', isOn(spec.systemd, false), () => spec.systemd?.units ?? DEFAULT_SYSTEMD_UNITS),
    ...pick(spec, ['textfileDirectory']),
  };
}

type BlackboxSpec = NonNullable<NonNullable<MonitoringStackSpec['exporters']>['blackbox']>;

function blackboxSettings(spec: BlackboxSpec | undefined): BlackboxSettings {
  return {
    on: spec === undefined ? 'WhenProbed' : isOn(spec, true) ? 'Always' : 'Never',
    version: withV(spec?.version ?? DEFAULT_VERSIONS.blackbox),
    modules: spec?.modules ?? {},
    pod: spec?.pod ?? {},
  };
}
