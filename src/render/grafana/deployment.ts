import type { GrafanaSettings } from '../../api/defaults.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import { stableHash } from '../../lib/stable-hash.ts';
import { image } from '../images.ts';
import { credentialMounts, credentialVolumes } from '../logs/credentials.ts';
import { COMPONENTS, grafanaAdminSecret, grafanaName, PORTS } from '../names.ts';
import { deployment } from '../pod/deployment.ts';
import type { Container } from '../pod/pod-template.ts';
import { livenessProbe, readinessProbe } from '../pod/probe.ts';
import { restrictedContainerSecurity } from '../pod/security-context.ts';
import type { StackContext } from '../stack-context.ts';
import { ADMIN_PASSWORD_KEY, ADMIN_USER_KEY } from './admin-secret.ts';
import type { ReferenceFacts } from '../stack-input.ts';
import { logDatasources } from './log-datasource.ts';
import { WEB } from './ports.ts';
import { volumeMounts, volumes } from './volumes.ts';

/** The user that Grafana's image is made for. */
const GRAFANA_USER = 472;

/** Grafana's Deployment. */
export function grafanaDeployment(context: StackContext, grafana: GrafanaSettings, references: ReferenceFacts): KubeObject {
  const { stack, settings } = context;
  const logs = logDatasources(stack.metadata, settings, references);
  return deployment(context, {
    component: COMPONENTS.grafana,
    name: grafanaName(stack.metadata),
    replicas: 1,
    // It reads its data sources once, at the start.
    ...(logs.length > 0 ? { annotations: { 'belfry.dev/log-datasource-hash': stableHash(JSON.stringify(logs)) } } : {}),
    pod: grafana.pod,
    token: 'none',
    userId: GRAFANA_USER,
    containers: [container(context, grafana, logs.length > 0 && settings.logs ? credentialMounts(settings.logs.output) : [])],
    volumes: [...volumes(stack.metadata), ...(logs.length > 0 && settings.logs ? credentialVolumes(settings.logs.output, { isOptional: true }) : [])],
  });
}

function container({ stack, settings }: StackContext, grafana: GrafanaSettings, mounts: readonly object[]): Container {
  const { version, pod } = grafana;
  return {
    name: 'grafana',
    image: image('grafana', version, settings.images),
    ...(pod.extraArgs ? { args: pod.extraArgs } : {}),
    env: [
      fromSecret('GF_SECURITY_ADMIN_USER', grafanaAdminSecret(stack.metadata), ADMIN_USER_KEY),
      fromSecret('GF_SECURITY_ADMIN_PASSWORD', grafanaAdminSecret(stack.metadata), ADMIN_PASSWORD_KEY),
      ...Object.entries(grafanaOptions(grafana)).map(([option, value]) => ({ name: option, value })),
    ],
    ports: [{ name: WEB, containerPort: PORTS.grafana, protocol: 'TCP' }],
    resources: pod.resources ?? { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '512Mi' } },
    readinessProbe: readinessProbe('/api/health', WEB),
    livenessProbe: livenessProbe('/api/health', WEB),
    securityContext: restrictedContainerSecurity(),
    volumeMounts: [...volumeMounts, ...mounts],
  };
}

/** Options of grafana.ini as environment variables (grafana.com/docs, setup-grafana/configure-grafana). */
function grafanaOptions({ ingress }: GrafanaSettings): Record<string, string> {
  return {
    // A cluster need not let Grafana out, and a monitoring stack tells nobody about itself.
    GF_ANALYTICS_REPORTING_ENABLED: 'false',
    GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
    GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: 'false',
    GF_NEWS_NEWS_FEED_ENABLED: 'false',
    GF_LOG_MODE: 'console',
    // Grafana 12 and later fetch plugins at the first start otherwise, and wait for them.
    GF_PLUGINS_PREINSTALL_DISABLED: 'true',
    ...(ingress ? { GF_SERVER_ROOT_URL: `${ingress.tlsSecret === undefined ? 'http' : 'https'}://${ingress.host}/` } : {}),
  };
}

function fromSecret(name: string, secret: string, key: string): object {
  return { name, valueFrom: { secretKeyRef: { name: secret, key } } };
}
