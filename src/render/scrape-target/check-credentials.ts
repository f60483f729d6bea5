import { createPrivateKey, X509Certificate } from 'node:crypto';
import { keyReferences, type KeyReference } from '../../api/references.ts';
import type { Problem } from '../../api/rejection.ts';
import type { Tls } from '../../api/scrape-target.ts';
import { referenceKey, type ReferenceFacts, type TargetInput } from '../stack-input.ts';

/**
 * Whether the Secrets and ConfigMaps that a ScrapeTarget names are there, and hold certificates where they must: Prometheus
 * refuses its whole config over one certificate that it cannot read. Nothing where nobody looked.
 */
export function checkCredentials({ target, references }: Pick<TargetInput, 'target' | 'references'>): Problem[] {
  return credentialProblems(target.spec, target.metadata.namespace, references);
}

/** The same for any spec whose references are in `namespace`; `path` is where the spec stands. */
export function credentialProblems(spec: object, namespace: string, references: ReferenceFacts, path = 'spec'): Problem[] {
  if (!references) return [];
  const named = keyReferences(spec, path);
  const missing = named.filter((one) => valueOf(one, namespace, references) === undefined);
  if (missing.length > 0) return missing.map((one) => missingProblem(one, namespace, references));
  return tlsSettings(spec, path).flatMap(({ tls, path: at }) => checkTls(tls, at, (one) => decode(valueOf(one, namespace, references))));
}

type Named = Pick<KeyReference, 'kind' | 'name' | 'key'>;

function valueOf({ kind, name, key }: Named, namespace: string, references: NonNullable<ReferenceFacts>): string | undefined {
  return references.get(referenceKey(kind, namespace, name, key));
}

function decode(value: string | undefined): string {
  return Buffer.from(value ?? '', 'base64').toString('utf8');
}

function missingProblem({ kind, name, key, path }: KeyReference, namespace: string, references: NonNullable<ReferenceFacts>): Problem {
  const prefix = referenceKey(kind, namespace, name, '');
  const keys = [...references.keys()].filter((known) => known.startsWith(prefix)).map((known) => known.slice(prefix.length)).sort();
  const reason = kind === 'Secret' ? 'SecretMissing' : 'ConfigMapMissing';
  if (keys.length > 0) return { path, reason, message: `${kind} ${namespace}/${name} has no key ${key}, but ${keys.join(', ')}: add it, or name one of those` };
  const create = kind === 'Secret' ? 'secret generic' : 'configmap';
  return {
    path,
    reason,
    message: `there is no ${kind} ${namespace}/${name} with key ${key}: kubectl create ${create} ${name} --namespace ${namespace} --from-file=${key}=FILE`,
  };
}

interface TlsAt {
  readonly tls: Tls;
  readonly path: string;
}

/** Every `tls` in a spec, at whatever depth. */
function tlsSettings(spec: unknown, path: string): TlsAt[] {
  if (Array.isArray(spec)) return spec.flatMap((item, index) => tlsSettings(item, `${path}[${index}]`));
  if (typeof spec !== 'object' || spec === null) return [];
  return Object.entries(spec).flatMap(([field, value]) =>
    field === 'tls' ? [{ tls: value as Tls, path: `${path}.tls` }] : tlsSettings(value, `${path}.${field}`),
  );
}

function checkTls({ ca, cert, key }: Tls, path: string, read: (named: Named) => string): Problem[] {
  const problems: Problem[] = [];
  if (ca) {
    const named: Named | undefined = ca.secret ? { kind: 'Secret', ...ca.secret } : ca.configMap && { kind: 'ConfigMap', ...ca.configMap };
    if (named && !holdsCertificate(read(named))) problems.push(invalid(`${path}.ca`, `key ${named.key} of ${named.kind} ${named.name} holds no certificate in PEM format`));
  }
  if (cert && key && !isPair(read({ kind: 'Secret', ...cert }), read({ kind: 'Secret', ...key }))) {
    problems.push(invalid(`${path}.cert`, `key ${cert.key} of Secret ${cert.name} and key ${key.key} of Secret ${key.name} are no certificate and its unencrypted private key, both in PEM format`));
  }
  return problems;
}

function invalid(path: string, message: string): Problem {
  return { path, reason: 'SecretInvalid', message: `${message}: store the right files there` };
}

// As Go's AppendCertsFromPEM: one good certificate is enough, and other blocks are passed over.
function holdsCertificate(text: string): boolean {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
  return blocks.some((block) => parses(() => new X509Certificate(block)));
}

function isPair(cert: string, key: string): boolean {
  return parses(() => {
    if (!new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) throw new Error('of another certificate');
  });
}

function parses(parse: () => unknown): boolean {
  try {
    parse();
    return true;
  } catch {
    return false; // Unreadable is all that the caller wants to know.
  }
}
