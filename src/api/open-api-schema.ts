import type { CelRule } from './cel-rule.ts';

/** The part of OpenAPI v3 that structural schemas of CRDs are made of. */
export interface OpenApiSchema {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, OpenApiSchema>>;
  readonly items?: OpenApiSchema;
  readonly additionalProperties?: OpenApiSchema;
  readonly required?: readonly string[];
  readonly enum?: readonly string[];
  readonly 'x-kubernetes-validations'?: readonly Omit<CelRule, 'holds'>[];
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly [keyword: string]: unknown;
}

/**
 * One of our schemas as the API server wants it: it closes objects by itself (and refuses additionalProperties beside
 * properties), and knows CEL but not our predicates.
 */
export function openApiSchema(schema: object): OpenApiSchema {
  return structural(JSON.parse(JSON.stringify(schema)) as Record<string, unknown>);
}

function structural(node: Record<string, unknown>): OpenApiSchema {
  if (node['x-belfry-open-in-crd']) return open(node);
  const { properties, items, additionalProperties, ...rest } = node;
  return {
    ...rest,
    ...(isNode(items) ? { items: structural(items) } : {}),
    ...(isNode(additionalProperties) ? { additionalProperties: structural(additionalProperties) } : {}),
    ...(isNode(properties) ? { properties: mapValues(properties) } : {}),
  };
}

/** What the CRD would be too large with: an object of any shape to the API server, checked by the operator. */
function open({ description }: Record<string, unknown>): OpenApiSchema {
  return { type: 'object', ...(typeof description === 'string' ? { description } : {}), 'x-kubernetes-preserve-unknown-fields': true };
}

function mapValues(properties: Record<string, unknown>): Record<string, OpenApiSchema> {
  return Object.fromEntries(Object.entries(properties).map(([name, child]) => [name, structural(child as Record<string, unknown>)]));
}

function isNode(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
