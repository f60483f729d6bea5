import type { Static } from 'typebox';
import { podSchema, storageSchema } from './pod-settings.ts';
import { anyObject, choice, duration, flag, integer, list, map, object, optional, secretKey, text } from './schema.ts';
import { tlsSchema } from './scrape-target.ts';

const enabled = optional(flag());
const version = optional(text());
const pod = optional(podSchema);

const customResource = object('', {
  group: text('', { minLength: 1 }),
  version: text('', { minLength: 1 }),
  kind: text('', { minLength: 1 }),
  plural: text('As in kubectl get.', { minLength: 1 }),
  metricNamePrefix: optional(text('Default kube_customresource.')),
  labelsFromPath: optional(map('Label to the path of its value.', list('', text()))),
  metrics: list('As in kube-state-metrics\' own config: name, help, each.', anyObject(''), { minItems: 1 }),
});

/** kube-state-metrics: the state of Kubernetes objects as series. */
export const kubeStateSchema = object('kube-state-metrics. Scope Cluster: on.', {
  enabled,
  version,
  shards: optional(integer('Default 1: objects are spread over so many pods.', { minimum: 1, maximum: 64 })),
  resources: optional(list('What to report, like pods; default: all but Secrets, ConfigMaps and a few that nobody looks at. More than that only where the operator itself may list and watch it.', text())),
  metricLabels: optional(map('Resource to the labels to copy to kube_*_labels: pods: [app]. "*" copies all.', list('', text()))),
  metricAnnotations: optional(map('The same for annotations.', list('', text()))),
  metricDenylist: optional(list('Metrics to leave out beside ours, as regular expressions.', text())),
  customResources: optional(list('Series of your own resources. The operator must be allowed to list and watch them.', customResource)),
  pod,
});

/** Pushgateway: a place for jobs that end before anybody scrapes them. */
export const pushgatewaySchema = object('Pushgateway.', { enabled, version, storage: optional(storageSchema), pod });

const conditionWord = '^[A-Z][A-Za-z0-9]{0,62}$';

const pluginSchema = object('Exit code 0: all is well, 1: the problem is there, else: nobody knows. What it prints is the message.', {
  name: text('', { pattern: '^[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?$', maxLength: 40 }),
  script: object('Runs as root in a privileged container: whoever may write it owns every node.', { configMap: secretKey('') }),
  args: optional(list('', text())),
  interval: optional(duration('Default 30s.')),
  timeout: optional(duration('Default 5s.')),
  condition: optional(text('Node condition that is True while the problem is there; without one, each failure is an Event.', { pattern: conditionWord })),
  reason: text('Like NTPIsDown.', { pattern: conditionWord }),
});

/** node-problem-detector: what the kernel complains about, as node conditions, Events and series. */
export const nodeProblemDetectorSchema = object('node-problem-detector, which reads the kernel log of every node. Needs privileged pods.', {
  enabled,
  version,
  rules: optional(
    list('Beside those that come with it.', object('', {
      condition: optional(text('Node condition that a match makes True until the node restarts; without one, a match is an Event.', { pattern: conditionWord })),
      reason: text('', { pattern: conditionWord }),
      pattern: text('RE2, anywhere in a line of the kernel log.', { minLength: 1 }),
    })),
  ),
  plugins: optional(list('Programs of your own that look after nodes.', pluginSchema, { maxItems: 50, mapKeys: ['name'] })),
  pod,
});

/** Network flows: who talks to whom, as series by workload. */
export const networkFlowsSchema = object('Grafana Beyla, which counts by eBPF what workloads send each other. Needs Linux 5.11 with BTF, and pods that are root with three capabilities in the network of the node.', {
  enabled,
  version,
  port: optional(integer('Port on the node; default 8999.', { minimum: 1, maximum: 65535 })),
  podCidrs: optional(list('Networks of pods, like 10.244.0.0/16: an address in them that is no pod\'s is a node\'s own, which kubelets probe from with many network plugins. Default: what kube-controller-manager or kube-proxy is told.', text('', { pattern: '^[0-9a-fA-F.:]+/[0-9]{1,3}$' }))),
  serverPorts: optional(flag('Also tell flows apart by the port of the server: as many times more series as workloads have ports.')),
  pod,
});

const resourceMetrics = object('metrics-server, for kubectl top and HPA on CPU and memory. Scope Cluster: on unless the API is there.', {
  enabled,
  version,
  replicas: optional(integer('Default 1.', { minimum: 1 })),
  insecureSkipVerify: optional(flag('Default true: most kubelets sign their own certificates.')),
  pod,
});

const adapterRule = {
  series: text('PromQL selector of the series, like http_requests_total{namespace!=""}.', { minLength: 1 }),
  matches: optional(text('Regular expression on their names; default all.')),
  as: optional(text('Name of the metric for HPAs; ${1} is a group of matches.')),
  query: optional(text('PromQL with <<.Series>>, <<.LabelMatchers>> and <<.GroupBy>>; default their sum.')),
};

const customMetrics = object('prometheus-adapter, for HPA on any series. Needs rules or external.', {
  enabled,
  version,
  replicas: optional(integer('Default 1.', { minimum: 1 })),
  rules: optional(
    list('Metrics of objects.', object('', {
      ...adapterRule,
      resources: optional(map('Label to the resource it names, like deployment: deployments.apps; default namespace and pod.', text())),
    })),
  ),
  external: optional(
    list('Metrics of anything else.', object('', {
      ...adapterRule,
      namespaced: optional(flag('Default true: a series is for HPAs of the namespace in its label namespace.')),
    })),
  ),
  pod,
});

/** The aggregated APIs that autoscaling asks. */
export const metricsApiSchema = object('APIs that autoscalers ask. One that somebody else serves is left alone.', { resource: optional(resourceMetrics), custom: optional(customMetrics) });

const common = {
  enabled,
  interval: optional(duration('Default: the stack\'s.')),
};
const addresses = optional(list('Where it listens, if not in pods of kube-system: IP addresses.', text('', { minLength: 1 })));
const port = optional(integer('', { minimum: 1, maximum: 65535 }));
const component = (description: string) => object(description, { ...common, addresses, port });

/** What of Kubernetes itself is scraped. */
export const kubernetesSchema = object('Kubernetes itself. Scope Cluster: all that the platform shows; status.omitted names the rest.', {
  enabled,
  apiServer: optional(object('', common)),
  kubelet: optional(object('With cAdvisor and probes.', {
    ...common,
    insecureSkipVerify: optional(flag('Default true: most kubelets sign their own certificates.')),
    containers: optional(choice('Essential (default) keeps what dashboards and rules use of cAdvisor; All keeps everything.', ['Essential', 'All'])),
  })),
  controllerManager: optional(component('')),
  scheduler: optional(component('')),
  proxy: optional(component('')),
  etcd: optional(object('', { ...common, addresses, port, tls: optional(tlsSchema) })),
  dns: optional(component('')),
});

export type KubeStateSpec = Static<typeof kubeStateSchema>;
export type PushgatewaySpec = Static<typeof pushgatewaySchema>;
export type NodeProblemDetectorSpec = Static<typeof nodeProblemDetectorSchema>;
export type NetworkFlowsSpec = Static<typeof networkFlowsSchema>;
export type MetricsApiSpec = Static<typeof metricsApiSchema>;
export type KubernetesSpec = Static<typeof kubernetesSchema>;
