import type { BlackboxSettings } from '../../../api/defaults.ts';
import type { KubeObject } from '../../../api/kube-object.ts';
import { printYaml } from '../../../formats/prometheus/print.ts';
import { ownedMetadata } from '../../labels.ts';
import { blackboxName, COMPONENTS } from '../../names.ts';
import type { StackContext } from '../../stack-context.ts';
import { modules } from './modules.ts';

/** The key of the ConfigMap, and so the name of the file. */
export const CONFIG_FILE = 'blackbox.yml';

/** The exporter's config as text. */
export function blackboxConfig({ modules: own }: BlackboxSettings): string {
  return printYaml({ modules: modules(own) });
}

/** The ConfigMap with the exporter's modules. */
export function blackboxConfigMap({ stack }: StackContext, config: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: ownedMetadata(stack, { component: COMPONENTS.blackbox, name: blackboxName(stack.metadata) }),
    data: { [CONFIG_FILE]: config },
  };
}
