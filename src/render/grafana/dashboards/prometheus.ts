import type { Dashboard, Row } from '../../../formats/grafana/dashboard.ts';
import { stat, table, timeseries } from '../../../formats/grafana/panel.ts';
import { JOBS } from './jobs.ts';
import { toStack } from './links.ts';
import { ownDashboard } from './own-dashboard.ts';
import { programRow, silentTile } from './program-row.ts';
import { of, orZero, quantile, RATE } from './selector.ts';

const SELF = of(JOBS.prometheus);
const LEGEND = '{{pod}}';

const isItFine: Row = {
  title: 'Is it fine?',
  text: 'All green: every replica takes its configuration, ingests what it scrapes, and evaluates its rules in time.',
  panels: [
    silentTile('Replicas', SELF),
    stat({
      title: 'Configuration loaded',
      description: 'Whether every replica took its last configuration.',
      queries: [{ expr: `min(prometheus_config_last_reload_successful{${SELF}})` }],
      look: { words: { 0: 'no', 1: 'yes' }, alarmBelow: 1 },
      links: [toStack],
    }),
    stat({
      title: 'Rules that fail',
      description: 'Evaluations in the last hour that ended in an error.',
      queries: [{ expr: orZero(`sum(increase(prometheus_rule_evaluation_failures_total{${SELF}}[1h]))`, `up{${SELF}}`) }],
      look: { decimals: 0, alarmFrom: 1 },
    }),
    stat({
      title: 'Rules left out',
      description: 'Evaluations in the last hour that were skipped because the one before took too long.',
      queries: [{ expr: orZero(`sum(increase(prometheus_rule_group_iterations_missed_total{${SELF}}[1h]))`, `up{${SELF}}`) }],
      look: { decimals: 0, warnFrom: 1, alarmFrom: 60 },
    }),
    stat({
      title: 'Samples refused',
      description: 'Samples in the last hour that came twice with other values, out of order or outside of the time that is kept open.',
      queries: [
        {
          expr: `sum(increase(prometheus_target_scrapes_sample_duplicate_timestamp_total{${SELF}}[1h])) + sum(increase(prometheus_target_scrapes_sample_out_of_order_total{${SELF}}[1h])) + sum(increase(prometheus_target_scrapes_sample_out_of_bounds_total{${SELF}}[1h]))`,
        },
      ],
      look: { decimals: 0, warnFrom: 1 },
    }),
    stat({
      title: 'Storage errors',
      description: 'Compactions and checks of blocks that failed in the last hour, and damage found in the log of writes.',
      queries: [
        {
          expr: `sum(increase(prometheus_tsdb_compactions_failed_total{${SELF}}[1h])) + sum(increase(prometheus_tsdb_reloads_failures_total{${SELF}}[1h])) + sum(increase(prometheus_tsdb_wal_corruptions_total{${SELF}}[1h]))`,
        },
      ],
      look: { decimals: 0, alarmFrom: 1 },
    }),
  ],
};

const ingestion: Row = {
  title: 'What comes in',
  text: 'Series in memory are what a Prometheus costs. A jump is a job with a label that should not be there.',
  panels: [
    timeseries({ title: 'Samples ingested', description: 'Samples a second.', queries: [{ expr: `sum by (pod) (rate(prometheus_tsdb_head_samples_appended_total{${SELF}}${RATE}))`, legend: LEGEND }], look: { unit: 'cps', min: 0 } }),
    timeseries({ title: 'Series in memory', description: 'Series that got a sample in the last hours.', queries: [{ expr: `prometheus_tsdb_head_series{${SELF}}`, legend: LEGEND }], look: { min: 0 } }),
    timeseries({
      title: 'Series that come and go',
      description: 'Series made and forgotten a second: churn costs memory and the index.',
      queries: [
        { expr: `rate(prometheus_tsdb_head_series_created_total{${SELF}}${RATE})`, legend: '{{pod}} made' },
        { expr: `-rate(prometheus_tsdb_head_series_removed_total{${SELF}}${RATE})`, legend: '{{pod}} forgotten' },
      ],
      look: { unit: 'cps' },
    }),
    timeseries({
      title: 'Scrapes cut off',
      description: 'Scrapes a second that were given up: too many samples, too large, or no room in the pool.',
      queries: [
        { expr: `rate(prometheus_target_scrapes_exceeded_sample_limit_total{${SELF}}${RATE}) > 0`, legend: '{{pod}} too many samples' },
        { expr: `rate(prometheus_target_scrapes_exceeded_body_size_limit_total{${SELF}}${RATE}) > 0`, legend: '{{pod}} too large' },
        { expr: `rate(prometheus_target_scrape_pool_exceeded_target_limit_total{${SELF}}${RATE}) > 0`, legend: '{{pod}} too many targets' },
      ],
      look: { unit: 'cps', min: 0 },
    }),
    table({
      title: 'Jobs that cost the most',
      description: 'Samples of one scrape of all targets, and how many of their series are new.',
      queries: [
        { expr: `topk(10, sum by (job, namespace) (scrape_samples_post_metric_relabeling))`, column: { title: 'samples', decimals: 0 } },
        { expr: `sum by (job, namespace) (scrape_series_added) and topk(10, sum by (job, namespace) (scrape_samples_post_metric_relabeling))`, column: { title: 'new series', decimals: 0 } },
      ],
      sortBy: 'samples',
    }),
    timeseries({
      title: 'Discovery that fails',
      description: 'Service discoveries that could not start or go on, and pools that could not be made.',
      queries: [
        { expr: `sum by (pod, mechanism) (rate(prometheus_sd_refresh_failures_total{${SELF}}${RATE})) > 0`, legend: '{{pod}} {{mechanism}}' },
        { expr: `sum by (pod) (rate(prometheus_target_scrape_pools_failed_total{${SELF}}${RATE})) > 0`, legend: '{{pod}} pools' },
      ],
      look: { unit: 'ops', min: 0 },
    }),
  ],
};

