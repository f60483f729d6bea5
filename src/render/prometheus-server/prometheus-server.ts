import type { KubeObject } from '../../api/kube-object.ts';
import { shardLabels } from '../labels.ts';
import { COMPONENTS, prometheusName, prometheusShardName } from '../names.ts';
import { disruptionBudget } from '../pod/disruption-budget.ts';
import { serviceAccount } from '../pod/service-account.ts';
import type { StackContext } from '../stack-context.ts';
import { prometheusNetworkPolicy } from './network-policy.ts';
import { prometheusRoles } from './role.ts';
import { prometheusServices } from './service.ts';
import { prometheusStatefulSet } from './stateful-set.ts';

const component = COMPONENTS.prometheus;

/** Everything Prometheus consists of, but for its config. */
export function prometheusServer(context: StackContext, selectedNamespaces: readonly string[]): KubeObject[] {
  const { stack, settings } = context;
  const { shards, replicas } = settings.prometheus;
  const numbers = Array.from({ length: shards }, (_, shard) => shard);
  return [
    serviceAccount(context, component, prometheusName(stack.metadata)),
    ...prometheusRoles(context, selectedNamespaces),
    prometheusNetworkPolicy(context),
    ...prometheusServices(context),
    ...numbers.map((shard) => prometheusStatefulSet(context, shard)),
    ...numbers.flatMap((shard) =>
      disruptionBudget(context, { component, name: prometheusShardName(stack.metadata, shard), replicas, labels: shardLabels(shard) }),
    ),
  ];
}
