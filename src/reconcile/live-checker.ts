import { sleep, type Clock } from '../kube/clock.ts';
import type { Cluster } from '../kube/cluster.ts';
import { confirmationOf, forgetOld, hasAlertmanagerConfig, hasAll, type Confirmation } from './confirmation.ts';
import { askAlertmanager, askPrometheus, type LiveQuestion } from './live-questions.ts';
import type { Replica } from './prometheus-api.ts';
import type { WantedConfig } from './wanted-config.ts';

/** How far a stack's config is live. */
export interface LiveReport {
  readonly replicas: number;
  readonly confirmed: number;
  /** Replicas that have not confirmed everything, with what is known of why; missing pods have no name. */
  readonly missing: readonly { readonly pod: string; readonly trouble?: string | undefined }[];
  /** Since when the config is wanted, ms since the epoch. */
  readonly sinceMs: number;
  readonly isLive: boolean;
}

interface Watched {
  wanted: WantedConfig;
  sinceMs: number;
  sinceWallMs: number;
  readonly confirmations: Map<string, Confirmation>;
  /** uids of the pods that have a question to answer. */
  readonly asked: Set<string>;
  running: boolean;
  poked: boolean;
  nudges: number;
  reloadedAtMs: number;
  wasLive: boolean;
  /** It replaced another since this process began, so that `sinceMs` is when it was written. */
  isChange: boolean;
}

export interface LiveCheckerOptions {
  readonly cluster: Cluster;
  readonly clock: Clock;
  /** The pods of a stack that could answer now. */
  readonly replicas: (stack: string) => { readonly prometheus: readonly Replica[]; readonly alertmanager: readonly Replica[] };
  /** Called whenever a replica has confirmed something, or has begun to refuse. */
  readonly onProgress: (stack: string) => void;
  /** Called when every replica has confirmed a config that was written `delayMs` ago by this process. */
  readonly onLive?: (delayMs: number) => void;
  /** Called after each question to a replica. */
  readonly onAnswer?: (component: 'prometheus' | 'alertmanager', result: 'confirmed' | 'pending' | 'error') => void;
  /** Called with Prometheus' or Alertmanager's own words when one refuses its config as a whole. */
  readonly onRefused: (stack: string, refusal: { readonly pod: string; readonly message: string }) => void;
}

const FIRST_SECONDS_MS = 5_000;
const ROUND_MS = { first: 150, next: 500, later: 5_000 } as const;
/** The kubelet can meet the annotation before its own watch brings the new ConfigMap; then it must be told again. */
const NUDGE_AFTER_MS = [1_500, 5_000, 20_000, 60_000, 180_000] as const;
/** A release that reads changed files by itself is asked only to learn why it does not. */
const ASK_AFTER_MS = 6_000;
const ASK_AGAIN_MS = { reloadsItself: 15_000, mustBeAsked: 700 } as const;

/**
 * Proves that configs are live: tells the kubelet by a pod annotation that there is something new, then asks every
 * replica until it shows the very hash that was written. Works per stack, rests when all is confirmed, begins anew when
 * something else is wanted or a pod begins a new life. Nothing is inferred from silence.
 */
export class LiveChecker {
  readonly #options: LiveCheckerOptions;
  readonly #stacks = new Map<string, Watched>();
  readonly #stop = new AbortController();

  constructor(options: LiveCheckerOptions) {
    this.#options = options;
  }

