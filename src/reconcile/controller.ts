import { LABEL_NAME } from '../api/group.ts';
import { keyOf, refKey, refOf, type KubeObject } from '../api/kube-object.ts';
import type { MonitoringStack } from '../api/monitoring-stack.ts';
import { fingerprint } from '../diff/fingerprint.ts';
import { systemClock, type Clock } from '../kube/clock.ts';
import type { Cluster } from '../kube/cluster.ts';
import type { EventRecorder } from '../kube/events.ts';
import type { Change } from '../kube/object-cache.ts';
import { ownerOf } from '../render/owner.ts';
import type { Logger } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { stacksOfPolicy, stacksOfTarget } from './affected-stacks.ts';
import { Burst } from './burst.ts';
import { HealthRounds } from './health-rounds.ts';
import { LiveChecker } from './live-checker.ts';
import { resourceFields } from './log-fields.ts';
import { objectCounts } from './object-counts.ts';
import { WorkQueue } from './queue.ts';
import { replicasOf } from './replicas.ts';
import { SilenceKeeper } from './silence-keeper.ts';
import { StackReconciler, type PreviousPass } from './stack-reconciler.ts';
import type { PassReport, StackState } from './stack-state.ts';
import { StatusFacts } from './status-facts.ts';
import { StatusReporter } from './status-reporter.ts';
import { DEAD_WATCH_MS, stuck } from './stuck.ts';
import { SurroundingChanges } from './surrounding-changes.ts';
import { suspects } from './suspects.ts';
import { WatchLag } from './watch-lag.ts';
import { Watches, type WatchHandlers } from './watches.ts';

export interface ControllerOptions {
  readonly cluster: Cluster;
  readonly operatorNamespace: string;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly events: EventRecorder;
  readonly newPassword: () => string;
  readonly clock?: Clock;
}

/** While thousands of resources come at once, a pass for each handful of them would take all there is of the processor. */
const REST_FACTOR = 1;
const MAX_REST_MS = 500;
/** Kinds whose status is part of the stack's. */
const REPORTED: readonly string[] = ['StatefulSet', 'Deployment', 'DaemonSet', 'APIService'];

/**
 * The operator's conductor: what the watches tell becomes keys in the queue, each key a pass over its stack, and what a
 * pass, a replica or a health look teaches becomes statuses.
 */
export class Controller {
  readonly watches: Watches;
  readonly #options: ControllerOptions;
  readonly #clock: Clock;
  readonly #queue: WorkQueue;
  readonly #live: LiveChecker;
  readonly #stacks: StackReconciler;
  readonly #reporter: StatusReporter;
  readonly #health: HealthRounds;
  readonly #silences: SilenceKeeper;
  readonly #lag: WatchLag;
  readonly #burst: Burst;
  /** From the moment on that the caches are full: what fills them concerns everybody anyway. */
  #surroundings: SurroundingChanges | undefined;

