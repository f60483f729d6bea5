import type { KubeObject } from '../../api/kube-object.ts';
import { foreignMetadata, ownedMetadata } from '../labels.ts';
import { COMPONENTS, prometheusClusterName, prometheusName } from '../names.ts';
import type { StackContext } from '../stack-context.ts';

const component = COMPONENTS.prometheus;
const RBAC = 'rbac.authorization.k8s.io';
const READ = ['get', 'list', 'watch'];

/** What service discovery watches in a namespace. */
const DISCOVERY = [
  { apiGroups: [''], resources: ['pods', 'services'], verbs: READ },
  { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: READ },
  { apiGroups: ['networking.k8s.io'], resources: ['ingresses'], verbs: READ },
];

/** What a cluster's own targets need: the nodes, and the metrics of the kubelets and of the API server. */
const CLUSTER_TARGETS = [
  { apiGroups: [''], resources: ['nodes'], verbs: READ },
  { apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] },
  { nonResourceURLs: ['/metrics', '/metrics/slis'], verbs: ['get'] },
];

/** Up to here each namespace gets a Role of its own; beyond, one ClusterRole does. */
const MAX_ROLES = 50;

/**
 * What Prometheus may read, and no more: a Role in each namespace that it looks into, or a ClusterRole where that is all of
 * them, or too many.
 */
export function prometheusRoles(context: StackContext, selectedNamespaces: readonly string[]): KubeObject[] {
  const { settings } = context;
  const own = context.stack.metadata.namespace;
  const operator = settings.scope === 'Cluster' ? [context.operatorNamespace] : [];
  const namespaces = reachesAll(context) ? [] : [...new Set([own, ...selectedNamespaces, ...operator])].sort();
  const everywhere = namespaces.length === 0 || namespaces.length > MAX_ROLES;
  const clusterRules = [...(everywhere ? DISCOVERY : []), ...(settings.scope === 'Cluster' ? CLUSTER_TARGETS : [])];
  return [
    ...(everywhere ? [] : namespaces.flatMap((namespace) => roleAndBinding(context, namespace))),
    ...(clusterRules.length > 0 ? clusterRoleAndBinding(context, clusterRules) : []),
  ];
}

/** Whether the stack looks into namespaces that nobody can list beforehand. */
function reachesAll({ settings: { scope, select, crossNamespace } }: StackContext): boolean {
  if (crossNamespace) return true;
  if (select.namespaces === 'Own') return false;
  const { matchLabels = {}, matchExpressions = [] } = select.namespaces;
  return scope === 'Cluster' && Object.keys(matchLabels).length === 0 && matchExpressions.length === 0;
}

function roleAndBinding(context: StackContext, namespace: string): KubeObject[] {
  const { stack } = context;
  const isOwn = namespace === stack.metadata.namespace;
  const name = isOwn ? prometheusName(stack.metadata) : prometheusClusterName(stack.metadata);
  const metadata = isOwn ? ownedMetadata(stack, { component, name }) : foreignMetadata(stack, { component, name, namespace });
  return [
    { apiVersion: `${RBAC}/v1`, kind: 'Role', metadata, rules: DISCOVERY },
    { apiVersion: `${RBAC}/v1`, kind: 'RoleBinding', metadata, roleRef: { apiGroup: RBAC, kind: 'Role', name }, subjects: [subject(context)] },
  ];
}

function clusterRoleAndBinding(context: StackContext, rules: readonly object[]): KubeObject[] {
  const name = prometheusClusterName(context.stack.metadata);
  const metadata = foreignMetadata(context.stack, { component, name });
  return [
    { apiVersion: `${RBAC}/v1`, kind: 'ClusterRole', metadata, rules },
    { apiVersion: `${RBAC}/v1`, kind: 'ClusterRoleBinding', metadata, roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name }, subjects: [subject(context)] },
  ];
}

function subject({ stack }: StackContext): object {
  return { kind: 'ServiceAccount', name: prometheusName(stack.metadata), namespace: stack.metadata.namespace };
}
