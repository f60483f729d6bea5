import type { KubeObject } from '../../api/kube-object.ts';
import { ownedMetadata } from '../labels.ts';
import { COMPONENTS, grafanaAdminSecret } from '../names.ts';
import type { StackContext } from '../stack-context.ts';

/** Keys of the Secret with Grafana's administrator. */
export const ADMIN_USER_KEY = 'admin-user';
export const ADMIN_PASSWORD_KEY = 'admin-password';

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');

/** The Secret with Grafana's administrator and a password that was generated for this stack. */
export function adminSecret({ stack }: StackContext, password: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: ownedMetadata(stack, { component: COMPONENTS.grafana, name: grafanaAdminSecret(stack.metadata) }),
    type: 'Opaque',
    data: { [ADMIN_USER_KEY]: base64('admin'), [ADMIN_PASSWORD_KEY]: base64(password) },
  };
}
