import type { RuleCase, World } from './rule-case.ts';

const of = (job: string): string => `job="${job}",namespace="monitoring",instance="node-1",pod="${job}-1"`;
const OTEL = of('otel-collector');
const BIT = of('fluent-bit');
const FLUENTD = of('fluentd');
const otel = ({ queue, sent, failed = '0x60' }: { queue: string; sent: string; failed?: string }): World => ({
  [`otelcol_exporter_queue_size{${OTEL},exporter="otlp_http/loki"}`]: queue,
  [`otelcol_exporter_queue_capacity{${OTEL},exporter="otlp_http/loki"}`]: '1000x60',
  [`otelcol_exporter_sent_log_records_total{${OTEL},exporter="otlp_http/loki"}`]: sent,
  [`otelcol_exporter_send_failed_log_records_total{${OTEL},exporter="otlp_http/loki"}`]: failed,
});

/** Alerts about what collects log lines. */
export const LOG_CASES: readonly RuleCase[] = [
  ...['otel-collector', 'fluent-bit', 'fluentd'].map((job): RuleCase => ({ alert: 'LogCollectorDown', at: '20m', series: { [`up{${of(job)}}`]: '0x60' } })),
  { alert: 'LogCollectorDown', at: '20m', count: 0, says: 'it was away for a moment, as in a rollout', series: { [`up{${OTEL}}`]: '1x10 0x5 1x60' } },
  { alert: 'LogCollectorDown', at: '20m', count: 0, says: 'another job is down', series: { 'up{job="shop",instance="a"}': '0x60' } },
  { alert: 'LogExportFailing', at: '30m', series: otel({ queue: '100+10x60', sent: '500x60' }) },
  { alert: 'LogExportFailing', at: '30m', count: 0, says: 'nothing waits', series: otel({ queue: '0x60', sent: '500x60' }) },
  { alert: 'LogExportFailing', at: '30m', count: 0, says: 'what waits goes', series: otel({ queue: '100x60', sent: '0+50x60' }) },
  { alert: 'LogExportFailing', at: '30m', series: { [`fluentbit_output_retries_total{${BIT},name="loki.0"}`]: '0+2x60', [`fluentbit_output_proc_records_total{${BIT},name="loki.0"}`]: '70x60' } },
  { alert: 'LogExportFailing', at: '30m', count: 0, says: 'some chunks go at the second try', series: { [`fluentbit_output_retries_total{${BIT},name="loki.0"}`]: '0+2x60', [`fluentbit_output_proc_records_total{${BIT},name="loki.0"}`]: '0+70x60' } },
  { alert: 'LogExportFailing', at: '30m', series: { [`fluentd_output_status_buffer_queue_length{${FLUENTD},type="elasticsearch"}`]: '3x60', [`fluentd_output_status_write_count{${FLUENTD},type="elasticsearch"}`]: '9x60' } },
  { alert: 'LogExportFailing', at: '30m', count: 0, says: 'chunks are written', series: { [`fluentd_output_status_buffer_queue_length{${FLUENTD},type="elasticsearch"}`]: '3x60', [`fluentd_output_status_write_count{${FLUENTD},type="elasticsearch"}`]: '9+1x60' } },
  { alert: 'LogRecordsDropped', at: '30m', series: otel({ queue: '0x60', sent: '0+50x60', failed: '0+90x60' }) },
  { alert: 'LogRecordsDropped', at: '30m', count: 0, says: 'that was long ago', series: otel({ queue: '0x60', sent: '0+50x60', failed: '0+90x5 450x60' }) },
  { alert: 'LogRecordsDropped', at: '30m', series: { [`fluentbit_output_dropped_records_total{${BIT},name="loki.0"}`]: '0+30x60' } },
  { alert: 'LogQueueFillingUp', at: '30m', series: otel({ queue: '850x60', sent: '0+50x60' }) },
  { alert: 'LogQueueFillingUp', at: '30m', count: 0, says: 'it is half empty', series: otel({ queue: '500x60', sent: '0+50x60' }) },
  { alert: 'LogQueueFillingUp', at: '30m', series: { [`fluentbit_input_storage_overlimit{${BIT},name="containers"}`]: '1x60' } },
  { alert: 'LogQueueFillingUp', at: '30m', series: { [`fluentd_output_status_buffer_available_space_ratio{${FLUENTD},type="elasticsearch"}`]: '4x60' } },
  { alert: 'LogQueueFillingUp', at: '30m', count: 0, says: 'there is room', series: { [`fluentd_output_status_buffer_available_space_ratio{${FLUENTD},type="elasticsearch"}`]: '90x60' } },
];
