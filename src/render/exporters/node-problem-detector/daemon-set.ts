import type { NodeProblemDetectorSettings, NodeProblemPlugin } from '../../../api/cluster-settings.ts';
import type { KubeObject } from '../../../api/kube-object.ts';
import { stableHash } from '../../../lib/stable-hash.ts';
import { image } from '../../images.ts';
import { COMPONENTS, componentName, PORTS } from '../../names.ts';
import { nodeDaemonSet } from '../../pod/node-daemon-set.ts';
import type { Container } from '../../pod/pod-template.ts';
import { livenessProbe, readinessProbe } from '../../pod/probe.ts';
import { ROOT } from '../../pod/security-context.ts';
import type { StackContext } from '../../stack-context.ts';
import { CONFIG_FILE } from './config.ts';
import { PLUGIN_DIRECTORY, pluginConfigFile } from './plugin-config.ts';

/** Name of its port. */
export const METRICS = 'metrics';

const component = COMPONENTS.nodeProblemDetector;
const CONFIG_DIRECTORY = '/etc/node-problem-detector';
const PLUGINS = 'plugins';
const KERNEL_LOG = '/dev/kmsg';
const WHY_PRIVILEGES = 'privileged, root: no other container may open /dev/kmsg, the kernel log of the node; hostPath: that device, read-only';

/** The detector on every node, control plane too, for these texts of its config. */
export function nodeProblemDetectorDaemonSet(context: StackContext, settings: NodeProblemDetectorSettings, configs: readonly string[]): KubeObject {
  const name = componentName(context.stack.metadata, component);
  return nodeDaemonSet(context, {
    component,
    name,
    whyPrivileges: WHY_PRIVILEGES,
    // It reads its config once, at the start. The scripts of plugins are not in it: they are read anew at each run.
    annotations: { 'belfry.dev/rules-hash': stableHash(configs.join('')) },
    pod: settings.pod,
    token: 'mounted',
    userId: ROOT,
    containers: [container(context, settings)],
    volumes: [
      { name: 'config', configMap: { name } },
      { name: 'kmsg', hostPath: { path: KERNEL_LOG, type: 'CharDevice' } },
      ...pluginVolumes(settings.plugins),
    ],
  });
}

/** The scripts straight from the user's ConfigMaps, for anybody to execute and nobody to write; the kubelet brings a new version to running pods. */
function pluginVolumes(plugins: readonly NodeProblemPlugin[]): object[] {
  const sources = plugins.map(({ name, script: { configMap: { name: configMap, key } } }) => ({ configMap: { name: configMap, items: [{ key, path: name }] } }));
  return sources.length === 0 ? [] : [{ name: PLUGINS, projected: { sources, defaultMode: 0o555 } }];
}

function pluginFlags(plugins: readonly NodeProblemPlugin[]): string[] {
  const files = plugins.map((plugin) => `${CONFIG_DIRECTORY}/${pluginConfigFile(plugin)}`);
  return files.length === 0 ? [] : [`--config.custom-plugin-monitor=${files.join(',')}`];
}

function container({ settings: { images } }: StackContext, { version, plugins, pod }: NodeProblemDetectorSettings): Container {
  return {
    name: 'node-problem-detector',
    image: image('nodeProblemDetector', version, images),
    // The image's own entry point brings rules of its own.
    command: ['/node-problem-detector'],
    args: [
      `--config.system-log-monitor=${CONFIG_DIRECTORY}/${CONFIG_FILE}`,
      ...pluginFlags(plugins),
      '--prometheus-address=0.0.0.0',
      `--prometheus-port=${PORTS.nodeProblemDetector}`,
      // Health is asked on the port of the metrics.
      '--port=0',
      ...(pod.extraArgs ?? []),
    ],
    env: [{ name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }],
    ports: [{ name: METRICS, containerPort: PORTS.nodeProblemDetector, protocol: 'TCP' }],
    resources: pod.resources ?? { requests: { cpu: '10m', memory: '32Mi' }, limits: { memory: '96Mi' } },
    readinessProbe: readinessProbe('/metrics', METRICS),
    livenessProbe: livenessProbe('/metrics', METRICS),
    securityContext: { privileged: true, readOnlyRootFilesystem: true },
    volumeMounts: [
      { name: 'config', mountPath: CONFIG_DIRECTORY, readOnly: true },
      { name: 'kmsg', mountPath: KERNEL_LOG, readOnly: true },
      ...(plugins.length === 0 ? [] : [{ name: PLUGINS, mountPath: PLUGIN_DIRECTORY, readOnly: true }]),
    ],
  };
}
