import { stackSettings } from '../api/defaults.ts';
import type { MonitoringStackSpec } from '../api/monitoring-stack.ts';
import type { RuleGroup } from '../formats/prometheus/rule-group.ts';
import { builtinRules } from '../render/builtin-rules/builtin-rules.ts';
import { PACKS } from '../render/builtin-rules/packs.ts';
import { kubernetesParts } from '../render/builtin-targets/kubernetes-parts.ts';

/** A stack with everything that rules can be about. */
export const EVERYTHING: MonitoringStackSpec = {
  scope: 'Cluster',
  alertmanager: { replicas: 2 },
  exporters: { node: { systemd: {} }, blackbox: {}, pushgateway: {}, nodeProblemDetector: {}, networkFlows: {} },
  logs: { output: { loki: { url: 'http://loki.test' } } },
  prometheus: { remoteWrite: [{ url: 'http://remote.test' }], thanos: { querier: {} } },
};

/** The rules that a stack comes with, on a platform that hides nothing. */
export function rulesOf(spec: MonitoringStackSpec): readonly RuleGroup[] {
  const settings = stackSettings({ spec });
  return builtinRules(settings, kubernetesParts(settings, undefined).shown);
}

/** Every rule there is, those that are off by default too. */
export function everyRule(): readonly RuleGroup[] {
  return rulesOf({ ...EVERYTHING, rulePacks: { enable: PACKS.map(({ name }) => name) } });
}
