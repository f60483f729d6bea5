import type { PrometheusAdapterSettings } from '../../../api/cluster-settings.ts';
import type { KubeObject } from '../../../api/kube-object.ts';
import { stableHash } from '../../../lib/stable-hash.ts';
import { image } from '../../images.ts';
import { COMPONENTS, componentName, PORTS, queryUrl } from '../../names.ts';
import { deployment, NEVER_FEWER } from '../../pod/deployment.ts';
import type { Container } from '../../pod/pod-template.ts';
import { livenessProbe, readinessProbe } from '../../pod/probe.ts';
import { NOBODY, restrictedContainerSecurity } from '../../pod/security-context.ts';
import type { StackContext } from '../../stack-context.ts';
import { CONFIG_FILE } from './config.ts';

/** Name of its port. */
export const HTTPS = 'https';

const CONFIG_DIRECTORY = '/etc/adapter';
const CERTIFICATES = '/var/run/serving-cert';

/** prometheus-adapter's Deployment. */
export function adapterDeployment(context: StackContext, settings: PrometheusAdapterSettings, config: string): KubeObject {
  const name = componentName(context.stack.metadata, COMPONENTS.prometheusAdapter);
  return deployment(context, {
    component: COMPONENTS.prometheusAdapter,
    name,
    replicas: settings.replicas,
    strategy: NEVER_FEWER,
    // It reads its rules once, at the start.
    annotations: { 'belfry.dev/rules-hash': stableHash(config) },
    pod: settings.pod,
    token: 'mounted',
    userId: NOBODY,
    containers: [container(context, settings)],
    volumes: [{ name: 'config', configMap: { name } }, { name: 'certificates', emptyDir: {} }],
  });
}

/** The adapter's command line. */
function adapterFlags({ stack, settings }: Pick<StackContext, 'stack' | 'settings'>, { pod }: PrometheusAdapterSettings): string[] {
  return [
    `--config=${CONFIG_DIRECTORY}/${CONFIG_FILE}`,
    `--prometheus-url=${queryUrl(stack.metadata, settings)}/`,
    `--secure-port=${PORTS.prometheusAdapter}`,
    `--cert-dir=${CERTIFICATES}`,
    '--metrics-relist-interval=1m',
    ...(pod.extraArgs ?? []),
  ];
}

function container(context: StackContext, settings: PrometheusAdapterSettings): Container {
  return {
    name: 'prometheus-adapter',
    image: image('prometheusAdapter', settings.version, context.settings.images),
    args: adapterFlags(context, settings),
    ports: [{ name: HTTPS, containerPort: PORTS.prometheusAdapter, protocol: 'TCP' }],
    resources: settings.pod.resources ?? { requests: { cpu: '20m', memory: '64Mi' }, limits: { memory: '512Mi' } },
    readinessProbe: readinessProbe('/readyz', HTTPS, 'HTTPS'),
    livenessProbe: livenessProbe('/livez', HTTPS, 'HTTPS'),
    securityContext: restrictedContainerSecurity(),
    volumeMounts: [
      { name: 'config', mountPath: CONFIG_DIRECTORY, readOnly: true },
      { name: 'certificates', mountPath: CERTIFICATES },
    ],
  };
}
