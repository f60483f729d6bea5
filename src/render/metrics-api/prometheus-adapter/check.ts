import type { CustomMetricRule, ExternalMetricRule, PrometheusAdapterSettings } from '../../../api/cluster-settings.ts';
import type { Problem } from '../../../api/rejection.ts';
import { isLabelName } from '../../../formats/prometheus/label-name.ts';
import { promqlProblems } from '../../../formats/prometheus/promql.ts';
import { compileRe2 } from '../../../formats/prometheus/re2.ts';
import { DEFAULT_QUERY } from './config.ts';

const PATH = 'spec.metricsApi.custom';

/** Mistakes in rules for which the adapter would end at once, or answer every HPA with an error. */
export function checkPrometheusAdapter({ rules, external }: PrometheusAdapterSettings): Problem[] {
  return [
    ...rules.flatMap((rule, index) => [...checkRule(rule, `${PATH}.rules[${index}]`), ...checkResources(rule, `${PATH}.rules[${index}]`)]),
    ...external.flatMap((rule, index) => checkRule(rule, `${PATH}.external[${index}]`)),
  ];
}

function checkRule(rule: CustomMetricRule | ExternalMetricRule, path: string): Problem[] {
  return [...checkSeries(rule.series, `${path}.series`), ...checkName(rule, path), ...checkQuery(rule.query ?? DEFAULT_QUERY, `${path}.query`)];
}

function checkSeries(series: string, path: string): Problem[] {
  const problem = promqlProblems(series)[0]?.message;
  if (problem !== undefined) return [invalid(path, `"${series}" is no selector of series: ${problem}`)];
  return /^[a-zA-Z_:][\w:]*\s*(?:\{.*\})?$|^\{.*\}$/s.test(series.trim()) ? [] : [invalid(path, `"${series}" is more than a selector of series: write a name, or a name with matchers, and the rest into query`)];
}

function checkName({ matches, as }: CustomMetricRule | ExternalMetricRule, path: string): Problem[] {
  if (matches === undefined) return [];
  const compiled = compileRe2(matches);
  if (typeof compiled === 'string') return [invalid(`${path}.matches`, `"${matches}" is no regular expression: ${compiled}`)];
  // pkg/naming: with one group the name is what it caught, with several nobody knows which.
  const groups = matches.replace(/\\./g, '').match(/\((?!\?[:imsU])/g)?.length ?? 0;
  return as === undefined && groups > 1 ? [invalid(`${path}.as`, `"${matches}" has ${groups} groups: say in \`as\` what the metric is called, like "\${1}_per_second"`)] : [];
}

function checkQuery(query: string, path: string): Problem[] {
  const unknown = [...query.matchAll(/<<-?\s*\.(\w+)\s*-?>>/g)].map(([, field]) => field ?? '').find((field) => !FIELDS.has(field));
  if (unknown !== undefined) return [invalid(path, `"${unknown}" is not one of ${[...FIELDS].map((field) => `.${field}`).join(', ')}, which stand between << and >>`)];
  const filled = query.replaceAll(/<<\s*\.Series\s*>>/g, 'some_series').replaceAll(/<<\s*\.LabelMatchers\s*>>/g, 'namespace="shop"').replaceAll(/<<\s*\.GroupBy\s*>>/g, 'pod');
  // Templates beyond those three are the adapter's to judge.
  if (filled.includes('<<')) return [];
  const problem = promqlProblems(filled)[0]?.message;
  return problem === undefined ? [] : [invalid(path, `with names filled in, "${filled}" is no PromQL: ${problem}`)];
}

/** pkg/naming/metrics_query.go, queryTemplateArgs. */
const FIELDS: ReadonlySet<string> = new Set(['Series', 'LabelMatchers', 'GroupBy', 'LabelValuesByName', 'GroupBySlice']);

function checkResources({ resources = {} }: CustomMetricRule, path: string): Problem[] {
  return Object.entries(resources).flatMap(([label, resource]): Problem[] => [
    ...(isLabelName(label, 'legacy') ? [] : [invalid(`${path}.resources`, `"${label}" is no name of a label`)]),
    ...(/^[a-z]+(?:\.[a-z0-9.-]+)?$/.test(resource) ? [] : [invalid(`${path}.resources.${label}`, `"${resource}" is no resource: write it as in kubectl get, with its group: pods, or deployments.apps`)]),
  ]);
}

function invalid(path: string, message: string): Problem {
  return { path, reason: 'Invalid', message };
}
