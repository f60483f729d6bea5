import type { MetricsServerSettings } from '../../../api/cluster-settings.ts';
import type { KubeObject } from '../../../api/kube-object.ts';
import { COMPONENTS, componentName, PORTS } from '../../names.ts';
import { aggregatedRole, clusterAccess, delegatedAuthentication, type AccessRule } from '../../pod/cluster-access.ts';
import { disruptionBudget } from '../../pod/disruption-budget.ts';
import { networkPolicy, tcp } from '../../pod/network-policy.ts';
import { serviceAccount } from '../../pod/service-account.ts';
import { service } from '../../pod/service.ts';
import type { StackContext } from '../../stack-context.ts';
import { API_PORT, apiService } from '../api-service.ts';
import { HTTPS, metricsServerDeployment } from './deployment.ts';

const component = COMPONENTS.metricsServer;

const RULES: readonly AccessRule[] = [
  { apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] },
  { apiGroups: [''], resources: ['pods', 'nodes'], verbs: ['get', 'list', 'watch'] },
];

/** For everybody who may read a namespace: kubectl top. */
const READERS: readonly AccessRule[] = [{ apiGroups: ['metrics.k8s.io'], resources: ['pods', 'nodes'], verbs: ['get', 'list', 'watch'] }];
const HANDED_ON = Object.fromEntries(['view', 'edit', 'admin'].map((role) => [`rbac.authorization.k8s.io/aggregate-to-${role}`, 'true']));

/** Everything metrics-server consists of; nothing where no API is left for it to serve. */
export function metricsServer(context: StackContext, settings: MetricsServerSettings, nodes: number): KubeObject[] {
  const { resourceMetrics: apis } = context.parts;
  if (apis.length === 0) return [];
  const name = componentName(context.stack.metadata, component);
  return [
    serviceAccount(context, component, name),
    ...clusterAccess(context, { component, rules: RULES }),
    ...delegatedAuthentication(context, component),
    aggregatedRole(context, { component, rules: READERS, suffix: 'reader' }, HANDED_ON),
    // From anywhere: API servers come from the network of their nodes.
    networkPolicy(context, { component, name, ingress: [{ ports: [tcp(PORTS.metricsServer)] }] }),
    service(context, { component, name, ports: [{ name: HTTPS, port: API_PORT }] }),
    metricsServerDeployment(context, settings, nodes),
    ...disruptionBudget(context, { component, name, replicas: settings.replicas }),
    ...apis.map((api) => apiService(context, component, api)),
  ];
}
