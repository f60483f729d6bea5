import { LABEL_NAME, LABEL_SHARD, LABEL_STACK } from '../api/group.ts';
import type { KubeObject } from '../api/kube-object.ts';
import type { Replica } from './prometheus-api.ts';

interface PodStatus {
  readonly phase?: string;
  readonly podIP?: string;
  readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  readonly containerStatuses?: readonly ContainerStatus[];
}

interface ContainerStatus {
  readonly name: string;
  readonly restartCount?: number;
  readonly containerID?: string;
}

/** The ports that our containers listen on, by component. */
const PORTS: Readonly<Record<string, number>> = { prometheus: 9090, alertmanager: 9093 };

/**
 * The pods of one component of a stack that have an address and are not on their way out, sorted by name.
 *
 * @param pods the pods of the stack's namespace that carry our labels
 */
export function replicasOf(pods: Iterable<KubeObject>, stack: string, component: 'prometheus' | 'alertmanager'): Replica[] {
  const replicas: Replica[] = [];
  for (const pod of pods) {
    const { labels = {}, deletionTimestamp } = pod.metadata;
    if (labels[LABEL_STACK] !== stack || labels[LABEL_NAME] !== component || deletionTimestamp !== undefined) continue;
    const replica = replicaOf(pod, component);
    if (replica) replicas.push(replica);
  }
  return replicas.sort((a, b) => (a.pod < b.pod ? -1 : 1));
}

function replicaOf(pod: KubeObject, component: string): Replica | undefined {
  const { name, namespace = '', uid = '', labels = {}, annotations = {} } = pod.metadata;
  const status = (pod['status'] ?? {}) as PodStatus;
  const main = containerOf(status, component);
  if (status.podIP === undefined || !main) return undefined;
  return {
    namespace,
    pod: name,
    uid,
    podIp: status.podIP,
    port: PORTS[component] ?? 0,
    shard: Number(labels[LABEL_SHARD] ?? 0),
    incarnation: incarnationOf(uid, main),
    annotations,
    ready: isReady(status),
  };
}

function containerOf({ phase, containerStatuses = [] }: PodStatus, name: string): ContainerStatus | undefined {
  return phase === 'Running' ? containerStatuses.find((container) => container.name === name) : undefined;
}

function isReady({ conditions = [] }: PodStatus): boolean {
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}

/** Changes whenever the container begins anew, and then nothing it has confirmed counts. */
function incarnationOf(uid: string, { containerID = '', restartCount = 0 }: ContainerStatus): string {
  return `${uid}/${containerID}/${restartCount}`;
}
