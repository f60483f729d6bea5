import type { ErrorObject } from 'ajv';
import { nearest } from '../lib/nearest.ts';
import { patternHint } from './pattern-hint.ts';
import type { Problem } from './rejection.ts';
import { wrongType } from './wrong-type.ts';

/** The part of a JSON Schema that looking for a misplaced field needs. */
interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
}

/**
 * What ajv found (with `verbose`), as sentences for whoever wrote the resource. `schema` is the whole resource's: a field
 * that is unknown where it stands may belong elsewhere.
 */
export function schemaProblems(errors: readonly ErrorObject[], schema: object): Problem[] {
  const misspelt = new Set(errors.filter(({ keyword }) => keyword === 'additionalProperties').map(({ instancePath }) => instancePath));
  return errors
    // A misspelt field also breaks "exactly one of": that would be noise.
    .filter(({ keyword, instancePath }) => keyword !== 'x-kubernetes-validations' || !misspelt.has(instancePath))
    .map((error) => ({ path: pathOf(error), reason: 'Invalid', message: messageOf(error, schema) }));
}

function pathOf({ instancePath, params }: ErrorObject): string {
  const extra = (params['additionalProperty'] ?? params['missingProperty']) as string | undefined;
  const segments = instancePath.split('/').slice(1).map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
  return fieldPath(extra === undefined ? segments : [...segments, extra]);
}

/** `spec.endpoints[0].params[a/b]`: how Kubernetes writes paths; keys that are no plain words stand in brackets. */
export function fieldPath(segments: readonly string[]): string {
  return segments.map((segment) => (/^[A-Za-z_]\w*$/.test(segment) ? `.${segment}` : `[${segment}]`)).join('').replace(/^\./, '');
}

type Sentence = (error: ErrorObject, schema: SchemaNode) => string;

const SENTENCES: Readonly<Record<string, Sentence>> = {
  additionalProperties: unknownField,
  required: () => 'missing: it has to be set',
  type: ({ schema, data }) => wrongType(String(schema), data),
  'x-kubernetes-int-or-string': ({ data }) => wrongType('integer or string', data),
  enum: notOneOf,
  pattern: ({ schema, data, parentSchema }) => `${JSON.stringify(data)} is not ${patternHint(String(schema), parentSchema?.['description'])}`,
  minLength: () => 'empty: give it a value or leave it out',
  maxLength: ({ schema, data }) => `${String(data).length} characters: not more than ${schema} are allowed`,
  minimum: ({ schema, data }) => `${data} is too small: at least ${schema}`,
  maximum: ({ schema, data }) => `${data} is too large: at most ${schema}`,
  minItems: () => 'empty list: give it an item or leave it out',
  maxItems: ({ schema, data }) => `${(data as unknown[]).length} items: not more than ${schema} are allowed`,
};

function messageOf(error: ErrorObject, schema: object): string {
  return SENTENCES[error.keyword]?.(error, schema) ?? error.message ?? error.keyword;
}

function notOneOf({ schema, data }: ErrorObject): string {
  const allowed = schema as readonly string[];
  if (allowed.length === 1) return `${JSON.stringify(data)} has to be ${allowed[0]}`;
  const close = typeof data === 'string' ? nearest(data, allowed) : undefined;
  return `${JSON.stringify(data)} is not one of ${allowed.join(', ')}${close ? `; did you mean ${close}?` : ''}`;
}

// A word that is a field elsewhere is rarely a misspelling here; a word that is one in many places says nothing.
const PLACES_WORTH_NAMING = 3;

function unknownField({ params, parentSchema }: ErrorObject, schema: SchemaNode): string {
  const wanted = params['additionalProperty'] as string;
  const elsewhere = placesOf(wanted, schema);
  if (elsewhere.length > 0 && elsewhere.length <= PLACES_WORTH_NAMING) return `unknown field here; did you mean ${elsewhere.join(' or ')}?`;
  const here = Object.keys((parentSchema as SchemaNode).properties ?? {});
  const close = nearest(wanted, here);
  return close ? `unknown field; did you mean ${close}?` : `unknown field; what there is: ${here.join(', ')}`;
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
