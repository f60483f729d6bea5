import type { Problem } from '../../api/rejection.ts';
import type { Endpoint, ScrapeTarget } from '../../api/scrape-target.ts';
import { nearest } from '../../lib/nearest.ts';
import { endpointsOf } from './endpoints.ts';
import type { TargetSettings } from './target-settings.ts';

/** Whether the stack's blackbox exporter can probe what a ScrapeTarget asks it to. */
export function checkProbe(target: ScrapeTarget, { blackbox }: TargetSettings): Problem[] {
  const { probe } = target.spec;
  if (!probe) return [];
  return [
    ...(blackbox.enabled ? [] : [{ path: 'spec.probe', reason: 'Invalid' as const, message: 'the stack has switched its blackbox exporter off: have it switch exporters.blackbox on' }]),
    ...checkModule(probe.module, Object.keys(blackbox.probers)),
    ...endpointsOf(target).flatMap((endpoint, index) => checkFields(endpoint, `spec.endpoints[${index}]`)),
    ...(probe.of.static ? endpointsOf(target).flatMap((endpoint, index) => checkAddressFields(endpoint, `spec.endpoints[${index}]`)) : []),
  ];
}

function checkModule(module: string, modules: readonly string[]): Problem[] {
  if (modules.includes(module)) return [];
  const guess = nearest(module, modules);
  const hint = guess === undefined ? `use one of ${[...modules].sort().join(', ')}, or add it to the stack's exporters.blackbox.modules` : `did you mean ${guess}?`;
  return [{ path: 'spec.probe.module', reason: 'Invalid', message: `the stack's blackbox exporter has no module "${module}": ${hint}` }];
}

function checkAddressFields(endpoint: Endpoint, path: string): Problem[] {
  return (['port', 'path', 'scheme'] as const)
    .filter((field) => endpoint[field] !== undefined)
    .map((field) => ({ path: `${path}.${field}`, reason: 'Invalid', message: `${field} is a part of what is probed: write it into spec.probe.of.static.targets` }));
}

/** Of the connection to what is probed, the module decides, not the job. */
const MODULE_FIELDS = ['tls', 'auth', 'proxyUrl', 'followRedirects', 'enableHttp2'] as const;

function checkFields(endpoint: Endpoint, path: string): Problem[] {
  const fields = MODULE_FIELDS.filter((field) => endpoint[field] !== undefined).map((field) => ({ path: `${path}.${field}`, what: field }));
  const params = ['module', 'target'].filter((name) => endpoint.params?.[name] !== undefined).map((name) => ({ path: `${path}.params.${name}`, what: `the parameter ${name}` }));
  return [
    ...fields.map(({ path: at, what }): Problem => ({ path: at, reason: 'Invalid', message: `${what} of a probe is a setting of the blackbox exporter's module: set it under exporters.blackbox.modules of the stack` })),
    ...params.map(({ path: at, what }): Problem => ({ path: at, reason: 'Invalid', message: `${what} follows from spec.probe: leave it out here` })),
  ];
}
