import type { AlertPolicy } from '../../api/alert-policy.ts';
import type { Problem } from '../../api/rejection.ts';
import type { PolicyInput } from '../stack-input.ts';
import { receiverProblems } from './check-receivers.ts';
import { checkRoutes } from './check-routes.ts';
import { checkRules } from './check-rules.ts';
import { silenceProblems } from './check-silences.ts';
import type { PolicySettings } from './policy-settings.ts';
import { namespaceMatchers } from './routing.ts';

/**
 * Everything that is wrong with an AlertPolicy that fits its schema: what Prometheus or Alertmanager would refuse, and what
 * they would take but could not mean. Empty for a good one.
 */
export function checkPolicy({ policy, references }: PolicyInput, settings: PolicySettings): Problem[] {
  const { namespace } = policy.metadata;
  const { receivers = [], silences = [] } = policy.spec;
  return [
    ...checkRules(policy, settings),
    ...receivers.flatMap((receiver, index) => receiverProblems(receiver, { path: `spec.receivers[${index}]`, namespace, references })),
    ...checkRoutes(policy.spec),
    ...silenceProblems(silences, namespaceMatchers(policy, settings)),
    ...duplicateProblems(policy),
  ];
}

function duplicateProblems({ spec }: AlertPolicy): Problem[] {
  return (['receivers', 'mute', 'slos'] as const).flatMap((field) => {
    const names = (spec[field] ?? []).map(({ name }) => name);
    return names.flatMap((name, index): Problem[] => {
      const first = names.indexOf(name);
      if (first === index) return [];
      return [{ path: `spec.${field}[${index}].name`, reason: DUPLICATE_REASON[field], message: `spec.${field}[${first}] is called "${name}" as well: choose another name` }];
    });
  });
}

const DUPLICATE_REASON = { receivers: 'ReceiverInvalid', mute: 'TimeIntervalInvalid', slos: 'RuleInvalid' } as const;
