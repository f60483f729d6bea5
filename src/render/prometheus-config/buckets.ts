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

/**
 * Spreads pieces over the buckets: each goes where the hash of its namespace and name says, so that one change touches one
 * ConfigMap; where that is full, to the next with room. The same pieces give the same buckets, in whatever order they come.
 */
export function assignBuckets(scrape: readonly Piece[], rules: readonly Piece[]): Assignment {
  const home = Array.from({ length: BUCKET_COUNT }, () => new OpenBucket());
  for (const piece of scrape) home[homeOf(piece.owner)]?.add('scrape', piece);
  for (const piece of rules) home[homeOf(piece.owner)]?.add('rules', piece);
  // Nearly always everything fits: then there is nothing to move, and nothing to weigh exactly.
  return home.some((bucket) => bucket.isFull()) ? spill(scrape, rules) : { buckets: close(home), leftOut: [] };
}

class OpenBucket {
  readonly scrape: Piece[] = [];
  readonly rules: Piece[] = [];
  bytes = 0;
  #atMost = 0;

  add(list: 'scrape' | 'rules', piece: Piece): void {
    this[list].push(piece);
    // UTF-8 has at most three bytes for each unit of UTF-16.
    this.#atMost += 3 * (piece.text.length + piece.owner.length + 3);
  }

  isFull(): boolean {
    if (this.#atMost <= BUCKET_BYTES) return false;
    return [...this.scrape, ...this.rules].reduce((sum, piece) => sum + bytesOf(piece), 0) > BUCKET_BYTES;
  }
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
  return { buckets: close(buckets), leftOut };
}

function close(buckets: readonly OpenBucket[]): BucketPieces[] {
  return buckets.flatMap(({ scrape, rules }, number) => (scrape.length + rules.length === 0 ? [] : [{ number, scrape: byOwner(scrape), rules: byOwner(rules) }]));
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

/** The bucket of a resource, by FNV-1a over `namespace/name`. Changing this would rewrite every stack's config once. */
export function homeOf(owner: string): number {
  let hash = 0x811c9dc5;
  for (let index = owner.indexOf('/') + 1; index < owner.length; index++) {
    hash = Math.imul(hash ^ owner.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) % BUCKET_COUNT;
}
