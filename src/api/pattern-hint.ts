import { DURATION_PATTERN, NODE_DIRECTORY_PATTERN } from './schema.ts';

const HTTP_URL = 'a URL: it has to start with http:// or https://';
const RELEASE = 'a release: write it like v3.15.0, all three numbers';
const TIME = 'a point in time in RFC 3339: write it like 2026-12-01T00:00:00Z';

/** What a text of each pattern is, as the end of "... is not". A test sees to it that no pattern of the schemas is absent. */
const HINTS: ReadonlyMap<string, string> = new Map([
  [DURATION_PATTERN, 'a duration: write it like 30s, 5m or 1h30m, the largest unit first, without spaces'],
  ['^[0-9]+([.][0-9]+)?([KMGTPE]i?)?B$', 'a size in bytes: write it like 50MB or 2GiB, with the B'],
  ['^[0-9]+([.][0-9]+)?([KMGTPE]i?)?$', 'a Kubernetes quantity: write it like 50Gi'],
  ['^https?://.+', HTTP_URL],
  ['^https?://[^ {}]+$', 'a URL: it has to start with http:// or https://, and to have neither spaces nor braces, which rules take for templates'],
  ['^https?://[^/?#@]+(/[^?#]*)?$', 'the address of an output: write it like https://loki.logging:3100, without user, password and parameters'],
  ['^(https?|socks5)://.+', 'the URL of a proxy: it has to start with http://, https:// or socks5://'],
  ['^/', 'a path: it has to start with a slash'],
  ['^v?[0-9]+[.][0-9]+[.][0-9]+$', RELEASE],
  ['^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$', 'the prefix of an annotation: lower-case letters, digits, - and ., like prometheus.io'],
  ['^([01][0-9]|2[0-3]):[0-5][0-9]$', 'a time of day: write it like 08:00 or 17:30'],
  ['^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$', 'a time of day: write it like 08:00 or 17:30, up to 24:00'],
  ['^[A-Z][A-Za-z0-9]{0,62}$', 'a word as in node conditions: write it like ReadonlyFilesystem, letters and digits only'],
  ['^[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?$', 'a plain name: letters, digits and - in between'],
  ['^[A-Za-z0-9._-]+$', 'a tenant: letters, digits, ., _ and -'],
  ['^[a-z0-9][a-z0-9._-]*$', 'the name of an index: lower-case letters, digits, ., _ and -, like logs-kubernetes-default'],
  [NODE_DIRECTORY_PATTERN, 'a directory of the nodes: write it like /var/log/audit, from the root on, without .., wildcards and a slash at its end'],
  ['^[A-Za-z0-9_@.*?-]+(/[A-Za-z0-9_@.*?-]+)*$', 'a glob: write it like *.log or **/*.log, without a slash at its start'],
  ['^[0-9a-fA-F.:]+/[0-9]{1,3}$', 'a network: write it like 10.244.0.0/16'],
  ['^[A-Za-z0-9_.-]+$', 'a severity: one word of letters, digits, _, - and .'],
  ['^[0-9]{1,2}([.][0-9]+)?$', 'a percentage below 100: write it like "99.9", without the sign'],
  ['^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})$', TIME],
]);

/** The end of the sentence "... is not", for a text that does not fit `pattern`. */
export function patternHint(pattern: string, description: unknown): string {
  const fallback = typeof description === 'string' && description ? `what belongs here: ${description}` : `of the form ${pattern}`;
  return HINTS.get(pattern) ?? NAME_HINTS.get(pattern) ?? fallback;
}

/** Whether a pattern of a schema has its sentence. */
export function hasPatternHint(pattern: string): boolean {
  return HINTS.has(pattern);
}

// RFC 1123, as the API server applies it to the names of custom resources and namespaces.
export const NAME_PATTERN = '^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$';
export const NAMESPACE_PATTERN = '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$';

const NAME_HINTS: ReadonlyMap<string, string> = new Map([
  [NAME_PATTERN, 'a Kubernetes name: lower-case letters, digits, - and ., a letter or digit at either end'],
  [NAMESPACE_PATTERN, 'the name of a namespace: lower-case letters, digits and -, a letter or digit at either end'],
]);
