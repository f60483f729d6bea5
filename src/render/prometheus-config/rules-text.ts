import type { OmittedField } from '../../formats/prometheus/for-version.ts';
import { ruleGroupForVersion } from '../../formats/prometheus/for-version.ts';
import { printItems } from '../../formats/prometheus/print.ts';
import type { RuleGroup } from '../../formats/prometheus/rule-group.ts';
import { parseVersion } from '../../formats/prometheus/version.ts';

/** The items of `groups:` in a rule file, and what the release does not know of them. */
export interface RulesText {
  readonly text: string;
  readonly omitted: readonly OmittedField[];
}

// The rules that come with a stack are a hundred kilobytes, and the same in every pass until its settings change.
const printed = new WeakMap<readonly RuleGroup[], Map<string, RulesText>>();

/** Rule groups as a release of Prometheus reads them. The same array gives the same text, printed once. */
export function rulesText(groups: readonly RuleGroup[], version: string): RulesText {
  const texts = printed.get(groups) ?? new Map<string, RulesText>();
  printed.set(groups, texts);
  let known = texts.get(version);
  if (!known) {
    const fitted = groups.map((group) => ruleGroupForVersion(group, parseVersion(version)));
    known = { text: printItems(fitted.map(({ config }) => config), 0), omitted: fitted.flatMap(({ omitted }) => omitted) };
    texts.set(version, known);
  }
  return known;
}
