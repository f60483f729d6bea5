import type { AlertPolicy, AlertPolicyStatus } from '../api/alert-policy.ts';
import type { Rejection } from '../api/rejection.ts';
import { plural } from '../lib/plural.ts';
import { sortBy } from '../lib/sort-by.ts';
import { acceptance } from './acceptance.ts';
import { conditionsFrom, timestamp, type Finding } from './conditions.ts';
import { cut, firstOf } from './cut.ts';
import { liveness, selection, type NotSelected, type SelectingStack } from './liveness.ts';
import { readiness } from './ready.ts';

/** One alert of a policy that fires now. */
export interface FiringAlert {
  readonly alert: string;
  /** How many series fire. */
  readonly count: number;
  /** When the first of them began. */
  readonly since?: Date;
}

/** Everything that is known about one AlertPolicy. */
export interface AlertPolicyFacts {
  /** With the status it has now. */
  readonly policy: AlertPolicy;
  /** The generation that was rendered. */
  readonly generation: number;
  readonly rejections: readonly Rejection[];
  readonly omitted?: readonly string[];
  readonly stacks: readonly SelectingStack[];
  /** Why `stacks` is empty. */
  readonly whyNot?: NotSelected;
  /** Number of rules that came out of it. */
  readonly rules: number;
  /** Alerts of it that fire, each name once; undefined where no Prometheus answered. */
  readonly firing: readonly FiringAlert[] | undefined;
  /** What was added to its routes, as sentences. */
  readonly injected: readonly string[];
  readonly now: Date;
}

const SHOWN = 20;

/** The status of an AlertPolicy. Firing alerts make it not Quiet, but no less Ready: that is what it is for. */
export function alertPolicyStatus(facts: AlertPolicyFacts): AlertPolicyStatus {
  const { policy, generation, now, stacks, rules } = facts;
  const current = policy.status?.conditions ?? [];
  const accepted = acceptance(facts.rejections, facts.omitted);
  const selected = selection(stacks, facts.whyNot);
  const live = liveness({ accepted, selected, stacks, current, generation, now });
  const stalled = accepted.status === 'False' ? accepted : selected.status === 'False' ? selected : undefined;
  const summary = readiness({
    findings: [accepted, selected, live],
    stalled: stalled && { reason: stalled.reason, message: stalled.message },
    message: `${plural(rules, 'rule')} live`,
  });
  return {
    observedGeneration: generation,
    conditions: conditionsFrom([accepted, selected, live, quiet(facts.firing), ...summary], { current, generation, now }),
    ...(stacks.length > 0 ? { stacks: stackRows(stacks) } : {}),
    rules,
    ...firingRows(facts.firing),
    ...(facts.injected.length > 0 ? { injected: facts.injected.slice(0, SHOWN).map((sentence) => cut(sentence, 512)) } : {}),
  };
}

function quiet(firing: readonly FiringAlert[] | undefined): Finding {
  if (!firing) return { type: 'Quiet', status: 'Unknown', reason: 'HealthUnknown', message: 'no Prometheus answered yet' };
  if (firing.length === 0) return { type: 'Quiet', status: 'True', reason: 'NothingFires', message: 'no alert fires' };
  const names = loudest(firing).map(({ alert, count }) => (count === 1 ? alert : `${alert} (${count})`));
  return { type: 'Quiet', status: 'False', reason: 'AlertsFiring', message: `${firing.length === 1 ? '1 alert fires' : `${firing.length} alerts fire`}: ${firstOf(names, 5)}` };
}

function firingRows(firing: readonly FiringAlert[] | undefined): Pick<AlertPolicyStatus, 'firing' | 'firingCount'> {
  if (!firing) return {};
  const rows = loudest(firing).slice(0, SHOWN).map(({ alert, count, since }) => ({ alert, count, ...(since ? { since: timestamp(since) } : {}) }));
  const firingCount = firing.reduce((sum, { count }) => sum + count, 0);
  return rows.length > 0 ? { firing: rows, firingCount } : { firingCount };
}

function loudest(firing: readonly FiringAlert[]): FiringAlert[] {
  return [...firing].sort((a, b) => b.count - a.count || (a.alert < b.alert ? -1 : 1));
}

function stackRows(stacks: readonly SelectingStack[]): { name: string; namespace: string }[] {
  return sortBy(stacks, ({ namespace, name }) => `${namespace}/${name}`)
    .slice(0, SHOWN)
    .map(({ name, namespace }) => ({ name, namespace }));
}
