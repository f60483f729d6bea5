import type { KubernetesPart } from '../../api/cluster-settings.ts';
import type { StackSettings } from '../../api/defaults.ts';
import type { RuleGroup } from '../../formats/prometheus/rule-group.ts';
import { ruleName, type PackRule } from './alert.ts';
import { usableOverrides } from './check-rule-packs.ts';
import type { Pack } from './pack.ts';
import { PACKS } from './packs.ts';
import { partsOf } from './parts.ts';
import { renderRule } from './render-rule.ts';

// In every pass over a stack they are the same, until its settings change or its platform shows more.
const known = new WeakMap<StackSettings, Map<string, readonly RuleGroup[]>>();

/**
 * The rule groups that come with what is on in a stack: without those that are off by default or that it leaves out, and with
 * the figures that it sets. `shown` is what of Kubernetes can be scraped (kubernetesParts). The same in gives the same array.
 */
export function builtinRules(settings: StackSettings, shown: ReadonlySet<KubernetesPart>): readonly RuleGroup[] {
  const key = [...shown].sort().join();
  const byShown = known.get(settings) ?? new Map<string, readonly RuleGroup[]>();
  known.set(settings, byShown);
  let groups = byShown.get(key);
  if (!groups) {
    groups = rulesFor(settings, shown);
    byShown.set(key, groups);
  }
  return groups;
}

function rulesFor(settings: StackSettings, shown: ReadonlySet<KubernetesPart>): readonly RuleGroup[] {
  if (!settings.rulePacks.enabled || settings.prometheus.mode === 'Agent') return [];
  const parts = partsOf(settings, shown);
  const rulePacks = { ...settings.rulePacks, overrides: usableOverrides(settings.rulePacks) };
  return PACKS.filter(({ needs }) => needs.every((part) => parts.has(part)))
    .map((pack) => ruleGroup(settings.prometheus.shards > 1 ? withoutOfAll(pack) : pack, rulePacks))
    .filter(({ rules }) => rules.length > 0);
}

function withoutOfAll(pack: Pack): Pack {
  return { ...pack, rules: pack.rules.filter((rule) => !('ofAll' in rule)) };
}

function ruleGroup({ name, interval, rules }: Pack, settings: StackSettings['rulePacks']): RuleGroup {
  const disabled = new Set(settings.disable);
  const enabled = new Set(settings.enable);
  const isIn = (names: ReadonlySet<string>, rule: PackRule): boolean => names.has(name) || names.has(ruleName(rule));
  const wanted = rules.filter((rule) => !isIn(disabled, rule) && (rule.off === undefined || isIn(enabled, rule)));
  return { name: `belfry/${name}`, ...(interval === undefined ? {} : { interval }), rules: wanted.map((rule) => renderRule(rule, settings)) };
}
