import type { KubeObject, StringMap } from '../../api/kube-object.ts';
import { ownedMetadata, type Named } from '../labels.ts';
import type { StackContext } from '../stack-context.ts';

/** A ConfigMap of a component: names of files to their texts. */
export function configMap({ stack }: Pick<StackContext, 'stack'>, { data, ...named }: Named & { readonly data: StringMap }): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: ownedMetadata(stack, named), data };
}
