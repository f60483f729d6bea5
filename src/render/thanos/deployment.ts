import { DEFAULT_VERSIONS } from '../../api/defaults.ts';
import type { QuerierSettings } from '../../api/prometheus-settings.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import { image } from '../images.ts';
import { ownedMetadata, selectorLabels } from '../labels.ts';
import { COMPONENTS, componentName, PORTS } from '../names.ts';
import { podTemplate, type Container } from '../pod/pod-template.ts';
import { livenessProbe, readinessProbe } from '../pod/probe.ts';
import { restrictedContainerSecurity } from '../pod/security-context.ts';
import { THANOS_GRPC, THANOS_HTTP } from '../prometheus-server/ports.ts';
import type { StackContext } from '../stack-context.ts';
import { querierFlags } from './querier-flags.ts';

const component = COMPONENTS.querier;
/** The user that Thanos' image is made for. */
const THANOS_USER = 1001;

/** The querier's Deployment. It keeps nothing: any number of replicas answers the same. */
export function querierDeployment(context: StackContext, { replicas, pod }: QuerierSettings): KubeObject {
  const { stack } = context;
  const name = componentName(stack.metadata, component);
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: ownedMetadata(stack, { component, name }),
    spec: {
      replicas,
      selector: { matchLabels: selectorLabels(stack.metadata, component) },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      template: podTemplate(context, {
        component,
        pod,
        serviceAccountName: name,
        token: 'none',
        userId: THANOS_USER,
        spread: replicas > 1 ? 'over-nodes' : 'anywhere',
        containers: [container(context, pod)],
        volumes: [],
      }),
    },
  };
}

function container({ stack, settings }: StackContext, pod: QuerierSettings['pod']): Container {
  return {
    name: 'thanos-querier',
    image: image('thanos', settings.prometheus.thanos?.version ?? DEFAULT_VERSIONS.thanos, settings.images),
    args: querierFlags(stack.metadata, settings),
    ports: [
      { name: THANOS_HTTP, containerPort: PORTS.thanosHttp, protocol: 'TCP' },
      { name: THANOS_GRPC, containerPort: PORTS.thanosGrpc, protocol: 'TCP' },
    ],
    // A query holds the series that it touches in memory: the limit is what the largest may need.
    resources: pod.resources ?? { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '2Gi' } },
    readinessProbe: readinessProbe('/-/ready', THANOS_HTTP),
    livenessProbe: livenessProbe('/-/healthy', THANOS_HTTP),
    securityContext: restrictedContainerSecurity(),
  };
}
