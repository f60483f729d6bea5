import type { Condition } from '../api/conditions.ts';
import type { Component, WaitingPod } from './component.ts';
import type { Finding } from './conditions.ts';
import { cut } from './cut.ts';
import { mendOf } from './mend.ts';
import { waitingFor } from './patience.ts';

/** Time alone does not mend these; the kubelet and the scheduler name them so. */
const FAILING: readonly string[] = [
  'CrashLoopBackOff', 'ImagePullBackOff', 'ErrImagePull', 'ErrImageNeverPull', 'InvalidImageName', 'CreateContainerConfigError', 'CreateContainerError',
  'RunContainerError', 'StartError', 'OOMKilled', 'Error', 'Evicted', 'Failed', 'Unschedulable',
];

/** A first pull of large images over a slow line, and a replica after the other, must fit. */
const ROLLOUT_DEADLINE_MS = 10 * 60_000;

/** ComponentsReady: every replica of every component is ready; while pods only start, that is Unknown, not False. */
export function componentsReady(components: readonly Component[], context: { readonly current: readonly Condition[]; readonly generation: number; readonly now: Date }): Finding {
  const open = components.filter((component) => !isReady(component));
  if (open.length === 0) return { type: 'ComponentsReady', status: 'True', reason: 'ComponentsReady', message: components.map(({ name, ready, wanted }) => `${name} ${ready}/${wanted}`).join(', ') };
  const failing = open.filter(({ refused, waiting }) => refused !== undefined || waiting.some(isFailing));
  const message = [...failing, ...open.filter((component) => !failing.includes(component))].map(openMessage).join('; ');
  if (failing.length > 0) return { type: 'ComponentsReady', status: 'False', reason: 'ComponentNotReady', message };
  return waitingFor({ type: 'ComponentsReady', reason: 'Progressing', failedReason: 'ComponentNotReady', message, deadlineMs: ROLLOUT_DEADLINE_MS }, context);
}

/** Whether a component has all its replicas, of the newest template, and can be reached. */
export function isReady({ ready, wanted, updated, unavailable }: Component): boolean {
  return ready >= wanted && updated >= wanted && unavailable === undefined;
}

/** Why a component is not ready, by its most telling pod, and what helps; undefined where no pod says anything. */
export function whyNotReady({ name, waiting, unavailable }: Component): string | undefined {
  const pod = waiting.find(isFailing) ?? waiting[0];
  if (!pod) return unavailable && cut(unavailable, 400);
  const says = `${pod.reason}${pod.message ? `: ${pod.message}` : ''}`;
  const mend = mendOf(name, says);
  return `${pod.name}: ${cut(says, 300)}${mend === undefined ? '' : ` (${mend})`}`;
}

function isFailing({ reason }: WaitingPod): boolean {
  return FAILING.includes(reason);
}

function openMessage(component: Component): string {
  const { name, ready, wanted, updated } = component;
  const why = component.refused ?? whyNotReady(component) ?? (updated < wanted ? `${updated} of ${wanted} replaced by the newest template` : undefined);
  return `${name} ${ready}/${wanted}${why ? `: ${why}` : ''}`;
}
