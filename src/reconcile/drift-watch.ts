import type { KubeObject } from '../api/kube-object.ts';
import { forgetOthers, NO_FIGHTS, nextFights, yieldedDrift, yieldedFields, yieldPaths, type Fights } from '../diff/breaker.ts';
import { driftOf } from '../diff/drift.ts';
import type { Clock } from '../kube/clock.ts';

/** An object that was compared with its dry run. */
export interface Look {
  readonly desired: KubeObject;
  readonly live: KubeObject;
  readonly dryRun: KubeObject;
  /** Our wish is the one that was applied last. */
  readonly isDesiredUnchanged: boolean;
}

/** A field of ours that another changed, as the status tells it. */
export interface DriftFound {
  readonly object: string;
  readonly path: string;
  readonly manager: string;
  readonly yielded?: boolean;
}

interface Seen {
  readonly drift: DriftFound;
  readonly seenMs: number;
}

/** How long a mended field stays in the status: long enough for a person to find out who it was. */
const SHOWN_MS = 10 * 60_000;

/** Remembers who changed what of ours, stack by stack, and gives up what others keep changing. */
export class DriftWatch {
  readonly #clock: Clock;
  readonly #fights = new Map<string, Fights>();
  readonly #seen = new Map<string, Map<string, Seen>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What to apply: what is desired, without the fields that are left to others. Untouched objects keep their identity. */
  yielded(stack: string, desired: readonly KubeObject[]): readonly KubeObject[] {
    const fights = forgetOthers(this.#fights.get(stack) ?? NO_FIGHTS, desired);
    if (fights.size === 0) return desired;
    this.#fights.set(stack, fights);
    const now = new Date(this.#clock.now());
    return desired.map((object) => {
      const fields = yieldedFields(fights, object, now);
      return fields.length === 0 ? object : yieldPaths(object, fields);
    });
  }

  /** Takes in the looks of one pass; answers with all drift that the status should show. */
  observe(stack: string, looks: readonly Look[]): readonly DriftFound[] {
    const nowMs = this.#clock.now();
    const seen = this.#seen.get(stack) ?? new Map<string, Seen>();
    let fights = this.#fights.get(stack) ?? NO_FIGHTS;
    for (const look of looks) {
      const drifts = driftOf(look);
      fights = nextFights(fights, look.desired, drifts, new Date(nowMs));
      for (const { object, path, manager } of drifts) seen.set(`${object} ${path}`, { drift: { object, path, manager }, seenMs: nowMs });
    }
    for (const [key, { seenMs }] of seen) if (nowMs - seenMs > SHOWN_MS) seen.delete(key);
    this.#fights.set(stack, fights);
    this.#seen.set(stack, seen);
    const left = yieldedDrift(fights, new Date(nowMs));
    const leftKeys = new Set(left.map(({ object, path }) => `${object} ${path}`));
    return [...left, ...[...seen].filter(([key]) => !leftKeys.has(key)).map(([, { drift }]) => drift)];
  }

  /** The stack is gone. */
  forget(stack: string): void {
    this.#fights.delete(stack);
    this.#seen.delete(stack);
  }
}

