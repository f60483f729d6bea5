import type { AlertPolicy } from '../api/alert-policy.ts';
import { keyOf, refOf, type KubeObject } from '../api/kube-object.ts';
import type { MonitoringStack } from '../api/monitoring-stack.ts';
import type { ResourceKind } from '../api/parse.ts';
import type { ScrapeTarget } from '../api/scrape-target.ts';
import { systemClock, type Clock } from '../kube/clock.ts';
import type { Cluster } from '../kube/cluster.ts';
import { isKubeError } from '../kube/errors.ts';
import type { EventRecorder } from '../kube/events.ts';
import { alertPolicyStatus } from '../status/alert-policy-status.ts';
import type { SelectingStack } from '../status/liveness.ts';
import { sameStatus } from '../status/same-status.ts';
import { scrapeTargetStatus } from '../status/scrape-target-status.ts';
import { stackStatus, type StackFacts } from '../status/stack-status.ts';
import type { Condition } from '../api/conditions.ts';
import type { Logger } from '../telemetry/log.ts';
import { resourceFields } from './log-fields.ts';
import { OwnWrites } from './own-writes.ts';
import { WorkQueue, type Requeue } from './queue.ts';
import { StatusFacts } from './status-facts.ts';
import { StatusHold } from './status-hold.ts';
import { StatusPace, type Minor } from './status-pace.ts';

interface StatusReporterOptions {
  readonly cluster: Cluster;
  readonly facts: StatusFacts;
  readonly latest: (kind: ResourceKind, key: string) => KubeObject | undefined;
  readonly events: EventRecorder;
  readonly log: Logger;
  readonly clock?: Clock;
  /** Whether configs are being written, or are about to be: they come first. */
  readonly isBusy?: () => boolean;
}

/** The numbers of a stack move with each of its resources: they are gathered for a moment before they are written. */
const STACK_DELAY_MS = 300;

/** What is waited for turns into a failure by the mere passing of time: a status that waits is looked at again at this pace. */
const WAITING_MS = 30_000;

/** How long a status waits for the watch to show what was written of it last. */
const PENDING_MS = 50;

interface Report {
  readonly status: Status;
  /** What it says may change though nothing happens. */
  readonly isOpen: boolean;
  /** All that is missing is that replicas which run show the config. */
  readonly isRolling: boolean;
}

interface Status {
  readonly observedGeneration?: number;
  readonly conditions?: readonly Condition[];
  /** Of a stack. */
  readonly config?: { readonly hash: string };
}

/** Writes statuses: each computed afresh from what is known, written in one request, and only if it says something new. */
export class StatusReporter {
  readonly #options: StatusReporterOptions;
  readonly #clock: Clock;
  readonly #queue: WorkQueue;
  /** ScrapeTargets and AlertPolicies whose last status waits for replicas. */
  readonly #waiting = new Set<string>();
  readonly #pace: StatusPace;
  readonly #written: OwnWrites;

