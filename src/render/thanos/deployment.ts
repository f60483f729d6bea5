import { DEFAULT_VERSIONS } from '../../api/defaults.ts';
import type { QuerierSettings } from '../../api/prometheus-settings.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import { image } from '../images.ts';
import { COMPONENTS, componentName, PORTS } from '../names.ts';
import { deployment, NEVER_FEWER } from '../pod/deployment.ts';
import type { Container } from '../pod/pod-template.ts';
import { livenessProbe, readinessProbe } from '../pod/probe.ts';
import { restrictedContainerSecurity } from '../pod/security-context.ts';
import { THANOS_GRPC, THANOS_HTTP } from '../prometheus-server/ports.ts';
import type { StackContext } from '../stack-context.ts';
import { querierFlags } from './querier-flags.ts';

/** The user that Thanos' image is made for. */
const THANOS_USER = 1001;

/** The querier's Deployment. It keeps nothing: any number of replicas answers the same. */
export function querierDeployment(context: StackContext, { replicas, pod }: QuerierSettings): KubeObject {
  return deployment(context, {
    component: COMPONENTS.querier,
    name: componentName(context.stack.metadata, COMPONENTS.querier),
    replicas,
    strategy: NEVER_FEWER,
    pod,
    token: 'none',
    userId: THANOS_USER,
    containers: [container(context, pod)],
    volumes: [],
  });
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
