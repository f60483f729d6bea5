import type { StackSettings } from '../../../api/defaults.ts';

/** Whether a stack has its blackbox exporter. `probes`: a ScrapeTarget of the stack probes. */
export function runsBlackbox({ blackbox: { on } }: Pick<StackSettings, 'blackbox'>, probes: boolean): boolean {
  return on === 'Always' || (on === 'WhenProbed' && probes);
}
