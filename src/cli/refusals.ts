import { isKubeError, type KubeError } from '../kube/errors.ts';

const CANNOT = /cannot (\w+) resource "([^"]+)"(?: in API group "([^"]*)")?(?: in the namespace "([^"]+)")?/;

/** What the API server would not let the user do while a command looked around: said at the end, and not fatal. */
export class Refusals {
  readonly #permissions = new Set<string>();

  /** `patch configmaps in shop`, each once, sorted. */
  get permissions(): string[] {
    return [...this.#permissions].sort();
  }

  /** What `ask` answers, or undefined where it may not be asked. Any other error goes on. */
  async unlessForbidden<T>(ask: () => Promise<T>): Promise<T | undefined> {
    try {
      return await ask();
    } catch (error) {
      if (!isKubeError(error, 'forbidden')) throw error;
      this.#permissions.add(permissionOf(error));
      return undefined;
    }
  }
}

/** The permission that is missing, in the words of a Role: `patch statefulsets.apps in shop`. */
export function permissionOf({ message }: Pick<KubeError, 'message'>): string {
  const [whole, verb = '', resource = '', group = '', namespace] = CANNOT.exec(message) ?? [];
  if (whole === undefined) return message;
  return `${verb} ${group === '' ? resource : `${resource}.${group}`}${namespace === undefined ? '' : ` in ${namespace}`}`;
}
