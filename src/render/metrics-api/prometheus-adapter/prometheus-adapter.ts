import type { PrometheusAdapterSettings } from '../../../api/cluster-settings.ts';
import type { KubeObject } from '../../../api/kube-object.ts';
import { COMPONENTS, componentName, PORTS } from '../../names.ts';
import { clusterAccess, delegatedAuthentication, type AccessRule } from '../../pod/cluster-access.ts';
import { configMap } from '../../pod/config-map.ts';
import { disruptionBudget } from '../../pod/disruption-budget.ts';
import { networkPolicy, tcp } from '../../pod/network-policy.ts';
import { serviceAccount } from '../../pod/service-account.ts';
import { service } from '../../pod/service.ts';
import type { StackContext } from '../../stack-context.ts';
import { API_PORT, apiService } from '../api-service.ts';
import { adapterConfig, CONFIG_FILE } from './config.ts';
import { adapterDeployment, HTTPS } from './deployment.ts';

const component = COMPONENTS.prometheusAdapter;

/** It finds objects by label selectors of HPAs. */
const RULES: readonly AccessRule[] = [{ apiGroups: [''], resources: ['namespaces', 'nodes', 'pods', 'services'], verbs: ['get', 'list', 'watch'] }];

/** Everything prometheus-adapter consists of; nothing where no API is left for it to serve. */
export function prometheusAdapter(context: StackContext, settings: PrometheusAdapterSettings): KubeObject[] {
  const { customMetrics: apis } = context.parts;
  if (apis.length === 0) return [];
  const name = componentName(context.stack.metadata, component);
  const config = adapterConfig(settings);
  return [
    serviceAccount(context, component, name),
    ...clusterAccess(context, { component, rules: RULES }),
    ...delegatedAuthentication(context, component),
    configMap(context, { component, name, data: { [CONFIG_FILE]: config } }),
    networkPolicy(context, { component, name, ingress: [{ ports: [tcp(PORTS.prometheusAdapter)] }] }),
    service(context, { component, name, ports: [{ name: HTTPS, port: API_PORT }] }),
    adapterDeployment(context, settings, config),
    ...disruptionBudget(context, { component, name, replicas: settings.replicas }),
    ...apis.map((api) => apiService(context, component, api)),
  ];
}
