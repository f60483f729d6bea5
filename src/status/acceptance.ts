import type { Rejection } from '../api/rejection.ts';
import type { Finding } from './conditions.ts';
import { cut, firstOf } from './cut.ts';

/** How many of its mistakes a resource is told in one message. */
const REJECTIONS_SHOWN = 3;
/** What each of them may take of the message. */
const REJECTION_LIMIT = 320;

/** Accepted, from the mistakes found in a resource and from what was left out of it, of which each sentence says why. */
export function acceptance(rejections: readonly Rejection[], omitted: readonly string[] = []): Finding {
  const [first] = rejections;
  if (first) return { type: 'Accepted', status: 'False', reason: first.reason, message: rejectionMessage(rejections) };
  const message = omitted.length > 0 ? `valid; left out: ${firstOf(omitted, 5)}` : 'valid';
  return { type: 'Accepted', status: 'True', reason: 'Accepted', message };
}

/** The mistakes as one message: `spec.endpoints[0].port: Service shop/a has ...`, the first few of them. */
export function rejectionMessage(rejections: readonly Rejection[]): string {
  const sentences = rejections.map(({ path, message }) => cut(path === '' ? message : `${path}: ${message}`, REJECTION_LIMIT));
  const rest = sentences.length - REJECTIONS_SHOWN;
  const shown = sentences.slice(0, REJECTIONS_SHOWN).join('; ');
  return rest > 0 ? `${shown}; and ${rest} more` : shown;
}
