import type { MonitoringStack, MonitoringStackStatus } from '../api/monitoring-stack.ts';
import type { Rejection } from '../api/rejection.ts';
import { sortBy } from '../lib/sort-by.ts';
import { rejectionMessage } from './acceptance.ts';
import { applied, type ApplyFailure, type DriftEntry } from './applied.ts';
import type { Component } from './component.ts';
import { componentsReady, isReady, whyNotReady } from './components-ready.ts';
import { conditionsFrom, type Finding } from './conditions.ts';
import { configLive, type ConfigFacts } from './config-live.ts';
import { cut } from './cut.ts';
import { readiness } from './ready.ts';

/** Everything that is known about one MonitoringStack after a pass over it. */
export interface StackFacts {
  /** With the status it has now. */
  readonly stack: MonitoringStack;
  /** The generation that was rendered. */
  readonly generation: number;
  /** Mistakes of the stack itself; with any, nothing new was written. */
  readonly rejections: readonly Rejection[];
  readonly failures: readonly ApplyFailure[];
  /** Number of objects the stack consists of. */
  readonly objects: number;
  /** Something that must happen before anything can be written, as a sentence. */
  readonly waitingFor?: string;
  /** Numbers of shards that targets are on the way between; absent at rest. */
  readonly moving?: readonly number[] | undefined;
  /** spec.suspend or the paused annotation. */
  readonly isSuspended: boolean;
  /** undefined where nothing was written yet. */
  readonly config: ConfigFacts | undefined;
  readonly components: readonly Component[];
  readonly targets: { readonly selected: number; readonly rejected: number; readonly up?: number; readonly down?: number };
  readonly policies: { readonly selected: number; readonly rejected: number };
  readonly drift: readonly DriftEntry[];
  readonly omitted: readonly { readonly object: string; readonly field: string; readonly since?: string; readonly why?: string }[];
  readonly now: Date;
}

const SHOWN = 20;

/** The status of a MonitoringStack: is it written, is it live, does it run; and its numbers. */
export function stackStatus(facts: StackFacts): MonitoringStackStatus {
  const { stack, generation, now, components } = facts;
  const context = { current: stack.status?.conditions ?? [], generation, now };
  const findings = [appliedFinding(facts), componentsFinding(facts), configFinding(facts)];
  const summary = readiness({ findings, stalled: stallOf(facts, findings), message: 'everything asked for is live and works' });
  return {
    observedGeneration: generation,
    conditions: conditionsFrom([...findings, ...summary], context),
    ...(components.length > 0 ? { components: components.map(componentRow) } : {}),
    targets: { ...facts.targets },
    policies: { ...facts.policies },
    ...configRow(facts.config),
    ...listsOf(facts),
  };
}

function appliedFinding(facts: StackFacts): Finding {
  const { failures, objects, waitingFor, moving, drift, rejections, isSuspended } = facts;
  const [rejection] = rejections;
  if (rejection) return { type: 'Applied', status: 'False', reason: rejection.reason, message: rejectionMessage(rejections) };
  if (isSuspended) return { type: 'Applied', status: 'Unknown', reason: 'Suspended', message: 'nothing is written until spec.suspend, or the annotation belfry.dev/paused, is gone' };
  return applied({ failures, objects, waitingFor, moving, drift });
}

function componentsFinding({ components, stack, generation, now }: StackFacts): Finding {
  if (components.length === 0) return { type: 'ComponentsReady', status: 'Unknown', reason: 'Progressing', message: 'no component is there yet' };
  return componentsReady(components, { current: stack.status?.conditions ?? [], generation, now });
}

function configFinding({ config, components, stack, generation, now }: StackFacts): Finding {
  if (!config) return { type: 'ConfigLive', status: 'Unknown', reason: 'Progressing', message: 'no config is written yet' };
  return configLive(config, { current: stack.status?.conditions ?? [], generation, now, isStarting: components.length === 0 || components.some((component) => !isReady(component)) });
}

/** Only the user can help where the spec is wrong, or asks for what Kubernetes lets nobody change. */
function stallOf({ rejections }: StackFacts, findings: readonly Finding[]): Pick<Finding, 'reason' | 'message'> | undefined {
  const stuck = findings.find(({ type, reason }) => type === 'Applied' && (rejections.length > 0 || reason === 'ImmutableField'));
  return stuck && { reason: stuck.reason, message: stuck.message };
}

function componentRow(component: Component): NonNullable<MonitoringStackStatus['components']>[number] {
  const { name, version, ready, wanted } = component;
  const message = component.refused ?? (isReady(component) ? undefined : whyNotReady(component));
  return { name, ...(version === undefined ? {} : { version }), ready: `${ready}/${wanted}`, ...(message === undefined ? {} : { message: cut(message, 512) }) };
}

function configRow(config: ConfigFacts | undefined): Pick<MonitoringStackStatus, 'config'> {
  if (!config) return {};
  const { hash, replicas, confirmed } = config;
  return { config: { hash, replicas, confirmed, live: `${confirmed}/${replicas}` } };
}

function listsOf({ drift, omitted }: StackFacts): Pick<MonitoringStackStatus, 'drift' | 'omitted'> {
  const rows = sortBy(drift, ({ object, path, yielded }) => `${yielded ? 0 : 1} ${object} ${path}`).slice(0, SHOWN);
  const sentences = [...new Set(omitted.map(omissionSentence))].sort().slice(0, SHOWN);
  return {
    ...(rows.length > 0 ? { drift: rows.map(driftRow) } : {}),
    ...(sentences.length > 0 ? { omitted: sentences } : {}),
  };
}

function driftRow({ object, path, manager, yielded }: DriftEntry): { object: string; path: string; manager: string; yielded?: boolean } {
  return { object, path: cut(path, 512), manager, ...(yielded ? { yielded } : {}) };
}

/** `ScrapeTarget/shop/checkout: fallback_scrape_protocol needs v3.0.0`, or `kubernetes.etcd: GKE does not show it`. */
export function omissionSentence({ object, field, since, why }: StackFacts['omitted'][number]): string {
  return `${object === '' ? '' : `${object}: `}${field}${why === undefined ? ` needs ${since}` : `: ${why}`}`;
}
