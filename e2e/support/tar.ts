/** Tar files, as far as container images need them. */
import { createHash } from 'node:crypto';

/** One entry; a path that ends in a slash is a folder. */
export interface TarEntry {
  /** Without a leading slash; at most 100 bytes. */
  readonly path: string;
  readonly content?: Buffer;
  /** Bytes of a content that the caller puts in itself, in place of the second piece. */
  readonly size?: number;
  /** Default 0644, folders 0755. */
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
}

const BLOCK = 512;

/** The bytes of a tar file (ustar), in pieces, so that large contents are not copied. The times are zero: same entries, same bytes. */
export function tarPieces(entries: readonly TarEntry[]): Buffer[] {
  const pieces = entries.flatMap((entry) => {
    const content = entry.content ?? Buffer.alloc(0);
    const size = entry.size ?? content.length;
    return [header(entry, size), content, Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK)];
  });
  return [...pieces, Buffer.alloc(2 * BLOCK)];
}

function header(entry: TarEntry, size: number): Buffer {
  const isFolder = entry.path.endsWith('/');
  if (Buffer.byteLength(entry.path) > 100) throw new Error(`path too long for a tar header: ${entry.path}`);
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, length: number): void => {
    block.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'ascii');
  };
  block.write(entry.path, 0, 'utf8');
  octal(entry.mode ?? (isFolder ? 0o755 : 0o644), 100, 8);
  octal(entry.uid ?? 0, 108, 8);
  octal(entry.gid ?? 0, 116, 8);
  octal(size, 124, 12);
  octal(0, 136, 12);
  block.write('        ', 148, 'ascii'); // the checksum counts its own field as blanks
  block.write(isFolder ? '5' : '0', 156, 'ascii');
  block.write('ustar\u000000', 257, 'ascii');
  octal(block.reduce((sum, byte) => sum + byte, 0), 148, 7);
  return block;
}

/** The SHA-256 of the pieces, in hex. */
export function digestOf(pieces: readonly Buffer[]): string {
  const hash = createHash('sha256');
  for (const piece of pieces) hash.update(piece);
  return hash.digest('hex');
}
