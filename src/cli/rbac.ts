import { GROUP } from '../api/group.ts';
import { pluralOf } from '../api/crd.ts';
import { RESOURCE_KINDS } from '../api/parse.ts';

/** A rule of a Role or ClusterRole. */
export interface PolicyRule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly verbs: readonly string[];
}

const READ = ['get', 'list', 'watch'] as const;
/** Server-side apply is a patch that may create; whoever owns also deletes. */
const OWN = [...READ, 'create', 'patch', 'delete'] as const;

const resources = RESOURCE_KINDS.map(pluralOf);

/**
 * What the operator may do in the whole cluster, each rule with its reason. Two tests keep the table honest: what rendering
 * writes must be covered, and no rule may be wider than what is written or read.
 */
export const CLUSTER_RULES: readonly { readonly why: string; readonly rule: PolicyRule }[] = [
  { why: 'the resources of users', rule: { apiGroups: [GROUP], resources, verbs: READ } },
  { why: 'the finalizer of a stack with cluster-scoped objects', rule: { apiGroups: [GROUP], resources: ['monitoringstacks'], verbs: ['patch'] } },
  { why: 'their status', rule: { apiGroups: [GROUP], resources: resources.map((resource) => `${resource}/status`), verbs: ['patch'] } },
  { why: 'configuration, credentials, and what finds the pods', rule: { apiGroups: [''], resources: ['configmaps', 'secrets', 'services', 'serviceaccounts'], verbs: OWN } },
  { why: 'the workloads', rule: { apiGroups: ['apps'], resources: ['daemonsets', 'deployments', 'statefulsets'], verbs: OWN } },
  { why: 'who may talk to the pods, and Grafana\'s host', rule: { apiGroups: ['networking.k8s.io'], resources: ['ingresses', 'networkpolicies'], verbs: OWN } },
  { why: 'draining nodes without a gap', rule: { apiGroups: ['policy'], resources: ['poddisruptionbudgets'], verbs: OWN } },
  {
    why: 'what Prometheus may read; Kubernetes lets nobody grant what he does not hold, so the rules below hold it',
    rule: { apiGroups: ['rbac.authorization.k8s.io'], resources: ['clusterrolebindings', 'clusterroles', 'rolebindings', 'roles'], verbs: OWN },
  },
  { why: 'the config hash on running pods, which makes the kubelet refresh their files; also granted to Prometheus, the exporter of network flows and what collects logs (read)', rule: { apiGroups: [''], resources: ['pods'], verbs: [...READ, 'patch'] } },
  { why: 'selection by labels of namespaces; also granted to Prometheus and to what collects logs', rule: { apiGroups: [''], resources: ['namespaces'], verbs: READ } },
  { why: 'what platform a cluster is; also granted to Prometheus (discovery), kube-state-metrics, metrics-server, prometheus-adapter and the exporter of network flows', rule: { apiGroups: [''], resources: ['nodes'], verbs: READ } },
  { why: 'granted to Prometheus: discovery of endpoints', rule: { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: READ } },
  { why: 'granted to Prometheus and metrics-server: metrics of the kubelet and cAdvisor', rule: { apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] } },
  { why: 'granted to Prometheus: metrics of the API server and others', rule: { nonResourceURLs: ['/metrics', '/metrics/slis'], verbs: ['get'] } },
  { why: 'a stack that names a StorageClass which is not there says so; also granted to kube-state-metrics', rule: { apiGroups: ['storage.k8s.io'], resources: ['storageclasses'], verbs: READ } },
  { why: 'the APIs of metrics-server and prometheus-adapter', rule: { apiGroups: ['apiregistration.k8s.io'], resources: ['apiservices'], verbs: OWN } },
  { why: 'granted to kube-state-metrics: the state of these', rule: { apiGroups: [''], resources: ['limitranges', 'persistentvolumeclaims', 'persistentvolumes', 'resourcequotas'], verbs: ['list', 'watch'] } },
  { why: 'granted to kube-state-metrics: whose pods they are', rule: { apiGroups: ['apps'], resources: ['replicasets'], verbs: ['list', 'watch'] } },
  { why: 'granted to kube-state-metrics', rule: { apiGroups: ['batch'], resources: ['cronjobs', 'jobs'], verbs: ['list', 'watch'] } },
  { why: 'granted to kube-state-metrics', rule: { apiGroups: ['autoscaling'], resources: ['horizontalpodautoscalers'], verbs: ['list', 'watch'] } },
  { why: 'granted to kube-state-metrics: who leads', rule: { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['list', 'watch'] } },
  { why: 'granted to aggregated API servers (system:auth-delegator): who asks', rule: { apiGroups: ['authentication.k8s.io'], resources: ['tokenreviews'], verbs: ['create'] } },
  { why: 'granted to aggregated API servers (system:auth-delegator): and whether he may', rule: { apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'], verbs: ['create'] } },
  { why: 'granted to all who may view: kubectl top', rule: { apiGroups: ['metrics.k8s.io'], resources: ['nodes', 'pods'], verbs: READ } },
  { why: 'granted to the node-problem-detector: conditions of nodes', rule: { apiGroups: [''], resources: ['nodes/status'], verbs: ['patch'] } },
  { why: 'Events about the resources of users; also granted to the node-problem-detector', rule: { apiGroups: ['', 'events.k8s.io'], resources: ['events'], verbs: ['create', 'patch', 'update'] } },
];

/** What the operator may do in its own namespace. */
export const NAMESPACE_RULES: readonly { readonly why: string; readonly rule: PolicyRule }[] = [
  { why: 'leader election', rule: { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['get', 'create', 'update'] } },
];
