import { stackSettings, type StackSettings } from '../api/defaults.ts';
import type { MonitoringStack } from '../api/monitoring-stack.ts';
import type { Spread } from './scrape-target/shard-rules.ts';

const known = new WeakMap<StackSettings, Map<string, StackSettings>>();

/**
 * A stack's settings while its targets are spread like this: as many shards run as any of the numbers wants, with everything
 * that so many shards bring. At rest, and without a spread, they are those of the spec. The same in gives the same object.
 */
export function spreadSettings(stack: Pick<MonitoringStack, 'spec'>, spread: Spread | undefined): StackSettings {
  const settings = stackSettings(stack);
  if (!spread || spread.length < 2) return settings;
  const key = spread.join();
  const byKey = known.get(settings) ?? new Map<string, StackSettings>();
  known.set(settings, byKey);
  const moving = byKey.get(key) ?? movingSettings(stack, spread);
  byKey.set(key, moving);
  return moving;
}

function movingSettings({ spec }: Pick<MonitoringStack, 'spec'>, spread: Spread): StackSettings {
  const settings = stackSettings({ spec: { ...spec, prometheus: { ...spec.prometheus, shards: Math.max(...spread) } } });
  return { ...settings, prometheus: { ...settings.prometheus, spread } };
}
