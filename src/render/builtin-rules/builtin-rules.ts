import type { StackSettings } from '../../api/defaults.ts';
import type { RuleGroup } from '../../formats/prometheus/rule-group.ts';
import { alertmanager } from './alertmanager.ts';
import { general } from './general.ts';
import { node } from './node.ts';
import { prometheus } from './prometheus.ts';

/** The rule groups that come with what is on in a stack, without those that it leaves out by name. */
export function builtinRules(settings: StackSettings): RuleGroup[] {
  const { rulePacks } = settings;
  if (!rulePacks.enabled || settings.prometheus.mode === 'Agent') return [];
  const left = packs(settings).map((group) => without(group, new Set(rulePacks.disable)));
  return left.filter(({ rules }) => rules.length > 0);
}

function packs(settings: StackSettings): RuleGroup[] {
  return [
    general,
    prometheus({ hasAlertmanager: settings.alertmanager !== undefined, hasRemoteWrite: settings.prometheus.remoteWrite.length > 0 }),
    ...(settings.alertmanager ? [alertmanager(settings.alertmanager)] : []),
    ...(settings.nodeExporter ? node({ systemd: settings.nodeExporter.systemdUnits !== undefined }) : []),
  ];
}

function without(group: RuleGroup, disabled: ReadonlySet<string>): RuleGroup {
  return { ...group, rules: group.rules.filter(({ alert = '', record = '' }) => !disabled.has(alert) && !disabled.has(record)) };
}

/** Names of all rules that any stack can come with: what rulePacks.disable may name. */
export function builtinRuleNames(): string[] {
  const all = [general, prometheus({ hasAlertmanager: true, hasRemoteWrite: true }), alertmanager({ replicas: 2 }), ...node({ systemd: true })];
  const names = all.flatMap(({ rules }) => rules.map(({ alert = '', record = '' }) => alert || record));
  return [...new Set(names)].sort();
}
