import type { KubeObject } from '../api/kube-object.ts';
import { lastLine } from './last-line.ts';

/** A pod that is not ready, and what it says about it. */
export interface WaitingPod {
  readonly name: string;
  /** Like ContainerCreating, CrashLoopBackOff, Unschedulable. */
  readonly reason: string;
  readonly message?: string;
}

/** How one component of a stack stands. */
export interface Component {
  readonly name: string;
  readonly version?: string;
  readonly ready: number;
  readonly wanted: number;
  /** Pods of the newest template; fewer than `wanted` while a rollout is under way. */
  readonly updated: number;
  readonly waiting: readonly WaitingPod[];
  /** Why the API server does not reach the API that it serves, though its pods may be ready. */
  readonly unavailable?: string;
  /** Why an object of it could not be written, and the mend. */
  readonly refused?: string;
}

interface Counts {
  readonly ready: number;
  readonly wanted: number;
  readonly updated: number;
}

interface ApiStatus {
  readonly conditions?: readonly { readonly type: string; readonly status: string; readonly reason?: string; readonly message?: string }[];
}

/** What an APIService says of itself while the API server cannot reach what serves it; undefined while it can, or has not tried. */
export function apiTrouble(api: KubeObject): string | undefined {
  const { conditions = [] } = (api['status'] ?? {}) as ApiStatus;
  const available = conditions.find(({ type }) => type === 'Available');
  if (available?.status !== 'False') return undefined;
  return `${api.metadata.name} cannot be reached by the API server: ${available.reason ?? 'unknown'}${available.message ? `: ${available.message}` : ''}`;
}

/** A component from its workload (Deployment, StatefulSet or DaemonSet, as the API server shows it) and that one's pods. */
export function componentOf(name: string, workload: KubeObject, pods: readonly KubeObject[]): Component {
  const waiting = pods.map(waitingPod).filter((pod) => pod !== undefined);
  return { name, ...countsOf(workload), waiting: waiting.sort((a, b) => (a.name < b.name ? -1 : 1)) };
}

interface Replicas {
  readonly spec: { readonly replicas?: number };
  readonly status: { readonly readyReplicas?: number; readonly updatedReplicas?: number };
}

interface Daemons {
  readonly status: { readonly desiredNumberScheduled?: number; readonly numberReady?: number; readonly updatedNumberScheduled?: number };
}

function countsOf(workload: KubeObject): Counts {
  const isObserved = isStatusCurrent(workload);
  const { spec = {}, status = {} } = workload as { readonly spec?: object; readonly status?: object };
  const counts = workload.kind === 'DaemonSet' ? daemonCounts({ status }) : replicaCounts({ spec, status });
  // Until its controller has seen the newest spec, the numbers are those of an older one, or of none: not ready.
  return isObserved ? counts : { ...counts, wanted: Math.max(1, counts.wanted), updated: 0 };
}

function isStatusCurrent(workload: KubeObject): boolean {
  const { observedGeneration = 0 } = (workload['status'] ?? {}) as { readonly observedGeneration?: number };
  return observedGeneration >= (workload.metadata.generation ?? 0);
}

function daemonCounts({ status }: Daemons): Counts {
  const { desiredNumberScheduled: wanted = 0, numberReady: ready = 0, updatedNumberScheduled: updated = 0 } = status;
  return { ready, wanted, updated };
}

function replicaCounts({ spec, status }: Replicas): Counts {
  const { readyReplicas: ready = 0, updatedReplicas: updated = 0 } = status;
  return { ready, wanted: spec.replicas ?? 1, updated };
}

interface PodStatus {
  readonly phase?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly conditions?: readonly { readonly type: string; readonly status: string; readonly reason?: string; readonly message?: string }[];
  readonly initContainerStatuses?: readonly ContainerStatus[];
  readonly containerStatuses?: readonly ContainerStatus[];
}

interface Ended {
  readonly reason?: string;
  readonly message?: string;
  readonly exitCode?: number;
}

interface ContainerStatus {
  readonly name: string;
  readonly ready: boolean;
  readonly state?: { readonly waiting?: { readonly reason?: string; readonly message?: string }; readonly terminated?: Ended };
  readonly lastState?: { readonly terminated?: Ended };
}

function waitingPod(pod: KubeObject): WaitingPod | undefined {
  const { name, deletionTimestamp } = pod.metadata;
  const status = (pod['status'] ?? {}) as PodStatus;
  if (deletionTimestamp !== undefined || condition(status, 'Ready')?.status === 'True') return undefined;
  const { reason, message } = notScheduled(status) ?? containerWaits(status) ?? notReady(status);
  return { name, reason, ...(message ? { message } : {}) };
}

type Why = { readonly reason: string; readonly message?: string | undefined };

function condition(status: PodStatus, type: string) {
  return status.conditions?.find((item) => item.type === type);
}

function notScheduled(status: PodStatus): Why | undefined {
  const scheduled = condition(status, 'PodScheduled');
  return scheduled?.status === 'False' ? { reason: scheduled.reason ?? 'Unschedulable', message: scheduled.message } : undefined;
}

/** Reasons that only say that an earlier container has to come first. */
const PASSING = ['PodInitializing', 'ContainerCreating'];

function containerWaits({ initContainerStatuses = [], containerStatuses = [] }: PodStatus): Why | undefined {
  const waits = [...initContainerStatuses, ...containerStatuses].flatMap((container) => whyWaits(container) ?? []);
  return waits.find(({ reason }) => !PASSING.includes(reason)) ?? waits[0];
}

function whyWaits({ name, state, lastState, ready }: ContainerStatus): Why | undefined {
  const { waiting, terminated } = state ?? {};
  if (waiting) return { reason: waiting.reason ?? 'Waiting', message: lastWords(name, lastState?.terminated) ?? waiting.message };
  if (!terminated || ready || terminated.exitCode === 0) return undefined;
  return { reason: terminated.reason ?? 'Error', message: lastWords(name, terminated) };
}

function lastWords(name: string, ended: Ended | undefined): string | undefined {
  if (!ended) return undefined;
  const why = ended.reason && ended.reason !== 'Error' ? ` (${ended.reason})` : '';
  return `container ${name} ended with code ${ended.exitCode ?? 'unknown'}${why}${ended.message ? `: ${lastLine(ended.message)}` : ''}`;
}

function notReady(status: PodStatus): Why {
  const ready = condition(status, 'Ready');
  if (status.phase === 'Failed') return { reason: status.reason ?? 'Failed', message: status.message };
  return { reason: ready?.reason ?? status.phase ?? 'Pending', message: ready?.message };
}
