import type { LogCollector, LogSettings } from '../../api/log-settings.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import { ownedMetadata } from '../labels.ts';
import { componentName } from '../names.ts';
import { clusterAccess, subject, type AccessRule } from '../pod/cluster-access.ts';
import type { StackContext } from '../stack-context.ts';
import { namespaceSelection } from './namespace-selection.ts';

const RBAC = 'rbac.authorization.k8s.io';

/** OpenTelemetry watches the pods of its node; the others ask for a pod when they see the first line of it. */
const VERBS: Readonly<Record<LogCollector, readonly string[]>> = { OpenTelemetry: ['get', 'list', 'watch'], FluentBit: ['get'], Fluentd: ['get'] };

/** What a collector may read of Kubernetes: pods, and namespaces where it needs their labels. In scope Namespace those of its own only. */
export function logCollectorAccess(context: StackContext, settings: LogSettings, component: string): KubeObject[] {
  const rules = rulesOf(context, settings);
  if (settings.namespaces !== 'Own') return clusterAccess(context, { component, rules });
  const name = componentName(context.stack.metadata, component);
  const metadata = ownedMetadata(context.stack, { component, name });
  return [
    { apiVersion: `${RBAC}/v1`, kind: 'Role', metadata, rules },
    { apiVersion: `${RBAC}/v1`, kind: 'RoleBinding', metadata, roleRef: { apiGroup: RBAC, kind: 'Role', name }, subjects: [subject(context, component)] },
  ];
}

function rulesOf({ stack: { metadata } }: StackContext, settings: LogSettings): AccessRule[] {
  const verbs = VERBS[settings.collector];
  // Fluentd asks for the namespace of each pod, whether it uses the answer or not.
  const needsNamespaces = settings.collector === 'Fluentd' || namespaceSelection(settings, metadata).labels.length > 0;
  return [
    { apiGroups: [''], resources: ['pods'], verbs },
    ...(needsNamespaces ? [{ apiGroups: [''], resources: ['namespaces'], verbs }] : []),
  ];
}
