import type { MetricsServerSettings } from '../../../api/cluster-settings.ts';
import type { KubeObject } from '../../../api/kube-object.ts';
import { image } from '../../images.ts';
import { COMPONENTS, componentName, PORTS } from '../../names.ts';
import { deployment, NEVER_FEWER } from '../../pod/deployment.ts';
import type { Container } from '../../pod/pod-template.ts';
import { livenessProbe, readinessProbe } from '../../pod/probe.ts';
import { NOBODY, restrictedContainerSecurity } from '../../pod/security-context.ts';
import type { StackContext } from '../../stack-context.ts';
import { metricsServerResources } from './resources.ts';

/** Name of its port. */
export const HTTPS = 'https';

const CERTIFICATES = '/tmp';

/** metrics-server's Deployment, sized for the number of nodes. */
export function metricsServerDeployment(context: StackContext, settings: MetricsServerSettings, nodes: number): KubeObject {
  return deployment(context, {
    component: COMPONENTS.metricsServer,
    name: componentName(context.stack.metadata, COMPONENTS.metricsServer),
    replicas: settings.replicas,
    // While no pod is ready autoscalers stand still.
    strategy: NEVER_FEWER,
    pod: settings.pod,
    token: 'mounted',
    userId: NOBODY,
    containers: [container(context, settings, nodes)],
    volumes: [{ name: 'certificates', emptyDir: {} }],
  });
}

/** metrics-server's command line. */
export function metricsServerFlags({ insecureSkipVerify, pod }: MetricsServerSettings): string[] {
  return [
    `--secure-port=${PORTS.metricsServer}`,
    `--cert-dir=${CERTIFICATES}`,
    // Names of nodes resolve in few clusters.
    '--kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname',
    '--kubelet-use-node-status-port',
    '--metric-resolution=15s',
    ...(insecureSkipVerify ? ['--kubelet-insecure-tls'] : ['--kubelet-certificate-authority=/var/run/secrets/kubernetes.io/serviceaccount/ca.crt']),
    ...(pod.extraArgs ?? []),
  ];
}

function container({ settings: { images } }: StackContext, settings: MetricsServerSettings, nodes: number): Container {
  return {
    name: 'metrics-server',
    image: image('metricsServer', settings.version, images),
    args: metricsServerFlags(settings),
    ports: [{ name: HTTPS, containerPort: PORTS.metricsServer, protocol: 'TCP' }],
    resources: settings.pod.resources ?? metricsServerResources(nodes),
    readinessProbe: readinessProbe('/readyz', HTTPS, 'HTTPS'),
    livenessProbe: livenessProbe('/livez', HTTPS, 'HTTPS'),
    securityContext: restrictedContainerSecurity(),
    volumeMounts: [{ name: 'certificates', mountPath: CERTIFICATES }],
  };
}
