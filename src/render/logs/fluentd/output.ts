import type { LogOutput } from '../../../api/log-settings.ts';
import { credentialPath } from '../credentials.ts';
import { DEFAULT_INDEX, outputAddress } from '../output-address.ts';
import { STATE } from './places.ts';
import type { Directive } from './print.ts';

/** Where everything goes. Its buffer is on the node's disk; a full one stops the reading, and nothing is given up. */
export function output(settings: LogOutput): Directive {
  const { host, port, path, scheme } = outputAddress(settings);
  return {
    name: 'match',
    argument: '**',
    set: {
      '@type': settings.kind === 'opensearch' ? 'opensearch' : 'elasticsearch',
      '@id': 'output',
      host,
      port,
      scheme,
      path: path === '' ? undefined : path,
      ...signIn(settings),
      ...tls(settings),
      index_name: settings.index ?? DEFAULT_INDEX,
      include_timestamp: true,
      // The only one that a data stream takes.
      write_operation: 'create',
      suppress_type_name: true,
      reconnect_on_error: true,
      reload_on_failure: true,
      reload_connections: false,
      request_timeout: '30s',
    },
    inside: [
      {
        name: 'buffer',
        set: {
          '@type': 'file', path: `${STATE}/buffer`, flush_interval: '1s', flush_thread_count: 2, chunk_limit_size: '4m', total_limit_size: '128m', overflow_action: 'block',
          retry_forever: true, retry_max_interval: '30s',
        },
      },
    ],
  };
}

/** From the environment, where the Secret is. */
function signIn({ auth: { basic } = {} }: LogOutput): Directive['set'] {
  return basic ? { user: '"#{ENV[\'LOG_OUTPUT_USERNAME\']}"', password: '"#{ENV[\'LOG_OUTPUT_PASSWORD\']}"' } : {};
}

function tls(settings: LogOutput): Directive['set'] {
  const { ca, cert, key, insecureSkipVerify = false } = settings.tls ?? {};
  if (outputAddress(settings).scheme === 'http') return {};
  return {
    ssl_verify: !insecureSkipVerify,
    ca_file: ca ? credentialPath('ca.crt') : undefined,
    client_cert: cert ? credentialPath('tls.crt') : undefined,
    client_key: key ? credentialPath('tls.key') : undefined,
  };
}
