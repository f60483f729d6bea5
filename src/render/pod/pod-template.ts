import type { StringMap } from '../../api/kube-object.ts';
import type { PodSettings } from '../../api/monitoring-stack.ts';
import { compact } from '../../lib/compact.ts';
import { componentLabels, selectorLabels, sorted } from '../labels.ts';
import type { StackContext } from '../stack-context.ts';
import { podSecurity } from './security-context.ts';

/** A container as Kubernetes knows it; only its name is looked at here. */
export interface Container {
  readonly name: string;
  readonly [field: string]: unknown;
}

/** What a component's pods are made of, beyond what all pods of a stack share. */
export interface PodParts {
  readonly component: string;
  /** Labels beside the component's, such as the shard. Part of what spreads the pods over nodes. */
  readonly labels?: StringMap;
  readonly annotations?: StringMap;
  /** What the user sets; wins over our defaults, but for labels. */
  readonly pod: PodSettings;
  readonly serviceAccountName: string;
  /** Only pods that talk to the API server get a token. */
  readonly token: 'mounted' | 'none';
  /** User and group that the pod runs as. */
  readonly userId: number;
  /** Whether replicas should rather not share a node. */
  readonly spread: 'over-nodes' | 'anywhere';
  readonly containers: readonly Container[];
  readonly volumes: readonly object[];
  /** Fields of the pod's spec beside these. */
  readonly spec?: Readonly<Record<string, unknown>>;
}

/** The pod template of a workload: restricted unless it runs as root, without service links, with the user's settings on top. */
export function podTemplate({ stack, settings }: StackContext, parts: PodParts): object {
  const { pod, component, labels = {} } = parts;
  const annotations = { ...parts.annotations, ...pod.annotations };
  return {
    metadata: {
      // The user's labels go first: ours select the pods, and must stay what they are.
      labels: sorted({ ...pod.labels, ...componentLabels(stack.metadata, component), ...labels }),
      ...(Object.keys(annotations).length > 0 ? { annotations: sorted(annotations) } : {}),
    },
    spec: {
      serviceAccountName: parts.serviceAccountName,
      automountServiceAccountToken: parts.token === 'mounted',
      enableServiceLinks: false,
      ...(settings.images.pullSecrets.length > 0 ? { imagePullSecrets: settings.images.pullSecrets.map((name) => ({ name })) } : {}),
      securityContext: podSecurity(parts.userId),
      ...parts.spec,
      ...(parts.spread === 'over-nodes' ? { affinity: preferOtherNodes({ ...selectorLabels(stack.metadata, component), ...labels }) } : {}),
      ...scheduling(pod),
      // A container that ends says why in its last lines of log, and so the status can.
      containers: parts.containers.map((container) => ({ ...container, terminationMessagePolicy: 'FallbackToLogsOnError' })),
      ...(parts.volumes.length > 0 ? { volumes: parts.volumes } : {}),
    },
  };
}

/** The user's word on where pods run, which replaces ours field by field. */
function scheduling({ affinity, nodeSelector, tolerations, priorityClassName, topologySpreadConstraints }: PodSettings): object {
  return compact({ affinity, nodeSelector, tolerations, priorityClassName, topologySpreadConstraints });
}

/** Preferred, not required: on a cluster of one node the second replica must run all the same. */
function preferOtherNodes(matchLabels: StringMap): object {
  return {
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight: 100, podAffinityTerm: { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: sorted(matchLabels) } } },
      ],
    },
  };
}
