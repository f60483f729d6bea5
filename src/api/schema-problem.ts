import { nearest } from '../lib/nearest.ts';
import { patternHint } from './pattern-hint.ts';
import type { Problem } from './rejection.ts';
import type { SchemaNode, Violation } from './violations.ts';
import { wrongType } from './wrong-type.ts';

/**
 * What breaks a schema, as sentences for whoever wrote the resource. `root` is the whole resource's schema: a field that is
 * unknown where it stands may belong elsewhere.
 */
export function schemaProblems(found: readonly Violation[], root: SchemaNode): Problem[] {
  const misspelt = new Set(found.filter(({ keyword }) => keyword === 'additionalProperties').map(({ value }) => value));
  return found
    // A misspelt field also breaks "exactly one of": that would be noise.
    .filter(({ keyword, value }) => keyword !== 'x-kubernetes-validations' || !misspelt.has(value))
    .map((violation) => ({ path: fieldPath(violation.path), reason: 'Invalid', message: SENTENCES[violation.keyword](violation, root) }));
}

/** `spec.endpoints[0].params[a/b]`: how Kubernetes writes paths; keys that are no plain words stand in brackets. */
export function fieldPath(segments: readonly string[]): string {
  return segments.map((segment) => (/^[A-Za-z_]\w*$/.test(segment) ? `.${segment}` : `[${segment}]`)).join('').replace(/^\./, '');
}

type Sentence = (violation: Violation, root: SchemaNode) => string;

const SENTENCES: Readonly<Record<Violation['keyword'], Sentence>> = {
  additionalProperties: unknownField,
  required: () => 'missing: it has to be set',
  type: ({ schema, value }) => wrongType(schema.type ?? '', value),
  'x-kubernetes-int-or-string': ({ value }) => wrongType('integer or string', value),
  'x-kubernetes-validations': ({ message = '' }) => message,
  enum: notOneOf,
  pattern: ({ schema, value }) => `${JSON.stringify(value)} is not ${patternHint(schema.pattern ?? '', schema.description)}`,
  minLength: () => 'empty: give it a value or leave it out',
  maxLength: ({ schema, value }) => `${Array.from(String(value)).length} characters: not more than ${schema.maxLength} are allowed`,
  minimum: ({ schema, value }) => `${value} is too small: at least ${schema.minimum}`,
  maximum: ({ schema, value }) => `${value} is too large: at most ${schema.maximum}`,
  minItems: () => 'empty list: give it an item or leave it out',
  maxItems: ({ schema, value }) => `${(value as unknown[]).length} items: not more than ${schema.maxItems} are allowed`,
};

function notOneOf({ schema, value }: Violation): string {
  const allowed = schema.enum ?? [];
  if (allowed.length === 1) return `${JSON.stringify(value)} has to be ${allowed[0]}`;
  const close = nearest(String(value), allowed);
  return `${JSON.stringify(value)} is not one of ${allowed.join(', ')}${close ? `; did you mean ${close}?` : ''}`;
}

// A word that is a field elsewhere is rarely a misspelling here; a word that is one in many places says nothing.
const PLACES_WORTH_NAMING = 3;

function unknownField({ path, schema }: Violation, root: SchemaNode): string {
  const wanted = path.at(-1) ?? '';
  const elsewhere = leastDeep(placesOf(wanted, root));
  if (elsewhere.length > 0 && elsewhere.length <= PLACES_WORTH_NAMING) return `unknown field here; did you mean ${elsewhere.join(' or ')}?`;
  const here = Object.keys(schema.properties ?? {});
  const close = nearest(wanted, here);
  return close ? `unknown field; did you mean ${close}?` : `unknown field; what there is: ${here.join(', ')}`;
}

/** Who puts a field too high up means the first place below rather than one far down. */
function leastDeep(places: readonly string[]): string[] {
  const depth = (place: string): number => place.split('.').length;
  const least = Math.min(...places.map(depth));
  return places.filter((place) => depth(place) === least);
}

/** Where in a schema a field of this name is, the least deep first. Not under status: that is not the user's. */
function placesOf(wanted: string, schema: SchemaNode): string[] {
  const found: string[] = [];
  const level: { node: SchemaNode; path: string }[] = [{ node: schema, path: '' }];
  for (const { node, path } of level) {
    if (node.items) level.push({ node: node.items, path: `${path}[]` });
    for (const [name, child] of Object.entries(node.properties ?? {})) {
      const childPath = path ? `${path}.${name}` : name;
      if (name === wanted) found.push(childPath);
      level.push({ node: child, path: childPath });
    }
  }
  return found;
}
