import type { KubeObject, StringMap } from '../../api/kube-object.ts';
import { foreignMetadata, sorted } from '../labels.ts';
import { clusterName, componentName } from '../names.ts';
import type { StackContext } from '../stack-context.ts';

const RBAC = 'rbac.authorization.k8s.io';

/** A rule of a Role or ClusterRole. */
export interface AccessRule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly verbs: readonly string[];
}

interface Access {
  readonly component: string;
  readonly rules: readonly AccessRule[];
  /** Tells several ClusterRoles of one component apart. */
  readonly suffix?: string;
}

/** What a component may do in the whole cluster: a ClusterRole, bound to the component's own ServiceAccount. */
export function clusterAccess(context: StackContext, { component, rules, suffix }: Access): KubeObject[] {
  const name = suffixed(clusterName(context.stack.metadata, component), suffix);
  const metadata = foreignMetadata(context.stack, { component, name });
  return [{ apiVersion: `${RBAC}/v1`, kind: 'ClusterRole', metadata, rules }, clusterBinding(context, { component, name, role: name })];
}

/** A ClusterRole that nobody is bound to: its labels hand its rules on. */
export function aggregatedRole(context: StackContext, { component, rules, suffix }: Access, labels: StringMap): KubeObject {
  const name = suffixed(clusterName(context.stack.metadata, component), suffix);
  const metadata = foreignMetadata(context.stack, { component, name });
  return { apiVersion: `${RBAC}/v1`, kind: 'ClusterRole', metadata: { ...metadata, labels: sorted({ ...metadata.labels, ...labels }) }, rules };
}

/** What an aggregated API server needs to know who asks it, and whether he may: two roles that every cluster has. */
export function delegatedAuthentication(context: StackContext, component: string): KubeObject[] {
  const { stack } = context;
  const name = suffixed(clusterName(stack.metadata, component), 'auth');
  const reader = foreignMetadata(stack, { component, name, namespace: 'kube-system' });
  return [
    clusterBinding(context, { component, name, role: 'system:auth-delegator' }),
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'RoleBinding',
      metadata: reader,
      roleRef: { apiGroup: RBAC, kind: 'Role', name: 'extension-apiserver-authentication-reader' },
      subjects: [subject(context, component)],
    },
  ];
}

function clusterBinding(context: StackContext, { component, name, role }: { readonly component: string; readonly name: string; readonly role: string }): KubeObject {
  return {
    apiVersion: `${RBAC}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: foreignMetadata(context.stack, { component, name }),
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: role },
    subjects: [subject(context, component)],
  };
}

/** The ServiceAccount of a component. */
export function subject({ stack }: StackContext, component: string): object {
  return { kind: 'ServiceAccount', name: componentName(stack.metadata, component), namespace: stack.metadata.namespace };
}

function suffixed(name: string, suffix: string | undefined): string {
  return suffix === undefined ? name : `${name}-${suffix}`;
}
