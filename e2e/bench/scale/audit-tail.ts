/** Writes since a moment, by the API server's audit log, without reading all of it again each time. */
import { open, stat } from 'node:fs/promises';
import { writes, type AuditEntry } from '../../support/audit-log.ts';

/** Counts by verb and resource: `{ 'patch configmaps': 3 }`, and their sum. */
export interface WriteCounts {
  readonly total: number;
  readonly byKind: Readonly<Record<string, number>>;
}

/** One audit log, followed from its end. */
export class AuditTail {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** A moment to count from: everything logged later comes behind it. */
  async mark(): Promise<number> {
    return (await stat(this.#file)).size;
  }

  /** What a user wrote since the mark; dry runs, leases, events and reviews do not count. */
  async since(mark: number, user: string): Promise<WriteCounts> {
    const byKind: Record<string, number> = {};
    const found = writes(await this.#entries(mark), { user });
    for (const { verb, objectRef } of found) {
      const what = `${verb} ${[objectRef?.resource ?? '-', objectRef?.subresource].filter(Boolean).join('/')}`;
      byKind[what] = (byKind[what] ?? 0) + 1;
    }
    return { total: found.length, byKind };
  }

  async #entries(mark: number): Promise<AuditEntry[]> {
    const file = await open(this.#file);
    try {
      const { size } = await file.stat();
      const buffer = Buffer.alloc(size - mark);
      await file.read(buffer, 0, buffer.length, mark);
      const lines = buffer.subarray(0, buffer.lastIndexOf(10) + 1).toString('utf8').split('\n').filter(Boolean);
      // The log may have been in the middle of a line at the mark.
      return lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as AuditEntry);
    } finally {
      await file.close();
    }
  }
}
