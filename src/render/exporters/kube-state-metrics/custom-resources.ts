import type { CustomResource } from '../../../api/cluster-settings.ts';
import type { KubeObject } from '../../../api/kube-object.ts';
import { printYaml } from '../../../formats/prometheus/print.ts';
import { compact } from '../../../lib/compact.ts';
import { ownedMetadata } from '../../labels.ts';
import { COMPONENTS, componentName } from '../../names.ts';
import type { AccessRule } from '../../pod/cluster-access.ts';
import type { StackContext } from '../../stack-context.ts';
import { CUSTOM_RESOURCES_FILE } from './flags.ts';

/** kube-state-metrics' config of custom resources, as text (its docs, extend/customresourcestate-metrics.md). */
export function customResourcesConfig(resources: readonly CustomResource[]): string {
  return printYaml({ kind: 'CustomResourceStateMetrics', spec: { resources: resources.map(resourceConfig) } });
}

function resourceConfig({ group, version, kind, plural, metricNamePrefix, labelsFromPath, metrics }: CustomResource): object {
  return compact({ groupVersionKind: { group, version, kind }, resourcePlural: plural, metricNamePrefix, labelsFromPath, metrics });
}

/** The ConfigMap that holds it. */
export function customResourcesConfigMap({ stack }: StackContext, config: string): KubeObject {
  const component = COMPONENTS.kubeState;
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: ownedMetadata(stack, { component, name: componentName(stack.metadata, component) }),
    data: { [CUSTOM_RESOURCES_FILE]: config },
  };
}

/** What it may read for them: the resources, and which CRDs there are, since it waits for those. */
export function customResourcesAccess(resources: readonly CustomResource[]): AccessRule[] {
  return [
    { apiGroups: ['apiextensions.k8s.io'], resources: ['customresourcedefinitions'], verbs: ['list', 'watch'] },
    ...resources.map(({ group, plural }) => ({ apiGroups: [group], resources: [plural], verbs: ['list', 'watch'] })),
  ];
}
