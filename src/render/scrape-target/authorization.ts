import type { Auth } from '../../api/scrape-target.ts';
import type { HttpClientConfig, OAuth2 } from '../../formats/prometheus/http-client.ts';
import { compact } from '../../lib/compact.ts';
import { secretFile, tlsConfig } from './tls-config.ts';

/**
 * How to sign in: everything secret is a file from a Secret in `namespace`, never a value and never a file of the user's
 * choice. Empty where nothing was asked for: Prometheus' own token goes to no target.
 */
export function authorization(auth: Auth | undefined, namespace: string): Pick<HttpClientConfig, 'basic_auth' | 'authorization' | 'oauth2'> {
  if (auth?.basic) {
    const { username, password } = auth.basic;
    return { basic_auth: { username_file: secretFile(username, namespace), password_file: secretFile(password, namespace) } };
  }
  if (auth?.bearerToken) return { authorization: { credentials_file: secretFile(auth.bearerToken, namespace) } };
  if (auth?.oauth2) return { oauth2: oauth2(auth.oauth2, namespace) };
  return {};
}

function oauth2({ clientId, clientSecret, tokenUrl, scopes, endpointParams, tls }: NonNullable<Auth['oauth2']>, namespace: string): OAuth2 {
  return compact({
    client_id: clientId,
    client_secret_file: secretFile(clientSecret, namespace),
    token_url: tokenUrl,
    scopes,
    endpoint_params: endpointParams,
    tls_config: tls && tlsConfig(tls, namespace),
  });
}
