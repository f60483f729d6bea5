import type { KubeObject } from '../api/kube-object.ts';
import { refKey, refOf } from '../api/kube-object.ts';
import { stableHash } from '../lib/stable-hash.ts';
import type { Drift } from './drift.ts';
import { valueAt, withoutPath, type FieldPath } from './field-path.ts';

/*
 * One fight is over one field of one object:
 *
 *              drift            drift, ROUNDS times within WINDOW              RETRY later
 *   (nothing) ───────▶ fighting ──────────────────────────────▶ yielded ─────────────────────▶ retrying
 *       ▲                 │ no drift for WINDOW                   │ we want another value         │ drift: yielded again
 *       └─────────────────┴───────────────────────────────────────┴─────────── no drift for WINDOW ┘
 */

/** How often others may change a field back before it is left to them. */
export const ROUNDS = 3;
/** Rounds further apart than this are no fight. */
export const WINDOW_MS = 5 * 60_000;
/** How long a field is left alone before it is tried once more. */
export const RETRY_MS = 10 * 60_000;

/** What is known about the fight over one field. Holds hashes, no values. */
export interface Fight {
  readonly object: string;
  readonly path: string;
  readonly fieldPath: FieldPath;
  /** Who changed it last. */
  readonly manager: string;
  /** Hash of the value we want; another one is another fight. */
  readonly ours: string;
  readonly phase: 'fighting' | 'yielded' | 'retrying';
  readonly rounds: number;
  /** Milliseconds since the epoch of the last round, or of the last change of phase. */
  readonly sinceMs: number;
}

/** All fights by object and path. Immutable; in memory only: after a restart we count anew. */
export type Fights = ReadonlyMap<string, Fight>;

export const NO_FIGHTS: Fights = new Map();

/**
 * The fights after one look at one object that we desire. Call it once for each apply that answers the drift: each drift
 * it is given counts as a round. Looks that find none need no call: time ends a fight.
 */
export function nextFights(fights: Fights, object: KubeObject, drifts: readonly Drift[], now: Date): Fights {
  const name = refKey(refOf(object));
  const others = [...fights].filter(([, fight]) => fight.object !== name);
  const before = [...fights].flatMap(([key, fight]) => (fight.object === name ? [[key, aged(fight, object, now.getTime())] as const] : []));
  const known = new Map(before.flatMap(([key, fight]) => (fight ? [[key, fight] as const] : [])));
  for (const drift of drifts) known.set(fightKey(drift), contested(known.get(fightKey(drift)), drift, object, now.getTime()));
  return new Map([...others, ...known]);
}

/** The fields of this object that are left to others now: what to take out of it before it is rendered into an apply. */
export function yieldedFields(fights: Fights, object: KubeObject, now: Date): FieldPath[] {
  const name = refKey(refOf(object));
  return [...fights.values()].filter((fight) => fight.object === name && isResting(fight, now.getTime()) && !isOtherWish(fight, object)).map(({ fieldPath }) => fieldPath);
}

/** The object without these fields. Applying it gives up our ownership of them; who else owns them keeps them as they are. */
export function yieldPaths(object: KubeObject, paths: readonly FieldPath[]): KubeObject {
  return paths.reduce((rest, path) => withoutPath(rest, path), object);
}

/** Everything that is left to others, for the status. */
export function yieldedDrift(fights: Fights, now: Date): { object: string; path: string; manager: string; yielded: true }[] {
  return [...fights.values()].filter((fight) => isResting(fight, now.getTime())).map(({ object, path, manager }) => ({ object, path, manager, yielded: true }));
}

/** When the next yielded field is to be tried again, in milliseconds since the epoch; undefined where none is yielded. */
export function nextRetryMs(fights: Fights, now: Date): number | undefined {
  const times = [...fights.values()].filter((fight) => isResting(fight, now.getTime())).map(({ sinceMs }) => sinceMs + RETRY_MS);
  return times.length > 0 ? Math.min(...times) : undefined;
}

/** The fights without those over objects that are no longer wanted. */
export function forgetOthers(fights: Fights, objects: readonly KubeObject[]): Fights {
  const wanted = new Set(objects.map((object) => refKey(refOf(object))));
  const kept = [...fights].filter(([, fight]) => wanted.has(fight.object));
  return kept.length === fights.size ? fights : new Map(kept);
}

function isResting({ phase, sinceMs }: Fight, nowMs: number): boolean {
  return phase === 'yielded' && nowMs - sinceMs < RETRY_MS;
}

/** Whether we want another value now than the one that was fought over. An object without the field says nothing of it. */
function isOtherWish(fight: Fight, object: KubeObject): boolean {
  return valueAt(object, fight.fieldPath) !== undefined && fight.ours !== valueHash(object, fight.fieldPath);
}

/** What time and our own changes make of a fight before this look counts. */
function aged(fight: Fight, object: KubeObject, nowMs: number): Fight | undefined {
  if (isOtherWish(fight, object)) return undefined;
  const ageMs = nowMs - fight.sinceMs;
  if (fight.phase === 'yielded') return ageMs < RETRY_MS ? fight : { ...fight, phase: 'retrying', sinceMs: nowMs };
  return ageMs < WINDOW_MS ? fight : undefined;
}

function contested(fight: Fight | undefined, drift: Drift, desired: KubeObject, nowMs: number): Fight {
  const { object, path, fieldPath, manager } = drift;
  const rounds = (fight?.rounds ?? 0) + 1;
  const phase = fight?.phase === 'retrying' || rounds >= ROUNDS ? 'yielded' : 'fighting';
  return { object, path, fieldPath, manager, ours: valueHash(desired, fieldPath), phase, rounds, sinceMs: nowMs };
}

function fightKey({ object, path }: { readonly object: string; readonly path: string }): string {
  return `${object} ${path}`;
}

/** Of the value as we desire it: the server's answer may write the same differently (1000m as 1). */
function valueHash(object: KubeObject, path: FieldPath): string {
  return stableHash(JSON.stringify(valueAt(object, path)) ?? '');
}