  constructor(options: ControllerOptions) {
    const { cluster, log, metrics, events, operatorNamespace, newPassword } = options;
    this.#options = options;
    const clock = options.clock ?? systemClock;
    this.#clock = clock;
    this.#burst = new Burst(clock);
    const replicas = (stack: string) => this.#replicas(stack);
    this.#lag = new WatchLag(clock, (lagMs) => metrics.watchLag.observe(lagMs / 1000));
    this.watches = new Watches(cluster, this.#handlers(), { log, metrics, clock });
    this.#live = new LiveChecker({
      cluster, clock, replicas, onProgress: (stack) => this.#onLiveProgress(stack),
      onRefused: (stack, { message }) => this.#onRefused(stack, message),
      onLive: (delayMs) => metrics.liveDelay.observe(delayMs / 1000),
      onAnswer: (component, result) => metrics.liveConfirmations.inc({ component, result }),
    });
    this.#stacks = new StackReconciler({
      cluster, watches: this.watches, live: this.#live, clock, log, metrics, operatorNamespace, newPassword,
      onPass: (state, previous) => this.#onPass(state, previous),
      onGone: (state) => this.#touchSelected(state),
      onWritten: (ref, version) => this.#lag.written(ref, version),
    });
    this.#queue = new WorkQueue((key) => this.#stacks.reconcile(key), {
      log, clock,
      rest: (tookMs) => Math.min(REST_FACTOR * tookMs, MAX_REST_MS),
      hold: () => this.#burst.waitMs(),
      onRun: ({ tookMs, outcome }) => {
        metrics.reconcileTotal.inc({ outcome });
        metrics.reconcileDuration.observe(tookMs / 1000);
      },
    });
    metrics.watchQueue(this.#queue);
    metrics.watchObjects(() => objectCounts((kind) => this.watches.all(kind)));
    this.#reporter = new StatusReporter({ cluster, clock, log, events, facts: this.#facts(), latest: (kind, key) => this.watches.latest(kind, key), isBusy: () => this.#queue.isBusy(MAX_REST_MS) });
    const states = () => this.#stacks.states;
    metrics.watchLastWords(() => [...states().values()].flatMap(({ health }) => health.lastWords ?? []));
    this.#health = new HealthRounds({ cluster, clock, log, states, replicas: (stack) => replicas(stack).prometheus, touch: (kind, key) => this.#reporter.touch(kind, key) });
    this.#silences = new SilenceKeeper({ cluster, clock, log, states, replicas: (stack) => replicas(stack).alertmanager });
  }

  /** Begins: fills the caches, then brings every stack to what it asks for. Resolves when the caches are full. */
  async start(): Promise<void> {
    await this.watches.start();
    this.#surroundings = new SurroundingChanges({ watches: this.watches, wake: (key) => this.#queue.add(key), touch: (kind, key) => this.#reporter.touch(kind, key) });
    this.#reporter.start();
    this.#health.start();
    this.#silences.start();
    for (const stack of this.watches.stacks()) this.#queue.add(keyOf(stack));
    for (const { object } of this.watches.misfits()) this.#reporter.touch(object.kind as 'MonitoringStack', keyOf(object));
    this.#queue.start();
    this.#touchAll();
  }

  /** Ends: takes no more, finishes what is under way, and lets go of everything. */
  async stop(): Promise<void> {
    this.#live.stop();
    await Promise.all([this.#queue.stop(), this.#reporter.stop(), this.#health.stop(), this.#silences.stop()]);
    await this.watches.stop();
  }

  /** Why the operator is not of use now; undefined while it is. */
  unreadiness(): string | undefined {
    const silent = this.watches.informers.silentFor(5 * 60_000, this.#clock.now());
    return silent.length > 0 ? `nothing heard for five minutes of ${silent.join(', ')}` : undefined;
  }

  /** Why the process should be restarted; undefined while there is hope without. */
  unhealthiness(): string | undefined {
    return stuck({ longestRunMs: this.#queue.longestRunMs(), oldestAgeMs: this.#queue.oldestAgeMs(), deadWatches: this.watches.informers.deadFor(DEAD_WATCH_MS, this.#clock.now()) });
  }

  #facts(): StatusFacts {
    return new StatusFacts({
      states: () => this.#stacks.states,
      view: this.watches,
      misfit: (kind, key) => this.watches.misfit(kind, key),
      live: this.#live,
      owned: (ref) => this.watches.owned(ref),
      pods: (stack) => this.watches.pods(stack),
    });
  }

  #replicas(stack: string): { prometheus: ReturnType<typeof replicasOf>; alertmanager: ReturnType<typeof replicasOf> } {
    const name = stack.slice(stack.indexOf('/') + 1);
    const pods = [...this.watches.pods(stack)];
    return { prometheus: replicasOf(pods, name, 'prometheus'), alertmanager: replicasOf(pods, name, 'alertmanager') };
  }

  #handlers(): WatchHandlers {
    const wake = (keys: Iterable<string>): void => {
      for (const key of keys) this.#queue.add(key);
    };
    return {
      onStack: (change) => {
        this.#queue.add(change.key);
        this.#reporter.touch('MonitoringStack', change.key);
        if (selectionMoved(change.old, change.new)) this.#touchAll();
      },
      onTarget: (change) => {
        this.#burst.told();
        wake(stacksOfTarget(this.watches.stacks(), change, this.watches.namespaces()));
        this.#reporter.touch('ScrapeTarget', change.key);
      },
      onPolicy: (change) => {
        this.#burst.told();
        wake(stacksOfPolicy(this.watches.stacks(), change, this.watches.namespaces()));
        this.#reporter.touch('AlertPolicy', change.key);
      },
      onNamespace: (change) => this.#surroundings?.onNamespace(change),
      onService: (namespace, change) => this.#surroundings?.onService(namespace, change),
      onData: (kind, change) => this.#surroundings?.onData(kind, change),
      onOwned: (stack, change) => this.#onOwned(stack, change),
      onPod: (stack, { old, new: pod }) => {
        this.#live.poke(stack);
        // A new life of an Alertmanager has no silences but those that others tell it.
        if ((pod ?? old)?.metadata.labels?.[LABEL_NAME] === 'alertmanager') this.#silences.look(stack);
        this.#reporter.touch('MonitoringStack', stack);
      },
    };
  }

  /** Somebody touched an object of ours; our own writes come by here too, and are known by their fingerprint. */
  #onOwned(stack: string, change: Change): void {
    const object = change.new ?? change.old as KubeObject;
    if (REPORTED.includes(object.kind)) this.#reporter.touch('MonitoringStack', stack);
    const state = this.#stacks.states.get(stack);
    if (!state) return;
    const key = refKey(refOf(object));
    this.#lag.told(object);
    if (!change.new) {
      state.applied.delete(key);
      if (object.metadata.uid !== undefined) state.deleted.add(object.metadata.uid);
      this.#queue.add(stack);
      return;
    }
    const last = state.applied.get(key);
    const print = fingerprint(change.new);
    if (last && (print === last.fingerprint || print === last.before)) return;
    this.#queue.add(stack);
  }

  #onPass(state: StackState, previous: PreviousPass): void {
    this.#reporter.touch('MonitoringStack', state.key);
    const rejectedBefore = new Set((previous.rendered?.rejections ?? []).map(({ object }) => refKey(object)));
    const rejectedNow = new Set((state.rendered?.rejections ?? []).map(({ object }) => refKey(object)));
    for (const owner of [...state.moved, ...state.memory.moved, ...rejectedBefore.symmetricDifference(rejectedNow)]) this.#touchOwner(owner);
    // What the stack asks for, and what ails it, is said of each of its resources.
    if (!previous.rendered || essenceOf(previous.pass) !== essenceOf(state.pass)) this.#touchSelected(state);
    this.#health.expect(state.key, state.moved);
    this.#silences.look(state.key);
    this.#tellUnconfirmed(state.key);
  }

  #onLiveProgress(stack: string): void {
    const state = this.#stacks.states.get(stack);
    if (!state) return;
    this.#reporter.touch('MonitoringStack', stack);
    this.#tellUnconfirmed(stack);
    const shown = this.#shownAnew(state);
    for (const owner of shown) if (state.changed.has(owner)) this.#touchOwner(owner);
    this.#reporter.touchWaiting(shown);
    if (this.#live.report(stack)?.isLive !== true) return;
    delete state.refusal;
    state.changed.clear();
    const now = this.#clock.now();
    state.quarantine.allLive(now);
    const { nextTrialMs } = state.quarantine;
    if (nextTrialMs !== undefined) this.#queue.addAfter(stack, Math.max(0, nextTrialMs - now));
    if (!state.wasLive) this.#touchSelected(state);
    state.wasLive = true;
    this.#health.expect(stack);
  }

  #tellUnconfirmed(stack: string): void {
    const report = this.#live.report(stack);
    const { clock, metrics } = { clock: this.#clock, metrics: this.#options.metrics };
    if (report) metrics.unconfirmedSince.set({ stack }, report.isLive ? 0 : (clock.wall() - (clock.now() - report.sinceMs)) / 1000);
  }

  /** Owners in config files that more replicas show than when we looked last; AlertPolicies always, for they have routes besides. */
  #shownAnew({ key, rendered, memory, shown }: StackState): readonly string[] {
    const before = new Map(shown);
    shown.clear();
    const anew = (rendered?.buckets ?? []).filter(({ shard, marker }) => {
      const report = this.#live.markerReport(key, shard, marker);
      const by = report.isLive ? Infinity : report.confirmed;
      shown.set(marker, by);
      return by > (before.get(marker) ?? 0);
    });
    return [...anew.flatMap(({ owners }) => owners), ...[...memory.policies.values()].map(({ input }) => ownerOf(input.policy))];
  }

  #onRefused(stack: string, message: string): void {
    const state = this.#stacks.states.get(stack);
    if (!state?.rendered || state.refusal === message) return;
    state.refusal = message;
    this.#options.log.error('config refused', { ...resourceFields('MonitoringStack', stack), message });
    const { owners, isNamed } = suspects({ message, rendered: state.rendered, changed: state.changed });
    for (const owner of owners) {
      const key = owner.slice(owner.indexOf('/') + 1);
      const resource = owner.startsWith('ScrapeTarget/') ? this.watches.target(key) : this.watches.policy(key);
      if (resource) state.quarantine.blame(owner, { generation: resource.metadata.generation ?? 0, message: `Prometheus or Alertmanager refused the config with it: ${message}`, isNamed });
    }
    this.#reporter.touch('MonitoringStack', stack);
    if (owners.length > 0) this.#queue.add(stack);
  }

  #touchOwner(owner: string): void {
    const [kind = '', namespace = '', name = ''] = owner.split('/');
    if (kind === 'ScrapeTarget' || kind === 'AlertPolicy') this.#reporter.touch(kind, `${namespace}/${name}`);
  }

  #touchSelected({ memory }: StackState): void {
    for (const key of memory.targets.keys()) this.#reporter.touch('ScrapeTarget', key);
    for (const key of memory.policies.keys()) this.#reporter.touch('AlertPolicy', key);
  }

  #touchAll(): void {
    for (const target of this.watches.targets()) this.#reporter.touch('ScrapeTarget', keyOf(target));
    for (const policy of this.watches.policies()) this.#reporter.touch('AlertPolicy', keyOf(policy));
  }
}

function essenceOf(pass: PassReport | undefined): string {
  return JSON.stringify([pass?.generation, pass?.suspended, pass?.failures[0]?.message, pass?.stackRejections[0]?.message]);
}

/** Whether other resources may find themselves selected by another stack now. */
function selectionMoved(old: MonitoringStack | undefined, now: MonitoringStack | undefined): boolean {
  return JSON.stringify([old?.spec.scope, old?.spec.select, old === undefined]) !== JSON.stringify([now?.spec.scope, now?.spec.select, now === undefined]);
}
