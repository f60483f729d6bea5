import type { NodeProblemRule } from '../../../api/cluster-settings.ts';
import { BUILTIN_CONDITIONS, BUILTIN_RULES, type HealthyCondition } from './rules.ts';

/** The key of the ConfigMap, and so the name of the file. */
export const CONFIG_FILE = 'kernel-monitor.json';

/** The kernel monitor's config as text (the detector's pkg/systemlogmonitor/config.go). */
export function kernelMonitorConfig(own: readonly NodeProblemRule[]): string {
  const config = {
    plugin: 'kmsg',
    logPath: '/dev/kmsg',
    // Of a kernel that complained while the detector was away; a whole day of it would raise what was mended long ago.
    lookback: '5m',
    bufferSize: 10,
    source: 'kernel-monitor',
    metricsReporting: true,
    conditions: conditionsOf(own),
    rules: [...BUILTIN_RULES, ...own].map(ruleConfig),
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}

function conditionsOf(own: readonly NodeProblemRule[]): HealthyCondition[] {
  const known = new Set(BUILTIN_CONDITIONS.map(({ type }) => type));
  const types = new Set(own.flatMap(({ condition }) => (condition === undefined || known.has(condition) ? [] : [condition])));
  return [...BUILTIN_CONDITIONS, ...[...types].sort().map((type) => ({ type, reason: `No${type}`, message: `the kernel log says nothing of ${type}` }))];
}

function ruleConfig({ condition, reason, pattern }: NodeProblemRule): object {
  // The detector wants a match that reaches the end of what is logged (pkg/systemlogmonitor/log_buffer.go).
  const whole = `(?:${pattern}).*`;
  return condition === undefined ? { type: 'temporary', reason, pattern: whole } : { type: 'permanent', condition, reason, pattern: whole };
}
