/** A key of a Secret or ConfigMap that a resource names, and where it names it. */
export interface KeyReference {
  readonly kind: 'Secret' | 'ConfigMap';
  readonly name: string;
  readonly key: string;
  /** Where in the resource: `spec.endpoints[0].auth.bearerToken`. */
  readonly path: string;
}

/** Fields that are maps with names of the user's choice, where `name` and `key` may stand side by side and mean nothing. */
const MAPS: ReadonlySet<string> = new Set([
  'labels', 'annotations', 'matchLabels', 'params', 'headers', 'externalLabels', 'nodeSelector', 'endpointParams', 'patch',
  'details', 'attributes', 'customFields', 'fields',
]);

/**
 * Every key of a Secret or ConfigMap that a spec names, in the order of the spec. In our schemas an object of exactly
 * `name` and `key` is such a reference, and nothing else is; it means a ConfigMap where its field is called configMap.
 */
export function keyReferences(spec: unknown, path = 'spec'): KeyReference[] {
  if (Array.isArray(spec)) return spec.flatMap((item, index) => keyReferences(item, `${path}[${index}]`));
  if (typeof spec !== 'object' || spec === null) return [];
  const reference = asReference(spec, path);
  if (reference) return [reference];
  return Object.entries(spec).flatMap(([field, value]) => (MAPS.has(field) ? [] : keyReferences(value, `${path}.${field}`)));
}

function asReference(value: object, path: string): KeyReference | undefined {
  const { name, key, ...rest } = value as Record<string, unknown>;
  if (typeof name !== 'string' || typeof key !== 'string' || Object.keys(rest).length > 0) return undefined;
  return { kind: path.endsWith('.configMap') ? 'ConfigMap' : 'Secret', name, key, path };
}