  /** From now on this is what the replicas of a stack should show. */
  want(stack: string, wanted: WantedConfig): void {
    const watched = this.#stacks.get(stack);
    if (!watched) {
      this.#stacks.set(stack, this.#newlyWatched(wanted));
    } else if (fingerprint(watched.wanted) !== fingerprint(wanted)) {
      for (const confirmation of watched.confirmations.values()) forgetOld(confirmation, watched.wanted, wanted);
      Object.assign(watched, { wanted, sinceMs: this.#options.clock.now(), sinceWallMs: this.#options.clock.wall(), nudges: 0, reloadedAtMs: 0, wasLive: false, isChange: true });
    }
    this.poke(stack);
  }

  /** Something about the pods of a stack changed: look again. */
  poke(stack: string): void {
    const watched = this.#stacks.get(stack);
    if (!watched || this.#stop.signal.aborted) return;
    watched.poked = true;
    if (!watched.running) void this.#run(stack, watched);
  }

  /** The stack is gone. */
  forget(stack: string): void {
    this.#stacks.delete(stack);
  }

  /** Ends all rounds; those under way finish their requests and do nothing with them. */
  stop(): void {
    this.#stop.abort();
    this.#stacks.clear();
  }

  /** How far the stack's config is live; undefined before anything was wanted. */
  report(stack: string): LiveReport | undefined {
    const watched = this.#stacks.get(stack);
    if (!watched) return undefined;
    const { wanted } = watched;
    const { prometheus, alertmanager } = this.#options.replicas(stack);
    const missing = [
      ...prometheus.filter((replica) => !hasAll(watched, replica)),
      ...(wanted.alertmanager ? alertmanager.filter((replica) => !hasAlertmanagerConfig(watched, replica)) : []),
    ].map(({ pod }) => ({ pod, trouble: watched.confirmations.get(pod)?.trouble }));
    const expected = wanted.replicas.prometheus + (wanted.alertmanager ? wanted.replicas.alertmanager : 0);
    const present = prometheus.length + (wanted.alertmanager ? alertmanager.length : 0);
    const absent = Math.max(0, expected - present);
    const confirmed = Math.min(present - missing.length, expected);
    return {
      replicas: expected,
      confirmed,
      missing: absent > 0 ? [...missing, { pod: '', trouble: `${absent} of ${expected} replicas do not run` }] : missing,
      sinceMs: watched.sinceWallMs,
      isLive: expected > 0 && confirmed === expected && missing.length === 0,
    };
  }

  /** Whether every replica of a shard shows this marker, how many do, and the ones that do not. */
  markerReport(stack: string, shard: number, marker: string): { readonly isLive: boolean; readonly confirmed: number; readonly missing: readonly string[] } {
    const watched = this.#stacks.get(stack);
    const replicas = this.#options.replicas(stack).prometheus.filter((replica) => replica.shard === shard);
    if (!watched || replicas.length === 0) return { isLive: false, confirmed: 0, missing: [] };
    const missing = replicas.filter((replica) => !confirmationOf(watched, replica)?.markers.has(marker)).map(({ pod }) => pod);
    return { isLive: missing.length === 0, confirmed: replicas.length - missing.length, missing };
  }

  /** Whether any Prometheus of the stack runs. */
  anyRuns(stack: string): boolean {
    return this.#options.replicas(stack).prometheus.length > 0;
  }

  /** Whether every Alertmanager shows the config that was written. */
  alertmanagerIsLive(stack: string): boolean {
    const watched = this.#stacks.get(stack);
    if (!watched?.wanted.alertmanager) return false;
    const replicas = this.#options.replicas(stack).alertmanager;
    return replicas.length > 0 && replicas.every((replica) => hasAlertmanagerConfig(watched, replica));
  }

  #newlyWatched(wanted: WantedConfig): Watched {
    return { wanted, sinceMs: this.#options.clock.now(), sinceWallMs: this.#options.clock.wall(), confirmations: new Map(), asked: new Set(), running: false, poked: false, nudges: 0, reloadedAtMs: 0, wasLive: false, isChange: false };
  }

  async #run(stack: string, watched: Watched): Promise<void> {
    watched.running = true;
    try {
      while (!this.#stop.signal.aborted && this.#stacks.get(stack) === watched) {
        watched.poked = false;
        this.#round(stack, watched);
        this.#tell(stack, watched, false);
        if (this.#rests(stack, watched)) return;
        await sleep(this.#options.clock, this.#pause(watched), this.#stop.signal);
      }
    } finally {
      watched.running = false;
    }
  }

  #tell(stack: string, watched: Watched, progressed: boolean): void {
    const isLive = this.report(stack)?.isLive ?? false;
    if (progressed || isLive !== watched.wasLive) this.#options.onProgress(stack);
    if (isLive && watched.isChange) this.#options.onLive?.(this.#options.clock.now() - watched.sinceMs);
    watched.isChange &&= !isLive;
    watched.wasLive = isLive;
  }

  /** Nobody who could answer is left to ask; missing pods poke us when they come. */
  #rests(stack: string, watched: Watched): boolean {
    if (watched.poked) return false;
    const { prometheus, alertmanager } = this.#options.replicas(stack);
    return prometheus.every((replica) => hasAll(watched, replica)) && alertmanager.every((replica) => hasAlertmanagerConfig(watched, replica));
  }

  #pause({ sinceMs }: Watched): number {
    const age = this.#options.clock.now() - sinceMs;
    if (age < FIRST_SECONDS_MS) return ROUND_MS.first;
    return age < 12 * FIRST_SECONDS_MS ? ROUND_MS.next : ROUND_MS.later;
  }

  /** Asks whoever has not confirmed all and has no question to answer yet: one that is slow must not hold up the others. */
  #round(stack: string, watched: Watched): void {
    const { cluster, onRefused } = this.#options;
    const { prometheus, alertmanager } = this.#options.replicas(stack);
    const nudge = this.#nextNudge(watched);
    const reloads = this.#asksForReload(watched);
    const about = (replica: Replica): LiveQuestion => ({ cluster, asked: watched, replica, nudge, onRefused: (message) => onRefused(stack, { pod: replica.pod, message }) });
    for (const replica of prometheus) {
      if (hasAll(watched, replica)) continue;
      this.#ask(stack, watched, replica, async () => {
        const progressed = await askPrometheus({ ...about(replica), reloads });
        this.#answered('prometheus', watched, replica, hasAll(watched, replica));
        return progressed;
      });
    }
    for (const replica of alertmanager) {
      if (hasAlertmanagerConfig(watched, replica)) continue;
      this.#ask(stack, watched, replica, async () => {
        const progressed = await askAlertmanager(about(replica));
        this.#answered('alertmanager', watched, replica, hasAlertmanagerConfig(watched, replica));
        return progressed;
      });
    }
  }

  /** Puts a question, which never rejects, unless this replica has not answered the one before. */
  #ask(stack: string, watched: Watched, { uid }: Replica, question: () => Promise<boolean>): void {
    if (watched.asked.has(uid)) return;
    watched.asked.add(uid);
    void question().then((progressed) => {
      watched.asked.delete(uid);
      if (!this.#stop.signal.aborted && this.#stacks.get(stack) === watched) this.#tell(stack, watched, progressed);
    });
  }

  #answered(component: 'prometheus' | 'alertmanager', watched: Watched, replica: Replica, isConfirmed: boolean): void {
    const trouble = confirmationOf(watched, replica)?.trouble;
    this.#options.onAnswer?.(component, isConfirmed ? 'confirmed' : trouble === undefined ? 'pending' : 'error');
  }

  #nextNudge(watched: Watched): number {
    const age = this.#options.clock.now() - watched.sinceMs;
    const due = NUDGE_AFTER_MS[watched.nudges];
    if (due !== undefined && age >= due) watched.nudges += 1;
    return watched.nudges;
  }

  #asksForReload(watched: Watched): boolean {
    const now = this.#options.clock.now();
    const { reloadsItself } = watched.wanted;
    if (reloadsItself && now - watched.sinceMs < ASK_AFTER_MS) return false;
    const again = reloadsItself ? ASK_AGAIN_MS.reloadsItself : ASK_AGAIN_MS.mustBeAsked;
    if (now - watched.reloadedAtMs < again) return false;
    watched.reloadedAtMs = now;
    return true;
  }
}

function fingerprint({ hashes, alertmanager, replicas }: WantedConfig): string {
  return JSON.stringify([[...hashes], alertmanager?.annotation, replicas]);
}
