import type { Reason } from '../api/conditions.ts';
import type { Finding } from './conditions.ts';

interface ReadyInput {
  /** The findings that count, the most telling first. */
  readonly findings: readonly Finding[];
  /** Why only a change by the user can help; undefined where that is not so. */
  readonly stalled?: { readonly reason: Reason; readonly message: string } | undefined;
  /** What to say when all is well. */
  readonly message: string;
}

/**
 * Ready, Reconciling and Stalled, computed from the others. Ready is False by the first finding that is False, else Unknown
 * by the first that is Unknown, else True. Reconciling is True while nothing but time is needed (kstatus: in progress),
 * Stalled while only the user can help (kstatus: failed); never both.
 */
export function readiness({ findings, stalled, message }: ReadyInput): Finding[] {
  const ready = readyFrom(findings, stalled, message);
  const working = !stalled && ready.status === 'Unknown' && ready.reason !== 'Suspended';
  // Ready's reason stands in where the other two have nothing to say: a condition must have one.
  return [
    ready,
    working
      ? { type: 'Reconciling', status: 'True', reason: 'Progressing', message: ready.message }
      : { type: 'Reconciling', status: 'False', reason: ready.reason, message: '' },
    stalled ? { type: 'Stalled', status: 'True', ...stalled } : { type: 'Stalled', status: 'False', reason: ready.reason, message: '' },
  ];
}

function readyFrom(findings: readonly Finding[], stalled: ReadyInput['stalled'], message: string): Finding {
  const telling = findings.find(({ status }) => status === 'False') ?? findings.find(({ status }) => status === 'Unknown');
  if (stalled) return { type: 'Ready', status: 'False', ...stalled };
  if (!telling) return { type: 'Ready', status: 'True', reason: 'Ready', message };
  return { type: 'Ready', status: telling.status === 'False' ? 'False' : 'Unknown', reason: telling.reason, message: telling.message };
}
