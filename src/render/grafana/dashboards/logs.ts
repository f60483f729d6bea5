import type { Dashboard, Row } from '../../../formats/grafana/dashboard.ts';
import { stat, timeseries } from '../../../formats/grafana/panel.ts';
import { JOBS } from './jobs.ts';
import { ownDashboard } from './own-dashboard.ts';
import { answeringTile, silentTile } from './program-row.ts';
import { of, orZero, RATE } from './selector.ts';

/** What each program that collects logs calls what its dashboard shows. */
interface Collector {
  /** Of the dashboard. */
  readonly id: string;
  readonly program: string;
  readonly job: string;
  /** A counter of lines that are read. */
  readonly read: string;
  /** A counter of what the output took, and what it counts. */
  readonly sent: { readonly metric: string; readonly what: string };
  /** A counter that moves while the output refuses, and what it counts. */
  readonly refused: { readonly metric: string; readonly what: string };
  /** The share of the queue that is full, from 0 to 1, of each node: an expression by cluster and instance. */
  readonly queue: (series: string) => string;
  /** What waits to be sent, and its unit. */
  readonly waiting: { readonly metric: string; readonly unit: string; readonly what: string };
  /** Its memory and the time of processors that it took, where it tells. */
  readonly process?: { readonly memory: string; readonly cpu: string };
  /** Files that it follows. */
  readonly files: { readonly expr: (series: string) => string; readonly what: string };
}

const BY = 'cluster, instance';

function logs({ id, program, job, read, sent, refused, queue, waiting, process, files }: Collector): Dashboard {
  const self = of(job);
  const rate = (metric: string): string => `sum(rate(${metric}{${self}}${RATE}))`;
  const byNode = (metric: string): string => `sum by (${BY}) (rate(${metric}{${self}}${RATE}))`;
  const isItFine: Row = {
    title: 'Is it fine?',
    text: 'All green: lines of every node arrive. Not green: what one does not find may still be on its node.',
    panels: [
      answeringTile('Nodes whose collector', self),
      silentTile('Nodes whose collector', self),
      stat({ title: 'Fullest queue', description: 'Of the node whose queue is the fullest: a full one stops the reading.', queries: [{ expr: `max(${queue(self)})` }], look: { unit: 'percentunit', decimals: 0, warnFrom: 0.5, alarmFrom: 0.8 } }),
      stat({ title: refused.what, description: `${refused.what} a second: the log of the collector says what the output answers.`, queries: [{ expr: orZero(rate(refused.metric), `up{${self}}`) }], look: { unit: 'cps', warnFrom: 0.001 } }),
      stat({ title: 'Read', description: 'Lines a second that are read.', queries: [{ expr: rate(read) }], look: { unit: 'cps' } }),
      stat({ title: 'Sent', description: `${sent.what} a second that the output took.`, queries: [{ expr: rate(sent.metric) }], look: { unit: 'cps' } }),
    ],
  };
  const flow: Row = {
    title: 'Lines',
    text: 'What is sent should follow what is read. A node that reads far more than the others has something that talks too much.',
    panels: [
      timeseries({ title: 'Read, by node', description: 'Lines a second that are read.', queries: [{ expr: byNode(read), legend: '{{instance}}' }], look: { unit: 'cps', min: 0 } }),
      timeseries({ title: 'Sent, by node', description: `${sent.what} a second that the output took.`, queries: [{ expr: byNode(sent.metric), legend: '{{instance}}' }], look: { unit: 'cps', min: 0 } }),
    ],
  };
  const queues: Row = {
    title: 'On the way',
    text: 'What is read waits on the disk of its node until the output takes it.',
    panels: [
      timeseries({ title: 'Waiting, by node', description: waiting.what, queries: [{ expr: `sum by (${BY}) (${waiting.metric}{${self}})`, legend: '{{instance}}' }], look: { unit: waiting.unit, min: 0 }, width: 8 }),
      timeseries({ title: `${refused.what}, by node`, description: `${refused.what} a second.`, queries: [{ expr: `${byNode(refused.metric)} > 0`, legend: '{{instance}}' }], look: { unit: 'cps', min: 0 }, width: 8 }),
      timeseries({ title: 'Files, by node', description: files.what, queries: [{ expr: files.expr(self), legend: '{{instance}}' }], look: { min: 0, decimals: 0 }, width: 8 }),
    ],
  };
  return ownDashboard({
    id,
    title: `Log collection (${program})`,
    description: `Whether ${program} reads what the containers of each node print, and whether its output takes it. The lines themselves: Explore, data source Logs.`,
    group: 'monitoring',
    clustersOf: `up{job="${job}"}`,
    rows: [isItFine, flow, queues, ...(process ? [processRow(process, self)] : [])],
  });
}

