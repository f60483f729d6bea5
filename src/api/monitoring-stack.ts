import type { Static } from 'typebox';
import { anyObject, byteSize, choice, duration, flag, integer, labelSelector, list, map, NODE_DIRECTORY_PATTERN, object, optional, secretKey, text } from './schema.ts';
import { kubernetesSchema, kubeStateSchema, metricsApiSchema, networkFlowsSchema, nodeProblemDetectorSchema, pushgatewaySchema } from './cluster-components.ts';
import type { Condition } from './conditions.ts';
import { conditionsSchema } from './conditions.ts';
import type { ObjectMeta } from './kube-object.ts';
import { logsSchema } from './logs.ts';
import { podSchema, storageSchema } from './pod-settings.ts';
import { receiverSettings } from './receiver.ts';
import { rulePacksSchema } from './rule-packs.ts';
import { limitsSchema, tlsSchema } from './scrape-target.ts';

const enabled = optional(flag('false switches it off; default true where the key is present.'));

const remoteWriteSchema = object('', {
  url: text('', { pattern: '^https?://.+' }),
  name: optional(text()),
  bearerToken: optional(secretKey('')),
  basic: optional(object('', { username: secretKey(''), password: secretKey('') })),
  tls: optional(tlsSchema),
  headers: optional(map('', text())),
  remoteTimeout: optional(duration('')),
  writeRelabel: optional(list('Relabel rules, in Prometheus\' words but camelCase.', anyObject(''))),
  sendExemplars: optional(flag()),
  sendNativeHistograms: optional(flag()),
  queue: optional(anyObject('queue_config in Prometheus\' own words.')),
});

const querierSchema = object('A Thanos querier: one place to ask all shards and replicas. On where there are several shards.', {
  enabled,
  replicas: optional(integer('Default 1.', { minimum: 1 })),
  endpoints: optional(list('Further StoreAPIs beside the sidecars, as host:port or in Thanos\' DNS notation: a store gateway over the bucket, say.', text('', { minLength: 1 }))),
  pod: optional(podSchema),
});

const receiveSchema = object('Samples that others push, beside those that are scraped.', {
  otlp: optional(
    object('OpenTelemetry metrics, at /api/v1/otlp/v1/metrics; from v2.47.0 on.', {
      enabled,
      promoteResourceAttributes: optional(list('Attributes of the resource that become labels, like service.name; from v2.55.0 on.', text('', { minLength: 1 }))),
    }),
  ),
  remoteWrite: optional(object('Remote write of another Prometheus or agent, at /api/v1/write.', { enabled })),
  outOfOrderWindow: optional(duration('How much older than the newest a pushed sample may be. Default 30m with otlp, else 0s.')),
  namespaces: optional(labelSelector('Further namespaces whose pods may push. Default: the stack\'s own alone.')),
});

const prometheusSchema = object('Prometheus.', {
  version: optional(text('Release, from v2.45.0 on: the config is written for it.', { pattern: '^v?[0-9]+[.][0-9]+[.][0-9]+$' })),
  mode: optional(choice('Agent scrapes and sends on, but keeps and evaluates nothing.', ['Server', 'Agent'])),
  replicas: optional(integer('Default 1. Each scrapes everything of its shard.', { minimum: 0 })),
  shards: optional(integer('Default 1. Targets are spread over shards by their address, and move without a gap when this changes.', { minimum: 1, maximum: 100 })),
  retention: optional(object('', { time: optional(duration('Default 15d.')), size: optional(byteSize('')) })),
  storage: optional(storageSchema),
  scrape: optional(object('Defaults for every target.', { interval: optional(duration('Default 30s.')), timeout: optional(duration('Default 10s.')), limits: optional(limitsSchema) })),
  evaluationInterval: optional(duration('Of rules; default 30s.')),
  externalLabels: optional(map('Put on all that leaves Prometheus.', text())),
  externalUrl: optional(text('Where people reach it.')),
  remoteWrite: optional(list('', remoteWriteSchema)),
  thanos: optional(
    object('A Thanos sidecar, by which all shards and replicas can be asked as one. On where there are several shards.', {
      enabled,
      version: optional(text()),
      objectStorage: optional(secretKey('Object storage config of Thanos. Left out, nothing is uploaded.')),
      querier: optional(querierSchema),
    }),
  ),
  receive: optional(receiveSchema),
  pod: optional(podSchema),
});

const alertmanagerSchema = object('Alertmanager.', {
  enabled,
  version: optional(text('', { pattern: '^v?[0-9]+[.][0-9]+[.][0-9]+$' })),
  replicas: optional(integer('Default 1.', { minimum: 1 })),
  defaultReceiver: optional(receiverSettings('Told of alerts that no route takes.')),
  routeScope: optional(choice('Namespace (default): routes of an AlertPolicy see alerts of its own namespace only.', ['Namespace', 'All'])),
  groupBy: optional(list('', text())),
  storage: optional(storageSchema),
  retention: optional(duration('Default 120h.')),
  externalUrl: optional(text('Where people reach it.')),
  pod: optional(podSchema),
});

