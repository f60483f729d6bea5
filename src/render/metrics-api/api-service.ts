import type { KubeObject } from '../../api/kube-object.ts';
import { foreignMetadata } from '../labels.ts';
import { componentName } from '../names.ts';
import type { StackContext } from '../stack-context.ts';

/** Port of the Services that aggregated APIs are asked at. */
export const API_PORT = 443;

/** Sends one version of an API on to a component of the stack: `v1beta1.metrics.k8s.io`. */
export function apiService({ stack }: StackContext, component: string, api: string): KubeObject {
  const [version = '', ...group] = api.split('.');
  return {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: foreignMetadata(stack, { component, name: api }),
    spec: {
      group: group.join('.'),
      version,
      groupPriorityMinimum: 100,
      // Where there are several versions, clients that take any should get the newest.
      versionPriority: version === 'v1beta2' ? 200 : 100,
      service: { name: componentName(stack.metadata, component), namespace: stack.metadata.namespace, port: API_PORT },
      // The server signs its own certificate at each start: nobody could say which authority to trust.
      insecureSkipTLSVerify: true,
    },
  };
}
