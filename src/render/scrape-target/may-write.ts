import { relabeled } from '../../formats/prometheus/relabel-eval.ts';
import type { RelabelAction, RelabelRule } from '../../formats/prometheus/relabel.ts';

/** Whether one of the rules could set, change or remove the label, whatever the target. Says yes where it cannot tell. */
export function mayWrite(rules: readonly RelabelRule[], label: string): boolean {
  return rules.some((rule) => ruleMayWrite(rule, label));
}

const FILTERS: ReadonlySet<string> = new Set(['keep', 'drop', 'keepequal', 'dropequal'] satisfies RelabelAction[]);

function ruleMayWrite(rule: RelabelRule, label: string): boolean {
  const { action = 'replace' } = rule;
  if (FILTERS.has(action)) return false;
  if (action === 'labeldrop' || action === 'labelkeep') return relabeled([rule], { [label]: 'x' })?.[label] === undefined;
  return couldExpandTo(action === 'labelmap' ? (rule.replacement ?? '$1') : (rule.target_label ?? ''), label);
}

/** Whether a template with `$1` and the like could come out as this text: its fixed start must fit. */
function couldExpandTo(template: string, text: string): boolean {
  const dollar = template.indexOf('$');
  return dollar === -1 ? template === text : text.startsWith(template.slice(0, dollar));
}
