import { Type, type Static, type TObject, type TSchema, type TProperties } from 'typebox';
import type { CelRule } from './cel-rule.ts';

interface ObjectOptions {
  readonly cel?: readonly CelRule[];
}

/*
 * The words our schemas are written in. One schema gives the TypeScript type, the CRD, the ajv validator and the
 * reference page, so it holds JSON Schema that all four understand: no anyOf, no $ref, closed objects.
 */

/** An object with exactly these properties; unknown ones are refused. */
export function object<P extends TProperties>(description: string, properties: P, { cel }: ObjectOptions = {}): TObject<P> {
  return Type.Object(properties, {
    ...(description ? { description } : {}),
    additionalProperties: false,
    ...(cel ? { 'x-kubernetes-validations': cel } : {}),
  });
}

/** Makes a property one that may be left out. */
export const optional = Type.Optional;

interface TextOptions {
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly cel?: readonly CelRule[];
}

/** A string. */
export function text(description = '', { cel, ...rest }: TextOptions = {}) {
  return Type.String({ ...describe(description), ...rest, ...(cel ? { 'x-kubernetes-validations': cel } : {}) });
}

/** A whole number. */
export function integer(description = '', options: { minimum?: number; maximum?: number } = {}) {
  return Type.Integer({ ...describe(description), ...options });
}

/** True or false. */
export function flag(description = '') {
  return Type.Boolean(describe(description));
}

/** One of a few words. */
export function choice<const V extends readonly string[]>(description: string, values: V) {
  return Type.Unsafe<V[number]>({ type: 'string', enum: [...values], ...describe(description) });
}

interface ListOptions extends ObjectOptions {
  readonly minItems?: number;
  readonly maxItems?: number;
  /** Makes it a map in server-side apply, keyed by these properties of its items. */
  readonly mapKeys?: readonly string[];
}

/** A list. */
export function list<S extends TSchema>(description: string, items: S, { cel, mapKeys, ...rest }: ListOptions = {}) {
  return Type.Array(items, {
    ...describe(description),
    ...rest,
    ...(mapKeys ? { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': mapKeys } : {}),
    ...(cel ? { 'x-kubernetes-validations': cel } : {}),
  });
}

/** A map from any name to values of one kind. */
export function map<S extends TSchema>(description: string, values: S, { cel }: ObjectOptions = {}) {
  return Type.Unsafe<Record<string, Static<S>>>({
    type: 'object',
    ...describe(description),
    additionalProperties: values,
    ...(cel ? { 'x-kubernetes-validations': cel } : {}),
  });
}

/** A number or a text, as in a Service's `targetPort`. */
export function intOrString(description: string) {
  return Type.Unsafe<number | string>({ 'x-kubernetes-int-or-string': true, ...describe(description) });
}

/** Anything that is an object: for parts whose schema is Kubernetes' own (resources, affinity, a patch). */
export function anyObject(description: string) {
  return Type.Unsafe<Readonly<Record<string, unknown>>>({
    type: 'object',
    'x-kubernetes-preserve-unknown-fields': true,
    ...describe(description),
  });
}

function describe(description: string): { description?: string } {
  return description ? { description } : {};
}

/** A length of time in Prometheus' notation: `30s`, `1h30m`, `15d`. */
export function duration(description: string) {
  return text(description, { minLength: 1, pattern: DURATION_PATTERN });
}

/** Prometheus model.ParseDuration (prometheus/common model/time.go), as JSON Schema wants it; "0" is allowed there and here. */
export const DURATION_PATTERN =
  '^(0|(([0-9]+)y)?(([0-9]+)w)?(([0-9]+)d)?(([0-9]+)h)?(([0-9]+)m)?(([0-9]+)s)?(([0-9]+)ms)?)$';

/** A size in bytes in Prometheus' notation: `50MB`, `2GiB`. */
export function byteSize(description: string) {
  return text(description, { pattern: '^[0-9]+([.][0-9]+)?([KMGTPE]i?)?B$' });
}

/** A directory of a node: absolute, without `.` and `..`, and without what a program might take for a wildcard. */
export const NODE_DIRECTORY_PATTERN = '^(/[.]{0,2}[A-Za-z0-9_@-][A-Za-z0-9_@.-]*)+$';

/** A key of a Secret in the same namespace. */
export function secretKey(description: string) {
  return object(description, { name: text('', { minLength: 1 }), key: text('', { minLength: 1 }) });
}
export type SecretKey = Static<ReturnType<typeof secretKey>>;

/** Selects by labels, as everywhere in Kubernetes; `{}` selects all. */
export function labelSelector(description: string) {
  return object(description, {
    matchLabels: optional(map('', text())),
    matchExpressions: optional(
      list('', object('', { key: text(), operator: choice('', ['In', 'NotIn', 'Exists', 'DoesNotExist']), values: optional(list('', text())) })),
    ),
  });
}
export type LabelSelector = Static<ReturnType<typeof labelSelector>>;
