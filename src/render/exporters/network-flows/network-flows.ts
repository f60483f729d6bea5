import type { NetworkFlowsSettings } from '../../../api/cluster-settings.ts';
import type { KubeObject } from '../../../api/kube-object.ts';
import { COMPONENTS, componentName } from '../../names.ts';
import type { ClusterSurvey } from '../../cluster-survey.ts';
import { clusterAccess, type AccessRule } from '../../pod/cluster-access.ts';
import { configMap } from '../../pod/config-map.ts';
import { networkPolicy, tcp } from '../../pod/network-policy.ts';
import { serviceAccount } from '../../pod/service-account.ts';
import { governingService } from '../../pod/service.ts';
import type { StackContext } from '../../stack-context.ts';
import { beylaConfig, CONFIG_FILE } from './config.ts';
import { METRICS, networkFlowsDaemonSet } from './daemon-set.ts';
import { podCidrs } from './pod-cidrs.ts';

const component = COMPONENTS.networkFlows;
const NOTE = 'These pods use the network of the node, where most network plugins enforce no policy: guard the port on the nodes too.';

/** Whose address it is. Deployments and CronJobs it knows by the names of what they own. */
const RULES: readonly AccessRule[] = [{ apiGroups: [''], resources: ['nodes', 'pods', 'services'], verbs: ['list', 'watch'] }];

/** Everything that the exporter of network flows consists of. */
export function networkFlows(context: StackContext, settings: NetworkFlowsSettings, survey: ClusterSurvey | undefined): KubeObject[] {
  const name = componentName(context.stack.metadata, component);
  const { port } = settings;
  const config = beylaConfig(settings, settings.podCidrs ?? podCidrs(survey));
  return [
    serviceAccount(context, component, name),
    ...clusterAccess(context, { component, rules: RULES }),
    configMap(context, { component, name, data: { [CONFIG_FILE]: config } }),
    // From anywhere: what comes from another node bears that node's address, which no selector fits.
    networkPolicy(context, { component, name, ingress: [{ ports: [tcp(port)] }], annotations: { 'belfry.dev/note': NOTE } }),
    governingService(context, { component, name, ports: [{ name: METRICS, port }] }),
    networkFlowsDaemonSet(context, settings, config),
  ];
}
