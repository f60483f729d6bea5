import type { MonitoringStack } from '../../api/monitoring-stack.ts';
import type { Integration, ReceiverHttp, ReceiverSettings } from '../../api/receiver.ts';
import type { Problem } from '../../api/rejection.ts';
import { credentialProblems } from '../scrape-target/check-credentials.ts';
import { urlProblem } from '../scrape-target/url-problem.ts';
import type { ReferenceFacts } from '../stack-input.ts';
import { fieldProblems } from './check-receiver-fields.ts';
import { integrationRules } from './integration-rules.ts';
import { integrationsOf } from './receiver.ts';
import { secretReader } from './secret-value.ts';

/** Where a receiver stands, and the Secrets of the namespace it is in. */
export interface ReceiverContext {
  readonly path: string;
  readonly namespace: string;
  readonly references: ReferenceFacts;
}

/** Everything for which Alertmanager would refuse a receiver, and with it the whole config. */
export function receiverProblems(settings: ReceiverSettings, { path, namespace, references }: ReceiverContext): Problem[] {
  const secrets = secretReader(references, namespace);
  const missing = credentialProblems(settings, namespace, references, path);
  return [
    ...missing,
    ...integrationsOf(settings).flatMap(([integration, used]) => [
      ...fieldProblems({ integration, used, secrets, path: `${path}.${integration}` }),
      ...invalid(path, integrationRules(integration, used, settings.http)),
    ]),
    ...invalid(`${path}.http`, httpProblems(settings.http ?? {})),
    ...invalid(`${path}.http`, signInProblems(settings)),
  ];
}

/** The same for the receiver that a stack falls back on. */
export function checkDefaultReceiver(stack: MonitoringStack, references: ReferenceFacts): Problem[] {
  const settings = stack.spec.alertmanager?.defaultReceiver;
  return settings ? receiverProblems(settings, { path: 'spec.alertmanager.defaultReceiver', namespace: stack.metadata.namespace, references }) : [];
}

/** A field below the path, and a sentence. */
export type Finding = readonly [field: string, message: string];

function invalid(path: string, findings: readonly Finding[]): Problem[] {
  return findings.map(([field, message]) => ({ path: `${path}${field}`, reason: 'ReceiverInvalid', message }));
}

/** Headers that Go's HTTP client or Alertmanager set themselves (prometheus/common, config/headers.go). */
const RESERVED_HEADERS = new Set([
  'authorization', 'host', 'content-encoding', 'content-length', 'content-type', 'user-agent', 'connection', 'keep-alive', 'proxy-authenticate',
  'proxy-authorization', 'www-authenticate', 'accept-encoding', 'x-prometheus-remote-write-version', 'x-prometheus-remote-read-version',
  'x-prometheus-scrape-timeout-seconds', 'x-amz-date', 'x-amz-security-token', 'x-amz-content-sha256',
]);

function httpProblems(http: ReceiverHttp): Finding[] {
  const { proxyUrl, noProxy, oauth2 } = http;
  const proxy = proxyUrl === undefined ? undefined : urlProblem(proxyUrl);
  const token = oauth2 && urlProblem(oauth2.tokenUrl);
  return [
    ...(proxy === undefined ? [] : [['.proxyUrl', proxy] as const]),
    ...(noProxy === undefined || proxyUrl !== undefined ? [] : [['.noProxy', 'noProxy needs proxyUrl beside it'] as const]),
    ...(oauth2?.clientId === '' ? [['.oauth2.clientId', 'clientId is empty: write the name that the token server knows'] as const] : []),
    ...(token === undefined ? [] : [['.oauth2.tokenUrl', token] as const]),
    ...headerProblems(http),
  ];
}

function headerProblems({ headers = {}, secretHeaders = {} }: ReceiverHttp): Finding[] {
  const named = [...Object.keys(headers).map((name) => ['headers', name] as const), ...Object.keys(secretHeaders).map((name) => ['secretHeaders', name] as const)];
  return named.flatMap(([field, name]): Finding[] => {
    if (RESERVED_HEADERS.has(name.toLowerCase())) return [[`.${field}.${name}`, `Alertmanager sets the header ${name} itself: leave it out (for Authorization use basic, bearerToken or oauth2)`]];
    if (!/^[-!#$%&'*+.^_`|~0-9A-Za-z]+$/.test(name)) return [[`.${field}`, `"${name}" is no name of an HTTP header`]];
    return field === 'secretHeaders' && name in headers ? [[`.${field}.${name}`, `${name} stands under headers as well: keep one of the two`]] : [];
  });
}

/** Integrations that sign in by a header of their own, which another way to sign in would fight with. */
const OWN_SIGN_IN: Readonly<Partial<Record<Integration, string>>> = { webex: 'botToken', slack: 'appToken', incidentio: 'alertSourceToken' };

function signInProblems(settings: ReceiverSettings): Finding[] {
  const { basic, bearerToken, oauth2 } = settings.http ?? {};
  const ways = Object.entries({ basic, bearerToken, oauth2 }).flatMap(([name, way]) => (way ? [name] : []));
  if (ways.length > 1) return [['', `${ways.join(' and ')} are set: one request signs in one way, keep one of them`]];
  if (ways.length === 0) return [];
  return integrationsOf(settings).flatMap(([integration, used]): Finding[] => {
    const own = OWN_SIGN_IN[integration];
    return own !== undefined && used[own] !== undefined ? [[`.${ways[0]}`, `${integration} signs in by ${own}: leave one of the two out, or make two receivers`]] : [];
  });
}
