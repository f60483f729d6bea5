import type { BlackboxSettings } from '../../../api/defaults.ts';
import { printYaml } from '../../../formats/prometheus/print.ts';
import { modules } from './modules.ts';

/** The key of the ConfigMap, and so the name of the file. */
export const CONFIG_FILE = 'blackbox.yml';

/** The exporter's config as text. */
export function blackboxConfig({ modules: own }: BlackboxSettings): string {
  return printYaml({ modules: modules(own) });
}
