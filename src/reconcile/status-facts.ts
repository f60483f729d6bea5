import type { AlertPolicy } from '../api/alert-policy.ts';
import { keyOf, refOf, type KubeObject, type ObjectRef, type StringMap } from '../api/kube-object.ts';
import type { MonitoringStack } from '../api/monitoring-stack.ts';
import type { ResourceKind } from '../api/parse.ts';
import type { Rejection } from '../api/rejection.ts';
import type { ScrapeTarget } from '../api/scrape-target.ts';
import { print, type LabelSelector } from '../lib/label-selector.ts';
import { sortBy } from '../lib/sort-by.ts';
import { ownerOf } from '../render/owner.ts';
import type { Rendered } from '../render/rendered.ts';
import type { AlertPolicyFacts, FiringAlert } from '../status/alert-policy-status.ts';
import type { Component } from '../status/component.ts';
import type { ConfigFacts } from '../status/config-live.ts';
import { explainSelection } from '../status/discovery.ts';
import type { Discovery, TargetHealth } from '../status/health.ts';
import type { NotSelected, SelectingStack, StackLiveness } from '../status/liveness.ts';
import type { ScrapeTargetFacts, ScrapingStack } from '../status/scrape-target-status.ts';
import type { StackFacts } from '../status/stack-status.ts';
import { stackSelection, whyNotSelected } from '../status/why-not-selected.ts';
import type { ClusterView, Misfit } from './cluster-view.ts';
import { componentFacts } from './component-facts.ts';
import type { LiveChecker, LiveReport } from './live-checker.ts';
import { bucketsOf, counted, omittedFor, rejectionsFor } from './rendered-facts.ts';
import { obstacleOf } from './obstacle.ts';
import type { StackState } from './stack-state.ts';
import { overallHash, wantedConfig } from './wanted-config.ts';

interface Sources {
  readonly states: () => ReadonlyMap<string, StackState>;
  readonly view: ClusterView;
  readonly misfit: (kind: ResourceKind, key: string) => Misfit | undefined;
  readonly live: LiveChecker;
  readonly owned: (ref: ObjectRef) => KubeObject | undefined;
  readonly pods: (stack: string) => Iterable<KubeObject>;
}

/** Brings together what the reconciler, the live checker and the health looks know of one resource, as status/ wants it. */
export class StatusFacts {
  readonly #sources: Sources;
  /** By selector, while no Service of its namespace changes. */
  readonly #discoveries = new WeakMap<LabelSelector, { readonly version: number; readonly discovery: Discovery }>();

  constructor(sources: Sources) {
    this.#sources = sources;
  }

