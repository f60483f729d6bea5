import { stackSettings } from '../api/defaults.ts';
import { ANNOTATION_PAUSED, FINALIZER } from '../api/group.ts';
import { keyOf, refOf, type KubeObject, type ObjectRef } from '../api/kube-object.ts';
import type { MonitoringStack } from '../api/monitoring-stack.ts';
import type { Rejection } from '../api/rejection.ts';
import type { Clock } from '../kube/clock.ts';
import type { Cluster } from '../kube/cluster.ts';
import { KubeError } from '../kube/errors.ts';
import type { Bucket, Rendered } from '../render/rendered.ts';
import { renderStack } from '../render/render-stack.ts';
import type { StackInput } from '../render/stack-input.ts';
import type { Logger } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { applyStack } from './apply.ts';
import { DriftWatch } from './drift-watch.ts';
import { finalizeStack } from './finalizer.ts';
import { gather } from './gather.ts';
import { findKept } from './last-good.ts';
import type { LiveChecker } from './live-checker.ts';
import { resourceFields } from './log-fields.ts';
import type { Quarantine } from './quarantine.ts';
import type { Requeue } from './queue.ts';
import { isOver, moveOf, settleTime, type Move } from './resharding.ts';
import { newStackState, type ApplyFailure, type PassReport, type StackState } from './stack-state.ts';
import { tellPass } from './tell-pass.ts';
import { wantedConfig } from './wanted-config.ts';
import type { Watches } from './watches.ts';

export interface StackReconcilerOptions {
  readonly cluster: Cluster;
  readonly watches: Watches;
  readonly live: LiveChecker;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly operatorNamespace: string;
  readonly newPassword: () => string;
  /** Told after each pass, with what the one before rendered and reported: whose statuses may have changed. */
  readonly onPass: (state: StackState, previous: PreviousPass) => void;
  /** Told when a stack is gone, with what was known of it. */
  readonly onGone: (state: StackState) => void;
  /** Told of each object right after it was written. */
  readonly onWritten: (ref: ObjectRef, version: string | undefined) => void;
}

/** What the pass before left behind; empty before the first. */
export interface PreviousPass {
  readonly rendered?: Rendered | undefined;
  readonly pass?: PassReport | undefined;
}

/** Even when nothing happens: a second look at everything, which writes nothing where all is as it should be. */
const RESYNC_MS = 10 * 60_000;
/** While targets move their shards are looked at at this pace. */
const MOVE_MS = 2_000;
/** What only another's doing can mend is tried again at this pace, for nothing may tell us of it (RBAC, quotas). */
const RETRY_REFUSED_MS = 15_000;

/** Brings stacks to what their resources ask for: gather, render, diff, apply; and keeps what it learned of each. */
export class StackReconciler {
  readonly #options: StackReconcilerOptions;
  readonly #states = new Map<string, StackState>();
  readonly #drift: DriftWatch;
  #passes = 0;

  constructor(options: StackReconcilerOptions) {
    this.#options = options;
    this.#drift = new DriftWatch(options.clock);
  }

  /** What is known of each stack, by `namespace/name`. */
  get states(): ReadonlyMap<string, StackState> {
    return this.#states;
  }

  /** One pass over one stack. Safe to repeat; rejects only for a bug of ours or a read that failed. */
  async reconcile(key: string): Promise<Requeue> {
    const stack = this.#options.watches.stack(key);
    // One that does not fit its schema any more must be able to go all the same.
    const latest = stack ?? this.#options.watches.misfit('MonitoringStack', key)?.object;
    if (latest?.metadata.deletionTimestamp !== undefined) return this.#finalize(key, latest);
    if (!stack) {
      this.#forget(key);
      return 'on-change';
    }
    const state = this.#stateOf(key, stack);
    return this.#options.watches.isLeaving(stack.metadata.namespace) ? this.#standStill(state) : this.#try(state);
  }

