import { PART_ALERTMANAGER_CONFIG } from '../../api/group.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import { ownedMetadata, partLabel } from '../labels.ts';
import { alertmanagerConfigSecret, COMPONENTS } from '../names.ts';
import type { StackContext } from '../stack-context.ts';

/** The key of the Secret, and so the name of the file. */
const FILE = 'alertmanager.yaml';

/** The Secret with Alertmanager's config. A Secret, because receivers hold passwords and URLs that are as good as one. */
export function configSecret({ stack }: StackContext, config: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: ownedMetadata(stack, {
      component: COMPONENTS.alertmanager,
      name: alertmanagerConfigSecret(stack.metadata),
      labels: partLabel(PART_ALERTMANAGER_CONFIG),
    }),
    type: 'Opaque',
    data: { [FILE]: Buffer.from(config, 'utf8').toString('base64') },
  };
}