  /** Facts of a stack; undefined before its first pass. */
  ofStack(key: string, stack: MonitoringStack, now: Date): StackFacts | undefined {
    const misfit = this.#sources.misfit('MonitoringStack', key);
    const state = this.#sources.states().get(key);
    if (misfit) return { ...emptyStack(stack, now), rejections: rejectionsOf(misfit) };
    if (!state?.pass || isFreshlyStarted([state], stack)) return undefined;
    const { pass, input } = state;
    return {
      ...emptyStack(stack, now),
      generation: pass.generation,
      rejections: pass.stackRejections,
      failures: pass.failures,
      isSuspended: pass.suspended,
      config: this.#config(state),
      ...(state.rendered ? this.#renderedFacts(state, state.rendered) : {}),
      targets: { ...counted('ScrapeTarget', input?.targets.length, state.rendered), ...healthNumbers(state) },
      policies: counted('AlertPolicy', input?.policies.length, state.rendered),
      drift: state.drift,
      moving: state.move?.spread,
    };
  }

  #renderedFacts(state: StackState, rendered: Rendered): Pick<StackFacts, 'objects' | 'components' | 'omitted'> {
    return { objects: rendered.objects.length, components: this.#components(state, rendered), omitted: rendered.omitted };
  }

  /** Facts of a ScrapeTarget; undefined while a pass over its newest generation has yet to come. */
  ofTarget(key: string, target: ScrapeTarget, now: Date): ScrapeTargetFacts | undefined {
    const owner = ownerOf(target);
    const states = this.#statesWith(key, 'targets');
    const misfit = this.#sources.misfit('ScrapeTarget', key);
    if (states.some((state) => isBehind(state.memory.targets.get(key)?.input.target, target))) return undefined;
    if (isFreshlyStarted(states, target)) return undefined;
    const whyNot = misfit ? UNFIT : this.#whyNot('ScrapeTarget', target, states.length);
    if (!isSettled(states, whyNot)) return undefined;
    return {
      target,
      generation: target.metadata.generation ?? 0,
      rejections: misfit ? rejectionsOf(misfit) : states.flatMap((state) => rejectionsFor(state.rendered, owner)),
      omitted: states.flatMap((state) => omittedFor(state.rendered, owner)),
      stacks: states.map((state) => this.#scraping(state, key, owner)),
      ...whyNot,
      health: this.#health(target, key, states),
      duplicates: states.flatMap((state) => state.duplicates.get(owner)),
      now,
    };
  }

  /** Facts of an AlertPolicy; undefined while a pass over its newest generation has yet to come. */
  ofPolicy(key: string, policy: AlertPolicy, now: Date): AlertPolicyFacts | undefined {
    const owner = ownerOf(policy);
    const states = this.#statesWith(key, 'policies');
    const misfit = this.#sources.misfit('AlertPolicy', key);
    if (states.some((state) => isBehind(state.memory.policies.get(key)?.input.policy, policy))) return undefined;
    if (isFreshlyStarted(states, policy)) return undefined;
    const whyNot = misfit ? UNFIT : this.#whyNot('AlertPolicy', policy, states.length);
    if (!isSettled(states, whyNot)) return undefined;
    return {
      policy,
      generation: policy.metadata.generation ?? 0,
      rejections: misfit ? rejectionsOf(misfit) : states.flatMap((state) => rejectionsFor(state.rendered, owner)),
      omitted: states.flatMap((state) => omittedFor(state.rendered, owner)),
      stacks: states.map((state) => this.#selecting(state, owner)),
      ...whyNot,
      rules: Math.max(0, ...states.map((state) => state.rendered?.rules.get(owner) ?? 0)),
      firing: firingOf(policy, states),
      injected: [...new Set(states.flatMap((state) => state.rendered?.injected.get(owner) ?? []))],
      now,
    };
  }

  /** The stacks that select a resource, once they have been passed over, by name: a status must not depend on which was first. */
  #statesWith(key: string, kind: 'targets' | 'policies'): StackState[] {
    const states = [...this.#sources.states().values()].filter((state) => state.pass !== undefined && state.memory[kind].has(key));
    return sortBy(states, (state) => state.key);
  }

  #scraping(state: StackState, key: string, owner: string): ScrapingStack {
    const counts = state.health.known ? state.health.targets.get(key) : undefined;
    return {
      ...this.#selecting(state, owner),
      jobs: state.rendered?.jobs.get(owner) ?? [],
      ...(counts ? { counts: { up: counts.up, down: counts.down, dropped: counts.dropped ?? 0 } } : {}),
    };
  }

  #selecting(state: StackState, owner: string): SelectingStack {
    const { namespace, name } = state.stack.metadata;
    return { namespace, name, live: this.#liveness(state, owner) };
  }

  #liveness(state: StackState, owner: string): StackLiveness {
    const { rendered } = state;
    const report = this.#sources.live.report(state.key);
    const obstacle = obstacleOf(state, owner);
    if (obstacle || !report || !rendered) return { confirmed: false, changed: true, ...obstacle };
    const { confirmed, missing } = this.#proof(state, rendered, owner);
    const error = state.refusal ?? (confirmed ? undefined : troubleOf(report, missing));
    return {
      confirmed,
      // A neighbour's change in the same config file: what is live of this resource stays live meanwhile.
      changed: state.changed.has(owner),
      since: new Date(report.sinceMs),
      missing,
      ...(error === undefined ? {} : { error }),
      ...(state.refusal === undefined ? {} : { refused: true }),
      ...(state.memory.kept.has(owner) ? { lastGoodKept: true } : {}),
    };
  }

  /** Whether every replica shows what was written of one resource, and the replicas that do not yet. */
  #proof({ key }: StackState, rendered: Rendered, owner: string): { readonly confirmed: boolean; readonly missing: readonly string[] } {
    const { live } = this.#sources;
    const markers = bucketsOf(rendered, owner).map(({ shard, marker }) => live.markerReport(key, shard, marker));
    const isTarget = owner.startsWith('ScrapeTarget/');
    const rulesLive = markers.length > 0 ? markers.every(({ isLive }) => isLive) : !isTarget;
    const routesLive = isTarget || rendered.alertmanagerConfig === undefined || live.alertmanagerIsLive(key);
    return { confirmed: rulesLive && routesLive, missing: markers.flatMap((marker) => marker.missing) };
  }

