import type { CustomResource, KubeStateSettings } from '../../../api/cluster-settings.ts';
import type { Problem } from '../../../api/rejection.ts';
import { isMetricName } from '../../../formats/prometheus/label-name.ts';
import { re2Problem } from '../../../formats/prometheus/re2.ts';
import { nearest } from '../../../lib/nearest.ts';
import { KNOWN_RESOURCES, reportedResources } from './resources.ts';

const PATH = 'spec.exporters.kubeState';

/** Mistakes for which kube-state-metrics would end at once, or report nothing of what was meant. */
export function checkKubeState(settings: KubeStateSettings): Problem[] {
  const { resources = [], metricLabels, metricAnnotations, metricDenylist, customResources } = settings;
  return [
    ...resources.flatMap((resource, index) => checkResource(resource, `${PATH}.resources[${index}]`)),
    ...Object.keys(metricLabels).flatMap((resource) => checkReported(resource, `${PATH}.metricLabels.${resource}`, settings)),
    ...Object.keys(metricAnnotations).flatMap((resource) => checkReported(resource, `${PATH}.metricAnnotations.${resource}`, settings)),
    ...metricDenylist.flatMap((pattern, index) => checkPattern(pattern, `${PATH}.metricDenylist[${index}]`)),
    ...customResources.flatMap((resource, index) => checkCustomResource(resource, `${PATH}.customResources[${index}]`)),
  ];
}

function checkResource(resource: string, path: string): Problem[] {
  if (Object.hasOwn(KNOWN_RESOURCES, resource)) return [];
  const near = nearest(resource, Object.keys(KNOWN_RESOURCES));
  const hint = near === undefined ? `there are ${Object.keys(KNOWN_RESOURCES).join(', ')}; your own go into customResources` : `did you mean ${near}?`;
  return [{ path, reason: 'Invalid', message: `kube-state-metrics knows no resource "${resource}": ${hint}` }];
}

function checkReported(resource: string, path: string, settings: KubeStateSettings): Problem[] {
  const problems = checkResource(resource, path);
  if (problems.length > 0 || reportedResources(settings).includes(resource)) return problems;
  return [{ path, reason: 'Invalid', message: `kube-state-metrics does not report ${resource} here, so there is nothing to label: add ${resource} to resources, or remove this` }];
}

function checkPattern(pattern: string, path: string): Problem[] {
  // The flag holds several, with commas in between.
  const problem = pattern.includes(',') ? 'it holds a comma, which ends an expression here: write two expressions' : re2Problem(pattern);
  return problem === undefined ? [] : [{ path, reason: 'Invalid', message: `"${pattern}" is no regular expression that works here: ${problem}` }];
}

/** The field that holds the settings of each type of metric. */
const TYPES: Readonly<Record<string, string>> = { Gauge: 'gauge', StateSet: 'stateSet', Info: 'info' };

function checkCustomResource({ metrics }: CustomResource, path: string): Problem[] {
  return metrics.flatMap((metric, index): Problem[] => {
    const { name, each } = metric as { readonly name?: unknown; readonly each?: Readonly<Record<string, unknown>> };
    const at = `${path}.metrics[${index}]`;
    return [
      ...(typeof name === 'string' && isMetricName(name, 'legacy') ? [] : [invalid(`${at}.name`, `${JSON.stringify(name)} is no name of a metric: letters, digits and _`)]),
      ...checkValue(each ?? {}, `${at}.each`),
    ];
  });
}

function checkValue(each: Readonly<Record<string, unknown>>, path: string): Problem[] {
  const type = String(each['type']);
  const field = Object.hasOwn(TYPES, type) ? TYPES[type] : undefined;
  if (field === undefined) return [invalid(`${path}.type`, `"${type}" is not one of ${Object.keys(TYPES).join(', ')}`)];
  const settings = each[field] as { readonly path?: unknown } | undefined;
  if (!settings) return [invalid(path, `a metric of type ${type} says where its value is in ${field}: add ${field}: { path: [...] }`)];
  return settings.path === undefined || isPath(settings.path) ? [] : [invalid(`${path}.${field}.path`, 'a path is a list of field names, like [status, phase]')];
}

function isPath(path: unknown): boolean {
  return Array.isArray(path) && path.every((step) => typeof step === 'string');
}

function invalid(path: string, message: string): Problem {
  return { path, reason: 'Invalid', message };
}
