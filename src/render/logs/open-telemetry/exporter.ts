import type { LogOutput } from '../../../api/log-settings.ts';
import { credentialPath } from '../credentials.ts';

/** An exporter with the extensions that sign it in. */
interface Exporter {
  readonly name: string;
  readonly config: object;
  readonly extensions: Readonly<Record<string, object>>;
}

const MIB = 1024 * 1024;

/**
 * What is read waits on the node's disk until it is taken. A full queue stops the reading, not the sending: the lines stay in
 * the files of the kubelet, and are lost only when it deletes those.
 */
const QUEUE = {
  enabled: true,
  storage: 'file_storage',
  sizer: 'bytes',
  queue_size: 128 * MIB,
  block_on_overflow: true,
  batch: { flush_timeout: '1s', sizer: 'bytes', min_size: MIB / 4, max_size: MIB },
};

/** For as long as it takes. */
const RETRY = { enabled: true, initial_interval: '1s', max_interval: '30s', max_elapsed_time: '0s' };

/** The exporter of an output, with its queue. */
export function exporter(output: LogOutput): Exporter {
  const { url, tenant, index } = output;
  const extensions = signIn(output);
  const [authenticator] = Object.keys(extensions);
  const client = { ...tls(output), ...(authenticator === undefined ? {} : { auth: { authenticator } }) };
  switch (output.kind) {
    case 'loki':
      return {
        name: 'otlp_http/loki',
        // Loki makes labels of namespace, workload, pod and container itself, and keeps the rest beside the line.
        config: { ...client, endpoint: `${url}/otlp`, ...(tenant === undefined ? {} : { headers: { 'X-Scope-OrgID': tenant } }), sending_queue: QUEUE, retry_on_failure: RETRY },
        extensions,
      };
    case 'elasticsearch':
      return {
        name: 'elasticsearch',
        config: {
          ...client,
          endpoints: [url],
          ...(index === undefined ? {} : { logs_index: index }),
          // It has a way of its own to try again; what it gives up on is lost.
          retry: { enabled: true, initial_interval: '1s', max_interval: '30s', max_retries: 100_000, retry_on_status: [429, 500, 502, 503, 504] },
          sending_queue: QUEUE,
        },
        extensions,
      };
    case 'opensearch':
      return {
        name: 'opensearch',
        config: { http: { ...client, endpoint: url }, ...(index === undefined ? {} : { logs_index: index }), sending_queue: QUEUE, retry_on_failure: RETRY },
        extensions,
      };
  }
}

function tls({ tls: settings }: LogOutput): object {
  if (!settings) return {};
  const { ca, cert, key, serverName, insecureSkipVerify } = settings;
  return {
    tls: {
      ...(ca ? { ca_file: credentialPath('ca.crt') } : {}),
      ...(cert ? { cert_file: credentialPath('tls.crt') } : {}),
      ...(key ? { key_file: credentialPath('tls.key') } : {}),
      ...(serverName === undefined ? {} : { server_name_override: serverName }),
      ...(insecureSkipVerify === undefined ? {} : { insecure_skip_verify: insecureSkipVerify }),
      // Certificates change in running pods.
      reload_interval: '1m',
    },
  };
}

/** Both read their files again when those change. */
function signIn({ auth: { basic, bearerToken } = {} }: LogOutput): Readonly<Record<string, object>> {
  if (basic) return { 'basicauth/output': { client_auth: { username_file: credentialPath('username'), password_file: credentialPath('password') } } };
  return bearerToken ? { 'bearertokenauth/output': { filename: credentialPath('token') } } : {};
}
