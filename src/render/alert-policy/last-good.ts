import type { PolicyInput } from '../stack-input.ts';
import { ownerOf } from '../owner.ts';
import type { PolicySettings } from './policy-settings.ts';
import type { RenderedPolicy } from './render-policy.ts';
import { routingFromLive } from './routing-from-live.ts';

/** What stays live of a policy whose newest version is rejected. */
export function keepLastGood({ policy, lastGood }: PolicyInput, { hasAlertmanager }: PolicySettings): Pick<RenderedPolicy, 'piece' | 'routing' | 'ruleCount'> {
  const owner = ownerOf(policy);
  const rules = lastGood?.rules;
  const routing = hasAlertmanager && lastGood?.alertmanager !== undefined ? routingFromLive(lastGood.alertmanager, owner) : undefined;
  return {
    ...(rules === undefined ? {} : { piece: { owner, text: rules, names: groupNames(rules) } }),
    ...(routing ? { routing } : {}),
    ruleCount: rules?.match(RULE)?.length ?? 0,
  };
}

/** The first line of a rule, as the printer writes it: rules stand one deeper than the fields of their group. */
const RULE = /^ {4}- (?:alert|record): /gm;

function groupNames(text: string): string[] {
  return [...text.matchAll(/^- name: (.*)$/gm)].map(([, name = '']) => (name.startsWith('"') ? (JSON.parse(name) as string) : name));
}