  #whyNot(kind: 'ScrapeTarget' | 'AlertPolicy', resource: ScrapeTarget | AlertPolicy, selected: number): { readonly whyNot?: NotSelected } {
    if (selected > 0) return {};
    const { namespace, labels = {} } = resource.metadata;
    const namespaceLabels: StringMap = this.#sources.view.namespaces().get(namespace) ?? {};
    const stacks = sortBy(this.#sources.view.stacks(), keyOf).map((stack) => stackSelection(kind, stack));
    const whyNot = whyNotSelected({ kind, namespace, labels }, namespaceLabels, stacks);
    return whyNot ? { whyNot } : {};
  }

  #health(target: ScrapeTarget, key: string, states: readonly StackState[]): TargetHealth {
    const known = states.length > 0 && states.every(({ health }) => health.known);
    const counts = states.flatMap(({ health }) => health.targets.get(key) ?? []);
    const error = states.find(({ health }) => health.error !== undefined)?.health.error;
    const droppedBy = counts.find((count) => count.droppedBy !== undefined)?.droppedBy;
    const discovery = this.#discovery(target);
    return {
      known,
      ...(error === undefined ? {} : { error }),
      up: sum(counts.map(({ up }) => up)),
      down: sum(counts.map(({ down }) => down)),
      errors: counts.flatMap(({ errors }) => errors),
      ...(droppedBy === undefined ? {} : { droppedBy }),
      ...(discovery ? { discovery } : {}),
    };
  }

  /** What the Services of the namespace say about a selection by Service, whatever Prometheus says. */
  #discovery({ metadata, spec }: ScrapeTarget): Discovery | undefined {
    const { service } = spec;
    if (!service || spec.namespaces) return undefined;
    const { namespace } = metadata;
    const { view } = this.#sources;
    const version = view.servicesVersion(namespace);
    const known = this.#discoveries.get(service);
    if (known?.version === version && known.discovery.namespace === namespace) return known.discovery;
    const all = [...view.services(namespace)];
    const found = view.servicesMatching(namespace, service);
    // What comes nearest has to be looked for among all of them, but only where nothing fits.
    const { matched, nearest, names } = explainSelection(service, found.length > 0 ? found : all);
    const discovery: Discovery = { kind: 'Service', namespace, selector: print(service), matched, candidates: all.length, names, ...(nearest ? { nearest } : {}) };
    this.#discoveries.set(service, { version, discovery });
    return discovery;
  }

  #config(state: StackState): ConfigFacts | undefined {
    const report = this.#sources.live.report(state.key);
    if (!report || !state.rendered) return undefined;
    const named = report.missing.filter(({ pod }) => pod !== '');
    const error = report.missing[0]?.trouble;
    return {
      hash: overallHash(wantedConfig(state.stack, state.rendered)),
      replicas: report.replicas,
      confirmed: report.confirmed,
      missing: named.map(({ pod }) => pod),
      since: new Date(report.sinceMs),
      ...(error === undefined ? {} : { error }),
      ...(state.refusal === undefined ? {} : { refused: state.refusal }),
    };
  }

  #components({ key, pass, stack }: StackState, rendered: Rendered): Component[] {
    const { owned, pods, view } = this.#sources;
    const namespaceLabels = view.namespaces().get(stack.metadata.namespace) ?? {};
    return componentFacts(rendered, { pods: [...pods(key)], owned, failures: pass?.failures ?? [], namespaceLabels });
  }
}

