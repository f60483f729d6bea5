/** What stands in the place of a credential. */
export const MASK = '***';
/** The same, where the credential is not what it was before. */
export const MASK_CHANGED = '*** (changed)';

const CREDENTIAL = /pass(word|wd|phrase)|secret|token|credential|authorization|(api|access|private|routing|service|integration|user|signing|encryption)[-_]?key/i;
/** Names that speak of a credential and hold none: where it is, how long it lives. */
const NO_CREDENTIAL = /(file|files|name|names|ref|path|url|uri|seconds|ttl|policy|selector|type|id|provider|mode|scopes?|secrets|tokens|enabled|_ms)$/i;

/** Whether a field, variable, header or flag of this name holds a credential: `password`, `API_TOKEN`, not `password_file`. */
export function isCredentialName(name: string): boolean {
  return CREDENTIAL.test(name) && !NO_CREDENTIAL.test(name);
}
