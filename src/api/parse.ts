import { Ajv, type ErrorObject, type SchemaValidateFunction, type ValidateFunction } from 'ajv';
import { alertPolicySpecSchema, type AlertPolicy } from './alert-policy.ts';
import type { CelRule } from './cel-rule.ts';
import { API_VERSION } from './group.ts';
import { monitoringStackSpecSchema, type MonitoringStack } from './monitoring-stack.ts';
import { NAME_PATTERN, NAMESPACE_PATTERN } from './pattern-hint.ts';
import type { Problem } from './rejection.ts';
import { schemaProblems } from './schema-problem.ts';
import { scrapeTargetSpecSchema, type ScrapeTarget } from './scrape-target.ts';

/** Our kinds, and what each is once it has passed its schema. */
export interface ResourceByKind {
  readonly MonitoringStack: MonitoringStack;
  readonly ScrapeTarget: ScrapeTarget;
  readonly AlertPolicy: AlertPolicy;
}
export type ResourceKind = keyof ResourceByKind;

/** The very object that was given, now with its type; or what is wrong with it, at least one problem. */
export type Parsed<T> = { readonly ok: T; readonly problems?: never } | { readonly ok?: never; readonly problems: readonly Problem[] };

const SPEC_SCHEMAS = {
  MonitoringStack: monitoringStackSpecSchema,
  ScrapeTarget: scrapeTargetSpecSchema,
  AlertPolicy: alertPolicySpecSchema,
} satisfies Record<ResourceKind, object>;

/** Our three kinds. */
export const RESOURCE_KINDS = Object.keys(SPEC_SCHEMAS) as readonly ResourceKind[];

/** The parser of a kind: unknown to typed, by the schema that the CRD has. Status is not looked at: it is ours. */
export function parseResource<K extends ResourceKind>(kind: K): (value: unknown) => Parsed<ResourceByKind[K]> {
  return (value) => {
    const schema = resourceSchema(kind);
    const validate = validatorOf(kind, schema);
    if (validate(value)) return { ok: value as ResourceByKind[K] };
    return { problems: schemaProblems(validate.errors ?? [], schema) };
  };
}

/** A MonitoringStack out of anything. */
export const parseMonitoringStack = parseResource('MonitoringStack');
/** A ScrapeTarget out of anything. */
export const parseScrapeTarget = parseResource('ScrapeTarget');
/** An AlertPolicy out of anything. */
export const parseAlertPolicy = parseResource('AlertPolicy');

// Compiling takes tens of milliseconds, so each schema is compiled when its first resource comes by.
const validators = new Map<ResourceKind, ValidateFunction>();

function validatorOf(kind: ResourceKind, schema: object): ValidateFunction {
  const known = validators.get(kind);
  if (known) return known;
  const ajv = new Ajv({ allErrors: true, verbose: true, strict: false, logger: false });
  ajv.addKeyword({ keyword: 'x-kubernetes-validations', errors: true, validate: keepsRules });
  ajv.addKeyword({ keyword: 'x-kubernetes-int-or-string', validate: isIntOrString });
  const validate = ajv.compile(schema);
  validators.set(kind, validate);
  return validate;
}

// ajv reads the errors of a keyword from a property of its function.
const keepsRules: SchemaValidateFunction = (rules: readonly CelRule[], self: unknown): boolean => {
  if (typeof self !== 'object' || self === null) return true;
  const broken = rules.filter(({ holds }) => !holds(self as Readonly<Record<string, unknown>>));
  keepsRules.errors = broken.map(({ message }): Partial<ErrorObject> => ({ keyword: 'x-kubernetes-validations', message, params: {} }));
  return broken.length === 0;
};

function isIntOrString(_schema: unknown, value: unknown): boolean {
  return typeof value === 'string' || Number.isInteger(value);
}

const STRING_MAP = { type: 'object', additionalProperties: { type: 'string' } };

function resourceSchema(kind: ResourceKind): object {
  return {
    type: 'object',
    required: ['apiVersion', 'kind', 'metadata', 'spec'],
    properties: {
      apiVersion: { type: 'string', enum: [API_VERSION] },
      kind: { type: 'string', enum: [kind] },
      // Open on purpose: metadata is Kubernetes' own, and grows.
      metadata: {
        type: 'object',
        required: ['name', 'namespace'],
        properties: {
          name: { type: 'string', maxLength: 253, pattern: NAME_PATTERN },
          namespace: { type: 'string', maxLength: 63, pattern: NAMESPACE_PATTERN },
          labels: STRING_MAP,
          annotations: STRING_MAP,
        },
      },
      spec: SPEC_SCHEMAS[kind],
      status: {},
    },
    additionalProperties: false,
  };
}
