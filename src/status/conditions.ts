import type { Condition, ConditionStatus, ConditionType, Reason } from '../api/conditions.ts';
import { cut } from './cut.ts';

/** A condition before anybody knows since when it has been so. */
export interface Finding {
  readonly type: ConditionType;
  readonly status: ConditionStatus;
  readonly reason: Reason;
  readonly message: string;
}

interface ConditionContext {
  /** The conditions as they stand in the status now. */
  readonly current: readonly Condition[];
  /** The generation that was rendered: what the findings are about. */
  readonly generation: number;
  readonly now: Date;
}

/** The longest message that we write: a status is read by people, and stored for each resource. */
const MESSAGE_LIMIT = 1024;

/**
 * Returns the conditions with `next` in place, sorted by type. The transition time moves only when the status does:
 * rewriting it on every pass would change the object, and the change would wake us again.
 */
export function setCondition(current: readonly Condition[], next: Omit<Condition, 'lastTransitionTime'>, now: Date): Condition[] {
  const previous = current.find(({ type }) => type === next.type);
  const lastTransitionTime = previous?.status === next.status ? previous.lastTransitionTime : timestamp(now);
  const { type, status, reason, message, observedGeneration } = next;
  const condition: Condition = {
    type,
    status,
    reason,
    message: cut(message, MESSAGE_LIMIT),
    ...(observedGeneration === undefined ? {} : { observedGeneration }),
    lastTransitionTime,
  };
  return [...current.filter((other) => other.type !== type), condition].sort((a, b) => (a.type < b.type ? -1 : 1));
}

/** The conditions that the findings make; those of other types are dropped. */
export function conditionsFrom(findings: readonly Finding[], { current, generation, now }: ConditionContext): Condition[] {
  const kept = current.filter(({ type }) => findings.some((finding) => finding.type === type));
  return findings.reduce<Condition[]>((conditions, finding) => setCondition(conditions, { ...finding, observedGeneration: generation }, now), kept);
}

/** A moment as the API server writes it: UTC, whole seconds. */
export function timestamp(moment: Date): string {
  return moment.toISOString().replace(/\.\d+Z$/, 'Z');
}
