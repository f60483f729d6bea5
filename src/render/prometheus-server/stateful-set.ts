import type { StackSettings } from '../../api/defaults.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import { image } from '../images.ts';
import { ownedMetadata, selectorLabels, shardLabels, sorted } from '../labels.ts';
import { COMPONENTS, PORTS, prometheusGoverningService, prometheusName, prometheusShardName } from '../names.ts';
import { podTemplate, type Container } from '../pod/pod-template.ts';
import { livenessProbe, readinessProbe } from '../pod/probe.ts';
import { NOBODY, restrictedContainerSecurity } from '../pod/security-context.ts';
import { dataVolume } from '../pod/storage.ts';
import type { StackContext } from '../stack-context.ts';
import { configMounts, configVolumes } from './config-volume.ts';
import { DATA_DIRECTORY, prometheusFlags } from './flags.ts';
import { WEB } from './ports.ts';
import { serviceAccountMount, serviceAccountVolume } from './service-account-files.ts';
import { thanosSidecar, thanosVolumes } from './thanos-sidecar.ts';

const DATA = 'data';
/** Prometheus may have to write out its head block before it ends. */
const SHUTDOWN_SECONDS = 300;

/** The StatefulSet of one shard of Prometheus. */
export function prometheusStatefulSet(context: StackContext, shard: number): KubeObject {
  const { stack, settings } = context;
  const { prometheus } = settings;
  const component = COMPONENTS.prometheus;
  const labels = shardLabels(shard);
  const data = dataVolume(DATA, prometheus.storage);
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: ownedMetadata(stack, { component, name: prometheusShardName(stack.metadata, shard), labels }),
    spec: {
      replicas: prometheus.replicas,
      serviceName: prometheusGoverningService(stack.metadata),
      // Replicas do not depend on each other; one that does not come up must not keep the next one from starting.
      podManagementPolicy: 'Parallel',
      selector: { matchLabels: sorted({ ...selectorLabels(stack.metadata, component), ...labels }) },
      template: podTemplate(context, {
        component,
        labels,
        pod: prometheus.pod,
        serviceAccountName: prometheusName(stack.metadata),
        token: 'mounted',
        userId: NOBODY,
        spread: 'over-nodes',
        spec: { terminationGracePeriodSeconds: SHUTDOWN_SECONDS },
        containers: [prometheusContainer(settings), ...thanosSidecar(settings)],
        volumes: [...configVolumes(stack, shard), ...(settings.scope === 'Cluster' ? [serviceAccountVolume] : []), ...data.volumes, ...thanosVolumes(settings)],
      }),
      ...(data.volumeClaimTemplates.length > 0 ? { volumeClaimTemplates: data.volumeClaimTemplates } : {}),
    },
  };
}

function prometheusContainer(settings: StackSettings): Container {
  const { prometheus, images, scope } = settings;
  return {
    name: 'prometheus',
    image: image('prometheus', prometheus.version, images),
    args: prometheusFlags(settings),
    env: [{ name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
    ports: [{ name: WEB, containerPort: PORTS.prometheus, protocol: 'TCP' }],
    resources: prometheus.pod.resources ?? RESOURCES[scope],
    readinessProbe: readinessProbe('/-/ready', WEB),
    livenessProbe: livenessProbe('/-/healthy', WEB),
    securityContext: restrictedContainerSecurity(),
    volumeMounts: [...configMounts, ...(scope === 'Cluster' ? [serviceAccountMount] : []), { name: DATA, mountPath: DATA_DIRECTORY }],
  };
}

/** About 3 KiB for each active series: enough for a namespace's few 100,000, or the million of a middling cluster. */
const RESOURCES = {
  Namespace: { requests: { cpu: '50m', memory: '256Mi' }, limits: { memory: '2Gi' } },
  Cluster: { requests: { cpu: '200m', memory: '512Mi' }, limits: { memory: '6Gi' } },
} as const;
