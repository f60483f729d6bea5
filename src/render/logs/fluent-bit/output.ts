import type { LogOutput } from '../../../api/log-settings.ts';
import { credentialPath } from '../credentials.ts';
import { DEFAULT_INDEX, outputAddress } from '../output-address.ts';

/** Labels by the names that Loki makes of what the OpenTelemetry Collector sends: queries work with either collector. */
const LOKI_LABELS = [
  'service_name=$kubernetes[\'container_name\']', 'k8s_namespace_name=$kubernetes[\'namespace_name\']', 'k8s_pod_name=$kubernetes[\'pod_name\']',
  'k8s_container_name=$kubernetes[\'container_name\']', 'k8s_node_name=$k8s_node_name',
];

/** The output plugin with its settings. It tries again for ever. */
export function output(settings: LogOutput): object {
  const { host, port, path } = outputAddress(settings);
  const common = { match: '*', host, port, retry_limit: 'no_limits', ...signIn(settings), ...tls(settings) };
  switch (settings.kind) {
    case 'loki':
      return {
        name: 'loki',
        ...common,
        uri: `${path}/loki/api/v1/push`,
        ...(settings.tenant === undefined ? {} : { tenant_id: settings.tenant }),
        labels: LOKI_LABELS.join(', '),
        // What is left is the line itself, and goes out as it was written.
        remove_keys: 'kubernetes,kubernetes_namespace,stream,_p,time,k8s_node_name,file',
        drop_single_key: 'raw',
      };
    case 'elasticsearch':
      return { name: 'es', ...common, ...documents(settings, path) };
    case 'opensearch':
      return { name: 'opensearch', ...common, ...documents(settings, path) };
  }
}

function documents({ index }: LogOutput, path: string): object {
  return {
    ...(path === '' ? {} : { path }),
    index: index ?? DEFAULT_INDEX,
    // The only one that a data stream takes.
    write_operation: 'create',
    suppress_type_name: 'on',
    replace_dots: 'on',
    trace_error: 'on',
    compress: 'gzip',
  };
}

/** From the environment, where the Secret is: Fluent Bit reads no file for these. */
function signIn({ auth: { basic, bearerToken } = {} }: LogOutput): object {
  if (basic) return { http_user: '${LOG_OUTPUT_USERNAME}', http_passwd: '${LOG_OUTPUT_PASSWORD}' };
  return bearerToken ? { bearer_token: '${LOG_OUTPUT_TOKEN}' } : {};
}

function tls(settings: LogOutput): object {
  const { ca, cert, key, serverName, insecureSkipVerify = false } = settings.tls ?? {};
  if (outputAddress(settings).scheme === 'http') return {};
  return {
    tls: 'on',
    'tls.verify': insecureSkipVerify ? 'off' : 'on',
    ...(ca ? { 'tls.ca_file': credentialPath('ca.crt') } : {}),
    ...(cert ? { 'tls.crt_file': credentialPath('tls.crt') } : {}),
    ...(key ? { 'tls.key_file': credentialPath('tls.key') } : {}),
    ...(serverName === undefined ? {} : { 'tls.vhost': serverName }),
  };
}
