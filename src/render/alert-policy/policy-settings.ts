import type { AlertPolicy } from '../../api/alert-policy.ts';
import type { StackSettings } from '../../api/defaults.ts';
import type { StackName } from '../names.ts';

/** All of a stack that the rendering of an AlertPolicy depends on. */
export interface PolicySettings {
  /** Prometheus' release, like v3.15.0. */
  readonly version: string;
  readonly scope: 'Namespace' | 'Cluster';
  readonly stackName: string;
  readonly stackNamespace: string;
  readonly routeScope: 'Namespace' | 'All';
  readonly hasAlertmanager: boolean;
  /** Whether it counts network flows, which alone spec.traffic can go by. */
  readonly hasNetworkFlows: boolean;
}

/** What of a stack's settings matters to its AlertPolicies. */
export function policySettings({ name, namespace }: StackName, { scope, prometheus, alertmanager, networkFlows }: StackSettings): PolicySettings {
  return {
    version: prometheus.version,
    scope,
    stackName: name,
    stackNamespace: namespace,
    routeScope: alertmanager?.routeScope ?? 'Namespace',
    hasAlertmanager: alertmanager !== undefined,
    hasNetworkFlows: networkFlows !== undefined,
  };
}

type Named = Pick<AlertPolicy, 'metadata'>;

/** `namespace/name`: what names of groups, receivers and time intervals start with. */
export function prefixOf({ metadata }: Named): string {
  return `${metadata.namespace}/${metadata.name}`;
}

/**
 * Whether a policy is a tenant of the stack, so that what its rules produce carries its namespace. Only the policies that sit
 * beside a stack of scope Cluster are not: they are the platform's own, and speak about all namespaces.
 */
export function isTenant({ metadata }: Named, { scope, stackNamespace }: PolicySettings): boolean {
  return scope === 'Namespace' || metadata.namespace !== stackNamespace;
}

/** Whether a policy's routes, inhibitions and silences see alerts of its own namespace only. */
export function isConfined(policy: Named, settings: PolicySettings): boolean {
  return settings.routeScope !== 'All' && isTenant(policy, settings);
}
