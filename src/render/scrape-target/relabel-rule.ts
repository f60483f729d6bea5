import type { RelabelRule } from '../../formats/prometheus/relabel.ts';
import type { RelabelRuleSpec } from '../../api/scrape-target.ts';
import { compact } from '../../lib/compact.ts';

/** A user's relabel rule in Prometheus' spelling. An empty text stays an empty text: it is not the default. */
export function relabelRule(spec: RelabelRuleSpec): RelabelRule {
  const { action, sourceLabels, separator, regex, modulus, targetLabel, replacement } = spec;
  return compact({ source_labels: sourceLabels, separator, regex, modulus, target_label: targetLabel, replacement, action });
}

/** The field of the user's rule that a field of Prometheus' rule comes from. */
export const SPEC_FIELDS = {
  source_labels: 'sourceLabels',
  separator: 'separator',
  target_label: 'targetLabel',
  regex: 'regex',
  modulus: 'modulus',
  replacement: 'replacement',
  action: 'action',
} as const satisfies Record<keyof RelabelRule, keyof RelabelRuleSpec>;
