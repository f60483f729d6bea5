import type { SecretKey } from '../../api/schema.ts';
import { referenceKey, type ReferenceFacts } from '../stack-input.ts';

/** Looks up the Secret keys that receivers name. */
export interface SecretReader {
  /** The value without white space around it, as Alertmanager reads its `*_file` fields; undefined where it is missing. */
  readonly value: (key: SecretKey) => string | undefined;
  /** The same for a key of a ConfigMap. */
  readonly configMapValue: (key: SecretKey) => string | undefined;
  /** False where nobody looked: `value` then answers with a stand-in that says what it stands for. */
  readonly isReal: boolean;
}

/** A reader of the Secrets of one namespace. */
export function secretReader(references: ReferenceFacts, namespace: string): SecretReader {
  const reader = (kind: 'Secret' | 'ConfigMap') => ({ name, key }: SecretKey): string | undefined => {
    // An address that is valid and leads nowhere, for most of the fields are addresses.
    if (!references) return `http://${kind.toLowerCase()}.invalid/${namespace}/${name}/${key}`;
    const value = references.get(referenceKey(kind, namespace, name, key));
    return value === undefined ? undefined : Buffer.from(value, 'base64').toString('utf8').trim();
  };
  return { value: reader('Secret'), configMapValue: reader('ConfigMap'), isReal: references !== undefined };
}
