import { INTEGRATIONS, type Integration, type FieldKind, type ReceiverField, type ReceiverFields, type ReceiverHttp, type ReceiverSettings } from '../../api/receiver.ts';
import type { SecretKey } from '../../api/schema.ts';
import type { ConfigMap, ConfigValue, Receiver } from '../../formats/alertmanager/receiver.ts';
import { parseDuration } from '../../formats/prometheus/duration.ts';
import type { SecretReader } from './secret-value.ts';

/** What a user wrote under an integration, as far as the table of fields does not type it. */
export type IntegrationSettings = Readonly<Record<string, unknown>>;

/** The integrations that a receiver uses, in the order of their names. */
export function integrationsOf(settings: ReceiverSettings): readonly (readonly [Integration, IntegrationSettings])[] {
  return (Object.keys(INTEGRATIONS) as Integration[]).flatMap((integration) => {
    const used = settings[integration];
    return used === undefined ? [] : [[integration, used as IntegrationSettings] as const];
  });
}

/**
 * A receiver in Alertmanager's words. Credentials stand in it as values rather than as files: the whole config is a Secret,
 * one object to rotate, and what is written is what runs, whereas a file would change behind the back of the config's hash.
 */
export function receiver(name: string, settings: ReceiverSettings, secrets: SecretReader): Receiver {
  const http = settings.http ? httpConfig(settings.http, secrets) : undefined;
  const configs = integrationsOf(settings).map(([integration, used]) => [`${integration}_configs`, [integrationConfig(integration, used, { http, secrets })]]);
  return { name, ...Object.fromEntries(configs) } as Receiver;
}

interface Surroundings {
  readonly http: ConfigMap | undefined;
  readonly secrets: SecretReader;
}

function integrationConfig(integration: Integration, used: IntegrationSettings, { http, secrets }: Surroundings): ConfigMap {
  const config = fieldValues(INTEGRATIONS[integration], used, secrets);
  if (used['sendResolved'] !== undefined) config['send_resolved'] = used['sendResolved'] as boolean;
  if (integration !== 'email') {
    const merged = { ...http, ...(config['http_config'] as ConfigMap | undefined) };
    return Object.keys(merged).length > 0 ? { ...config, http_config: merged } : config;
  }
  if (config['threading'] !== undefined) config['threading'] = { enabled: true, ...(config['threading'] as ConfigMap) };
  const tls = http?.['tls_config'];
  return tls === undefined ? config : { ...config, tls_config: tls };
}

type MutableMap = Record<string, ConfigValue>;

function fieldValues(fields: ReceiverFields, used: IntegrationSettings, secrets: SecretReader): MutableMap {
  const config: MutableMap = {};
  for (const [name, field] of Object.entries(fields)) {
    const value = used[name];
    if (value !== undefined) put(config, (field.wire ?? snakeCase(name)).split('.'), fieldValue(field, value, secrets));
  }
  return config;
}

function put(config: MutableMap, [first = '', ...rest]: string[], value: ConfigValue): void {
  if (rest.length === 0) {
    config[first] = value;
    return;
  }
  const nested = { ...(config[first] as MutableMap | undefined) };
  put(nested, rest, value);
  config[first] = nested;
}

function fieldValue({ kind, fields = {} }: ReceiverField, value: unknown, secrets: SecretReader): ConfigValue {
  const write: Readonly<Record<FieldKind, () => ConfigValue>> = {
    plain: () => value as ConfigValue,
    url: () => value as string,
    templateUrl: () => value as string,
    secret: () => secrets.value(value as SecretKey) ?? '',
    secretUrl: () => secrets.value(value as SecretKey) ?? '',
    goDuration: () => goDuration(value as string),
    item: () => fieldValues(fields, value as IntegrationSettings, secrets),
    items: () => (value as IntegrationSettings[]).map((item) => fieldValues(fields, item, secrets)),
  };
  return write[kind]();
}

/** Go's time.ParseDuration knows neither days nor weeks. */
function goDuration(text: string): string {
  const milliseconds = parseDuration(text) ?? 0;
  return milliseconds % 1000 === 0 ? `${milliseconds / 1000}s` : `${milliseconds}ms`;
}

function httpConfig({ basic, bearerToken, oauth2, tls, ...rest }: ReceiverHttp, secrets: SecretReader): ConfigMap {
  const read = (key: SecretKey): string => secrets.value(key) ?? '';
  const headers = httpHeaders(rest, read);
  return defined({
    basic_auth: basic && { username: read(basic.username), password: read(basic.password) },
    authorization: bearerToken && { credentials: read(bearerToken) },
    oauth2: oauth2 && defined({
      client_id: oauth2.clientId,
      client_secret: read(oauth2.clientSecret),
      token_url: oauth2.tokenUrl,
      scopes: oauth2.scopes,
      endpoint_params: oauth2.endpointParams,
    }),
    tls_config: tls && tlsConfig(tls, secrets),
    proxy_url: rest.proxyUrl,
    no_proxy: rest.noProxy,
    follow_redirects: rest.followRedirects,
    enable_http2: rest.enableHttp2,
    http_headers: Object.keys(headers).length > 0 ? headers : undefined,
  });
}

function tlsConfig({ ca, cert, key, serverName, insecureSkipVerify }: NonNullable<ReceiverHttp['tls']>, secrets: SecretReader): ConfigMap {
  return defined({
    ca: (ca?.secret && secrets.value(ca.secret)) ?? (ca?.configMap && secrets.configMapValue(ca.configMap)),
    cert: cert && secrets.value(cert),
    key: key && secrets.value(key),
    server_name: serverName,
    insecure_skip_verify: insecureSkipVerify,
  });
}

function httpHeaders({ headers = {}, secretHeaders = {} }: Pick<ReceiverHttp, 'headers' | 'secretHeaders'>, read: (key: SecretKey) => string): ConfigMap {
  return {
    ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, { values: [value] }])),
    ...Object.fromEntries(Object.entries(secretHeaders).map(([name, key]) => [name, { secrets: [read(key)] }])),
  };
}

function defined(fields: Readonly<Record<string, ConfigValue | undefined>>): ConfigMap {
  return Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, ConfigValue] => entry[1] !== undefined));
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
