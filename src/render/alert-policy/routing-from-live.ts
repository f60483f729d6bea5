import { load } from 'js-yaml';
import type { InhibitRule, NamedTimeIntervals } from '../../formats/alertmanager/config.ts';
import { commentedParts, type CommentedList } from '../../formats/alertmanager/print.ts';
import type { Receiver } from '../../formats/alertmanager/receiver.ts';
import type { Route } from '../../formats/alertmanager/route.ts';
import { NO_RECEIVER } from './route-tree.ts';
import { namespaceMatcher, type Mute, type PolicyRouting } from './routing.ts';

/**
 * A policy's part of an alertmanager.yaml that `alertmanagerConfig` wrote: what it contributed when that text was made, with
 * the credentials of then. Undefined where the policy had no part in it, or the text is not ours.
 */
export function routingFromLive(text: string, owner: string): PolicyRouting | undefined {
  const lists = new Map<CommentedList, readonly unknown[]>();
  let muteCount = 0;
  for (const { list, comment, yaml } of commentedParts(text)) {
    const [name, mutes] = comment.split(' mutes=');
    if (name !== owner) continue;
    const items = parseItems(yaml);
    if (!items) return undefined;
    lists.set(list, items);
    muteCount += Number(mutes ?? 0);
  }
  if (lists.size === 0) return undefined;
  const itemsOf = <T>(list: CommentedList): readonly T[] => (lists.get(list) ?? []) as readonly T[];
  return {
    owner,
    ...routesOf(itemsOf<Route>('routes')[0], owner.split('/')[1] ?? '', muteCount),
    receivers: itemsOf<Receiver>('receivers'),
    inhibit_rules: itemsOf<InhibitRule>('inhibit_rules'),
    time_intervals: itemsOf<NamedTimeIntervals>('time_intervals'),
  };
}

function routesOf(wrapper: Route | undefined, namespace: string, muteCount: number): Pick<PolicyRouting, 'namespace' | 'routes' | 'mutes'> {
  if (!wrapper) return { routes: [], mutes: [] };
  const isConfined = wrapper.matchers?.includes(namespaceMatcher(namespace)) ?? false;
  const children = (wrapper.routes ?? []).filter(({ receiver }) => receiver !== NO_RECEIVER);
  return { ...(isConfined ? { namespace } : {}), routes: children.slice(muteCount), mutes: children.slice(0, muteCount).map(muteOf) };
}

function muteOf({ matchers = [], mute_time_intervals: [time = ''] = [] }: Route): Mute {
  return { matchers, time_interval: time };
}

function parseItems(yaml: string): unknown[] | undefined {
  try {
    const items = load(yaml);
    return Array.isArray(items) ? items : undefined;
  } catch {
    return undefined; // somebody else's text: nothing to keep
  }
}
