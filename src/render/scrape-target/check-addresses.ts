import type { Problem } from '../../api/rejection.ts';
import type { ScrapeTarget, ScrapeTargetSpec } from '../../api/scrape-target.ts';
import { endpointsOf } from './endpoints.ts';
import type { TargetSettings } from './target-settings.ts';
import { urlProblem } from './url-problem.ts';

interface Address {
  readonly path: string;
  readonly text: string;
}

/** Whether every address that a ScrapeTarget names is one, and lies where its stack lets it look. */
export function checkAddresses(target: ScrapeTarget, settings: TargetSettings): Problem[] {
  const { spec, metadata } = target;
  return [
    ...staticTargets(spec).flatMap(({ path, text }) => problem(path, addressProblem(text))),
    ...probedTargets(spec).flatMap(({ path, text }) => problem(path, probedProblem(text))),
    ...urls(spec).flatMap(({ path, text }) => problem(path, urlProblem(text))),
    ...(settings.crossNamespace ? [] : [...staticTargets(spec), ...probedTargets(spec), ...discoveries(spec), ...rewritten(spec)].flatMap((address) => foreign(address, metadata.namespace))),
  ];
}

function problem(path: string, message: string | undefined): Problem[] {
  return message === undefined ? [] : [{ path, reason: 'AddressInvalid', message }];
}

function staticTargets(spec: ScrapeTargetSpec): Address[] {
  return (spec.static?.targets ?? []).map((text, index) => ({ path: `spec.static.targets[${index}]`, text }));
}

function probedTargets(spec: ScrapeTargetSpec): Address[] {
  return (spec.probe?.of.static?.targets ?? []).map((text, index) => ({ path: `spec.probe.of.static.targets[${index}]`, text }));
}

function discoveries({ http, dns }: ScrapeTargetSpec): Address[] {
  const names = (dns?.names ?? []).map((text, index) => ({ path: `spec.dns.names[${index}]`, text }));
  return http ? [...names, { path: 'spec.http.url', text: http.url }] : names;
}

/** Relabel rules that put a fixed address into a target. */
function rewritten(spec: ScrapeTargetSpec): Address[] {
  return endpointsOf({ spec }).flatMap(({ relabel = [] }, endpoint) =>
    relabel.flatMap(({ targetLabel, replacement = '' }, index) =>
      targetLabel === '__address__' || targetLabel === '__param_target' ? [{ path: `spec.endpoints[${endpoint}].relabel[${index}].replacement`, text: replacement }] : [],
    ),
  );
}

function urls({ http, endpoints = [] }: ScrapeTargetSpec): Address[] {
  return [
    ...(http ? [{ path: 'spec.http.url', text: http.url }, ...tokenUrl('spec.http', http.auth)] : []),
    ...endpoints.flatMap(({ proxyUrl, auth }, index) => [
      ...(proxyUrl === undefined ? [] : [{ path: `spec.endpoints[${index}].proxyUrl`, text: proxyUrl }]),
      ...tokenUrl(`spec.endpoints[${index}]`, auth),
    ]),
  ];
}

function tokenUrl(path: string, auth: { oauth2?: { tokenUrl: string } } | undefined): Address[] {
  return auth?.oauth2 ? [{ path: `${path}.auth.oauth2.tokenUrl`, text: auth.oauth2.tokenUrl }] : [];
}

/** What is wrong with a `host:port`, as a sentence with the mend. */
function addressProblem(text: string): string | undefined {
  if (text.includes('/')) return `"${text}" is a URL or a path, not an address: ${withoutPath(text)}`;
  if (/\s/.test(text)) return `"${text}" holds a space: write host:port`;
  const [, host = '', port] = /^(\[[^\]]*\]|[^:[\]]*)(?::([^:]*))?$/.exec(text) ?? [];
  if (host === '') return `"${text}" is no address: write host:port, an IPv6 address in brackets`;
  return port === undefined ? undefined : portProblem(text, port);
}

function portProblem(text: string, port: string): string | undefined {
  const isPort = /^[0-9]{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535;
  return isPort ? undefined : `"${port}" in "${text}" is no port: write a number from 1 to 65535`;
}

function withoutPath(text: string): string {
  const [, scheme, host = '', path = ''] = /^(?:([a-z]+):\/\/)?([^/]*)(.*)$/.exec(text) ?? [];
  const fields = [scheme === 'https' ? 'scheme: https' : '', path.length > 1 ? `path: ${path}` : ''].filter((field) => field !== '');
  return `write "${host}"${fields.length > 0 ? `, and ${fields.join(', ')} under spec.endpoints` : ''}`;
}

function probedProblem(text: string): string | undefined {
  if (/\s/.test(text)) return `"${text}" holds a space: write a URL or host:port`;
  return text.includes('://') ? urlProblem(text) : undefined;
}

/**
 * An address that by its DNS name is in another namespace. This catches what is written down; what a name resolves to,
 * and IP addresses, are the business of NetworkPolicies.
 */
function foreign({ path, text }: Address, own: string): Problem[] {
  const namespace = namespaceIn(text);
  if (namespace === undefined || namespace === own) return [];
  const message = `"${text}" is in namespace ${namespace}, and a ScrapeTarget in ${own} may not look there: move the ScrapeTarget, or have the stack allow it with spec.select.crossNamespace: true`;
  return [{ path, reason: 'NamespaceNotAllowed', message }];
}

function namespaceIn(text: string): string | undefined {
  const host = text.replace(/^[a-z]+:\/\//, '').replace(/^[^/@]*@/, '');
  return /^[-_a-z0-9.]+\.([-a-z0-9]+)\.svc(?:\.cluster\.local)?\.?(?:[:/?#]|$)/i.exec(host)?.[1]?.toLowerCase();
}
