import type { LogFields } from '../telemetry/log.ts';

/** What every log line about a resource carries. `key` is `namespace/name`. */
export function resourceFields(kind: string, key: string): LogFields {
  const slash = key.indexOf('/');
  return { kind, namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}
