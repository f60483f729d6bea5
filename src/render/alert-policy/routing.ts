import type { AlertPolicy, RouteSpec, TimeRangeSpec } from '../../api/alert-policy.ts';
import { compact } from '../../lib/compact.ts';
import type { InhibitRule, NamedTimeIntervals } from '../../formats/alertmanager/config.ts';
import { printMatcher } from '../../formats/alertmanager/matcher.ts';
import type { Receiver } from '../../formats/alertmanager/receiver.ts';
import type { Route } from '../../formats/alertmanager/route.ts';
import type { TimeInterval } from '../../formats/alertmanager/time-interval.ts';
import type { ReferenceFacts } from '../stack-input.ts';
import { canonicalMatchers } from './canonical-matchers.ts';
import { ownerOf } from '../owner.ts';
import { isConfined, prefixOf, type PolicySettings } from './policy-settings.ts';
import { receiver } from './receiver.ts';
import { secretReader } from './secret-value.ts';

/** Alerts that a policy does not want notified at certain times, whichever of its routes they take. */
export interface Mute {
  readonly matchers: readonly string[];
  /** Name of the time interval. */
  readonly time_interval: string;
}

/** What one AlertPolicy contributes to Alertmanager's config. All names in it start with `namespace/name/`. */
export interface PolicyRouting {
  /** `AlertPolicy/namespace/name` */
  readonly owner: string;
  /** The only namespace whose alerts its routes see; undefined where they see all. */
  readonly namespace?: string;
  readonly receivers: readonly Receiver[];
  /** Its routes, in the order in which they are tried. */
  readonly routes: readonly Route[];
  readonly mutes: readonly Mute[];
  readonly inhibit_rules: readonly InhibitRule[];
  readonly time_intervals: readonly NamedTimeIntervals[];
}

/** A policy's part of Alertmanager's config; undefined where it has none. The policy must have passed its check. */
export function policyRouting(policy: AlertPolicy, settings: PolicySettings, references: ReferenceFacts): PolicyRouting | undefined {
  const { receivers = [], routes = [], inhibit = [], mute = [] } = policy.spec;
  if (receivers.length + routes.length + inhibit.length + mute.length === 0) return undefined;
  const secrets = secretReader(references, policy.metadata.namespace);
  const prefix = `${prefixOf(policy)}/`;
  const own = namespaceMatchers(policy, settings);
  return {
    owner: ownerOf(policy),
    ...(isConfined(policy, settings) ? { namespace: policy.metadata.namespace } : {}),
    receivers: receivers.map(({ name, ...integrations }) => receiver(prefix + name, integrations, secrets)),
    routes: routes.map((spec) => route(spec, prefix)),
    mutes: mute.flatMap(({ name, matchers }) => (matchers?.length ? [{ matchers: canonicalMatchers(matchers), time_interval: prefix + name }] : [])),
    inhibit_rules: inhibit.map(({ sourceMatchers, targetMatchers, equal }) => compact({
      source_matchers: [...own, ...canonicalMatchers(sourceMatchers)],
      target_matchers: [...own, ...canonicalMatchers(targetMatchers)],
      equal,
    }) as InhibitRule),
    time_intervals: mute.map(({ name, times }) => ({ name: prefix + name, time_intervals: times.map(timeInterval) })),
  };
}

/** The matcher that keeps a policy to the alerts of its namespace, where it is to be kept. */
export function namespaceMatchers(policy: AlertPolicy, settings: PolicySettings): string[] {
  return isConfined(policy, settings) ? [namespaceMatcher(policy.metadata.namespace)] : [];
}

export function namespaceMatcher(namespace: string): string {
  return printMatcher({ name: 'namespace', operator: '=', value: namespace });
}

function route({ receiver: name, matchers, activeTimes, muteTimes, routes, ...spec }: RouteSpec, prefix: string): Route {
  return compact({
    receiver: name === undefined ? undefined : prefix + name,
    matchers: matchers?.length ? canonicalMatchers(matchers) : undefined,
    group_by: spec.groupBy,
    group_wait: spec.groupWait,
    group_interval: spec.groupInterval,
    repeat_interval: spec.repeatInterval,
    active_time_intervals: activeTimes?.map((time) => prefix + time),
    mute_time_intervals: muteTimes?.map((time) => prefix + time),
    continue: spec.continue,
    routes: routes?.length ? routes.map((child) => route(child, prefix)) : undefined,
  }) as Route;
}

/** A time range of ours in Alertmanager's words. An empty list says nothing, where Alertmanager would take it for never. */
export function timeInterval({ times, weekdays, daysOfMonth, months, years, location }: TimeRangeSpec): TimeInterval {
  const filled = <T>(list: readonly T[] | undefined): readonly T[] | undefined => (list?.length ? list : undefined);
  return compact({
    times: filled(times)?.map(({ start, end }) => ({ start_time: start, end_time: end })),
    weekdays: filled(weekdays),
    days_of_month: filled(daysOfMonth),
    months: filled(months),
    years: filled(years),
    location,
  }) as TimeInterval;
}
