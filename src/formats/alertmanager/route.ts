import { matchesAll, parseMatchers, type Matcher } from './matcher.ts';

/** A node of the routing tree, in Alertmanager's words (config/config.go, Route). Durations in Prometheus' notation. */
export interface Route {
  readonly receiver?: string;
  readonly group_by?: readonly string[];
  readonly matchers?: readonly string[];
  readonly mute_time_intervals?: readonly string[];
  readonly active_time_intervals?: readonly string[];
  readonly continue?: boolean;
  readonly group_wait?: string;
  readonly group_interval?: string;
  readonly repeat_interval?: string;
  readonly routes?: readonly Route[];
}

/** Where an alert ends up: the receiver that is told, and the routes that led there, the root first. */
export interface RouteMatch {
  readonly receiver: string;
  readonly path: readonly Route[];
}

/**
 * Where an alert with these labels ends up in a routing tree, in the order of `amtool config routes test`: depth first; a
 * route that matched ends the search among its siblings unless it continues; one whose children do not match stands itself
 * (dispatch/route.go, Match). Matchers must be valid: one that is not is a mistake of the caller, and throws.
 */
export function routesFor(config: { readonly route: Route }, labels: Readonly<Record<string, string>>): RouteMatch[] {
  return matchesBelow(config.route, labels, { receiver: '', path: [] });
}

function matchesBelow(route: Route, labels: Readonly<Record<string, string>>, parent: RouteMatch): RouteMatch[] {
  if (!matchesAll(matchersOf(route), labels)) return [];
  const here = { receiver: route.receiver || parent.receiver, path: [...parent.path, route] };
  const all: RouteMatch[] = [];
  for (const child of route.routes ?? []) {
    const matches = matchesBelow(child, labels, here);
    all.push(...matches);
    if (matches.length > 0 && !child.continue) break;
  }
  return all.length > 0 ? all : [here];
}

const parsed = new WeakMap<Route, readonly Matcher[]>();

function matchersOf(route: Route): readonly Matcher[] {
  const known = parsed.get(route);
  if (known) return known;
  const matchers = (route.matchers ?? []).flatMap((text) => {
    const result = parseMatchers(text);
    if ('problem' in result) throw new Error(`a matcher that was never checked: ${result.problem}`);
    return result.matchers;
  });
  parsed.set(route, matchers);
  return matchers;
}
