import type { KubeObject } from '../api/kube-object.ts';
import type { Cluster } from '../kube/cluster.ts';
import { lastLine } from '../status/last-line.ts';
import { queryVector, type Replica } from './prometheus-api.ts';

/** What a container that crashes again and again left in the status of its pod. */
export interface LastWords {
  /** `namespace/pod/container` */
  readonly of: string;
  /** One line, cut. */
  readonly words: string;
}

/** Pending ones too: what is found out then is there when the alert fires. */
const CRASHING = 'count by (namespace, pod, container) (ALERTS{alertname="KubePodCrashLooping"})';
/** A whole cluster may crash at once; nobody reads more than this. */
const MOST = 20;
const MOST_CHARACTERS = 200;

/**
 * The last words of containers about which KubePodCrashLooping is pending or firing, from the status of their pods: no logs are
 * read, so a container has some only where it writes to its termination log, or says FallbackToLogsOnError. What cannot be read is left out.
 */
export async function readLastWords(cluster: Cluster, shards: readonly Replica[]): Promise<LastWords[]> {
  const samples = (await Promise.all(shards.map((replica) => queryVector(cluster, replica, CRASHING)))).flat();
  const crashing = samples.map(({ labels: { namespace = '', pod = '', container = '' } }) => ({ namespace, pod, container }));
  const found = await Promise.all(crashing.slice(0, MOST).map(async ({ namespace, pod, container }) => {
    const object = await cluster.read({ apiVersion: 'v1', kind: 'Pod', namespace, name: pod }).catch(() => undefined);
    const words = object?.['status'] ? wordsOf(object, container) : undefined;
    return words ? [{ of: `${namespace}/${pod}/${container}`, words }] : [];
  }));
  return found.flat();
}

interface ContainerStatus {
  readonly name: string;
  readonly state?: { readonly terminated?: { readonly message?: string } };
  readonly lastState?: { readonly terminated?: { readonly message?: string } };
}

interface PodStatus {
  readonly containerStatuses?: readonly ContainerStatus[];
  readonly initContainerStatuses?: readonly ContainerStatus[];
}

function wordsOf(pod: KubeObject, container: string): string {
  const { containerStatuses = [], initContainerStatuses = [] } = pod['status'] as PodStatus;
  const { state, lastState } = [...containerStatuses, ...initContainerStatuses].find(({ name }) => name === container) ?? {};
  const { message = '' } = state?.terminated ?? lastState?.terminated ?? {};
  return lastLine(message).slice(0, MOST_CHARACTERS);
}
