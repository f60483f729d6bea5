import { relabeled } from '../../formats/prometheus/relabel-eval.ts';
import type { RelabelRule } from '../../formats/prometheus/relabel.ts';

/** Whether one of the rules could set, change or remove the label, whatever the target. Says yes where it cannot tell. */
export function mayWrite(rules: readonly RelabelRule[], label: string): boolean {
  return rules.some((rule) => ruleMayWrite(rule, label));
}

function ruleMayWrite(rule: RelabelRule, label: string): boolean {
  switch (rule.action) {
    case 'keep':
    case 'drop':
    case 'keepequal':
    case 'dropequal':
      return false;
    case 'labelmap':
      return couldExpandTo(rule.replacement ?? '$1', label);
    case 'labeldrop':
    case 'labelkeep':
      return relabeled([rule], { [label]: 'x' })?.[label] === undefined;
    default:
      return couldExpandTo(rule.target_label ?? '', label);
  }
}

/** Whether a template with `$1` and the like could come out as this text: its fixed start must fit. */
function couldExpandTo(template: string, text: string): boolean {
  const dollar = template.indexOf('$');
  return dollar === -1 ? template === text : text.startsWith(template.slice(0, dollar));
}
