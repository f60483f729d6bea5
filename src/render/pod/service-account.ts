import type { KubeObject } from '../../api/kube-object.ts';
import { ownedMetadata } from '../labels.ts';
import type { StackContext } from '../stack-context.ts';

/** A ServiceAccount of a component's own. Pods that need its token say so themselves. */
export function serviceAccount({ stack }: StackContext, component: string, name: string): KubeObject {
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: ownedMetadata(stack, { component, name }), automountServiceAccountToken: false };
}
