import type { KubernetesPart } from '../../api/cluster-settings.ts';
import type { StackSettings } from '../../api/defaults.ts';
import type { RuleGroup } from '../../formats/prometheus/rule-group.ts';
import { ruleName, type PackRule } from './alert.ts';
import { usableOverrides } from './check-rule-packs.ts';
import type { Pack } from './pack.ts';
import { PACKS } from './packs.ts';
import { partsOf } from './parts.ts';
import { renderRule } from './render-rule.ts';

/** Which of the shards; a stack that has one has the first. */
type Shard = 'First' | 'Other';

// In every pass over a stack they are the same, until its settings change or its platform shows more.
const known = new WeakMap<StackSettings, Map<string, readonly RuleGroup[]>>();

/**
 * The rule groups that come with what is on in a stack: without those that are off by default or that it leaves out, and with
 * the figures that it sets, for the first of its shards or for each other one. `shown` is what of Kubernetes can be scraped (kubernetesParts). The same in gives the same array.
 */
export function builtinRules(settings: StackSettings, shown: ReadonlySet<KubernetesPart>, shard: Shard = 'First'): readonly RuleGroup[] {
  const key = [shard, ...shown].sort().join();
  const byShown = known.get(settings) ?? new Map<string, readonly RuleGroup[]>();
  known.set(settings, byShown);
  let groups = byShown.get(key);
  if (!groups) {
    groups = rulesFor(settings, shown, shard);
    byShown.set(key, groups);
  }
  return groups;
}

function rulesFor(settings: StackSettings, shown: ReadonlySet<KubernetesPart>, shard: Shard): readonly RuleGroup[] {
  if (!settings.rulePacks.enabled || settings.prometheus.mode === 'Agent') return [];
  const parts = partsOf(settings, shown);
  const rulePacks = { ...settings.rulePacks, overrides: usableOverrides(settings.rulePacks) };
  return PACKS.filter(({ needs }) => needs.every((part) => parts.has(part)))
    .map((pack) => ruleGroup(settings.prometheus.shards > 1 ? forOneOfMany(pack, shard) : pack, rulePacks))
    .filter(({ rules }) => rules.length > 0);
}

/** What one of several shards can say: of itself, and the first one of jobs that it has as a whole. */
function forOneOfMany(pack: Pack, shard: Shard): Pack {
  return { ...pack, rules: pack.rules.filter((rule) => !('ofAll' in rule) || (rule.ofAll === 'OnFirstShard' && shard === 'First')) };
}

function ruleGroup({ name, interval, rules }: Pack, settings: StackSettings['rulePacks']): RuleGroup {
  const disabled = new Set(settings.disable);
  const enabled = new Set(settings.enable);
  const isIn = (names: ReadonlySet<string>, rule: PackRule): boolean => names.has(name) || names.has(ruleName(rule));
  const wanted = rules.filter((rule) => !isIn(disabled, rule) && (rule.off === undefined || isIn(enabled, rule)));
  return { name: `belfry/${name}`, ...(interval === undefined ? {} : { interval }), rules: wanted.map((rule) => renderRule(rule, settings)) };
}