  async #try(state: StackState): Promise<Requeue> {
    const { key, stack } = state;
    const log = this.#options.log.child({ ...resourceFields('MonitoringStack', key), pass: ++this.#passes });
    try {
      return isPaused(stack) ? await this.#look(state) : await this.#bring(state, log);
    } catch (error) {
      this.#pass(state, state.rendered, { failures: [failureOf(stack, error)], stackRejections: [], suspended: false });
      if (!(error instanceof KubeError)) throw error;
      log.error('stack could not be read', { error });
      return error.retryAfterMs === undefined ? 'with-backoff' : { after: error.retryAfterMs };
    }
  }

  /** Writes nothing, but knows whose resources wait: they say why. */
  async #look(state: StackState): Promise<Requeue> {
    state.input = await this.#gather(state);
    return this.#pass(state, state.rendered, { failures: [], stackRejections: [], suspended: true });
  }

  /** In a namespace that is being deleted everything goes in an order that is not ours, and nothing of it may be made anew. */
  #standStill(state: StackState): Requeue {
    const { namespace } = state.stack.metadata;
    const failure: ApplyFailure = { object: refOf(state.stack as unknown as KubeObject), kind: 'forbidden', message: `namespace ${namespace} is being terminated` };
    this.#pass(state, state.rendered, { failures: [failure], stackRejections: [], suspended: false });
    return 'on-change';
  }

  async #bring(state: StackState, log: Logger): Promise<Requeue> {
    const { cluster, watches, live, metrics, onWritten } = this.#options;
    const begun = this.#options.clock.now();
    const previous = state.rendered;
    this.#endMove(state, log);
    const rendered = await this.#render(state);
    const stackRejections = rendered.rejections.filter(({ object }) => object.kind === 'MonitoringStack');
    if (stackRejections.length > 0) {
      return this.#pass(state, previous, { failures: [], stackRejections, suspended: false });
    }
    // The first pass of a process sees everything for the first time, which does not mean that it changed.
    if (previous) for (const owner of state.memory.moved) state.changed.add(owner);
    state.moved = [...state.memory.moved];
    state.memory.moved.clear();
    await this.#holdByFinalizer(state, rendered);
    const desired = this.#drift.yielded(state.key, rendered.objects);
    state.deleted.clear();
    const { key: stack, uid: ownerUid, applied, deleted } = state;
    const report = await this.#timed('apply', () => applyStack(cluster, { stack, ownerUid, desired, live: watches, applied, deleted, onWritten }));
    state.drift = this.#drift.observe(state.key, report.looks);
    state.rendered = rendered;
    if (report.failures.length === 0) {
      live.want(state.key, wantedConfig(state.stack, rendered));
      state.move = beginMove(state, rendered, log);
    }
    tellPass({ log, metrics }, { stack: state.key, report, rendered, tookMs: this.#options.clock.now() - begun });
    return this.#pass(state, previous, { failures: report.failures, stackRejections: [], suspended: false });
  }

  /** Lets go of the old spread of targets once the new one is proved. */
  #endMove({ key, stack, memory, move, rendered, input }: StackState, log: Logger): void {
    const { live, clock } = this.#options;
    if (!move || !rendered || !input || memory.spread?.join() !== move.spread.join()) return;
    const shown = {
      buckets: rendered.buckets,
      isLive: ({ shard, marker }: Bucket) => live.markerReport(key, shard, marker).isLive,
      anyRuns: live.anyRuns(key),
      isComplete: live.report(key)?.missing.every(({ pod }) => pod !== '') ?? false,
      nowMs: clock.now(),
    };
    if (!isOver(move, shown, settleTime(stackSettings(stack).prometheus.scrape.interval, input))) return;
    memory.spread = move.spread.slice(-1);
    log.info('targets have moved', { shards: memory.spread[0] });
  }

  async #render(state: StackState): Promise<Rendered> {
    const rendered = await this.#renderOnce(state);
    const isNew = await findKept(this.#options.cluster, state, rendered);
    return isNew ? this.#renderOnce(state) : rendered;
  }

  async #renderOnce(state: StackState): Promise<Rendered> {
    const input = await this.#timed('gather', () => this.#gather(state));
    state.input = input;
    const { allowed, rejections } = withoutQuarantined(input, state.quarantine, this.#options.clock.now());
    for (const owner of state.quarantine.tried) state.changed.add(owner);
    const rendered = await this.#timed('render', () => renderStack(allowed));
    return rejections.length === 0 ? rendered : { ...rendered, rejections: [...rendered.rejections, ...rejections] };
  }

  async #timed<T>(stage: string, work: () => T | Promise<T>): Promise<T> {
    const begun = this.#options.clock.now();
    try {
      return await work();
    } finally {
      this.#options.metrics.reconcileStage.observe({ stage }, (this.#options.clock.now() - begun) / 1000);
    }
  }

  #gather({ stack, memory }: StackState): Promise<StackInput> {
    const { watches, operatorNamespace, newPassword } = this.#options;
    return gather(watches, stack, memory, { operatorNamespace, newPassword });
  }

  #pass(state: StackState, previous: Rendered | undefined, report: Omit<PassReport, 'generation'>): Requeue {
    const { pass } = state;
    state.pass = { generation: state.stack.metadata.generation ?? 0, ...report };
    this.#options.onPass(state, { rendered: previous, pass });
    const { nextTrialMs = Number.POSITIVE_INFINITY } = state.quarantine;
    return requeueAfter(report.failures, Math.min(nextTrialMs - this.#options.clock.now(), state.move ? MOVE_MS : Number.POSITIVE_INFINITY));
  }

  #stateOf(key: string, stack: MonitoringStack): StackState {
    let state = this.#states.get(key);
    if (!state || state.uid !== stack.metadata.uid) {
      this.#forget(key);
      state = newStackState(stack);
      this.#states.set(key, state);
    }
    state.stack = stack;
    return state;
  }

  #forget(key: string): void {
    this.#options.live.forget(key);
    this.#drift.forget(key);
    const state = this.#states.get(key);
    this.#states.delete(key);
    if (state) this.#options.onGone(state);
    this.#options.metrics.configBytes.remove({ stack: key });
    this.#options.metrics.unconfirmedSince.remove({ stack: key });
  }

  async #finalize(key: string, stack: Pick<KubeObject, 'metadata'>): Promise<Requeue> {
    this.#options.live.forget(key);
    try {
      return await finalizeStack(this.#options.cluster, stack.metadata);
    } catch (error) {
      if (!(error instanceof KubeError)) throw error;
      this.#options.log.error('stack could not be cleaned up after', { ...resourceFields('MonitoringStack', key), error });
      return 'with-backoff';
    }
  }

  /** Objects that no owner reference can hold need us at the end: before the first of them is written, the stack is held. */
  async #holdByFinalizer(state: StackState, rendered: Rendered): Promise<void> {
    const { metadata } = state.stack;
    const finalizers = metadata.finalizers ?? [];
    if (finalizers.includes(FINALIZER) || rendered.objects.every((object) => object.metadata.namespace === metadata.namespace)) return;
    const latest = this.#options.watches.latest('MonitoringStack', state.key)?.metadata.resourceVersion;
    await this.#options.cluster.patchMetadata(refOf(state.stack as unknown as KubeObject), {
      finalizers: [...finalizers, FINALIZER],
      ...(latest === undefined ? {} : { resourceVersion: latest }),
    });
  }
}

