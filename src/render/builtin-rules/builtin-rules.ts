import type { StackSettings } from '../../api/defaults.ts';
import type { RuleGroup } from '../../formats/prometheus/rule-group.ts';

/** The rule groups that come with what is on in a stack, without those that it leaves out by name. */
export function builtinRules({ rulePacks, prometheus }: StackSettings): RuleGroup[] {
  if (!rulePacks.enabled || prometheus.mode === 'Agent') return [];
  return [];
}
