import { stackSettings } from '../../api/defaults.ts';
import type { MonitoringStack } from '../../api/monitoring-stack.ts';
import { sortBy } from '../../lib/sort-by.ts';
import type { InhibitRule } from '../../formats/alertmanager/config.ts';
import { printAlertmanagerConfig, type Commented } from '../../formats/alertmanager/print.ts';
import type { ReferenceFacts } from '../stack-input.ts';
import { checkDefaultReceiver } from './check-receivers.ts';
import { receiver } from './receiver.ts';
import { DEFAULT_RECEIVER, NO_RECEIVER, routeTree } from './route-tree.ts';
import type { PolicyRouting } from './routing.ts';
import { secretReader } from './secret-value.ts';

/** While something is worse, what is less bad about the same thing is not notified. InfoInhibitor fires beside info alerts to mute them. */
const DEFAULT_INHIBITIONS: readonly InhibitRule[] = [
  { source_matchers: ['severity="critical"'], target_matchers: ['severity=~"warning|info"'], equal: ['namespace', 'alertname'] },
  { source_matchers: ['severity="warning"'], target_matchers: ['severity="info"'], equal: ['namespace', 'alertname'] },
  { source_matchers: ['alertname="InfoInhibitor"'], target_matchers: ['severity="info"'], equal: ['namespace'] },
];

/**
 * The whole text of alertmanager.yaml of a stack: what its policies contribute, in the order of their names, around the stack's
 * own root route, default receiver and inhibitions. `references` has the Secrets that the default receiver names. A default
 * receiver with a mistake (see checkDefaultReceiver) tells nobody rather than take the config down.
 */
export function alertmanagerConfig(stack: MonitoringStack, policies: readonly PolicyRouting[], references?: ReferenceFacts): string {
  const settings = stackSettings(stack).alertmanager;
  const sorted = sortBy(policies, ({ owner }) => owner);
  const isUsable = checkDefaultReceiver(stack, references).length === 0;
  const fallback = receiver(DEFAULT_RECEIVER, isUsable ? (settings?.defaultReceiver ?? {}) : {}, secretReader(references, stack.metadata.namespace));
  const comment = `MonitoringStack/${stack.metadata.namespace}/${stack.metadata.name}`;
  const each = <T>(own: readonly T[], itemsOf: (policy: PolicyRouting) => readonly T[]): Commented<T>[] => [
    { comment, items: own },
    ...sorted.map((policy) => ({ comment: policy.owner, items: itemsOf(policy) })),
  ];
  return printAlertmanagerConfig({
    inhibit_rules: each(DEFAULT_INHIBITIONS, ({ inhibit_rules: rules }) => rules),
    receivers: each([fallback, { name: NO_RECEIVER }], ({ receivers }) => receivers),
    route: { receiver: DEFAULT_RECEIVER, group_by: settings?.groupBy ?? [] },
    routes: routeTree(sorted, comment),
    time_intervals: each([], ({ time_intervals: intervals }) => intervals),
  });
}
