import type { CustomResource } from '../../../api/cluster-settings.ts';
import { printYaml } from '../../../formats/prometheus/print.ts';
import { compact } from '../../../lib/compact.ts';
import type { AccessRule } from '../../pod/cluster-access.ts';

/** kube-state-metrics' config of custom resources, as text (its docs, extend/customresourcestate-metrics.md). */
export function customResourcesConfig(resources: readonly CustomResource[]): string {
  return printYaml({ kind: 'CustomResourceStateMetrics', spec: { resources: resources.map(resourceConfig) } });
}

function resourceConfig({ group, version, kind, plural, metricNamePrefix, labelsFromPath, metrics }: CustomResource): object {
  return compact({ groupVersionKind: { group, version, kind }, resourcePlural: plural, metricNamePrefix, labelsFromPath, metrics });
}

/** What it may read for them: the resources, and which CRDs there are, since it waits for those. */
export function customResourcesAccess(resources: readonly CustomResource[]): AccessRule[] {
  return [
    { apiGroups: ['apiextensions.k8s.io'], resources: ['customresourcedefinitions'], verbs: ['list', 'watch'] },
    ...resources.map(({ group, plural }) => ({ apiGroups: [group], resources: [plural], verbs: ['list', 'watch'] })),
  ];
}
