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
import { stackStatus } from '../status/stack-status.ts';
import type { Condition } from '../api/conditions.ts';
import type { Logger } from '../telemetry/log.ts';
import { resourceFields } from './log-fields.ts';
import { WorkQueue, type Requeue } from './queue.ts';
import { StatusFacts } from './status-facts.ts';

interface StatusReporterOptions {
  readonly cluster: Cluster;
  readonly facts: StatusFacts;
  readonly latest: (kind: ResourceKind, key: string) => KubeObject | undefined;
  readonly events: EventRecorder;
  readonly log: Logger;
  readonly clock?: Clock;
}

/** Status writes a second at the most: the API server has others to serve. */
const WRITES_A_SECOND = 100;
const BURST = 50;
/** The numbers of a stack move with each of its resources: they are gathered for a moment before they are written. */
const STACK_DELAY_MS = 300;

/** What is waited for turns into a failure by the mere passing of time: a status that waits is looked at again at this pace. */
const WAITING_MS = 30_000;

interface Report {
  readonly status: object;
  /** What it says may change though nothing happens. */
  readonly isOpen: boolean;
}

interface Status {
  readonly conditions?: readonly Condition[];
}

/** Writes statuses: each computed afresh from what is known, written in one request, and only if it says something new. */
export class StatusReporter {
  readonly #options: StatusReporterOptions;
  readonly #clock: Clock;
  readonly #queue: WorkQueue;
  /** ScrapeTargets and AlertPolicies whose last status waits for replicas. */
  readonly #waiting = new Set<string>();
  #tokens = BURST;
  #refilledMs: number;

  constructor(options: StatusReporterOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#refilledMs = this.#clock.now();
    this.#queue = new WorkQueue((key) => this.#report(key), { concurrency: 4, log: options.log, clock: this.#clock, backoff: { minMs: 200, maxMs: 15_000 } });
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

  /** A replica confirmed something: whoever waits looks again, for a neighbour's change may be what was not confirmed yet. */
  touchWaiting(): void {
    for (const queueKey of this.#waiting) this.#queue.add(queueKey);
  }

  async #report(queueKey: string): Promise<Requeue> {
    const slash = queueKey.indexOf('/');
    const kind = queueKey.slice(0, slash) as ResourceKind;
    const key = queueKey.slice(slash + 1);
    const latest = this.#options.latest(kind, key);
    const report = latest?.metadata.deletionTimestamp === undefined ? latest && this.#statusOf(kind, key, latest) : undefined;
    this.#noteWaiting(kind, key, report);
    if (!latest || !report) return 'on-change';
    const { status } = report;
    const next: Requeue = report.isOpen ? { after: WAITING_MS } : 'on-change';
    if (sameStatus(status, latest['status'])) return next;
    const wait = this.#takeToken();
    return wait > 0 ? { after: wait } : this.#write(latest, status, next);
  }

  async #write(latest: KubeObject, status: object, next: Requeue): Promise<Requeue> {
    try {
      await this.#options.cluster.writeStatus(refOf(latest), status);
      this.#tell(latest, status);
      return next;
    } catch (error) {
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
        return found && reportOf(stackStatus(found), []);
      }
      case 'ScrapeTarget': {
        const found = facts.ofTarget(key, latest as unknown as ScrapeTarget, now);
        return found && reportOf(scrapeTargetStatus(found), found.stacks);
      }
      case 'AlertPolicy': {
        const found = facts.ofPolicy(key, latest as unknown as AlertPolicy, now);
        return found && reportOf(alertPolicyStatus(found), found.stacks);
      }
    }
  }

  #takeToken(): number {
    const now = this.#clock.now();
    this.#tokens = Math.min(BURST, this.#tokens + ((now - this.#refilledMs) / 1000) * WRITES_A_SECOND);
    this.#refilledMs = now;
    if (this.#tokens < 1) return Math.ceil(((1 - this.#tokens) / WRITES_A_SECOND) * 1000);
    this.#tokens -= 1;
    return 0;
  }

  /** An Event where Ready changed for the worse or came back, and where the reason of a failure changed. */
  #tell(latest: KubeObject, status: object): void {
    const before = readyOf(latest['status'] as Status | undefined);
    const after = readyOf(status as Status);
    if (!after || (before?.status === after.status && before.reason === after.reason)) return;
    if (after.status === 'Unknown' || (!before && after.status === 'True')) return;
    const type = after.status === 'True' ? 'Normal' : 'Warning';
    this.#options.events.record({ regarding: latest, type, reason: after.reason, message: after.message });
  }
}

/** The conditions that time alone can turn from not yet into no. */
const PATIENT: readonly string[] = ['ComponentsReady', 'ConfigLive', 'Live'];

/** Live stays True for a while when only a neighbour's change is not confirmed yet: that may end by time alone too. */
function reportOf(status: object, stacks: readonly SelectingStack[]): Report {
  const { conditions = [] } = status as Status;
  const isTrustedFor = conditions.some((one) => one.type === 'Live' && one.status === 'True') && stacks.some(({ live }) => !live.confirmed);
  return { status, isOpen: isTrustedFor || conditions.some((one) => one.status === 'Unknown' && PATIENT.includes(one.type)) };
}

function readyOf(status: Status | undefined): Condition | undefined {
  return status?.conditions?.find(({ type }) => type === 'Ready');
}

