import type { NetworkFlowsSettings } from '../../../api/cluster-settings.ts';
import type { KubeObject } from '../../../api/kube-object.ts';
import { stableHash } from '../../../lib/stable-hash.ts';
import { image } from '../../images.ts';
import { COMPONENTS, componentName } from '../../names.ts';
import { nodeDaemonSet } from '../../pod/node-daemon-set.ts';
import type { Container } from '../../pod/pod-template.ts';
import { livenessProbe, readinessProbe } from '../../pod/probe.ts';
import { restrictedContainerSecurity, ROOT } from '../../pod/security-context.ts';
import type { StackContext } from '../../stack-context.ts';
import { CONFIG_FILE, METRICS_PATH, NODE_ADDRESS, NODE_NAME } from './config.ts';

/** Name of its port. */
export const METRICS = 'metrics';

const component = COMPONENTS.networkFlows;
const CONFIG_DIRECTORY = '/etc/beyla';
/**
 * What Beyla checks for in its network mode with a socket filter, on Linux 5.11 or later (its pkg/obi/os.go): to load the
 * program, to let it compute with pointers into packets, to see packets.
 */
const CAPABILITIES = ['BPF', 'NET_RAW', 'PERFMON'];
const WHY_PRIVILEGES =
  'root with BPF, PERFMON, NET_RAW: to load an eBPF program and attach it to a packet socket (Kubernetes gives capabilities to root only); hostNetwork: packets of all pods of the node';

/** The exporter on every node, control plane too. */
export function networkFlowsDaemonSet(context: StackContext, settings: NetworkFlowsSettings, config: string): KubeObject {
  const name = componentName(context.stack.metadata, component);
  return nodeDaemonSet(context, {
    component,
    name,
    whyPrivileges: WHY_PRIVILEGES,
    // It reads its config once, at the start.
    annotations: { 'belfry.dev/config-hash': stableHash(config) },
    pod: settings.pod,
    token: 'mounted',
    userId: ROOT,
    spec: { hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' },
    containers: [container(context, settings)],
    volumes: [{ name: 'config', configMap: { name } }],
  });
}

function container({ settings: { images } }: StackContext, { version, port, pod }: NetworkFlowsSettings): Container {
  return {
    name: 'beyla',
    image: image('networkFlows', version, images),
    args: [`-config=${CONFIG_DIRECTORY}/${CONFIG_FILE}`, ...(pod.extraArgs ?? [])],
    env: [
      { name: NODE_NAME, valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
      { name: NODE_ADDRESS, valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } } },
    ],
    ports: [{ name: METRICS, containerPort: port, hostPort: port, protocol: 'TCP' }],
    resources: pod.resources ?? { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '512Mi' } },
    readinessProbe: readinessProbe(METRICS_PATH, METRICS),
    livenessProbe: livenessProbe(METRICS_PATH, METRICS),
    securityContext: restrictedContainerSecurity(CAPABILITIES),
    volumeMounts: [{ name: 'config', mountPath: CONFIG_DIRECTORY, readOnly: true }],
  };
}
