import { createHash, hash } from 'node:crypto';

const DIGITS = 16;

/** The first 16 hex digits of a text's SHA-256: enough to tell versions of a config apart. */
export function stableHash(text: string): string {
  return hash('sha256', text, 'hex').slice(0, DIGITS);
}

/** The same of several texts, which are never put together: where one ends and the next begins counts. */
export function stableHashOf(texts: Iterable<string>): string {
  const all = createHash('sha256');
  for (const text of texts) all.update(`${text.length}:`).update(text);
  return all.digest('hex').slice(0, DIGITS);
}
