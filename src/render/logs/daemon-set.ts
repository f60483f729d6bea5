import type { LogOutput, LogSettings } from '../../api/log-settings.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import { stableHash } from '../../lib/stable-hash.ts';
import { image } from '../images.ts';
import { componentName } from '../names.ts';
import { nodeDaemonSet } from '../pod/node-daemon-set.ts';
import type { Container } from '../pod/pod-template.ts';
import { restrictedContainerSecurity, ROOT } from '../pod/security-context.ts';
import type { StackContext } from '../stack-context.ts';
import type { CollectorProgram } from './collector-program.ts';
import { credentialMounts, credentialVolumes } from './credentials.ts';
import { POD_VOLUMES } from './log-paths.ts';

/** Names of its ports. */
export const METRICS = 'metrics';
export const HEALTH = 'health';

/** Below it each stack has a directory on each node. */
const STATE_ON_NODE = '/var/lib/belfry/logs';

/** The collector on every node, control plane too. */
export function logCollectorDaemonSet(context: StackContext, settings: LogSettings, program: CollectorProgram): KubeObject {
  const { component } = program;
  return nodeDaemonSet(context, {
    component,
    name: componentName(context.stack.metadata, component),
    whyPrivileges: whyPrivileges(program),
    annotations: { 'belfry.dev/config-hash': stableHash(JSON.stringify(program.config)) },
    pod: settings.pod,
    token: 'mounted',
    userId: ROOT,
    // What it read and could not send yet is on the node: it need not wait for an output that is away.
    spec: { terminationGracePeriodSeconds: 30 },
    containers: [container(context, settings, program)],
    volumes: volumes(context, settings, program),
  });
}

function whyPrivileges({ reads, capabilities }: CollectorProgram): string {
  const hidden = capabilities.length > 0 ? `; ${capabilities.join(', ')}: files in volumes belong to the users of their pods` : '';
  return `root: log files are readable by root only; hostPath (read-only): ${reads.join(', ')}; hostPath: ${STATE_ON_NODE}, where it remembers how far it read${hidden}`;
}

function container({ settings: { images } }: StackContext, { pod, output }: LogSettings, program: CollectorProgram): Container {
  const { component, release, args, env, metricsPort, healthPort, probes, resources, reads } = program;
  return {
    name: component,
    image: image(program.image, release, images),
    ...(args.length + (pod.extraArgs ?? []).length > 0 ? { args: [...args, ...(pod.extraArgs ?? [])] } : {}),
    env: [{ name: 'K8S_NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }, ...env],
    ports: [
      { name: METRICS, containerPort: metricsPort, protocol: 'TCP' },
      ...(healthPort === undefined ? [] : [{ name: HEALTH, containerPort: healthPort, protocol: 'TCP' }]),
    ],
    resources: pod.resources ?? resources,
    ...probes,
    securityContext: restrictedContainerSecurity(program.capabilities),
    volumeMounts: [
      { name: 'config', mountPath: program.configDirectory, readOnly: true },
      { name: 'state', mountPath: program.stateDirectory },
      { name: 'tmp', mountPath: '/tmp' },
      ...credentialMounts(inFiles(output, program)),
      ...reads.map((path, index) => readMount(path, index)),
    ],
  };
}

/** What of an output it reads from files. */
function inFiles(output: LogOutput, { readsPasswordFiles }: CollectorProgram): LogOutput {
  const { auth, ...rest } = output;
  return readsPasswordFiles || auth === undefined ? output : rest;
}

/** A volume that is unmounted on the node must go here too, or the node could not free it. */
function readMount(path: string, index: number): object {
  return { name: `logs-${index}`, mountPath: path, readOnly: true, ...(path === POD_VOLUMES ? { mountPropagation: 'HostToContainer' } : {}) };
}

function volumes({ stack: { metadata } }: StackContext, { output }: LogSettings, program: CollectorProgram): object[] {
  const { component, reads } = program;
  return [
    { name: 'config', configMap: { name: componentName(metadata, component) } },
    // On the node, since an emptyDir goes with its pod: after each rollout every line would be sent again.
    { name: 'state', hostPath: { path: `${STATE_ON_NODE}/${metadata.namespace}-${componentName(metadata, component)}`, type: 'DirectoryOrCreate' } },
    { name: 'tmp', emptyDir: {} },
    ...credentialVolumes(inFiles(output, program)),
    ...reads.map((path, index) => ({ name: `logs-${index}`, hostPath: { path } })),
  ];
}