/** What is known of why the replicas in question have not confirmed; of any, where no one in question is known. */
function troubleOf(report: LiveReport, missing: readonly string[]): string | undefined {
  return report.missing.find(({ pod }) => missing.length === 0 || missing.includes(pod))?.trouble;
}

/** What keeps a pass from being live, whatever the replicas say. */
/** Nobody can select what cannot be read. */
const UNFIT: { readonly whyNot: NotSelected } = { whyNot: { reason: 'NotAccepted', message: 'it does not fit its schema, so no MonitoringStack takes it' } };

function emptyStack(stack: MonitoringStack, now: Date): StackFacts {
  const none = { selected: 0, rejected: 0 };
  return {
    stack, generation: stack.metadata.generation ?? 0, rejections: [], failures: [], objects: 0, isSuspended: false, config: undefined,
    components: [], targets: none, policies: none, drift: [], omitted: [], now,
  };
}

function rejectionsOf({ object, problems }: Misfit): Rejection[] {
  return problems.map((problem) => ({ object: refOf(object), ...problem }));
}

/**
 * Whether this process has yet to look at the health of what the status already tells of: a restart of the operator is no
 * news, and must not swing every status to Unknown and back.
 */
function isFreshlyStarted(states: readonly StackState[], { status, metadata }: ScrapeTarget | AlertPolicy | MonitoringStack): boolean {
  if (status?.observedGeneration !== metadata.generation) return false;
  return states.some(({ health, pass }) => !health.known && health.error === undefined && !pass?.suspended && pass?.failures.length === 0 && pass.stackRejections.length === 0);
}

/** Whether it is sure who selects a resource: a stack that will, and has not been passed over yet, is neither here nor there. */
function isSettled(states: readonly StackState[], { whyNot }: { readonly whyNot?: NotSelected }): boolean {
  return states.length > 0 || whyNot !== undefined;
}

function isBehind(rendered: ScrapeTarget | AlertPolicy | undefined, latest: ScrapeTarget | AlertPolicy): boolean {
  return rendered !== undefined && rendered.metadata.generation !== latest.metadata.generation;
}

function healthNumbers({ health }: StackState): { up?: number; down?: number } {
  return health.known && health.up !== undefined && health.down !== undefined ? { up: health.up, down: health.down } : {};
}

/** The alerts of this policy that fire: by name, and by the namespace that its rules put on them. */
function firingOf(policy: AlertPolicy, states: readonly StackState[]): FiringAlert[] | undefined {
  if (states.length === 0 || states.some(({ health }) => !health.known)) return undefined;
  const { alerts = [], groups = [] } = policy.spec;
  const names = new Set([...alerts.map(({ alert }) => alert), ...groups.flatMap(({ rules }) => rules.flatMap(({ alert }) => alert ?? []))]);
  const { namespace } = policy.metadata;
  return [...names].flatMap((name) => {
    const found = states.flatMap(({ health }) => health.firing.get(`${namespace}/${name}`) ?? health.firing.get(`/${name}`) ?? []);
    const count = sum(found.map((alert) => alert.count));
    return count > 0 ? [{ alert: name, count }] : [];
  });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

