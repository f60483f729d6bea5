import { load } from 'js-yaml';
import type { RelabelRuleSpec, ScrapeTarget } from '../api/scrape-target.ts';
import { relabel } from '../formats/prometheus/relabel-eval.ts';
import type { RelabelRule } from '../formats/prometheus/relabel.ts';
import type { ScrapeConfig } from '../formats/prometheus/scrape-config.ts';

/**
 * The user's rule that drops what our own rules keep: every discovered target goes through the written rules again, and
 * the rule that the furthest of them falls at is named. Undefined where it falls at one of ours, which only select.
 */
export function guiltyRule(target: ScrapeTarget, text: string | undefined, dropped: readonly Readonly<Record<string, string>>[]): string | undefined {
  if (text === undefined || dropped.length === 0) return undefined;
  const [config] = load(text) as ScrapeConfig[];
  const rules = config?.relabel_configs ?? [];
  const written = rules[furthestDrop(rules, dropped.slice(0, 200))];
  if (!written) return undefined;
  const index = (target.spec.endpoints?.[0]?.relabel ?? []).findIndex((rule) => isWrittenAs(rule, written));
  return index < 0 ? undefined : `endpoints[0].relabel[${index}] (${asText(written)})`;
}

/** `drop __meta_kubernetes_pod_name=~"x.*"` */
function asText({ action = 'replace', source_labels: sources = [], regex = '(.*)' }: RelabelRule): string {
  return `${action} ${sources.join(', ')}=~${JSON.stringify(regex)}`;
}

/** Index of the rule at which the label set that came furthest is dropped; -1 where none is dropped. */
function furthestDrop(rules: readonly RelabelRule[], dropped: readonly Readonly<Record<string, string>>[]): number {
  let furthest = -1;
  for (const labels of dropped) {
    const last = relabel(rules, labels).steps.at(-1);
    if (last?.dropped) furthest = Math.max(furthest, last.rule);
  }
  return furthest;
}

function isWrittenAs(rule: RelabelRuleSpec, written: RelabelRule): boolean {
  const facts = [rule.action ?? 'replace', rule.regex ?? '', String(rule.sourceLabels ?? '')];
  return facts.join('\n') === [written.action, written.regex ?? '', String(written.source_labels ?? '')].join('\n');
}