const rules: Row = {
  title: 'Rules',
  text: 'A group that takes longer than its interval is late with its alerts.',
  panels: [
    timeseries({
      title: 'Slowest groups of their interval',
      description: 'Share of its interval that a group takes, of the ten slowest.',
      queries: [{ expr: `topk(10, prometheus_rule_group_last_duration_seconds{${SELF}} / prometheus_rule_group_interval_seconds{${SELF}})`, legend: '{{rule_group}}' }],
      look: { unit: 'percentunit', min: 0 },
    }),
    timeseries({
      title: 'Rules that fail, by group',
      description: 'Evaluations a second that ended in an error.',
      queries: [{ expr: `sum by (rule_group) (rate(prometheus_rule_evaluation_failures_total{${SELF}}${RATE})) > 0`, legend: '{{rule_group}}' }],
      look: { unit: 'ops', min: 0 },
    }),
  ],
};

const storage: Row = {
  title: 'Storage',
  text: 'Blocks go after the time or size of retention; the head is what is in memory.',
  panels: [
    timeseries({
      title: 'On disk',
      description: 'Bytes of blocks, and of the log of writes.',
      queries: [
        { expr: `prometheus_tsdb_storage_blocks_bytes{${SELF}}`, legend: '{{pod}} blocks' },
        { expr: `prometheus_tsdb_wal_storage_size_bytes{${SELF}}`, legend: '{{pod}} log' },
      ],
      look: { unit: 'bytes', min: 0 },
    }),
    timeseries({ title: 'How far back', description: 'Age of the oldest sample that is kept.', queries: [{ expr: `time() - prometheus_tsdb_lowest_timestamp_seconds{${SELF}}`, legend: LEGEND }], look: { unit: 's', min: 0 } }),
    timeseries({ title: 'Compactions take', description: 'Time that 99 of 100 compactions take at most.', queries: [{ expr: quantile(0.99, `prometheus_tsdb_compaction_duration_seconds_bucket{${SELF}}`, 'pod'), legend: LEGEND }], look: { unit: 's', min: 0 } }),
    timeseries({ title: 'Chunks in memory', description: 'Pieces of series in the head.', queries: [{ expr: `prometheus_tsdb_head_chunks{${SELF}}`, legend: LEGEND }], look: { min: 0 } }),
  ],
};

const queries: Row = {
  title: 'Queries',
  text: 'Dashboards, rules and people share the places for queries. Those that wait are slow to show.',
  panels: [
    timeseries({ title: 'Queries under way', description: 'Queries that are worked on, and how many may be at once.', queries: [{ expr: `prometheus_engine_queries{${SELF}}`, legend: LEGEND }, { expr: `min(prometheus_engine_queries_concurrent_max{${SELF}})`, legend: 'at most' }], look: { min: 0, decimals: 0 } }),
    timeseries({ title: 'A query takes', description: 'Time that 9 of 10 queries take at most, by what it is spent on.', queries: [{ expr: `max by (slice) (prometheus_engine_query_duration_seconds{${SELF},quantile="0.9"})`, legend: '{{slice}}' }], look: { unit: 's', min: 0 } }),
    timeseries({ title: 'Requests by answer', description: 'HTTP requests a second.', queries: [{ expr: `sum by (code) (rate(prometheus_http_requests_total{${SELF}}${RATE}))`, legend: '{{code}}' }], look: { unit: 'reqps', min: 0 } }),
    timeseries({ title: 'Requests take', description: 'Time that 99 of 100 requests take at most, of the ten slowest paths.', queries: [{ expr: `topk(10, ${quantile(0.99, `prometheus_http_request_duration_seconds_bucket{${SELF}}`, 'handler')})`, legend: '{{handler}}' }], look: { unit: 's', min: 0 } }),
  ],
};

const notifications: Row = {
  title: 'To Alertmanager',
  text: 'An alert that cannot be sent is an alert that nobody gets.',
  panels: [
    timeseries({ title: 'Queue of notifications', description: 'Share of the queue that is full.', queries: [{ expr: `max by (pod) (prometheus_notifications_queue_length{${SELF}}) / min by (pod) (prometheus_notifications_queue_capacity{${SELF}})`, legend: LEGEND }], look: { unit: 'percentunit', min: 0, max: 1 } }),
    timeseries({
      title: 'Alerts that could not be sent',
      description: 'Share of alerts that an Alertmanager did not take, and alerts a second that were thrown away.',
      queries: [
        { expr: `sum by (pod, alertmanager) (rate(prometheus_notifications_errors_total{${SELF}}${RATE})) > 0`, legend: '{{pod}} to {{alertmanager}}' },
        { expr: `sum by (pod) (rate(prometheus_notifications_dropped_total{${SELF}}${RATE})) > 0`, legend: '{{pod}} thrown away' },
      ],
      look: { unit: 'cps', min: 0 },
    }),
  ],
};

/** Prometheus itself: does it take in, evaluate and answer. */
export function prometheus(hasAlertmanager: boolean): Dashboard {
  return ownDashboard({
    id: 'prometheus',
    title: 'Prometheus',
    description: 'The Prometheus servers of this stack: whether they ingest, evaluate and answer, and what they cost.',
    group: 'monitoring',
    clustersOf: `up{job="${JOBS.prometheus}"}`,
    rows: [isItFine, ingestion, rules, storage, queries, ...(hasAlertmanager ? [notifications] : []), programRow(SELF, LEGEND)],
  });
}