const grafanaSchema = object('Grafana.', {
  enabled,
  version: optional(text()),
  ingress: optional(object('', { host: text('', { minLength: 1 }), className: optional(text()), tlsSecret: optional(text()), annotations: optional(map('', text())) })),
  dashboards: optional(object('', { fromNamespaces: optional(flag('Also take ConfigMaps labelled belfry.dev/part: dashboard from the selected namespaces.')) })),
  pod: optional(podSchema),
});

const exportersSchema = object('', {
  node: optional(
    object('node exporter on every node, control plane too.', {
      enabled,
      version: optional(text()),
      systemd: optional(object('', { enabled, units: optional(text('Units to report, as a regular expression.')) })),
      port: optional(integer('Port on the node; default 9100.', { minimum: 1, maximum: 65535 })),
      textfileDirectory: optional(text('Directory of the nodes whose *.prom files become series, like /var/lib/node-exporter/textfile. A node without it fires NodeTextFileCollectorScrapeError.', { pattern: NODE_DIRECTORY_PATTERN })),
      pod: optional(podSchema),
    }),
  ),
  blackbox: optional(
    object('blackbox exporter; on by itself when a ScrapeTarget probes. For annotations alone say {}.', {
      enabled,
      version: optional(text()),
      modules: optional(map('Modules in the blackbox exporter\'s own words, beside http_2xx, http_post_2xx, tcp_connect, icmp, dns_udp, grpc and ssh_banner.', anyObject(''))),
      pod: optional(podSchema),
    }),
  ),
  kubeState: optional(kubeStateSchema),
  pushgateway: optional(pushgatewaySchema),
  nodeProblemDetector: optional(nodeProblemDetectorSchema),
  networkFlows: optional(networkFlowsSchema),
});

export const monitoringStackSpecSchema = object('A whole monitoring stack. Everything has a default: {} is enough.', {
  scope: optional(choice('Namespace (default): for this namespace. Cluster: for all, with nodes, Kubernetes itself and the state of its objects.', ['Namespace', 'Cluster'])),
  select: optional(
    object('Whose ScrapeTargets and AlertPolicies. Default: those of its own namespace; of all when scope is Cluster.', {
      namespaces: optional(labelSelector('Labels of namespaces.')),
      targets: optional(labelSelector('Labels of ScrapeTargets.')),
      policies: optional(labelSelector('Labels of AlertPolicies.')),
      crossNamespace: optional(flag('Let ScrapeTargets reach other namespaces than their own.')),
    }),
  ),
  discovery: optional(
    object('', {
      annotations: optional(
        object('Scrape pods and Services that carry PREFIX/scrape: "true" (and port, path, scheme); where the blackbox exporter runs, probe Services and Ingresses that carry PREFIX/probe: "true" (and probe-module, probe-port, probe-path, probe-scheme).', {
          enabled,
          prefix: optional(text('Default prometheus.io.', { pattern: '^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$' })),
        }),
      ),
    }),
  ),
  prometheus: optional(prometheusSchema),
  alertmanager: optional(alertmanagerSchema),
  grafana: optional(grafanaSchema),
  exporters: optional(exportersSchema),
  metricsApi: optional(metricsApiSchema),
  kubernetes: optional(kubernetesSchema),
  logs: optional(logsSchema),
  rulePacks: optional(rulePacksSchema),
  images: optional(object('', { registry: optional(text('Mirror to take every image from.')), pullSecrets: optional(list('', text())) })),
  suspend: optional(flag('Write nothing until this is false again.')),
  overrides: optional(
    list('JSON merge patches on objects that we write: the last word, for what has no field.', object('', { kind: text(), name: text(), patch: anyObject('') })),
  ),
});

const count = (description = '') => integer(description, { minimum: 0 });

export const monitoringStackStatusSchema = object('', {
  observedGeneration: optional(count()),
  conditions: optional(conditionsSchema),
  components: optional(list('', object('', { name: text(), version: optional(text()), ready: text('Like 2/2.'), message: optional(text()) }))),
  targets: optional(object('', { selected: count('ScrapeTargets selected.'), rejected: count('Of those, not accepted.'), up: optional(count()), down: optional(count()) })),
  policies: optional(object('', { selected: count(), rejected: count() })),
  config: optional(object('', { hash: text('Of all that was written. While nothing else of the status changes it may be five minutes behind.'), replicas: count(), confirmed: count(), live: text('confirmed/replicas') })),
  drift: optional(list('Fields of ours that others changed.', object('', { object: text(), path: text(), manager: text(), yielded: optional(flag()) }), { maxItems: 20 })),
  omitted: optional(list('What was left out, and why: this Prometheus release cannot do it, the platform does not show it, or somebody else serves it.', text(), { maxItems: 20 })),
});

export type PodSettings = Static<typeof podSchema>;
export type StorageSettings = Static<typeof storageSchema>;
export type RemoteWriteSpec = Static<typeof remoteWriteSchema>;
export type MonitoringStackSpec = Static<typeof monitoringStackSpecSchema>;
export type MonitoringStackStatus = Omit<Static<typeof monitoringStackStatusSchema>, 'conditions'> & { readonly conditions?: readonly Condition[] };

/** A MonitoringStack that passed its schema. */
export interface MonitoringStack {
  readonly apiVersion: string;
  readonly kind: 'MonitoringStack';
  readonly metadata: ObjectMeta & { readonly namespace: string };
  readonly spec: MonitoringStackSpec;
  readonly status?: MonitoringStackStatus;
}
