import type { MetricsServerSettings } from '../../../api/cluster-settings.ts';
import type { KubeObject } from '../../../api/kube-object.ts';
import { image } from '../../images.ts';
import { ownedMetadata, selectorLabels } from '../../labels.ts';
import { COMPONENTS, componentName, PORTS } from '../../names.ts';
import { podTemplate, type Container } from '../../pod/pod-template.ts';
import { livenessProbe, readinessProbe } from '../../pod/probe.ts';
import { NOBODY, restrictedContainerSecurity } from '../../pod/security-context.ts';
import type { StackContext } from '../../stack-context.ts';
import { metricsServerResources } from './resources.ts';

/** Name of its port. */
export const HTTPS = 'https';

const component = COMPONENTS.metricsServer;
const CERTIFICATES = '/tmp';

/** metrics-server's Deployment, sized for the number of nodes. */
export function metricsServerDeployment(context: StackContext, settings: MetricsServerSettings, nodes: number): KubeObject {
  const { stack } = context;
  const name = componentName(stack.metadata, component);
  const { replicas, pod } = settings;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: ownedMetadata(stack, { component, name }),
    spec: {
      replicas,
      selector: { matchLabels: selectorLabels(stack.metadata, component) },
      // While no pod is ready autoscalers stand still: the new one goes first.
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      template: podTemplate(context, {
        component,
        pod,
        serviceAccountName: name,
        token: 'mounted',
        userId: NOBODY,
        spread: replicas > 1 ? 'over-nodes' : 'anywhere',
        containers: [container(context, settings, nodes)],
        volumes: [{ name: 'certificates', emptyDir: {} }],
      }),
    },
  };
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
