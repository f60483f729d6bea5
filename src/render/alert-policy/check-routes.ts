import type { AlertPolicySpec, InhibitSpec, MuteSpec, RouteSpec } from '../../api/alert-policy.ts';
import type { Problem } from '../../api/rejection.ts';
import { timeIntervalProblems } from '../../formats/alertmanager/time-interval.ts';
import { durationProblem, parseDuration } from '../../formats/prometheus/duration.ts';
import { nearest } from '../../lib/nearest.ts';
import { matcherProblems } from './matcher-problems.ts';
import { timeInterval } from './routing.ts';

/** Everything for which Alertmanager would refuse the routes, inhibitions and mutes of a policy. */
export function checkRoutes({ routes = [], receivers = [], inhibit = [], mute = [] }: AlertPolicySpec): Problem[] {
  const names = { receivers: receivers.map(({ name }) => name), mutes: mute.map(({ name }) => name) };
  return [
    ...routes.flatMap((route, index) => routeProblems(route, `spec.routes[${index}]`, names)),
    ...inhibit.flatMap((rule, index) => inhibitProblems(rule, `spec.inhibit[${index}]`)),
    ...mute.flatMap((each, index) => muteProblems(each, `spec.mute[${index}]`)),
    ...tooManyMutes(mute),
  ];
}

interface Names {
  readonly receivers: readonly string[];
  readonly mutes: readonly string[];
}

function routeProblems(route: RouteSpec, path: string, names: Names): Problem[] {
  return [
    ...matcherProblems(route.matchers, `${path}.matchers`),
    ...receiverProblem(route.receiver, `${path}.receiver`, names.receivers),
    ...groupByProblems(route.groupBy ?? [], `${path}.groupBy`),
    ...intervalProblems(route, path),
    ...timeNameProblems(route.activeTimes, `${path}.activeTimes`, names.mutes),
    ...timeNameProblems(route.muteTimes, `${path}.muteTimes`, names.mutes),
    ...(route.routes ?? []).flatMap((child, index) => routeProblems(child, `${path}.routes[${index}]`, names)),
  ];
}

function receiverProblem(name: string | undefined, path: string, receivers: readonly string[]): Problem[] {
  if (name === undefined || receivers.includes(name)) return [];
  const message = `spec.receivers has no "${name}"${hint(name, receivers, 'define it there, or leave receiver out for the one of the route above')}`;
  return [{ path, reason: 'ReceiverUnknown', message }];
}

function hint(name: string, candidates: readonly string[], otherwise: string): string {
  const near = nearest(name, candidates);
  if (near !== undefined) return `: did you mean "${near}"?`;
  return candidates.length > 0 ? `, but ${candidates.map((candidate) => `"${candidate}"`).join(', ')}: ${otherwise}` : `: ${otherwise}`;
}

function groupByProblems(labels: readonly string[], path: string): Problem[] {
  const problem = (index: number, message: string): Problem => ({ path: `${path}[${index}]`, reason: 'RouteInvalid', message });
  return labels.flatMap((label, index) => {
    if (label === '') return [problem(index, 'an empty text is no label: leave it out')];
    if (label === '...' && labels.length > 1) return [problem(index, '"..." means every label, so it must stand alone')];
    return labels.indexOf(label) < index ? [problem(index, `"${label}" stands there twice: leave one out`)] : [];
  });
}

function intervalProblems(route: RouteSpec, path: string): Problem[] {
  return (['groupWait', 'groupInterval', 'repeatInterval'] as const).flatMap((field): Problem[] => {
    const text = route[field];
    if (text === undefined) return [];
    const wrong = durationProblem(text);
    if (wrong !== undefined) return [{ path: `${path}.${field}`, reason: 'DurationInvalid', message: wrong }];
    const isZero = field !== 'groupWait' && parseDuration(text) === 0;
    return isZero ? [{ path: `${path}.${field}`, reason: 'RouteInvalid', message: `${field} must not be 0: leave it out for Alertmanager's default` }] : [];
  });
}

function timeNameProblems(names: readonly string[] | undefined, path: string, mutes: readonly string[]): Problem[] {
  return (names ?? []).flatMap((name, index) =>
    mutes.includes(name) ? [] : [{ path: `${path}[${index}]`, reason: 'TimeIntervalInvalid' as const, message: `spec.mute has no "${name}"${hint(name, mutes, 'define its times there')}` }],
  );
}

function inhibitProblems({ sourceMatchers, targetMatchers, equal = [] }: InhibitSpec, path: string): Problem[] {
  return [
    ...matcherProblems(sourceMatchers, `${path}.sourceMatchers`),
    ...matcherProblems(targetMatchers, `${path}.targetMatchers`),
    ...equal.flatMap((label, index) => (label === '' ? [{ path: `${path}.equal[${index}]`, reason: 'LabelInvalid' as const, message: 'an empty text is no label: leave it out' }] : [])),
  ];
}

function muteProblems({ times, matchers }: MuteSpec, path: string): Problem[] {
  const timeProblems = times.flatMap((spec, index): Problem[] => {
    const at = `${path}.times[${index}]`;
    const interval = timeInterval(spec);
    if (Object.keys(interval).every((field) => field === 'location')) {
      return [{ path: at, reason: 'TimeIntervalInvalid', message: 'it names no time, so it would mute for ever: set times, weekdays, daysOfMonth, months or years (for good, use a silence or drop the alert)' }];
    }
    return timeIntervalProblems(interval).map(({ path: field, message }) => ({ path: `${at}.${field.replace('days_of_month', 'daysOfMonth')}`, reason: 'TimeIntervalInvalid', message }));
  });
  return [...timeProblems, ...matcherProblems(matchers, `${path}.matchers`)];
}

/** Each mute with matchers doubles the routes: an alert may fit any combination of them. */
const MOST_MUTES = 5;

function tooManyMutes(mute: readonly MuteSpec[]): Problem[] {
  const count = mute.filter(({ matchers }) => matchers?.length).length;
  if (count <= MOST_MUTES) return [];
  return [{ path: 'spec.mute', reason: 'TimeIntervalInvalid', message: `${count} mutes have matchers, and at most ${MOST_MUTES} may: name the others under muteTimes of the routes they are for` }];
}
