import type { KubeObject } from '../../api/kube-object.ts';
import type { MonitoringStack } from '../../api/monitoring-stack.ts';
import { ownedMetadata, sorted } from '../labels.ts';
import { COMPONENTS, prometheusCredentialsSecret } from '../names.ts';

/** The Secret with a copy of everything that Prometheus signs in with: file name to content, base64. */
export function credentialsSecret(stack: MonitoringStack, files: ReadonlyMap<string, string>): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: ownedMetadata(stack, { component: COMPONENTS.prometheus, name: prometheusCredentialsSecret(stack.metadata) }),
    type: 'Opaque',
    data: sorted(Object.fromEntries(files)),
  };
}
