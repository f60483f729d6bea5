import type { AlertPolicy } from '../api/alert-policy.ts';
import type { Condition } from '../api/conditions.ts';
import { keyOf } from '../api/kube-object.ts';
import type { MonitoringStack, MonitoringStackStatus } from '../api/monitoring-stack.ts';
import type { ScrapeTarget } from '../api/scrape-target.ts';
import { sortBy } from '../lib/sort-by.ts';

/** How a resource is: its Ready condition, flat. `Unknown` where nothing has been said yet. */
export interface Health {
  readonly namespace: string;
  readonly name: string;
  readonly ready: Condition['status'];
  readonly reason: string;
  readonly message: string;
}

export interface TargetOverview extends Health {
  readonly up: number;
  readonly down: number;
}

export interface PolicyOverview extends Health {
  readonly rules: number;
  readonly firing: number;
}

export interface FiringAlert {
  readonly alert: string;
  readonly count: number;
  readonly since?: string;
  /** namespace/name of the AlertPolicy. */
  readonly policy: string;
}

/** Everything about one stack that its resources' status says. */
export interface StackOverview extends Health {
  readonly components: NonNullable<MonitoringStackStatus['components']>;
  readonly config?: NonNullable<MonitoringStackStatus['config']>;
  readonly targets?: NonNullable<MonitoringStackStatus['targets']>;
  readonly drift: NonNullable<MonitoringStackStatus['drift']>;
  readonly omitted: readonly string[];
  readonly scrapeTargets: readonly TargetOverview[];
  readonly alertPolicies: readonly PolicyOverview[];
  readonly firing: readonly FiringAlert[];
}

/** All stacks, and the resources that no stack has. */
export interface Overview {
  readonly stacks: readonly StackOverview[];
  readonly unselected: readonly (Health & { readonly kind: 'ScrapeTarget' | 'AlertPolicy' })[];
}

interface Resources {
  readonly stacks: readonly MonitoringStack[];
  readonly targets: readonly ScrapeTarget[];
  readonly policies: readonly AlertPolicy[];
}

/** Brings the statuses of all resources together by stack. Says nothing that is not in a status. */
export function overview({ stacks, targets, policies }: Resources): Overview {
  const lost = (resource: ScrapeTarget | AlertPolicy): boolean => (resource.status?.stacks ?? []).length === 0;
  return {
    stacks: sortBy(stacks, keyOf).map((stack) => stackOverview(stack, targets, policies)),
    unselected: sortBy([...targets.filter(lost), ...policies.filter(lost)], keyOf).map((resource) => ({ kind: resource.kind, ...health(resource) })),
  };
}

function stackOverview(stack: MonitoringStack, allTargets: readonly ScrapeTarget[], allPolicies: readonly AlertPolicy[]): StackOverview {
  const isMine = ({ status }: ScrapeTarget | AlertPolicy): boolean =>
    (status?.stacks ?? []).some(({ name, namespace }) => name === stack.metadata.name && namespace === stack.metadata.namespace);
  const policies = sortBy(allPolicies.filter(isMine), keyOf);
  const { components = [], config, targets, drift = [], omitted = [] } = stack.status ?? {};
  return {
    ...health(stack),
    components,
    ...(config ? { config } : {}),
    ...(targets ? { targets } : {}),
    drift,
    omitted,
    scrapeTargets: sortBy(allTargets.filter(isMine), keyOf).map((target) => ({ ...health(target), up: target.status?.up ?? 0, down: target.status?.down ?? 0 })),
    alertPolicies: policies.map((policy) => ({ ...health(policy), rules: policy.status?.rules ?? 0, firing: policy.status?.firingCount ?? 0 })),
    firing: policies.flatMap((policy) => (policy.status?.firing ?? []).map((alert) => ({ ...alert, policy: keyOf(policy) }))),
  };
}

function health({ metadata: { namespace, name }, status }: MonitoringStack | ScrapeTarget | AlertPolicy): Health {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  if (!ready) return { namespace, name, ready: 'Unknown', reason: 'NotReconciled', message: 'the operator has not looked at it yet' };
  return { namespace, name, ready: ready.status, reason: ready.reason, message: ready.message };
}
