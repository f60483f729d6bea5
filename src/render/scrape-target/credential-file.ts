import { stableHash } from '../../lib/stable-hash.ts';
import { referenceKey } from '../stack-input.ts';

/** One key of a Secret or ConfigMap, with its namespace. */
export interface Credential {
  readonly kind: 'Secret' | 'ConfigMap';
  readonly namespace: string;
  readonly name: string;
  readonly key: string;
}

/** Keys of a Secret may not be longer (Kubernetes, DNS1123SubdomainMaxLength in IsConfigMapKey). */
const MAX_LENGTH = 253;

/**
 * The key under which a credential is copied to the stack's own Secret, and so its file name. Names of objects hold no
 * underscore, so no two credentials get the same file; one that would be too long ends in a hash instead.
 */
export function credentialFile(credential: Credential): string {
  const { kind, namespace, name, key } = credential;
  const file = `${kind.toLowerCase()}_${namespace}_${name}_${key}`;
  if (file.length <= MAX_LENGTH) return file;
  return `${kind.toLowerCase()}_${namespace}_${stableHash(`${name}/${key}`)}`;
}

/** Where Prometheus finds the file, relative to the file that names it: the same in a pod and in a folder of a user. */
export function credentialPath(credential: Credential): string {
  return `credentials/${credentialFile(credential)}`;
}

/** The key of ReferenceFacts. */
export function credentialKey({ kind, namespace, name, key }: Credential): string {
  return referenceKey(kind, namespace, name, key);
}
