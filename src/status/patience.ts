import type { Condition, ConditionType, Reason } from '../api/conditions.ts';
import type { Finding } from './conditions.ts';

interface Wait {
  readonly type: ConditionType;
  /** The reason while waiting, and the one after. */
  readonly reason: Reason;
  readonly failedReason: Reason;
  readonly message: string;
  readonly deadlineMs: number;
}

interface WaitContext {
  readonly current: readonly Condition[];
  readonly generation: number;
  readonly now: Date;
}

/**
 * The finding for something that is not so yet. It is Unknown at first, and False once it has been Unknown for longer than
 * the deadline. One that is False for this generation stays so until it is True: a repair under way is no "not yet", and a
 * status must not swing between the two. A new generation of something that is False gets the whole time again.
 */
export function waitingFor(wait: Wait, { current, generation, now }: WaitContext): Finding {
  const { type, reason, failedReason, message, deadlineMs } = wait;
  const previous = current.find((condition) => condition.type === type);
  const isKnownBad = previous?.status === 'False' && previous.observedGeneration === generation;
  const overdue = previous?.status === 'Unknown' && now.getTime() - Date.parse(previous.lastTransitionTime) >= deadlineMs;
  return isKnownBad || overdue ? { type, status: 'False', reason: failedReason, message } : { type, status: 'Unknown', reason, message };
}
