import type { NodeProblemPlugin } from '../../../api/cluster-settings.ts';
import { parseDuration } from '../../../formats/prometheus/duration.ts';

/** Where the container sees the scripts of plugins, each under the name of its plugin. */
export const PLUGIN_DIRECTORY = '/plugins';

/** The key of a plugin's config in the ConfigMap, and so the name of its file. */
export function pluginConfigFile({ name }: Pick<NodeProblemPlugin, 'name'>): string {
  return `custom-plugin-${name}.json`;
}

/** One plugin's config as text (the detector's pkg/custompluginmonitor/types): a monitor of its own, so that it has an interval of its own. */
export function pluginConfig({ name, args, interval, timeout, condition, reason }: NodeProblemPlugin): string {
  const rule = { reason, path: `${PLUGIN_DIRECTORY}/${name}`, args };
  const config = {
    plugin: 'custom',
    pluginConfig: {
      invoke_interval: goDuration(interval),
      timeout: goDuration(timeout),
      max_output_length: 512,
      concurrency: 1,
      // Otherwise a problem would be gone for a moment whenever the detector starts.
      skip_initial_status: true,
    },
    source: `plugin-${name}`,
    metricsReporting: true,
    conditions: condition === undefined ? [] : [{ type: condition, reason: `No${condition}`, message: `plugin ${name} finds nothing wrong` }],
    rules: [condition === undefined ? { type: 'temporary', ...rule } : { type: 'permanent', condition, ...rule }],
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}

/** Go reads no days, weeks and years. */
function goDuration(text: string): string {
  const milliseconds = parseDuration(text) ?? 0;
  return milliseconds % 1000 === 0 ? `${milliseconds / 1000}s` : `${milliseconds}ms`;
}
