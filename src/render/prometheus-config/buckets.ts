import { sortBy } from '../../lib/sort-by.ts';
import { BUCKET_COUNT } from '../names.ts';
import type { Piece } from '../rendered.ts';

/** What goes into the files of one bucket: scrape configs and rule groups, each sorted by owner. */
export interface BucketPieces {
  readonly number: number;
  readonly scrape: readonly Piece[];
  readonly rules: readonly Piece[];
}

/** All pieces in their buckets, and those that fit into none. */
export interface Assignment {
  /** Without the empty ones, by number. */
  readonly buckets: readonly BucketPieces[];
  readonly leftOut: readonly Piece[];
}

/** 900 KiB: a ConfigMap may hold 1 MiB, metadata included. */
export const BUCKET_BYTES = 900 * 1024;

/** Scrape configs by the bucket that they belong into, each list sorted by owner. */
export type PiecesByHome = readonly (readonly Piece[])[];

/**
 * Spreads pieces over the buckets: each goes where the hash of its namespace and name says, so that one change touches one
 * ConfigMap; where that is full, to the next with room. The same pieces give the same buckets, in whatever order they come.
 */
export function assignBuckets(scrape: PiecesByHome, rules: readonly Piece[]): Assignment {
  const rulesByHome = piecesByHome(rules);
  const buckets = scrape.map((pieces, number) => ({ number, scrape: pieces, rules: rulesByHome[number] ?? [] }));
  // Nearly always everything fits: then there is nothing to move.
  const isFull = buckets.some((bucket) => bytesOfAll(bucket.scrape) + bytesOfAll(bucket.rules) > BUCKET_BYTES);
  return isFull ? spill(scrape.flat(), rules) : { buckets: buckets.filter(isUsed), leftOut: [] };
}

/** Pieces by the bucket that they belong into. */
export function piecesByHome(pieces: readonly Piece[]): PiecesByHome {
  const home: Piece[][] = Array.from({ length: BUCKET_COUNT }, () => []);
  for (const piece of pieces) home[homeOf(piece.owner)]?.push(piece);
  return home.map(byOwner);
}

function isUsed({ scrape, rules }: BucketPieces): boolean {
  return scrape.length + rules.length > 0;
}

class OpenBucket {
  readonly scrape: Piece[] = [];
  readonly rules: Piece[] = [];
  bytes = 0;
}

function spill(scrape: readonly Piece[], rules: readonly Piece[]): Assignment {
  const buckets = Array.from({ length: BUCKET_COUNT }, () => new OpenBucket());
  const leftOut: Piece[] = [];
  const place = (piece: Piece, list: 'scrape' | 'rules'): void => {
    const bytes = bytesOf(piece);
    const home = homeOf(piece.owner);
    const order = buckets.map((_, step) => buckets[(home + step) % BUCKET_COUNT]);
    const bucket = order.find((one) => one !== undefined && one.bytes + bytes <= BUCKET_BYTES);
    if (!bucket) return void leftOut.push(piece);
    bucket[list].push(piece);
    bucket.bytes += bytes;
  };
  for (const piece of byOwner(scrape)) place(piece, 'scrape');
  for (const piece of byOwner(rules)) place(piece, 'rules');
  const closed = buckets.map((bucket, number) => ({ number, scrape: byOwner(bucket.scrape), rules: byOwner(bucket.rules) }));
  return { buckets: closed.filter(isUsed), leftOut };
}

interface Sorted {
  readonly pieces: readonly Piece[];
  readonly sorted: readonly Piece[];
}

/** The last list that began with a piece: all buckets but one come as they came the last time. */
const known = new WeakMap<Piece, Sorted>();

function byOwner(pieces: readonly Piece[]): readonly Piece[] {
  const [first] = pieces;
  if (!first) return pieces;
  const memo = known.get(first);
  if (memo && samePieces(memo.pieces, pieces)) return memo.sorted;
  const sorted = sortBy(pieces, ({ owner }) => owner);
  known.set(first, { pieces, sorted });
  return sorted;
}

/** Whether two lists hold the very same pieces. */
export function samePieces(a: readonly Piece[], b: readonly Piece[]): boolean {
  return a === b || (a.length === b.length && a.every((piece, index) => piece === b[index]));
}

function bytesOf({ owner, text }: Piece): number {
  return Buffer.byteLength(text) + owner.length + 3;
}

const weighed = new WeakMap<readonly Piece[], number>();

function bytesOfAll(pieces: readonly Piece[]): number {
  let bytes = weighed.get(pieces);
  if (bytes === undefined) {
    bytes = pieces.reduce((sum, piece) => sum + bytesOf(piece), 0);
    weighed.set(pieces, bytes);
  }
  return bytes;
}

/** The bucket of a resource, by FNV-1a over `namespace/name`. Changing this would rewrite every stack's config once. */
export function homeOf(owner: string): number {
  let hash = 0x811c9dc5;
  for (let index = owner.indexOf('/') + 1; index < owner.length; index++) {
    hash = Math.imul(hash ^ owner.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) % BUCKET_COUNT;
}
