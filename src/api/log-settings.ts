import type { LabelSelector } from '../lib/label-selector.ts';
import { LOG_OUTPUTS, type LogAuth, type LogFile, type LogOutputKind, type LogsSpec, type LogTls } from './logs.ts';
import type { PodSettings } from './monitoring-stack.ts';
import { pick } from './presence.ts';

/** Releases of the collectors, as their images are tagged. */
export const LOG_VERSIONS = {
  OpenTelemetry: '0.156.0',
  FluentBit: '4.2.0',
  Fluentd: 'v1.19',
} as const;

/** The programs that can collect. */
export type LogCollector = keyof typeof LOG_VERSIONS;

/** Where log lines go. */
export interface LogOutput {
  readonly kind: LogOutputKind;
  /** Without a slash at its end. */
  readonly url: string;
  /** Loki alone. */
  readonly tenant?: string;
  /** Elasticsearch and OpenSearch. */
  readonly index?: string;
  readonly tls?: LogTls;
  readonly auth?: LogAuth;
}

/** What collects log lines, with nothing left open. */
export interface LogSettings {
  readonly collector: LogCollector;
  /** As the image is tagged; of Fluentd without what says where it sends. */
  readonly version: string;
  readonly output: LogOutput;
  /** Whose lines: of the stack's own namespace, or of those whose labels fit (`{}`: all). */
  readonly namespaces: 'Own' | LabelSelector;
  readonly files: readonly LogFile[];
  readonly pod: PodSettings;
}

/** What the field `logs` means; nothing where it is absent, off, or (which its schema refuses) says not where lines go. */
export function logSettings(spec: LogsSpec | undefined, isCluster: boolean): LogSettings | undefined {
  const output = spec === undefined || spec.enabled === false ? undefined : outputOf(spec);
  if (spec === undefined || output === undefined) return undefined;
  const collector = spec.collector ?? 'OpenTelemetry';
  return {
    collector,
    version: versionOf(collector, spec.version),
    output,
    namespaces: isCluster ? (spec.namespaces ?? {}) : 'Own',
    files: spec.files ?? [],
    pod: spec.pod ?? {},
  };
}

function outputOf({ output = {} }: LogsSpec): LogOutput | undefined {
  const kind = LOG_OUTPUTS.find((name) => output[name] !== undefined);
  const set = kind && output[kind];
  if (kind === undefined || set === undefined) return undefined;
  return { kind, ...pick({ index: undefined, tenant: undefined, ...set }, ['index', 'tenant', 'tls', 'auth']), url: set.url.replace(/\/+$/, '') };
}

/** Images of Fluentd are tagged with a v, those of the others without. */
function versionOf(collector: LogCollector, version: string | undefined): string {
  if (version === undefined) return LOG_VERSIONS[collector];
  const number = version.replace(/^v/, '');
  return collector === 'Fluentd' ? `v${number}` : number;
}
