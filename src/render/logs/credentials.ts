import type { LogOutput } from '../../api/log-settings.ts';
import type { SecretKey } from '../../api/schema.ts';

/** Where the collector sees them. */
const DIRECTORY = '/etc/belfry/log-output';

/** Something to sign in with or to check a certificate by, and the name of its file. */
interface Named {
  readonly file: 'ca.crt' | 'tls.crt' | 'tls.key' | 'username' | 'password' | 'token';
  readonly kind: 'secret' | 'configMap';
  readonly of: SecretKey;
}

/** The path of one of the files; only those that the output names are there. */
export function credentialPath(file: Named['file']): string {
  return `${DIRECTORY}/${file}`;
}

/**
 * The volume with what the output names, straight from the user's Secrets and ConfigMaps: nothing of it is in a ConfigMap or in
 * the environment, and the kubelet brings a new version to running pods. None where the output names nothing. Pods wait for what
 * is missing unless `isOptional`.
 */
export function credentialVolumes(output: LogOutput, { isOptional = false }: { readonly isOptional?: boolean } = {}): object[] {
  const sources = namedBy(output).map(({ file, kind, of: { name, key } }) => ({ [kind]: { name, items: [{ key, path: file }], ...(isOptional ? { optional: true } : {}) } }));
  return sources.length === 0 ? [] : [{ name: 'log-output', projected: { sources, defaultMode: 0o440 } }];
}

/** Where the container mounts it. */
export function credentialMounts(output: LogOutput): object[] {
  return namedBy(output).length === 0 ? [] : [{ name: 'log-output', mountPath: DIRECTORY, readOnly: true }];
}

/** For collectors that read no such file: environment variables from the same Secrets. */
export function credentialEnvironment({ auth: { basic, bearerToken } = {} }: LogOutput): object[] {
  const variable = (name: string, { name: secret, key }: SecretKey): object => ({ name, valueFrom: { secretKeyRef: { name: secret, key } } });
  return [
    ...(basic ? [variable('LOG_OUTPUT_USERNAME', basic.username), variable('LOG_OUTPUT_PASSWORD', basic.password)] : []),
    ...(bearerToken ? [variable('LOG_OUTPUT_TOKEN', bearerToken)] : []),
  ];
}

function namedBy({ tls: { ca, cert, key } = {}, auth: { basic, bearerToken } = {} }: LogOutput): Named[] {
  const secret = (file: Named['file'], of: SecretKey | undefined): Named[] => (of ? [{ file, kind: 'secret', of }] : []);
  return [
    ...secret('ca.crt', ca?.secret),
    ...(ca?.configMap ? [{ file: 'ca.crt', kind: 'configMap', of: ca.configMap } as const] : []),
    ...secret('tls.crt', cert),
    ...secret('tls.key', key),
    ...secret('username', basic?.username),
    ...secret('password', basic?.password),
    ...secret('token', bearerToken),
  ];
}
