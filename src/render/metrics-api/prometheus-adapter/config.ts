import type { CustomMetricRule, ExternalMetricRule, PrometheusAdapterSettings } from '../../../api/cluster-settings.ts';
import { printYaml } from '../../../formats/prometheus/print.ts';
import { compact } from '../../../lib/compact.ts';

/** The key of the ConfigMap, and so the name of the file. */
export const CONFIG_FILE = 'config.yaml';

/** What a rule asks Prometheus unless it says otherwise. */
export const DEFAULT_QUERY = 'sum(<<.Series>>{<<.LabelMatchers>>}) by (<<.GroupBy>>)';
/** Which label names which resource, unless a rule says otherwise. */
const DEFAULT_RESOURCES: Readonly<Record<string, string>> = { namespace: 'namespaces', pod: 'pods' };

/** The adapter's config as text (its pkg/config/config.go). */
export function adapterConfig({ rules, external }: PrometheusAdapterSettings): string {
  return printYaml({
    ...(rules.length > 0 ? { rules: rules.map((rule) => ({ ...common(rule), resources: { overrides: overrides(rule.resources ?? DEFAULT_RESOURCES) } })) } : {}),
    ...(external.length > 0 ? { externalRules: external.map(externalRule) } : {}),
  });
}

function externalRule(rule: ExternalMetricRule): object {
  const { namespaced = true } = rule;
  return { ...common(rule), resources: { overrides: overrides({ namespace: 'namespaces' }), ...(namespaced ? {} : { namespaced: false }) } };
}

function common({ series, matches, as, query = DEFAULT_QUERY }: CustomMetricRule | ExternalMetricRule): object {
  const name = compact({ matches, as });
  return { seriesQuery: series, ...(Object.keys(name).length > 0 ? { name: { matches: '', as: '', ...name } } : {}), metricsQuery: query };
}

/** `deployments.apps` is resource deployments of group apps. */
function overrides(resources: Readonly<Record<string, string>>): object {
  return Object.fromEntries(
    Object.entries(resources).map(([label, resource]) => {
      const [plural = '', ...group] = resource.split('.');
      return [label, { ...(group.length > 0 ? { group: group.join('.') } : {}), resource: plural }];
    }),
  );
}
