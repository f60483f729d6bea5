import type { KubeStateSettings } from '../../../api/cluster-settings.ts';
import type { KubeObject } from '../../../api/kube-object.ts';
import { ownedMetadata } from '../../labels.ts';
import { COMPONENTS, componentName, PORTS } from '../../names.ts';
import { clusterAccess, subject } from '../../pod/cluster-access.ts';
import { configMap } from '../../pod/config-map.ts';
import { disruptionBudget } from '../../pod/disruption-budget.ts';
import { networkPolicy, stackPeer, tcp } from '../../pod/network-policy.ts';
import { serviceAccount } from '../../pod/service-account.ts';
import { governingService } from '../../pod/service.ts';
import type { StackContext } from '../../stack-context.ts';
import { customResourcesAccess, customResourcesConfig } from './custom-resources.ts';
import { CUSTOM_RESOURCES_FILE } from './flags.ts';
import { accessRules, DEFAULT_RESOURCES, reportedResources } from './resources.ts';
import { kubeStateWorkload, METRICS, SELF } from './workload.ts';

const component = COMPONENTS.kubeState;
const RBAC = 'rbac.authorization.k8s.io';

/** Everything kube-state-metrics consists of. */
export function kubeStateMetrics(context: StackContext, settings: KubeStateSettings): KubeObject[] {
  const name = componentName(context.stack.metadata, component);
  const { customResources, shards } = settings;
  const reported = reportedResources(settings);
  const usual = reported.filter((resource) => DEFAULT_RESOURCES.includes(resource));
  const further = reported.filter((resource) => !DEFAULT_RESOURCES.includes(resource));
  const config = customResources.length > 0 ? customResourcesConfig(customResources) : undefined;
  return [
    serviceAccount(context, component, name),
    ...clusterAccess(context, { component, rules: accessRules(usual) }),
    // By themselves: what the operator may not grant of these keeps nothing else from working.
    ...(further.length > 0 ? clusterAccess(context, { component, rules: accessRules(further), suffix: 'further' }) : []),
    ...(config === undefined ? [] : clusterAccess(context, { component, rules: customResourcesAccess(customResources), suffix: 'custom' })),
    ...(shards > 1 ? shardAccess(context, name) : []),
    ...(config === undefined ? [] : [configMap(context, { component, name, data: { [CUSTOM_RESOURCES_FILE]: config } })]),
    networkPolicy(context, { component, name, ingress: [{ from: [stackPeer(context)], ports: [tcp(PORTS.kubeState), tcp(PORTS.kubeStateSelf)] }] }),
    governingService(context, { component, name, ports: [{ name: METRICS, port: PORTS.kubeState }, { name: SELF, port: PORTS.kubeStateSelf }] }),
    kubeStateWorkload(context, settings, config),
    ...disruptionBudget(context, { component, name, replicas: shards }),
  ];
}

/** A pod looks up its own StatefulSet to learn how many share the work. */
function shardAccess(context: StackContext, name: string): KubeObject[] {
  const metadata = ownedMetadata(context.stack, { component, name });
  return [
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'Role',
      metadata,
      rules: [
        { apiGroups: [''], resources: ['pods'], verbs: ['get'] },
        { apiGroups: ['apps'], resources: ['statefulsets'], resourceNames: [name], verbs: ['get', 'list', 'watch'] },
      ],
    },
    { apiVersion: `${RBAC}/v1`, kind: 'RoleBinding', metadata, roleRef: { apiGroup: RBAC, kind: 'Role', name }, subjects: [subject(context, component)] },
  ];
}
