import { alertPolicySpecSchema, type AlertPolicy } from './alert-policy.ts';
import { API_VERSION } from './group.ts';
import { monitoringStackSpecSchema, type MonitoringStack } from './monitoring-stack.ts';
import { NAME_PATTERN, NAMESPACE_PATTERN } from './pattern-hint.ts';
import type { Problem } from './rejection.ts';
import { schemaProblems } from './schema-problem.ts';
import { scrapeTargetSpecSchema, type ScrapeTarget } from './scrape-target.ts';
import { violations, type SchemaNode } from './violations.ts';

/** Our kinds, and what each is once it has passed its schema. */
export interface ResourceByKind {
  readonly MonitoringStack: MonitoringStack;
  readonly ScrapeTarget: ScrapeTarget;
  readonly AlertPolicy: AlertPolicy;
}
export type ResourceKind = keyof ResourceByKind;

/** The very object that was given, now with its type; or what is wrong with it, at least one problem. */
export type Parsed<T> = { readonly ok: T; readonly problems?: never } | { readonly ok?: never; readonly problems: readonly Problem[] };

const STRING_MAP: SchemaNode = { type: 'object', additionalProperties: { type: 'string' } };

const SPEC_SCHEMAS = {
  MonitoringStack: monitoringStackSpecSchema,
  ScrapeTarget: scrapeTargetSpecSchema,
  AlertPolicy: alertPolicySpecSchema,
} satisfies Record<ResourceKind, object>;

/** Our three kinds. */
export const RESOURCE_KINDS = Object.keys(SPEC_SCHEMAS) as readonly ResourceKind[];

/** The parser of a kind: unknown to typed, by the schema that the CRD has. Status is not looked at: it is ours. */
export function parseResource<K extends ResourceKind>(kind: K): (value: unknown) => Parsed<ResourceByKind[K]> {
  const schema = resourceSchema(kind);
  return (value) => {
    const found = violations(schema, value);
    return found.length === 0 ? { ok: value as ResourceByKind[K] } : { problems: schemaProblems(found, schema) };
  };
}

/** A MonitoringStack out of anything. */
export const parseMonitoringStack = parseResource('MonitoringStack');
/** A ScrapeTarget out of anything. */
export const parseScrapeTarget = parseResource('ScrapeTarget');
/** An AlertPolicy out of anything. */
export const parseAlertPolicy = parseResource('AlertPolicy');

/** The schema of a whole resource: Kubernetes' envelope around our spec. */
export function resourceSchema(kind: ResourceKind): SchemaNode {
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
      spec: SPEC_SCHEMAS[kind] as object as SchemaNode,
      status: {},
    },
    additionalProperties: false,
  };
}
