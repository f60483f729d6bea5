import type { RuleOverride, RulePackSettings } from '../../api/rule-packs.ts';
import type { Problem } from '../../api/rejection.ts';
import { durationProblem } from '../../formats/prometheus/duration.ts';
import { nearest } from '../../lib/nearest.ts';
import { ruleName, type PackAlert } from './alert.ts';
import { PACKS } from './packs.ts';
import { appliesTo } from './render-rule.ts';

const PATH = 'spec.rulePacks';

/** What is wrong with what a stack says about the rules that come with it. The rest of it holds: the rules are written all the same. */
export function checkRulePacks({ disable, enable, overrides }: RulePackSettings): Problem[] {
  return [
    ...disable.flatMap((name, index) => unknownName(`${PATH}.disable[${index}]`, name, NAMES)),
    ...enable.flatMap((name, index) => unknownName(`${PATH}.enable[${index}]`, name, NAMES)),
    ...overrides.flatMap((override, index) => overrideProblems(`${PATH}.overrides[${index}]`, override)),
  ];
}

/** Overrides with nothing wrong: the others stay out of the rules, since Prometheus would refuse those as a whole. */
export function usableOverrides({ overrides }: Pick<RulePackSettings, 'overrides'>): RuleOverride[] {
  return overrides.filter((override) => overrideProblems(PATH, override).length === 0);
}

const RULES = PACKS.flatMap(({ rules }) => rules);
const ALERTS = RULES.filter((rule): rule is PackAlert => 'alert' in rule);
const ALERT_NAMES: ReadonlySet<string> = new Set(ALERTS.map(({ alert }) => alert));
const NAMES: ReadonlySet<string> = new Set([...RULES.map(ruleName), ...PACKS.map(({ name }) => name)]);

function unknownName(path: string, name: string, known: ReadonlySet<string>): Problem[] {
  if (known.has(name)) return [];
  const near = nearest(name, known);
  const what = known === NAMES ? 'rule or pack' : 'alert';
  return [{ path, reason: 'Invalid', message: `no ${what} is called "${name}"${near === undefined ? '' : `: the nearest is ${near}`}; docs/reference/alerts.md lists all` }];
}

function overrideProblems(path: string, override: RuleOverride): Problem[] {
  const unknown = unknownName(`${path}.alert`, override.alert, ALERT_NAMES);
  if (unknown.length > 0) return unknown;
  const rules = ALERTS.filter((rule) => appliesTo(override, rule));
  if (rules.length === 0) return [invalid(`${path}.ofSeverity`, `${override.alert} has no rule of severity ${override.ofSeverity}, only of ${severities(override.alert)}: use one of these, or leave ofSeverity out`)];
  return [...severityProblems(path, override, rules), ...forProblems(path, override), ...thresholdProblems(path, override, rules)];
}

function severities(name: string): string {
  return [...new Set(ALERTS.filter(({ alert }) => alert === name).map(({ severity }) => severity))].join(' and ');
}

// Two rules of one alert would give the same series, of which Prometheus drops one.
function severityProblems(path: string, { alert, severity }: RuleOverride, rules: readonly PackAlert[]): Problem[] {
  if (severity === undefined || new Set(rules.map((rule) => rule.severity)).size === 1) return [];
  return [invalid(`${path}.severity`, `${alert} has rules of severity ${severities(alert)}, which cannot both become ${severity}: say which by ofSeverity`)];
}

function forProblems(path: string, { for: hold }: RuleOverride): Problem[] {
  const problem = hold === undefined ? undefined : durationProblem(hold);
  return problem === undefined ? [] : [{ path: `${path}.for`, reason: 'DurationInvalid', message: problem }];
}

function thresholdProblems(path: string, { alert, threshold }: RuleOverride, rules: readonly PackAlert[]): Problem[] {
  if (threshold === undefined) return [];
  const at = `${path}.threshold`;
  if (!/^-?[0-9]+([.][0-9]+)?$/.test(String(threshold))) return [invalid(at, `"${threshold}" is no number: write it like 90 or "0.05"`)];
  const defaults = [...new Set(rules.map((rule) => rule.threshold))];
  if (defaults.includes(undefined)) return [invalid(at, `${alert} compares with nothing that could be set: remove threshold, or disable the alert and write your own in an AlertPolicy`)];
  if (defaults.length === 1) return [];
  const both = rules.map((rule) => `${rule.threshold} (${rule.severity})`).join(' and ');
  return [invalid(at, `${alert} has the thresholds ${both}: say which by ofSeverity`)];
}

function invalid(path: string, message: string): Problem {
  return { path, reason: 'Invalid', message };
}
