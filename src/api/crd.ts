import { alertPolicySpecSchema, alertPolicyStatusSchema } from './alert-policy.ts';
import { GROUP, VERSION } from './group.ts';
import type { KubeObject } from './kube-object.ts';
import { monitoringStackSpecSchema, monitoringStackStatusSchema } from './monitoring-stack.ts';
import { openApiSchema, type OpenApiSchema } from './open-api-schema.ts';
import type { ResourceKind } from './parse.ts';
import { scrapeTargetSpecSchema, scrapeTargetStatusSchema } from './scrape-target.ts';

/** A column of `kubectl get`; kubectl prints its name in capitals. */
interface PrinterColumn {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'date';
  readonly jsonPath: string;
  readonly description?: string;
  /** Shown with -o wide only, where it is not 0. */
  readonly priority?: number;
}

interface KindDefinition {
  readonly plural: string;
  readonly shortNames?: readonly string[];
  readonly description: string;
  readonly spec: object;
  readonly status: object;
  readonly columns: readonly PrinterColumn[];
}

const ready: PrinterColumn = { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' };
const reason = { name: 'Reason', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].reason' } as const;
const message: PrinterColumn = { name: 'Message', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].message', priority: 1 };
const age: PrinterColumn = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' };

function counted(name: string, jsonPath: string, description: string): PrinterColumn {
  return { name, type: 'integer', jsonPath, description };
}

const DEFINITIONS: Readonly<Record<ResourceKind, KindDefinition>> = {
  MonitoringStack: {
    plural: 'monitoringstacks',
    shortNames: ['mstack'],
    description: 'A whole monitoring stack: Prometheus, Alertmanager, Grafana, exporters, rules and dashboards.',
    spec: monitoringStackSpecSchema,
    status: monitoringStackStatusSchema,
    columns: [
      ready,
      { name: 'Config', type: 'string', jsonPath: '.status.config.live', description: 'Replicas that confirmed the config, of all.' },
      counted('Targets', '.status.targets.selected', 'ScrapeTargets selected.'),
      counted('Up', '.status.targets.up', 'Targets that answer.'),
      counted('Down', '.status.targets.down', 'Targets that do not.'),
      { ...reason, priority: 1 },
      message,
      age,
    ],
  },
  ScrapeTarget: {
    plural: 'scrapetargets',
    description: 'What to scrape and how; the MonitoringStack that selects it does so.',
    spec: scrapeTargetSpecSchema,
    status: scrapeTargetStatusSchema,
    columns: [ready, counted('Up', '.status.up', 'Targets that answer.'), counted('Down', '.status.down', 'Targets that do not.'), reason, message, age],
  },
  AlertPolicy: {
    plural: 'alertpolicies',
    description: 'Alerts, recorded series, objectives, and who is told.',
    spec: alertPolicySpecSchema,
    status: alertPolicyStatusSchema,
    columns: [
      ready,
      counted('Rules', '.status.rules', 'Rules that came out of it.'),
      counted('Firing', '.status.firingCount', 'Alerts that fire now.'),
      { ...reason, priority: 1 },
      message,
      age,
    ],
  },
};

/** Plural name of a kind, as in the paths of the API server. */
export function pluralOf(kind: ResourceKind): string {
  return DEFINITIONS[kind].plural;
}

/** What a user may write and what the status says, as OpenAPI of one kind. */
export function kindSchema(kind: ResourceKind): { readonly description: string; readonly spec: OpenApiSchema; readonly status: OpenApiSchema } {
  const { description, spec, status } = DEFINITIONS[kind];
  return { description, spec: openApiSchema(spec), status: openApiSchema(status) };
}

/** The CustomResourceDefinition of a kind. */
export function crd(kind: ResourceKind): KubeObject {
  const { plural, shortNames, columns } = DEFINITIONS[kind];
  const names = { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase(), ...(shortNames ? { shortNames } : {}), categories: ['monitoring'] };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${GROUP}` },
    spec: { group: GROUP, names, scope: 'Namespaced', versions: [versionOf(kind, columns)] },
  };
}

function versionOf(kind: ResourceKind, columns: readonly PrinterColumn[]): object {
  const { description, spec, status } = kindSchema(kind);
  return {
    name: VERSION,
    served: true,
    storage: true,
    subresources: { status: {} },
    additionalPrinterColumns: columns,
    schema: {
      openAPIV3Schema: {
        type: 'object',
        description,
        required: ['spec'],
        properties: { apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata: { type: 'object' }, spec, status },
      },
    },
  };
}
