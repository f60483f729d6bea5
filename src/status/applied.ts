import { refKey, type ObjectRef } from '../api/kube-object.ts';
import type { Reason } from '../api/conditions.ts';
import { plural } from '../lib/plural.ts';
import type { Finding } from './conditions.ts';
import { cut } from './cut.ts';

/** A write that the API server did not take. */
export interface ApplyFailure {
  readonly object: ObjectRef;
  /** KubeError's kind: forbidden, invalid, conflict, timeout ... */
  readonly kind: string;
  /** The API server's answer. Must hold no Secret's content. */
  readonly message: string;
}

/** A field of ours that another manager changed. */
export interface DriftEntry {
  readonly object: string;
  readonly path: string;
  readonly manager: string;
  readonly yielded?: boolean;
}

interface AppliedInput {
  readonly failures: readonly ApplyFailure[];
  /** Number of objects the stack consists of. */
  readonly objects: number;
  /** Something that must happen before anything can be written. */
  readonly waitingFor?: string | undefined;
  /** Numbers of shards that targets are on the way between, the wanted one last. */
  readonly moving?: readonly number[] | undefined;
  readonly drift: readonly DriftEntry[];
}

const FAILURES_SHOWN = 3;

/** Applied: every object is written, or the first failures in the API server's words. */
export function applied({ failures, objects, waitingFor, moving, drift }: AppliedInput): Finding {
  const [first] = failures;
  if (first) return { type: 'Applied', status: 'False', reason: failureReason(first), message: failureMessage(failures) };
  if (waitingFor !== undefined) return { type: 'Applied', status: 'Unknown', reason: 'Waiting', message: waitingFor };
  const yielded = drift.filter((entry) => entry.yielded);
  const [loudest] = yielded;
  if (loudest) {
    const rest = yielded.length > 1 ? `, and ${plural(yielded.length - 1, 'more field', 'more fields')}` : '';
    return { type: 'Applied', status: 'True', reason: 'DriftYielded', message: `all is written but what others keep changing: ${loudest.path} of ${loudest.object} is left to ${loudest.manager}${rest}` };
  }
  return { type: 'Applied', status: 'True', reason: 'Applied', message: `${plural(objects, 'object')} written${moving ? movingSentence(moving) : ''}` };
}

/** While targets move, shards that are old and new scrape them: that is over once all replicas have confirmed it. */
function movingSentence(moving: readonly number[]): string {
  return `; targets are on their way from ${moving.slice(0, -1).join(' and ')} to ${plural(moving.at(-1) ?? 1, 'shard')}, and are let go once all replicas of both have confirmed and scraped`;
}

/** Which reason a refused write has: what kind of answer it was decides, and for some answers their text. */
function failureReason({ kind, message }: ApplyFailure): Reason {
  // Kubernetes answers 403 to writes into a namespace that is going away (plugin/namespace/lifecycle).
  if (/is being terminated|NamespaceTerminating/i.test(message)) return 'NamespaceTerminating';
  if (kind === 'forbidden') return 'PermissionMissing';
  if (/field is immutable|updates to \w+ spec for fields other than|may not be changed|can not be changed|cannot be changed/i.test(message)) return 'ImmutableField';
  return 'ApplyFailed';
}

/** The API server's words, and where the operator lacks a permission how it gets it. */
export function failureSentence(failure: ApplyFailure): string {
  const mend = failureReason(failure) === 'PermissionMissing' ? ' (apply what `belfry install` prints, or grant the operator this permission)' : '';
  return `${cut(failure.message, 300)}${mend}`;
}

function failureMessage(failures: readonly ApplyFailure[]): string {
  const shown = failures.slice(0, FAILURES_SHOWN).map((failure) => `${refKey(failure.object)}: ${failureSentence(failure)}`);
  const rest = failures.length - shown.length;
  return rest > 0 ? `${shown.join('; ')}; and ${rest} more` : shown.join('; ');
}
