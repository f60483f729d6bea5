import { alert } from './alert.ts';
import { FLUENT_BIT, FLUENTD, LOG_COLLECTORS, OTEL_COLLECTOR } from './jobs.ts';
import type { Pack } from './pack.ts';

const NODE = '{{ $labels.instance }}';
const BY = 'namespace, job, instance';

/** A metric of one collector, for each node. */
const sum = (metric: string, job: string): string => `sum by (${BY}) (${metric}{${job}})`;
const rate = (metric: string, job: string): string => `sum by (${BY}) (rate(${metric}{${job}}[5m]))`;
/** A stack has one collector: of the others there are no series. */
const oneOf = (...expressions: readonly string[]): string => expressions.map((expression) => `(${expression})`).join(' or ');

/** Something waits, and nothing goes. */
const STUCK = oneOf(
  // It tries again for ever, so that a failure is a queue from which nothing goes, and no failure in its counters.
  `${sum('otelcol_exporter_queue_size', OTEL_COLLECTOR)} > 0 unless ${rate('otelcol_exporter_sent_log_records_total', OTEL_COLLECTOR)} > 0`,
  `${rate('fluentbit_output_retries_total', FLUENT_BIT)} > 0 unless ${rate('fluentbit_output_proc_records_total', FLUENT_BIT)} > 0`,
  `${sum('fluentd_output_status_buffer_queue_length', FLUENTD)} > 0 unless sum by (${BY}) (delta(fluentd_output_status_write_count{${FLUENTD}}[5m])) > 0`,
);

/** Lines given up a second; Fluentd gives up none as we set it. */
const DROPPED = oneOf(rate('otelcol_exporter_send_failed_log_records_total', OTEL_COLLECTOR), rate('fluentbit_output_dropped_records_total', FLUENT_BIT));

/** Share of the queue that is full, from 0 to 1. Fluent Bit has no figure: it says that it stopped reading. */
const QUEUE = oneOf(
  `${sum('otelcol_exporter_queue_size', OTEL_COLLECTOR)} / ${sum('otelcol_exporter_queue_capacity', OTEL_COLLECTOR)}`,
  `max by (${BY}) (fluentbit_input_storage_overlimit{${FLUENT_BIT}})`,
  `1 - min by (${BY}) (fluentd_output_status_buffer_available_space_ratio{${FLUENTD}}) / 100`,
);

/** What collects log lines, whichever program it is. An instance is a node. */
export const logs: Pack = {
  name: 'logs',
  needs: ['logs'],
  rules: [
    alert('LogCollectorDown', {
      severity: 'warning',
      expr: `up{${LOG_COLLECTORS}} == 0`,
      for: '10m',
      summary: `The log collector of ${NODE} does not answer.`,
      description: 'Lines of that node wait in its files. They are lost when the kubelet deletes those, which on a busy node takes minutes.',
    }),
    alert('LogExportFailing', {
      severity: 'critical',
      expr: STUCK,
      for: '10m',
      summary: `The log collector of ${NODE} gets nothing through to its output.`,
      description: 'What it has read waits on the disk of the node. Its log says what the output answers: unreachable, a certificate, a password, or too much at once.',
    }),
    alert('LogRecordsDropped', {
      severity: 'warning',
      expr: `(${DROPPED}) > 0`,
      for: '5m',
      summary: `The log collector of ${NODE} drops {{ $value | printf "%.1f" }} lines a second.`,
      description: 'The output refused them for good, so that sending them again is of no use: too old, too long, or in fields that contradict its index.',
    }),
    alert('LogQueueFillingUp', {
      severity: 'warning',
      threshold: 80,
      unit: 'percent',
      expr: (percent) => `100 * (${QUEUE}) > ${percent}`,
      for: '15m',
      summary: `The queue of the log collector of ${NODE} is {{ $value | printf "%.0f" }}% full.`,
      description: 'The output takes less than the node prints. Once the queue is full the collector stops reading, and lines wait in files that the kubelet deletes by size.',
    }),
  ],
};
