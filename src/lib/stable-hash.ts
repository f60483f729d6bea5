import { createHash } from 'node:crypto';

/** The first 16 hex digits of a text's SHA-256: enough to tell versions of a config apart. */
export function stableHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
