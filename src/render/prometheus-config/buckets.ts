import { Remembered } from '../../lib/remembered.ts';
import { sortBy } from '../../lib/sort-by.ts';
import { BUCKET_COUNT } from '../names.ts';
import type { Piece } from '../rendered.ts';

/** What goes into the files of one bucket, or of a part of it: scrape configs and rule groups, each sorted by owner. */
export interface BucketPieces {
  /** Of the ConfigMap: the bucket's, and as many further on as there are buckets for each further part. */
  readonly number: number;
  readonly scrape: readonly Piece[];
  readonly rules: readonly Piece[];
}

/** Whose buckets, and how many there may be. */
export interface BucketRoom {
  /** Tells stacks apart: what one had last is remembered. */
  readonly stack: string;
  /** At most so many ConfigMaps, a multiple of the number of buckets. */
  readonly maps: number;
}

/** All pieces in their buckets, and those that fit into none. */
export interface Assignment {
  /** Without the empty ones, by number. */
  readonly buckets: readonly BucketPieces[];
  readonly leftOut: readonly Piece[];
}

/** 900 KiB: a ConfigMap may hold 1 MiB, metadata included. */
export const BUCKET_BYTES = 900 * 1024;
/** 128 KiB: what the API server takes for an apply grows with the ConfigMap, so a bucket beyond this is parted, where there may be parts. */
export const WHOLE_BYTES = 128 * 1024;

/** Scrape configs by the bucket that they belong into, each list sorted by owner. */
export type PiecesByHome = readonly (readonly Piece[])[];

/**
 * Spreads pieces over the buckets: each goes where the hash of its namespace and name says, so that one change touches one
 * ConfigMap; where that is full, to the next with room. The same pieces give the same buckets, in whatever order they come.
 */
export function assignBuckets(scrape: PiecesByHome, rules: readonly Piece[], room: BucketRoom): Assignment {
  const rulesByHome = piecesByHome(rules);
  const buckets = scrape.flatMap((pieces, number) => parted({ number, scrape: pieces, rules: rulesByHome[number] ?? [] }, room));
  // Nearly always everything fits: then there is nothing to move.
  return buckets.some((bucket) => bytesOfBucket(bucket) > BUCKET_BYTES) ? spill(scrape.flat(), rules, room) : { buckets: buckets.filter(isUsed), leftOut: [] };
}

/** Nearly all lists come as they came the last time. */
const knownParts = new Remembered<readonly Piece[], readonly BucketPieces[]>();

/** A bucket whole, or in all the parts that it may have. */
function parted(bucket: BucketPieces, { stack, maps }: BucketRoom): readonly BucketPieces[] {
  return knownParts.of(bucket.scrape, [bucket.rules, stack, maps], () => partsOf(bucket, maps / BUCKET_COUNT).map((part) => asBefore(part, stack)));
}

function partsOf(bucket: BucketPieces, mostParts: number): readonly BucketPieces[] {
  if (mostParts === 1 || bytesOfBucket(bucket) <= WHOLE_BYTES) return [bucket];
  return Array.from({ length: mostParts }, (_, part) => {
    const number = bucket.number + part * BUCKET_COUNT;
    const isHere = ({ owner }: Piece): boolean => placeOf(owner, mostParts * BUCKET_COUNT) === number;
    return { number, scrape: bucket.scrape.filter(isHere), rules: bucket.rules.filter(isHere) };
  });
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

function spill(scrape: readonly Piece[], rules: readonly Piece[], { stack, maps }: BucketRoom): Assignment {
  const buckets = Array.from({ length: maps }, () => new OpenBucket());
  const leftOut: Piece[] = [];
  const place = (piece: Piece, list: 'scrape' | 'rules'): void => {
    const bytes = bytesOf(piece);
    const first = placeOf(piece.owner, maps);
    const order = buckets.map((_, step) => buckets[(first + step) % maps]);
    const bucket = order.find((one) => one !== undefined && one.bytes + bytes <= BUCKET_BYTES);
    if (!bucket) return void leftOut.push(piece);
    bucket[list].push(piece);
    bucket.bytes += bytes;
  };
  for (const piece of byOwner(scrape)) place(piece, 'scrape');
  for (const piece of byOwner(rules)) place(piece, 'rules');
  const closed = buckets.map((bucket, number) => asBefore({ number, scrape: byOwner(bucket.scrape), rules: byOwner(bucket.rules) }, stack));
  return { buckets: closed.filter(isUsed), leftOut };
}

/** The last bucket of each stack that began with a piece: one whose first piece has changed has changed itself. */
const knownBuckets = new WeakMap<Piece, Map<string, BucketPieces>>();
/** Those of stacks that were deleted do not pile up. */
const MOST_STACKS = 32;

/** The bucket that it was the last time, where it has the same pieces: whoever writes it has nothing to do then. */
function asBefore(bucket: BucketPieces, stack: string): BucketPieces {
  const first = bucket.scrape[0] ?? bucket.rules[0];
  if (!first) return bucket;
  const byStack = knownBuckets.get(first) ?? new Map<string, BucketPieces>();
  const last = byStack.get(stack);
  if (last && last.number === bucket.number && samePieces(last.scrape, bucket.scrape) && samePieces(last.rules, bucket.rules)) return last;
  knownBuckets.set(first, byStack.set(stack, bucket));
  if (byStack.size > MOST_STACKS) byStack.delete([...byStack.keys()][0] ?? '');
  return bucket;
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
function samePieces(a: readonly Piece[], b: readonly Piece[]): boolean {
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

function bytesOfBucket({ scrape, rules }: BucketPieces): number {
  return bytesOfAll(scrape) + bytesOfAll(rules);
}

/** The bucket of a resource. */
export function homeOf(owner: string): number {
  return placeOf(owner, BUCKET_COUNT);
}

/** The place of a resource among so many, by FNV-1a over `namespace/name`. Changing this would rewrite every stack's config once. */
function placeOf(owner: string, places: number): number {
  let hash = 0x811c9dc5;
  for (let index = owner.indexOf('/') + 1; index < owner.length; index++) {
    hash = Math.imul(hash ^ owner.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) % places;
}
