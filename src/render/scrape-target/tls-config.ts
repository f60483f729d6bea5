import type { SecretKey } from '../../api/schema.ts';
import type { Tls } from '../../api/scrape-target.ts';
import type { TlsConfig } from '../../formats/prometheus/http-client.ts';
import { compact } from '../../lib/compact.ts';
import { credentialPath } from './credential-file.ts';

/** `tls_config` of a user's TLS settings; `namespace` is where the Secrets and ConfigMaps that they name are. */
export function tlsConfig(tls: Tls, namespace: string): TlsConfig {
  const { ca, cert, key, serverName, insecureSkipVerify, minVersion } = tls;
  return compact({
    ca_file: ca && caFile(ca, namespace),
    cert_file: secretFile(cert, namespace),
    key_file: secretFile(key, namespace),
    server_name: serverName,
    insecure_skip_verify: insecureSkipVerify,
    min_version: minVersion,
  });
}

function caFile({ secret, configMap }: NonNullable<Tls['ca']>, namespace: string): string | undefined {
  return secret ? secretFile(secret, namespace) : configMap && credentialPath({ kind: 'ConfigMap', namespace, ...configMap });
}

/** The path of the file that holds a Secret's key. */
export function secretFile(secret: SecretKey, namespace: string): string;
export function secretFile(secret: SecretKey | undefined, namespace: string): string | undefined;
export function secretFile(secret: SecretKey | undefined, namespace: string): string | undefined {
  return secret && credentialPath({ kind: 'Secret', namespace, ...secret });
}
