import type { RuleOverride, RulePackSettings } from '../../api/rule-packs.ts';
import type { Rule } from '../../formats/prometheus/rule-group.ts';
import type { PackAlert, PackRule } from './alert.ts';

/** A rule of a pack as Prometheus reads it, with what the stack sets otherwise. */
export function renderRule(rule: PackRule, settings: Pick<RulePackSettings, 'overrides' | 'runbookUrl'>): Rule {
  if ('alert' in rule) return renderAlert(rule, settings);
  const { record, expr, labels } = rule;
  return { record, expr, ...(labels === undefined ? {} : { labels }) };
}

function renderAlert(rule: PackAlert, { overrides, runbookUrl }: Pick<RulePackSettings, 'overrides' | 'runbookUrl'>): Rule {
  const wanted: Partial<RuleOverride> = Object.assign({}, ...overrides.filter((override) => appliesTo(override, rule)));
  const { severity = rule.severity, for: hold = rule.for, threshold } = wanted;
  return {
    alert: rule.alert,
    expr: rule.threshold === undefined ? rule.expr : rule.expr(String(threshold ?? rule.threshold)),
    ...(hold === undefined ? {} : { for: hold }),
    labels: { ...rule.labels, severity },
    annotations: { summary: rule.summary, description: rule.description, runbook_url: runbookUrl + rule.alert },
  };
}

/** Whether an override is for this rule: alerts may have several, each with its severity. */
export function appliesTo({ alert, ofSeverity }: RuleOverride, rule: PackAlert): boolean {
  return alert === rule.alert && (ofSeverity === undefined || ofSeverity === rule.severity);
}