function beginMove({ move, memory }: StackState, { buckets }: Rendered, log: Logger): Move | undefined {
  const now = moveOf(move, memory.spread ?? [1], buckets);
  if (now && now !== move) log.info('targets move', { shards: now.spread });
  return now;
}

function isPaused({ spec, metadata }: MonitoringStack): boolean {
  return stackSettings({ spec }).suspend || metadata.annotations?.[ANNOTATION_PAUSED] === 'true';
}

/** Why there could be no pass over a stack. A bug of ours must be seen by those whom it hits. */
function failureOf(stack: MonitoringStack, error: unknown): ApplyFailure {
  const text = error instanceof Error ? error.message : String(error);
  const message = error instanceof KubeError ? text : `a bug in Belfry, please report it: ${text}`;
  return { object: refOf(stack as unknown as KubeObject), message, kind: 'transient' };
}

function requeueAfter(failures: readonly ApplyFailure[], nextTrialInMs: number): Requeue {
  if (failures.length === 0) return { after: Math.min(RESYNC_MS, Math.max(0, nextTrialInMs)) };
  const askedMs = Math.max(0, ...failures.map(({ retryAfterMs = 0 }) => retryAfterMs));
  if (askedMs > 0) return { after: askedMs };
  return failures.some(({ kind }) => kind === 'transient' || kind === 'conflict') ? 'with-backoff' : { after: RETRY_REFUSED_MS };
}

/** The input without those that were refused as they are now, and a rejection for each of them. */
function withoutQuarantined(input: StackInput, quarantine: Quarantine, nowMs: number): { readonly allowed: StackInput; readonly rejections: readonly Rejection[] } {
  if (quarantine.isEmpty) return { allowed: input, rejections: [] };
  const rejections: Rejection[] = [];
  const owners = new Set<string>();
  const isAllowed = (resource: { readonly kind: string; readonly metadata: MonitoringStack['metadata'] }): boolean => {
    const owner = `${resource.kind}/${keyOf(resource)}`;
    owners.add(owner);
    const message = quarantine.whyOut(owner, resource.metadata.generation ?? 0, nowMs);
    if (message === undefined) return true;
    rejections.push({ object: refOf(resource as unknown as KubeObject), path: 'spec', reason: 'RefusedByPrometheus', message });
    return false;
  };
  const allowed = {
    ...input,
    targets: input.targets.filter(({ target }) => isAllowed(target)),
    policies: input.policies.filter(({ policy }) => isAllowed(policy)),
  };
  quarantine.keepOnly(owners);
  return { allowed, rejections };
}
