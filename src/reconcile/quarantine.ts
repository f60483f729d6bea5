/** Why a resource is left out, or was. */
interface Verdict {
  readonly generation: number;
  readonly message: string;
  /** The refusal names it; else it is only one of those that changed. */
  readonly isNamed: boolean;
  /** How often it was left out as it is now. */
  readonly times: number;
  /** When it is tried again; undefined while the rest is not live yet, which may prove it innocent. */
  readonly againMs?: number;
  /** It is being tried again. */
  readonly isTried?: boolean;
}

/** What a resource is left out for. */
interface Blame {
  readonly generation: number;
  readonly message: string;
  readonly isNamed: boolean;
}

/** Between all being live without a suspect and its next trial; doubled each time, up to the longest. */
const TRIAL_MS = { first: 10_000, longest: 60 * 60_000 } as const;

/**
 * The resources of one stack that are left out because a Prometheus or Alertmanager refused the config with them, though we
 * found no fault in them. Whom the refusal names stays out until it changes. Who merely was the last to change may be
 * innocent (somebody else's hand in the files, a full disk): it is tried again once all is live without it, ever more rarely.
 *
 *   (in) --refused--> out --changed--> (in)
 *                      '--suspected only, and all live--> waits --> tried --live--> (in)
 *                                                                     '--refused--> out, for twice as long
 */
export class Quarantine {
  readonly #verdicts = new Map<string, Verdict>();

  /** From now on this resource (`Kind/namespace/name`) is left out. */
  blame(owner: string, { generation, message, isNamed }: Blame): void {
    const before = this.#verdicts.get(owner);
    const times = before?.generation === generation ? before.times + 1 : 1;
    this.#verdicts.set(owner, { generation, message, isNamed, times });
  }

  /** Why this version of a resource is left out at the moment; undefined where it is not. */
  whyOut(owner: string, generation: number, nowMs: number): string | undefined {
    const verdict = this.#verdicts.get(owner);
    if (!verdict) return undefined;
    if (verdict.generation !== generation) {
      this.#verdicts.delete(owner);
      return undefined;
    }
    const isDue = verdict.isTried === true || (verdict.againMs !== undefined && nowMs >= verdict.againMs);
    if (!isDue) return verdict.isNamed ? verdict.message : `${verdict.message}; it may not be to blame, and is tried again`;
    this.#verdicts.set(owner, { ...verdict, isTried: true });
    return undefined;
  }

  /** All that is not left out is live: who was tried is acquitted, who is merely suspected gets a time to be tried at. */
  allLive(nowMs: number): void {
    for (const [owner, verdict] of this.#verdicts) {
      if (verdict.isTried === true) this.#verdicts.delete(owner);
      else if (!verdict.isNamed && verdict.againMs === undefined) {
        const delayMs = Math.min(TRIAL_MS.longest, TRIAL_MS.first * 2 ** (verdict.times - 1));
        this.#verdicts.set(owner, { ...verdict, againMs: nowMs + delayMs });
      }
    }
  }

  /** Whoever is not among these is gone, and forgotten. */
  keepOnly(owners: ReadonlySet<string>): void {
    for (const owner of this.#verdicts.keys()) if (!owners.has(owner)) this.#verdicts.delete(owner);
  }

  /** Who is being tried again now. */
  get tried(): readonly string[] {
    return [...this.#verdicts].flatMap(([owner, { isTried }]) => (isTried === true ? [owner] : []));
  }

  /** When the next one is to be tried, by the same clock; undefined where nobody is. */
  get nextTrialMs(): number | undefined {
    const times = [...this.#verdicts.values()].flatMap(({ againMs, isTried }) => (againMs === undefined || isTried === true ? [] : [againMs]));
    return times.length > 0 ? Math.min(...times) : undefined;
  }

  /** Whether anybody is left out or tried. */
  get isEmpty(): boolean {
    return this.#verdicts.size === 0;
  }
}
