import type { StackSettings } from '../../api/defaults.ts';
import type { LogOutput } from '../../api/log-settings.ts';
import { keyReferences } from '../../api/references.ts';
import { elasticsearchDatasource, lokiDatasource, type Datasource, type DatasourceAccess } from '../../formats/grafana/datasource.ts';
import { credentialPath } from '../logs/credentials.ts';
import { DEFAULT_INDEX } from '../logs/output-address.ts';
import { compact } from '../../lib/compact.ts';
import type { StackName } from '../names.ts';
import { referenceKey, type ReferenceFacts } from '../stack-input.ts';

/** uid of the data source of log lines. */
const LOGS_UID = 'logs';

/**
 * Where Grafana finds the log lines, signed in as the collector is. None for OpenSearch, whose plugin Grafana does not bring; and none
 * while something to sign in with is missing, since Grafana does not start over a file that is not there.
 */
export function logDatasources(stack: StackName, { logs }: Pick<StackSettings, 'logs'>, references: ReferenceFacts): Datasource[] {
  if (!logs || logs.output.kind === 'opensearch' || isMissing(logs.output, stack, references)) return [];
  const { output, collector } = logs;
  const source = { name: 'Logs', uid: LOGS_UID, url: output.url, access: accessOf(output) };
  if (output.kind === 'loki') return [lokiDatasource(source)];
  const isOtel = collector === 'OpenTelemetry';
  // Without an index the collector writes to data streams of its own naming.
  return [elasticsearchDatasource({ ...source, index: output.index ?? (isOtel ? 'logs-*' : DEFAULT_INDEX), messageField: isOtel ? 'body.text' : 'log' })];
}

function isMissing(output: LogOutput, { namespace }: StackName, references: ReferenceFacts): boolean {
  return references !== undefined && keyReferences(output).some(({ kind, name, key }) => !references.has(referenceKey(kind, namespace, name, key)));
}

function accessOf({ tenant, tls, auth: { basic, bearerToken } = {} }: LogOutput): DatasourceAccess {
  const headers = [
    ...(tenant === undefined ? [] : [{ name: 'X-Scope-OrgID', value: tenant }]),
    ...(bearerToken ? [{ name: 'Authorization', value: `Bearer ${file('token')}` }] : []),
  ];
  const trust = trustOf(tls);
  const secureJsonData: Record<string, string> = {
    ...Object.fromEntries(headers.map(({ value }, index) => [`httpHeaderValue${index + 1}`, value])),
    ...(basic ? { basicAuthPassword: file('password') } : {}),
    ...trust.secureJsonData,
  };
  return {
    ...(basic ? { basicAuth: true, basicAuthUser: file('username') } : {}),
    jsonData: { ...Object.fromEntries(headers.map(({ name }, index) => [`httpHeaderName${index + 1}`, name])), ...trust.jsonData },
    ...(Object.keys(secureJsonData).length > 0 ? { secureJsonData } : {}),
  };
}

/** What Grafana is told of certificates: the settings, and the files that hold them. */
function trustOf({ ca, cert, key, serverName, insecureSkipVerify }: NonNullable<LogOutput['tls']> = {}): Required<Pick<DatasourceAccess, 'jsonData' | 'secureJsonData'>> {
  const hasPair = cert !== undefined && key !== undefined;
  return {
    jsonData: compact({
      tlsAuthWithCACert: ca && true, tlsAuth: hasPair || undefined, serverName, tlsSkipVerify: insecureSkipVerify,
    }),
    secureJsonData: { ...(ca ? { tlsCACert: file('ca.crt') } : {}), ...(hasPair ? { tlsClientCert: file('tls.crt'), tlsClientKey: file('tls.key') } : {}) },
  };
}

const file = (name: Parameters<typeof credentialPath>[0]): string => `$__file{${credentialPath(name)}}`;
