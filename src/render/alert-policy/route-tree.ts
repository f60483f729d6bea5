import type { Commented } from '../../formats/alertmanager/print.ts';
import type { Route } from '../../formats/alertmanager/route.ts';
import { mutedRoutes } from './muted-routes.ts';
import { namespaceMatcher, type Mute, type PolicyRouting } from './routing.ts';

/** Told of alerts that no route takes. */
export const DEFAULT_RECEIVER = 'belfry/default';
/** Tells nobody. */
export const NO_RECEIVER = 'belfry/none';

/** Alerts that exist to fire or to inhibit: nobody is told unless a policy's route asks for them. */
const QUIET_MATCHERS = ['alertname=~"InfoInhibitor|Watchdog"'];
const QUIET_ALERTS: Route = { matchers: QUIET_MATCHERS, receiver: NO_RECEIVER };
const EVERYTHING_ELSE: Route = { receiver: NO_RECEIVER };

/** The comment above a policy's wrapper: its owner, and how many of the first children are its mutes. */
function wrapperComment({ owner, mutes }: Pick<PolicyRouting, 'owner' | 'mutes'>): string {
  return mutes.length === 0 ? owner : `${owner} mutes=${mutes.length}`;
}

/**
 * The children of the root route: one wrapper for each policy that has routes, which leaves the alert to the next one, too.
 *
 * The default receiver is told of what no route takes. Alertmanager has a route stand itself where no child of it matches, so
 * a wrapper that is alone with its alerts hands the rest on by being what it is. Where several wrappers see the same alerts,
 * each of them would hand on what another has taken: they swallow the rest instead, and a last route looks at all of them.
 */
export function routeTree(policies: readonly PolicyRouting[], ownComment: string): Commented<Route>[] {
  const routed = policies.filter(({ routes, mutes }) => routes.length + mutes.length > 0);
  const shared = new Set(routed.filter((policy) => routed.some((other) => other !== policy && seeTheSame(policy, other))));
  return [
    { comment: ownComment, items: [{ ...QUIET_ALERTS, continue: true }] },
    ...routed.map((policy) => ({ comment: wrapperComment(policy), items: [wrapper(policy, shared.has(policy) ? EVERYTHING_ELSE : QUIET_ALERTS)] })),
    { comment: ownComment, items: leftOvers([...shared]) },
  ];
}

function seeTheSame(a: PolicyRouting, b: PolicyRouting): boolean {
  return a.namespace === undefined || b.namespace === undefined || a.namespace === b.namespace;
}

function wrapper({ namespace, routes, mutes }: PolicyRouting, last: Route): Route {
  return { ...inNamespace(namespace), continue: true, routes: mutedRoutes([...routes, last], mutes) };
}

function inNamespace(namespace: string | undefined): Pick<Route, 'matchers'> {
  return namespace === undefined ? {} : { matchers: [namespaceMatcher(namespace)] };
}

/** For each namespace that several policies look at, then for all others if any policy looks at all: what none of them takes. */
function leftOvers(shared: readonly PolicyRouting[]): Route[] {
  const namespaces = [...new Set(shared.map(({ namespace }) => namespace))].filter((namespace) => namespace !== undefined);
  const wide = shared.filter(({ namespace }) => namespace === undefined);
  return [
    ...namespaces.map((namespace) => leftOver(namespace, shared.filter((policy) => policy.namespace === undefined || policy.namespace === namespace))),
    ...(wide.length > 0 ? [leftOver(undefined, wide)] : []),
  ];
}

function leftOver(namespace: string | undefined, policies: readonly PolicyRouting[]): Route {
  const taken = policies.flatMap(({ routes }) => routes.map(({ matchers }): Route => ({ ...(matchers ? { matchers } : {}), receiver: NO_RECEIVER })));
  return {
    ...inNamespace(namespace),
    receiver: DEFAULT_RECEIVER,
    routes: [QUIET_ALERTS, ...distinct(taken), ...mutedRoutes([], mostMutes(policies.flatMap(({ mutes }) => mutes)))],
  };
}

function distinct<T>(values: readonly T[]): T[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}

/** Mutes in combination double with each; past this many, those of the last policies do not hold for the default receiver. */
const MOST_MUTES = 8;

function mostMutes(mutes: readonly Mute[]): Mute[] {
  return mutes.slice(0, MOST_MUTES);
}
