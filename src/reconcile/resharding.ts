import { ANNOTATION_SPREAD } from '../api/group.ts';
import type { StringMap } from '../api/kube-object.ts';
import { parseDuration } from '../formats/prometheus/duration.ts';
import type { Bucket } from '../render/rendered.ts';
import type { Spread } from '../render/scrape-target/shard-rules.ts';
import type { StackInput } from '../render/stack-input.ts';

/*
 * How targets move when the number of shards changes:
 *
 *   at rest [2] ── spec says 3 ──▶ moving [2,3] ── all confirmed, and scraped once ──▶ at rest [3]
 *
 * While they move, every shard that there was and that there will be runs, and scrapes its old part and its new one. So a
 * target is let go only after the shard that takes it over has scraped it.
 */

/** What is known of a move under way. Lost at a restart, and then waited for again. */
export interface Move {
  readonly spread: Spread;
  /** ConfigMaps that some replica has not shown yet as they are for the move. */
  readonly open: Set<string>;
  /** When none was open any more; ms of a clock that never jumps. */
  confirmedMs?: number;
}

/** Over how many shards targets are spread next: as wanted, and by all that was written until that can go. */
export function nextSpread(written: Spread | undefined, wanted: number): Spread {
  if (!written) return [wanted];
  return written.at(-1) === wanted ? written : [...written.filter((shards) => shards !== wanted), wanted];
}

/** Reads the annotations of the first shard's ConfigMap: `2`, or `2,3` in the middle of a move; undefined: there is no ConfigMap. */
export function parseSpread(annotations: StringMap | undefined): Spread | undefined {
  if (!annotations) return undefined;
  const numbers = (annotations[ANNOTATION_SPREAD] ?? '1').split(',').map(Number);
  return numbers.every((shards) => Number.isInteger(shards) && shards > 0) ? numbers : [1];
}

/** The move that a rendering begins or goes on with; undefined at rest. */
export function moveOf(before: Move | undefined, spread: Spread, buckets: readonly Bucket[]): Move | undefined {
  if (spread.length < 2) return undefined;
  return before?.spread.join() === spread.join() ? before : { spread, open: new Set(buckets.map(({ configMap }) => configMap)) };
}

/** What the replicas have shown of a move's config. */
export interface Shown {
  readonly buckets: readonly Bucket[];
  /** Every replica that runs shows this. */
  readonly isLive: (bucket: Bucket) => boolean;
  /** Some Prometheus runs: where none does, none scrapes, and nothing can be lost. */
  readonly anyRuns: boolean;
  /** Every replica that there should be runs. */
  readonly isComplete: boolean;
  readonly nowMs: number;
}

/**
 * Whether a move is over: each config file was shown by every replica once, with whatever else changed meanwhile, and then
 * there was time to scrape each target.
 */
export function isOver(move: Move, { buckets, isLive, anyRuns, isComplete, nowMs }: Shown, settleMs: number): boolean {
  if (!anyRuns) return true;
  const known = new Map(buckets.map((bucket) => [bucket.configMap, bucket]));
  for (const name of move.open) {
    const bucket = known.get(name);
    if (!bucket || isLive(bucket)) move.open.delete(name);
  }
  if (move.open.size > 0 || !isComplete) return false;
  move.confirmedMs ??= nowMs;
  return nowMs - move.confirmedMs >= settleMs;
}

/** Discovery of a Prometheus that has just started, and the steps in which it reaches the scrape loops. */
const DISCOVERY_MS = 10_000;
/** Who scrapes more rarely than this waits no longer for it: between two scrapes of such a target there are two intervals at most. */
const MOST_MS = 120_000;

/** How long each target takes to be scraped by whoever has just been given it: the longest interval, within reason. */
export function settleTime(defaultInterval: string, { targets }: Pick<StackInput, 'targets'>): number {
  let longest = parseDuration(defaultInterval) ?? 0;
  for (const { target } of targets) for (const { interval } of target.spec.endpoints ?? []) longest = Math.max(longest, interval === undefined ? 0 : parseDuration(interval) ?? 0);
  return Math.min(longest, MOST_MS) + DISCOVERY_MS;
}
