import type { Piece } from '../rendered.ts';

/** The start of a file of scrape configs, and of a file of rule groups. */
export const SCRAPE_START = 'scrape_configs:\n';
export const RULES_START = 'groups:\n';

/** Pieces one after the other, each behind a comment that names its owner: `cutPieces` takes them apart again. */
export function joinPieces(pieces: readonly Piece[]): string {
  return pieces.map(({ owner, text }) => `# ${owner}\n${text}`).join('');
}

const OWNER = /^# ((?:ScrapeTarget|AlertPolicy)\/[-a-z0-9.]+\/[-a-z0-9.]+)$/;

/**
 * The texts of a file's pieces by owner. No line of a piece looks like a comment that names an owner: text of several lines
 * is indented in YAML, and the printer writes no comments.
 */
export function cutPieces(file: string): Map<string, string> {
  const pieces = new Map<string, string>();
  let owner: string | undefined;
  let start = 0;
  let position = 0;
  for (const line of file.split(/(?<=\n)/)) {
    const next = OWNER.exec(line.trimEnd())?.[1];
    if (next !== undefined && line.startsWith('#')) {
      if (owner !== undefined) pieces.set(owner, file.slice(start, position));
      owner = next;
      start = position + line.length;
    }
    position += line.length;
  }
  if (owner !== undefined) pieces.set(owner, file.slice(start));
  return pieces;
}
