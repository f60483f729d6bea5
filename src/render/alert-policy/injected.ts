import type { AlertPolicy } from '../../api/alert-policy.ts';
import { isTenant, type PolicySettings } from './policy-settings.ts';
import { namespaceMatchers } from './routing.ts';

/** What was added to what the user wrote in a policy, as sentences for its status. */
export function injectedSentences(policy: AlertPolicy, settings: PolicySettings): string[] {
  const { alerts, records, groups, slos, traffic, routes, inhibit, silences, mute } = policy.spec;
  const hasRules = [alerts, records, groups, slos, traffic].some(isFilled);
  const matchers = settings.hasAlertmanager ? namespaceMatchers(policy, settings) : [];
  const parts = [
    { name: 'routes', isThere: isFilled(routes) || (mute ?? []).some((one) => isFilled(one.matchers)) },
    { name: 'inhibit (source and target)', isThere: isFilled(inhibit) },
    { name: 'silences', isThere: isFilled(silences) },
  ].filter(({ isThere }) => isThere);
  return [
    ...(hasRules && isTenant(policy, settings) ? [`label namespace="${policy.metadata.namespace}" on every alert and record`] : []),
    ...(parts.length > 0 ? matchers.map((matcher) => `matcher ${matcher} on ${parts.map(({ name }) => name).join(', ')}`) : []),
  ];
}

function isFilled(list: readonly unknown[] | undefined): boolean {
  return list !== undefined && list.length > 0;
}
