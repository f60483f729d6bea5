import type { Condition, Reason } from '../api/conditions.ts';
import { plural } from '../lib/plural.ts';
import type { Finding } from './conditions.ts';
import { cut, firstOf } from './cut.ts';
import { waitingFor } from './patience.ts';

/** How far one stack that selects a resource is with taking it in. */
export interface StackLiveness {
  /** Every replica has confirmed a config that holds the very text that the resource renders to now. */
  readonly confirmed: boolean;
  /**
   * The resource's own text differs from what was confirmed last. False where only neighbours in the same config changed:
   * what is live then stays live, and its status need not be written twice for each change of a neighbour.
   */
  readonly changed?: boolean;
  /** When the config was written. */
  readonly since?: Date;
  /** Hash of the config that is waited for. */
  readonly hash?: string;
  /** Names of the replicas that have not confirmed it. */
  readonly missing?: readonly string[];
  /** What one of them answered, where that is known. */
  readonly error?: string;
  /** A Prometheus refused the config as a whole. */
  readonly refused?: boolean;
  /** The newest version is rejected, and the last good one stays in the config. */
  readonly lastGoodKept?: boolean;
}

/** A stack that selects a resource, and how far it is with it. */
export interface SelectingStack {
  readonly namespace: string;
  readonly name: string;
  readonly live: StackLiveness;
}

/** Why no stack selects a resource. */
export interface NotSelected {
  readonly reason: 'NoStack' | 'NamespaceNotSelected' | 'LabelsNotSelected' | 'NotAccepted';
  readonly message: string;
}

interface LivenessInput {
  readonly accepted: Finding;
  readonly selected: Finding;
  readonly stacks: readonly SelectingStack[];
  readonly current: readonly Condition[];
  readonly generation: number;
  readonly now: Date;
}

/** A replica without our annotation on it may take 72 s (measured) to see a new config; past that something is wrong. */
export const CONFIRM_DEADLINE_MS = 90_000;

/** Selected, from the stacks that select the resource, or from why none does. */
export function selection(stacks: readonly SelectingStack[], whyNot: NotSelected | undefined): Finding {
  if (stacks.length > 0) {
    const names = stacks.map(({ namespace, name }) => `${namespace}/${name}`);
    return { type: 'Selected', status: 'True', reason: 'Selected', message: `selected by ${plural(stacks.length, 'MonitoringStack')}: ${firstOf(names, 5)}` };
  }
  const { reason, message } = whyNot ?? { reason: 'NoStack', message: 'there is no MonitoringStack that could select it' };
  return { type: 'Selected', status: 'False', reason, message };
}

/** Live: proved by every replica, or not yet, or not, and why. */
export function liveness(input: LivenessInput): Finding {
  const { accepted, selected, stacks } = input;
  const no = (reason: Reason, message: string): Finding => ({ type: 'Live', status: 'False', reason, message });
  if (selected.status !== 'True') return no('NotSelected', 'no MonitoringStack selects it');
  if (accepted.status === 'False') {
    return stacks.some(({ live }) => live.lastGoodKept)
      ? no('LastGoodKept', 'the newest version is not accepted; the last good one stays live')
      : no('NotAccepted', 'it is not accepted, so it is in no config');
  }
  const refused = stacks.find(({ live }) => live.refused && !live.confirmed);
  if (refused) return no('ConfigRefused', `${stackName(refused)}: ${refused.live.error ?? 'the config was refused'}`);
  const open = stacks.filter(({ live }) => !live.confirmed);
  if (open.length > 0) return notConfirmed(open, input);
  return { type: 'Live', status: 'True', reason: 'Live', message: `every replica of ${firstOf(stacks.map(stackName), 5)} confirmed it` };
}

function notConfirmed(open: readonly SelectingStack[], { current, generation, now }: LivenessInput): Finding {
  const live = current.find(({ type, observedGeneration }) => type === 'Live' && observedGeneration === generation);
  const waitedMs = Math.max(...open.map(({ live: { since } }) => (since ? now.getTime() - since.getTime() : 0)));
  if (live?.status === 'True' && waitedMs < CONFIRM_DEADLINE_MS && open.every((stack) => !stack.live.changed)) {
    return { type: 'Live', status: 'True', reason: 'Live', message: live.message };
  }
  const message = open.map(openMessage).join('; ');
  return waitingFor({ type: 'Live', reason: 'ConfigNotConfirmed', failedReason: 'ConfigNotConfirmed', message, deadlineMs: CONFIRM_DEADLINE_MS }, { current, generation, now });
}

/** Without the moment at which the config was written: it would change with every neighbour's change. */
function openMessage(stack: SelectingStack): string {
  const { since: _since, ...live } = stack.live;
  return `${stackName(stack)}: ${unconfirmed(live)}`;
}

/** Who has not confirmed what since when, and why: `prometheus-shop-1 has not confirmed config ab12 written at 12:00:05Z: timeout`. */
export function unconfirmed({ missing = [], hash, since, error }: Pick<StackLiveness, 'missing' | 'hash' | 'since' | 'error'>): string {
  const subject = missing.length > 0 ? `${firstOf(missing, 5)} ${missing.length > 1 ? 'have' : 'has'} not confirmed` : 'no replica has confirmed';
  // The moment, not the age: an age would change the status, and wake us, at every look.
  const when = since ? ` written at ${since.toISOString().slice(11, 19)}Z` : '';
  return `${subject} config${hash ? ` ${hash}` : ''}${when}${error ? `: ${cut(error, 300)}` : ''}`;
}

function stackName({ namespace, name }: SelectingStack): string {
  return `${namespace}/${name}`;
}
