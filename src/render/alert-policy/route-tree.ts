import type { Commented } from '../../formats/alertmanager/print.ts';
import type { Route } from '../../formats/alertmanager/route.ts';
import { mutedRoutes } from './muted-routes.ts';
import { namespaceMatcher, type PolicyRouting } from './routing.ts';

/** Told of alerts that no route takes. */
export const DEFAULT_RECEIVER = 'belfry/default';
/** Tells nobody. */
export const NO_RECEIVER = 'belfry/none';

/** Alerts that exist to fire or to inhibit: nobody is told unless a policy's route asks for them. */
const QUIET_ALERTS: Route = { matchers: ['alertname=~"InfoInhibitor|Watchdog"'], receiver: NO_RECEIVER, continue: true };

/** The comment above a policy's wrapper: its owner, and how many of the first children are its mutes. */
export function wrapperComment({ owner, mutes }: Pick<PolicyRouting, 'owner' | 'mutes'>): string {
  return mutes.length === 0 ? owner : `${owner} mutes=${mutes.length}`;
}

/** The children of the root route: one wrapper for each policy that has routes, which leaves the alert to the next one, too. */
export function routeTree(policies: readonly PolicyRouting[], ownComment: string): Commented<Route>[] {
  return [
    { comment: ownComment, items: [QUIET_ALERTS] },
    ...policies.filter(hasRoutes).map((policy) => ({ comment: wrapperComment(policy), items: [wrapper(policy)] })),
  ];
}

function hasRoutes({ routes, mutes }: PolicyRouting): boolean {
  return routes.length + mutes.length > 0;
}

function wrapper({ namespace, routes, mutes }: PolicyRouting): Route {
  return {
    ...(namespace === undefined ? {} : { matchers: [namespaceMatcher(namespace)] }),
    continue: true,
    routes: mutedRoutes(routes, mutes),
  };
}
