import type { BlackboxSettings } from '../../../api/defaults.ts';
import type { KubeObject } from '../../../api/kube-object.ts';
import { stableHash } from '../../../lib/stable-hash.ts';
import { image } from '../../images.ts';
import { blackboxName, COMPONENTS, PORTS } from '../../names.ts';
import { deployment } from '../../pod/deployment.ts';
import type { Container } from '../../pod/pod-template.ts';
import { livenessProbe, readinessProbe } from '../../pod/probe.ts';
import { NOBODY, podSecurity, restrictedContainerSecurity } from '../../pod/security-context.ts';
import type { StackContext } from '../../stack-context.ts';
import { CONFIG_FILE } from './config.ts';

/** Name of the exporter's port. */
export const METRICS = 'metrics';

const CONFIG_DIRECTORY = '/etc/blackbox';

interface Probing {
  readonly config: string;
  /** Whether something may be probed by ICMP. */
  readonly usesIcmp: boolean;
}

/** The blackbox exporter's Deployment. */
export function blackboxDeployment(context: StackContext, blackbox: BlackboxSettings, { config, usesIcmp }: Probing): KubeObject {
  const name = blackboxName(context.stack.metadata);
  return deployment(context, {
    component: COMPONENTS.blackbox,
    name,
    replicas: 1,
    // Modules change rarely and the exporter keeps no state: a new pod is the simplest proof that the new ones are in use.
    annotations: { 'belfry.dev/modules-hash': stableHash(config) },
    pod: blackbox.pod,
    token: 'none',
    userId: NOBODY,
    ...(usesIcmp ? { spec: { securityContext: { ...podSecurity(NOBODY), sysctls: [PING] } } } : {}),
    containers: [container(context, blackbox)],
    volumes: [{ name: 'config', configMap: { name } }],
  });
}

/**
 * Lets the pod's group open ICMP sockets that are not raw ones. A safe sysctl, which Pod Security "restricted" allows, where
 * it forbids NET_RAW; the exporter tries such sockets first (prober/icmp.go).
 */
const PING = { name: 'net.ipv4.ping_group_range', value: `${NOBODY} ${NOBODY}` };

function container({ settings }: StackContext, { version, pod }: BlackboxSettings): Container {
  return {
    name: 'blackbox-exporter',
    image: image('blackbox', version, settings.images),
    args: [`--config.file=${CONFIG_DIRECTORY}/${CONFIG_FILE}`, `--web.listen-address=:${PORTS.blackbox}`, ...(pod.extraArgs ?? [])],
    ports: [{ name: METRICS, containerPort: PORTS.blackbox, protocol: 'TCP' }],
    resources: pod.resources ?? { requests: { cpu: '10m', memory: '32Mi' }, limits: { memory: '128Mi' } },
    readinessProbe: readinessProbe('/-/healthy', METRICS),
    livenessProbe: livenessProbe('/-/healthy', METRICS),
    securityContext: restrictedContainerSecurity(),
    volumeMounts: [{ name: 'config', mountPath: CONFIG_DIRECTORY, readOnly: true }],
  };
}
