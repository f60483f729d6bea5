import type { NodeProblemDetectorSettings } from '../../../api/cluster-settings.ts';
import type { KubeObject } from '../../../api/kube-object.ts';
import { COMPONENTS, componentName, PORTS } from '../../names.ts';
import { clusterAccess, type AccessRule } from '../../pod/cluster-access.ts';
import { configMap } from '../../pod/config-map.ts';
import { networkPolicy, stackPeer, tcp } from '../../pod/network-policy.ts';
import { serviceAccount } from '../../pod/service-account.ts';
import { governingService } from '../../pod/service.ts';
import type { StackContext } from '../../stack-context.ts';
import type { ReferenceFacts } from '../../stack-input.ts';
import { checkScripts } from './check-scripts.ts';
import { CONFIG_FILE, kernelMonitorConfig } from './config.ts';
import { METRICS, nodeProblemDetectorDaemonSet } from './daemon-set.ts';
import { pluginConfig, pluginConfigFile } from './plugin-config.ts';

const component = COMPONENTS.nodeProblemDetector;

/** Its own conditions on its node, and Events about it. */
const RULES: readonly AccessRule[] = [
  { apiGroups: [''], resources: ['nodes'], verbs: ['get'] },
  { apiGroups: [''], resources: ['nodes/status'], verbs: ['patch'] },
  { apiGroups: ['', 'events.k8s.io'], resources: ['events'], verbs: ['create', 'patch'] },
];

/** Everything the node-problem-detector consists of; plugins without a script that could be started are left out. */
export function nodeProblemDetector(context: StackContext, settings: NodeProblemDetectorSettings, references: ReferenceFacts): KubeObject[] {
  const name = componentName(context.stack.metadata, component);
  const plugins = checkScripts(settings.plugins, context.stack.metadata.namespace, references).usable;
  const files = Object.fromEntries([[CONFIG_FILE, kernelMonitorConfig(settings.rules)], ...plugins.map((plugin) => [pluginConfigFile(plugin), pluginConfig(plugin)])]);
  return [
    serviceAccount(context, component, name),
    ...clusterAccess(context, { component, rules: RULES }),
    configMap(context, { component, name, data: files }),
    networkPolicy(context, { component, name, ingress: [{ from: [stackPeer(context)], ports: [tcp(PORTS.nodeProblemDetector)] }] }),
    governingService(context, { component, name, ports: [{ name: METRICS, port: PORTS.nodeProblemDetector }] }),
    nodeProblemDetectorDaemonSet(context, { ...settings, plugins }, Object.values(files)),
  ];
}
