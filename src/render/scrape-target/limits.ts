import type { ScrapeLimits as TargetLimits } from '../../api/scrape-target.ts';
import { parseByteSize } from '../../formats/prometheus/byte-size.ts';
import type { ScrapeLimits } from '../../formats/prometheus/scrape-config.ts';
import { compact } from '../../lib/compact.ts';

/** The limits of a job: the target's own where they are stricter than the stack's, otherwise the stack's. */
export function limits(own: TargetLimits, stack: TargetLimits): ScrapeLimits {
  return compact({
    body_size_limit: smallerSize(own.bodySize, stack.bodySize),
    sample_limit: smaller(own.samples, stack.samples),
    target_limit: smaller(own.targets, stack.targets),
    label_limit: smaller(own.labels, stack.labels),
    label_name_length_limit: smaller(own.labelNameLength, stack.labelNameLength),
    label_value_length_limit: smaller(own.labelValueLength, stack.labelValueLength),
  });
}

function smaller(own: number | undefined, stack: number | undefined): number | undefined {
  return own === undefined || stack === undefined ? (own ?? stack) : Math.min(own, stack);
}

function smallerSize(own: string | undefined, stack: string | undefined): string | undefined {
  if (own === undefined || stack === undefined) return own ?? stack;
  return (parseByteSize(own) ?? 0) < (parseByteSize(stack) ?? 0) ? own : stack;
}