  constructor(options: StatusReporterOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#pace = new StatusPace(this.#clock);
    this.#written = new OwnWrites(this.#clock, (queueKey) => this.#options.latest(...partsOf(queueKey))?.metadata.resourceVersion);
    const hold = new StatusHold(this.#clock, options.isBusy ?? (() => false));
    this.#queue = new WorkQueue((key) => this.#report(key), {
      concurrency: 4, log: options.log, clock: this.#clock, backoff: { minMs: 200, maxMs: 15_000 }, hold: () => hold.holdMs(),
    });
  }

  start(): void {
    this.#queue.start();
  }

  stop(): Promise<void> {
    return this.#queue.stop();
  }

  /** The status of this resource may have changed. */
  touch(kind: ResourceKind, key: string): void {
    if (kind === 'MonitoringStack') this.#queue.addAfter(`${kind}/${key}`, STACK_DELAY_MS);
    else this.#queue.add(`${kind}/${key}`);
  }

  /** Replicas confirmed what holds these: whoever of them waits looks again, for a neighbour's change may be what was not confirmed yet. */
  touchWaiting(owners: Iterable<string> = this.#waiting): void {
    for (const owner of owners) if (this.#waiting.has(owner)) this.#queue.add(owner);
  }

  async #report(queueKey: string): Promise<Requeue> {
    const [kind, key] = partsOf(queueKey);
    const sight = this.#written.sight(queueKey);
    if (sight === 'pending') return { after: PENDING_MS };
    const latest = this.#options.latest(kind, key);
    const report = latest?.metadata.deletionTimestamp === undefined ? latest && this.#statusOf(kind, key, latest) : undefined;
    this.#noteWaiting(kind, key, report);
    if (!latest || !report) return 'on-change';
    return this.#say(latest, report, sight === 'unsure' || !sameStatus(report.status, latest['status']));
  }

  async #say(latest: KubeObject, { status, isOpen: isUnfinished, isRolling }: Report, isNews: boolean): Promise<Requeue> {
    const next: Requeue = isUnfinished ? { after: WAITING_MS } : 'on-change';
    const waitMs = this.#pace.waitMs(queueKeyOf(latest), { isNews, isRolling, minor: isNews ? minorOf(latest, status) : undefined });
    if (waitMs > 0) return { after: waitMs };
    return isNews ? this.#write(latest, status, next) : next;
  }

  async #write(latest: KubeObject, status: object, next: Requeue): Promise<Requeue> {
    try {
      const stored = await this.#options.cluster.writeStatus(refOf(latest), status);
      this.#written.note(queueKeyOf(latest), stored.metadata.resourceVersion);
      this.#tell(latest, status);
      return next;
    } catch (error) {
      this.#written.note(queueKeyOf(latest), undefined);
      if (isKubeError(error, 'notFound')) return 'on-change';
      if (!isKubeError(error)) throw error;
      this.#options.log.error('status could not be written', { ...resourceFields(latest.kind, keyOf(latest)), error });
      return error.retryAfterMs === undefined ? 'with-backoff' : { after: error.retryAfterMs };
    }
  }

  #noteWaiting(kind: ResourceKind, key: string, report: Report | undefined): void {
    if (report?.isOpen === true && kind !== 'MonitoringStack') this.#waiting.add(`${kind}/${key}`);
    else this.#waiting.delete(`${kind}/${key}`);
  }

  #statusOf(kind: ResourceKind, key: string, latest: KubeObject): Report | undefined {
    const { facts } = this.#options;
    const now = new Date(this.#clock.wall());
    switch (kind) {
      case 'MonitoringStack': {
        const found = facts.ofStack(key, latest as unknown as MonitoringStack, now);
        return found && stackReport(found);
      }
      case 'ScrapeTarget': {
        const found = facts.ofTarget(key, latest as unknown as ScrapeTarget, now);
        return found && report(scrapeTargetStatus(found), found.stacks);
      }
      case 'AlertPolicy': {
        const found = facts.ofPolicy(key, latest as unknown as AlertPolicy, now);
        return found && report(alertPolicyStatus(found), found.stacks);
      }
    }
  }

  /** An Event where Ready changed for the worse or came back, and where the reason of a failure changed. */
  #tell(latest: KubeObject, status: object): void {
    const before = readyOf(latest['status'] as Status | undefined);
    const after = readyOf(status as Status);
    if (!after || (before?.status === after.status && before.reason === after.reason)) return;
    // A first success is what everybody expects, and thousands may come at once.
    if (after.status === 'Unknown' || (before?.status !== 'False' && after.status === 'True')) return;
    const type = after.status === 'True' ? 'Normal' : 'Warning';
    this.#options.events.record({ regarding: latest, type, reason: after.reason, message: after.message });
  }
}

function queueKeyOf(object: KubeObject): string {
  return `${object.kind}/${keyOf(object)}`;
}

function partsOf(queueKey: string): [kind: ResourceKind, key: string] {
  const slash = queueKey.indexOf('/');
  return [queueKey.slice(0, slash) as ResourceKind, queueKey.slice(slash + 1)];
}

/** The conditions that time alone can turn from not yet into no. */
const PATIENT: readonly string[] = ['ComponentsReady', 'ConfigLive', 'Live'];

function isOpen({ conditions = [] }: Status): boolean {
  return conditions.some(({ status, type }) => status === 'Unknown' && PATIENT.includes(type));
}

function report(status: Status, stacks: readonly SelectingStack[]): Report {
  const live = conditionOf(status, 'Live');
  const open = stacks.filter((stack) => !stack.live.confirmed);
  return {
    status,
    // Live stays True for a while when only a neighbour's change is not confirmed yet: that may end by time alone too.
    isOpen: isOpen(status) || (live?.status === 'True' && open.length > 0),
    isRolling: live?.status === 'Unknown' && open.every(({ live: { missing = [], error } }) => missing.length > 0 && error === undefined),
  };
}

function stackReport(facts: StackFacts): Report {
  const status = stackStatus(facts);
  const { missing = [], error } = facts.config ?? {};
  return { status, isOpen: isOpen(status), isRolling: conditionOf(status, 'ConfigLive')?.status === 'Unknown' && missing.length > 0 && error === undefined };
}

/** What moved of a stack where no condition did. */
function minorOf({ kind, status: before = {} }: KubeObject, status: Status): Minor | undefined {
  if (kind !== 'MonitoringStack' || !sameStatus(essenceOf(status), essenceOf(before as Status))) return undefined;
  const [old, now] = [before as Status, status].map(({ config }) => config?.hash);
  if (old === undefined || now === undefined) return 'numbers';
  // A condition's message names the hash as well.
  return sameStatus(JSON.parse(JSON.stringify(before).replaceAll(old, now)), status) ? 'hash' : 'numbers';
}

function essenceOf({ observedGeneration, conditions = [] }: Status): object {
  return { observedGeneration, conditions: conditions.map(({ type, status, reason }) => `${type} ${status} ${reason}`) };
}

function conditionOf({ conditions }: Status, wanted: string): Condition | undefined {
  return conditions?.find(({ type }) => type === wanted);
}

function readyOf(status: Status | undefined): Condition | undefined {
  return status && conditionOf(status, 'Ready');
}

