import type { Rendered } from '../render/rendered.ts';
import type { Logger } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { ApplyReport } from './apply.ts';

interface Telemetry {
  readonly log: Logger;
  readonly metrics: Metrics;
}

interface Pass {
  /** `namespace/name` of the stack. */
  readonly stack: string;
  readonly report: ApplyReport;
  readonly rendered: Rendered;
  readonly tookMs: number;
}

/** Says in the log and in the metrics what one pass over a stack has written. */
export function tellPass({ log, metrics }: Telemetry, { stack, report, rendered, tookMs }: Pass): void {
  const { created, updated, deleted, failures } = report;
  const wrote = created.length + updated.length + deleted.length + failures.length > 0;
  log[wrote ? 'info' : 'debug']('stack reconciled', {
    tookMs: Math.round(tookMs), created: created.length, updated: updated.length, deleted: deleted.length, failed: failures.length,
  });
  const written = { created, updated, deleted, failed: failures.map(({ object }) => object) };
  for (const [operation, objects] of Object.entries(written)) for (const { kind } of objects) metrics.writes.inc({ kind, operation });
  metrics.configBytes.set({ stack }, configBytes(rendered));
}

function configBytes({ objects, buckets }: Rendered): number {
  const names = new Set(buckets.map(({ configMap }) => configMap));
  let bytes = 0;
  for (const object of objects) {
    if (object.kind !== 'ConfigMap' || !names.has(object.metadata.name)) continue;
    for (const text of Object.values((object['data'] ?? {}) as Record<string, string>)) bytes += text.length;
  }
  return bytes;
}
