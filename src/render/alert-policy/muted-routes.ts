import type { Route } from '../../formats/alertmanager/route.ts';
import type { Mute } from './routing.ts';

/**
 * Routes with mutes in force: in front of them one route for each mute, which takes the alerts that the mute fits to copies of
 * the same routes, muted at its times. Copies, because a muted route takes an alert for good, also when it is not muted, and
 * because mute times are not inherited. An alert that several mutes fit goes down through all of them.
 */
export function mutedRoutes(routes: readonly Route[], mutes: readonly Mute[]): Route[] {
  return [...muteRoutes(routes, mutes, []), ...routes];
}

function muteRoutes(routes: readonly Route[], mutes: readonly Mute[], above: readonly string[]): Route[] {
  return mutes.map(({ matchers, time_interval: time }, index) => {
    const times = [...above, time];
    const below = [...muteRoutes(routes, mutes.slice(index + 1), times), ...routes.map((route) => withMuteTimes(route, times))];
    return { matchers, mute_time_intervals: times, ...(below.length > 0 ? { routes: below } : {}) };
  });
}

function withMuteTimes({ routes, ...route }: Route, times: readonly string[]): Route {
  const muteTimes = [...new Set([...(route.mute_time_intervals ?? []), ...times])];
  return { ...route, mute_time_intervals: muteTimes, ...(routes ? { routes: routes.map((child) => withMuteTimes(child, times)) } : {}) };
}
