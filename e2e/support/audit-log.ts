/** The API server's audit log: who asked for what, and how it was answered. */
import { readFile } from 'node:fs/promises';

/** One answered request (`audit.k8s.io/v1` Event, level Metadata). */
export interface AuditEntry {
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly userAgent?: string;
  readonly requestURI: string;
  readonly objectRef?: {
    readonly resource: string;
    readonly subresource?: string;
    readonly apiGroup?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
  readonly responseStatus?: { readonly code: number };
  /** Of authorization (`authorization.k8s.io/decision`: allow or forbid) and admission. */
  readonly annotations?: Readonly<Record<string, string>>;
  readonly requestReceivedTimestamp: string;
  readonly stageTimestamp: string;
}

/** The audit policy: every request, without bodies, once it is answered. */
export const AUDIT_POLICY = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived, ResponseStarted]
rules: [{ level: Metadata }]
`;

const WRITES = new Set(['create', 'update', 'patch', 'delete', 'deletecollection']);

/** Everything logged so far, oldest first. An unfinished last line is left for the next read. */
export async function readAuditLog(file: string): Promise<AuditEntry[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const end = text.lastIndexOf('\n');
  return text.slice(0, end + 1).split('\n').filter(Boolean).map((line) => JSON.parse(line) as AuditEntry);
}

/**
 * Those that change something. Reviews (`tokenreviews`, `subjectaccessreviews`) only ask; leases and events are the pulse of
 * every controller and left out unless `pulse` asks for them.
 */
export function writes(entries: readonly AuditEntry[], { user, pulse = false }: { user?: string; pulse?: boolean } = {}): AuditEntry[] {
  return entries.filter((entry) =>
    WRITES.has(entry.verb)
    && (user === undefined || entry.user.username === user)
    && (pulse || !['leases', 'events'].includes(entry.objectRef?.resource ?? ''))
    && !(entry.objectRef?.resource ?? '').endsWith('reviews')
    && !entry.requestURI.includes('dryRun=All'));
}

/** Writes a user made after `since`, by verb and resource: `{ 'patch configmaps': 3 }`. */
export function countWrites(entries: readonly AuditEntry[], options: { user?: string; since?: Date; pulse?: boolean } = {}): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { verb, objectRef, stageTimestamp } of writes(entries, options)) {
    if (options.since !== undefined && new Date(stageTimestamp) < options.since) continue;
    const what = [objectRef?.resource ?? '-', objectRef?.subresource].filter(Boolean).join('/');
    counts[`${verb} ${what}`] = (counts[`${verb} ${what}`] ?? 0) + 1;
  }
  return counts;
}
