import { kindSchema } from '../../api/crd.ts';
import { API_VERSION } from '../../api/group.ts';
import type { OpenApiSchema } from '../../api/open-api-schema.ts';
import type { ResourceKind } from '../../api/parse.ts';

/** docs/reference/api.md: every field of our kinds, from the schemas. */
export function apiReference(kinds: readonly ResourceKind[]): string {
  const intro = `# API reference

Generated from \`src/api\`. All kinds are namespaced, in ${API_VERSION}. \`kubectl explain\` says the same.
A field is optional unless marked *required*. \`[]\` stands for the items of a list, \`{}\` for the values of a map with free keys.
`;
  return [intro, ...kinds.map(kindSection)].join('\n');
}

function kindSection(kind: ResourceKind): string {
  const { description, spec, status } = kindSchema(kind);
  return `## ${kind}

${description}

### ${kind}: spec

${spec.description ?? ''}

${table(spec, 'spec')}
### ${kind}: status

${table(status, 'status')}`;
}

function table(schema: OpenApiSchema, path: string): string {
  const rows = rowsOf(schema, path);
  return `| field | type | |\n|---|---|---|\n${rows.join('')}`;
}

/** The rows of all fields below one, depth first, in the order of the schema. */
function rowsOf(schema: OpenApiSchema, path: string): string[] {
  const rules = (schema['x-kubernetes-validations'] ?? []).map(({ message }) => `| \`${path}\` | rule | ${cell(message)} |\n`);
  const fields = Object.entries(schema.properties ?? {}).flatMap(([name, child]) => {
    const childPath = `${path}.${name}`;
    return [row(childPath, child, schema.required?.includes(name) ?? false), ...rowsOf(child, childPath)];
  });
  const items = schema.items ? rowsOf(schema.items, `${path}[]`) : [];
  const values = schema.additionalProperties ? rowsOf(schema.additionalProperties, `${path}{}`) : [];
  return [...rules, ...fields, ...items, ...values];
}

function row(path: string, schema: OpenApiSchema, isRequired: boolean): string {
  const text = [isRequired ? '*required*' : '', schema.description ?? schema.items?.description ?? '', limits(schema)].filter(Boolean).join(' ');
  return `| \`${path}\` | ${typeOf(schema)} | ${cell(text)} |\n`;
}

function typeOf(schema: OpenApiSchema): string {
  if (schema['x-kubernetes-int-or-string']) return 'integer or string';
  if (schema.items) return `list of ${typeOf(schema.items)}`;
  if (schema.additionalProperties) return `map of ${typeOf(schema.additionalProperties)}`;
  if (schema['x-kubernetes-preserve-unknown-fields']) return 'object, any fields';
  return schema.enum ? schema.enum.map((value) => `\`${value}\``).join(', ') : (schema.type ?? 'any');
}

const LIMITS: readonly (readonly [string, string])[] = [
  ['minimum', 'At least'],
  ['maximum', 'At most'],
  ['maxItems', 'Items, at most:'],
  ['pattern', 'Form:'],
];

function limits(schema: OpenApiSchema): string {
  return LIMITS.filter(([keyword]) => schema[keyword] !== undefined && !isDuration(schema[keyword]))
    .map(([keyword, words]) => `${words} \`${String(schema[keyword])}\`.`)
    .join(' ');
}

/** The pattern of durations says less than the word. */
function isDuration(pattern: unknown): boolean {
  return typeof pattern === 'string' && pattern.includes('([0-9]+)ms');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
