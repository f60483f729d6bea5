import type { CelRule } from './cel-rule.ts';

/** The JSON Schema that our schemas are written in (schema.ts has no words for more). */
export interface SchemaNode {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | SchemaNode;
  readonly items?: SchemaNode;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly 'x-kubernetes-validations'?: readonly CelRule[];
  readonly 'x-kubernetes-int-or-string'?: boolean;
}

/** One keyword of a schema that a value breaks, and where. */
export interface Violation {
  readonly keyword: Exclude<keyof SchemaNode, 'description' | 'properties' | 'items'>;
  /** Keys and indexes from the root; of the property itself where one is missing or unknown. */
  readonly path: readonly string[];
  readonly value: unknown;
  /** The schema that has the keyword. */
  readonly schema: SchemaNode;
  /** The message of a broken rule. */
  readonly message?: string;
}

/**
 * Everything in which a value breaks a schema; a value of the wrong type is not looked into. Interpreted rather than compiled:
 * compiling our schemas (ajv) takes a third of a second, more than most commands have, and a check takes microseconds either way.
 * A test holds it against ajv.
 */
export function violations(schema: SchemaNode, value: unknown, path: readonly string[] = []): Violation[] {
  const found = (keyword: Violation['keyword']): Violation => ({ keyword, path, value, schema });
  const mistyped = typeKeyword(schema, value);
  if (mistyped) return [found(mistyped)];
  if (typeof value === 'string') return TEXT_CHECKS.filter(([, isBroken]) => isBroken(schema, value)).map(([keyword]) => found(keyword));
  if (typeof value === 'number') return NUMBER_CHECKS.filter(([, isBroken]) => isBroken(schema, value)).map(([keyword]) => found(keyword));
  if (Array.isArray(value)) return [...listViolations(schema, value, path), ...ruleViolations(schema, value, path)];
  return isRecord(value) ? [...objectViolations(schema, value, path), ...ruleViolations(schema, value, path)] : [];
}

/** The keyword by which a value has the wrong type, if it has. */
function typeKeyword(schema: SchemaNode, value: unknown): 'type' | 'x-kubernetes-int-or-string' | undefined {
  if (schema['x-kubernetes-int-or-string']) return typeof value === 'string' || Number.isInteger(value) ? undefined : 'x-kubernetes-int-or-string';
  return schema.type === undefined || isOfType(schema.type, value) ? undefined : 'type';
}

function isOfType(type: string, value: unknown): boolean {
  if (type === 'object') return isRecord(value);
  if (type === 'array') return Array.isArray(value);
  return type === 'integer' ? Number.isInteger(value) : typeof value === type;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

type Check<T> = readonly [Violation['keyword'], (schema: SchemaNode, value: T) => boolean];

// Lengths are of characters, not of UTF-16 code units.
const TEXT_CHECKS: readonly Check<string>[] = [
  ['minLength', ({ minLength = 0 }, text) => Array.from(text).length < minLength],
  ['maxLength', ({ maxLength = Infinity }, text) => text.length > maxLength && Array.from(text).length > maxLength],
  ['enum', ({ enum: words }, text) => words !== undefined && !words.includes(text)],
  ['pattern', ({ pattern }, text) => pattern !== undefined && !regularExpression(pattern).test(text)],
];

const NUMBER_CHECKS: readonly Check<number>[] = [
  ['minimum', ({ minimum = -Infinity }, number) => number < minimum],
  ['maximum', ({ maximum = Infinity }, number) => number > maximum],
];

const expressions = new Map<string, RegExp>();

function regularExpression(pattern: string): RegExp {
  let expression = expressions.get(pattern);
  if (!expression) {
    expression = new RegExp(pattern, 'u');
    expressions.set(pattern, expression);
  }
  return expression;
}

function listViolations(schema: SchemaNode, list: readonly unknown[], path: readonly string[]): Violation[] {
  const { items, minItems = 0, maxItems = Infinity } = schema;
  return [
    ...(list.length < minItems ? [{ keyword: 'minItems', path, value: list, schema } as const] : []),
    ...(list.length > maxItems ? [{ keyword: 'maxItems', path, value: list, schema } as const] : []),
    ...(items ? list.flatMap((item, index) => violations(items, item, [...path, String(index)])) : []),
  ];
}

function objectViolations(schema: SchemaNode, object: Readonly<Record<string, unknown>>, path: readonly string[]): Violation[] {
  const { required = [], properties = {}, additionalProperties = true } = schema;
  const missing = required.filter((name) => object[name] === undefined).map((name): Violation => ({ keyword: 'required', path: [...path, name], value: object, schema }));
  const rest = Object.entries(object).flatMap(([name, value]): Violation[] => {
    const childPath = [...path, name];
    const child = Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
    if (child === false) return [{ keyword: 'additionalProperties', path: childPath, value: object, schema }];
    return typeof child === 'object' && value !== undefined ? violations(child, value, childPath) : [];
  });
  return [...missing, ...rest];
}

function ruleViolations(schema: SchemaNode, value: object, path: readonly string[]): Violation[] {
  const broken = (schema['x-kubernetes-validations'] ?? []).filter(({ holds }) => !holds(value as Readonly<Record<string, unknown>>));
  return broken.map(({ message }) => ({ keyword: 'x-kubernetes-validations', path, value, schema, message }));
}