function processRow({ memory, cpu }: NonNullable<Collector['process']>, self: string): Row {
  return {
    title: 'The processes themselves',
    collapsed: true,
    text: 'Memory near the limit makes the collector read more slowly; beyond it, the kernel ends it.',
    panels: [
      timeseries({ title: 'Memory', description: 'Resident memory.', queries: [{ expr: `${memory}{${self}}`, legend: '{{instance}}' }], look: { unit: 'bytes', min: 0 } }),
      timeseries({ title: 'CPU', description: 'Cores in use.', queries: [{ expr: `rate(${cpu}{${self}}${RATE})`, legend: '{{instance}}' }], look: { min: 0 } }),
    ],
  };
}

/** The OpenTelemetry Collector. */
export const otelLogs = logs({
  id: 'logs',
  program: 'OpenTelemetry',
  job: JOBS.otelCollector,
  read: 'otelcol_receiver_accepted_log_records_total',
  sent: { metric: 'otelcol_exporter_sent_log_records_total', what: 'Lines' },
  refused: { metric: 'otelcol_exporter_send_failed_log_records_total', what: 'Lines given up' },
  queue: (series) => `sum by (${BY}) (otelcol_exporter_queue_size{${series}}) / sum by (${BY}) (otelcol_exporter_queue_capacity{${series}})`,
  process: { memory: 'otelcol_process_memory_rss_bytes', cpu: 'otelcol_process_cpu_seconds_total' },
  waiting: { metric: 'otelcol_exporter_queue_size', unit: 'bytes', what: 'Bytes of lines that are read and not sent.' },
  files: { expr: (series) => `sum by (${BY}) (otelcol_fileconsumer_open_files{${series}})`, what: 'Files that are followed.' },
});

/** Fluent Bit. */
export const fluentBitLogs = logs({
  id: 'logs-fluent-bit',
  program: 'Fluent Bit',
  job: JOBS.fluentBit,
  read: 'fluentbit_input_records_total',
  sent: { metric: 'fluentbit_output_proc_records_total', what: 'Lines' },
  refused: { metric: 'fluentbit_output_retries_total', what: 'Chunks sent again' },
  queue: (series) => `max by (${BY}) (fluentbit_input_storage_overlimit{${series}})`,
  waiting: { metric: 'fluentbit_storage_fs_chunks', unit: 'short', what: 'Chunks on disk that are read and not sent.' },
  files: { expr: (series) => `sum by (${BY}) (increase(fluentbit_input_files_opened_total{${series}}[1h]))`, what: 'Files that were opened within an hour.' },
});

/** Fluentd. */
export const fluentdLogs = logs({
  id: 'logs-fluentd',
  program: 'Fluentd',
  job: JOBS.fluentd,
  read: 'fluentd_output_status_emit_records',
  sent: { metric: 'fluentd_output_status_write_count', what: 'Chunks' },
  refused: { metric: 'fluentd_output_status_num_errors', what: 'Chunks that failed' },
  queue: (series) => `1 - min by (${BY}) (fluentd_output_status_buffer_available_space_ratio{${series}}) / 100`,
  waiting: { metric: 'fluentd_output_status_buffer_total_bytes', unit: 'bytes', what: 'Bytes of lines that are read and not sent.' },
  files: { expr: (series) => `count by (${BY}) (fluentd_tail_file_position{${series}})`, what: 'Files that are followed.' },
});
