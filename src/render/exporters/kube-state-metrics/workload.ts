import type { KubeStateSettings } from '../../../api/cluster-settings.ts';
import type { KubeObject } from '../../../api/kube-object.ts';
import { stableHash } from '../../../lib/stable-hash.ts';
import { image } from '../../images.ts';
import { ownedMetadata, selectorLabels } from '../../labels.ts';
import { COMPONENTS, componentName, PORTS } from '../../names.ts';
import { podTemplate, type Container } from '../../pod/pod-template.ts';
import { livenessProbe, readinessProbe } from '../../pod/probe.ts';
import { NOBODY, restrictedContainerSecurity } from '../../pod/security-context.ts';
import type { StackContext } from '../../stack-context.ts';
import { CONFIG_DIRECTORY, kubeStateFlags } from './flags.ts';

/** Names of its ports: what it says of the cluster, and what it says of itself. */
export const METRICS = 'metrics';
export const SELF = 'self';

const component = COMPONENTS.kubeState;

/** A Deployment, or a StatefulSet whose pods share the objects among them where there are several shards. */
export function kubeStateWorkload(context: StackContext, settings: KubeStateSettings, customResources: string | undefined): KubeObject {
  const { stack } = context;
  const name = componentName(stack.metadata, component);
  const { shards, pod } = settings;
  const isSharded = shards > 1;
  const template = podTemplate(context, {
    component,
    ...(customResources === undefined ? {} : { annotations: { 'belfry.dev/custom-resources-hash': stableHash(customResources) } }),
    pod,
    serviceAccountName: name,
    token: 'mounted',
    userId: NOBODY,
    spread: isSharded ? 'over-nodes' : 'anywhere',
    containers: [container(context, settings)],
    volumes: customResources === undefined ? [] : [{ name: 'config', configMap: { name } }],
  });
  const shared = { replicas: shards, selector: { matchLabels: selectorLabels(stack.metadata, component) }, template };
  return {
    apiVersion: 'apps/v1',
    kind: isSharded ? 'StatefulSet' : 'Deployment',
    metadata: ownedMetadata(stack, { component, name }),
    spec: isSharded
      ? { ...shared, serviceName: name, podManagementPolicy: 'Parallel' }
      // Two at once would give every series twice, and joins on them fail; a gap of seconds does no harm.
      : { ...shared, strategy: { type: 'Recreate' } },
  };
}

function container({ settings: { images } }: StackContext, settings: KubeStateSettings): Container {
  const { version, pod, shards, customResources } = settings;
  return {
    name: 'kube-state-metrics',
    image: image('kubeState', version, images),
    args: kubeStateFlags(settings),
    ...(shards > 1 ? { env: [field('POD_NAME', 'metadata.name'), field('POD_NAMESPACE', 'metadata.namespace')] } : {}),
    ports: [
      { name: METRICS, containerPort: PORTS.kubeState, protocol: 'TCP' },
      { name: SELF, containerPort: PORTS.kubeStateSelf, protocol: 'TCP' },
    ],
    // About 1 KiB for each series it shows: a hundred for every pod, so 2 GiB is enough for some ten thousand.
    resources: pod.resources ?? { requests: { cpu: '10m', memory: '64Mi' }, limits: { memory: '2Gi' } },
    readinessProbe: readinessProbe('/readyz', SELF),
    // Not /livez: that asks the API server too, and an outage there is not mended by a restart here.
    livenessProbe: livenessProbe('/healthz', METRICS),
    securityContext: restrictedContainerSecurity(),
    ...(customResources.length > 0 ? { volumeMounts: [{ name: 'config', mountPath: CONFIG_DIRECTORY, readOnly: true }] } : {}),
  };
}

function field(name: string, fieldPath: string): object {
  return { name, valueFrom: { fieldRef: { fieldPath } } };
}
