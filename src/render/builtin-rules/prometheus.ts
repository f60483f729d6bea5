import { alert, type PackRule } from './alert.ts';
import { PROMETHEUS } from './jobs.ts';
import type { Pack } from './pack.ts';

const config: readonly PackRule[] = [
  alert('PrometheusBadConfig', {
    severity: 'critical',
    // Over five minutes, so that one missed scrape does not end the alert.
    expr: `max_over_time(prometheus_config_last_reload_successful{${PROMETHEUS}}[5m]) == 0`,
    for: '10m',
    summary: '{{ $labels.pod }} refuses its configuration.',
    description: 'Prometheus {{ $labels.namespace }}/{{ $labels.pod }} could not load its configuration and goes on with the one before. The status of the MonitoringStack quotes the reason.',
  }),
];

const discovery: readonly PackRule[] = [
  alert('PrometheusSDRefreshFailure', {
    severity: 'warning',
    expr: `increase(prometheus_sd_refresh_failures_total{${PROMETHEUS}}[10m]) > 0`,
    for: '20m',
    summary: '{{ $labels.pod }} cannot refresh its service discovery ({{ $labels.mechanism }}).',
    description: 'For twenty minutes discovery by {{ $labels.mechanism }} has failed, so new targets are not found and gone ones are kept.',
  }),
  alert('PrometheusKubernetesListWatchFailures', {
    severity: 'warning',
    expr: `increase(prometheus_sd_kubernetes_failures_total{${PROMETHEUS}}[5m]) > 0`,
    for: '15m',
    summary: '{{ $labels.pod }} cannot list or watch objects of Kubernetes.',
    description: 'Requests of its service discovery to the API server fail. Permissions are the usual reason: see the Role of its ServiceAccount.',
  }),
  alert('PrometheusTargetSyncFailure', {
    severity: 'critical',
    expr: `increase(prometheus_target_sync_failed_total{${PROMETHEUS}}[30m]) > 0`,
    for: '5m',
    summary: '{{ $labels.pod }} cannot make targets of what job {{ $labels.scrape_job }} discovers.',
    description: '{{ $value | printf "%.0f" }} targets of job {{ $labels.scrape_job }} came out of relabeling without a valid address or interval.',
  }),
];

const storage: readonly PackRule[] = [
  alert('PrometheusNotIngestingSamples', {
    severity: 'warning',
    expr: [
      `sum without (type) (rate(prometheus_tsdb_head_samples_appended_total{${PROMETHEUS}}[5m])) <= 0`,
      `and (sum without (scrape_job) (prometheus_target_metadata_cache_entries{${PROMETHEUS}}) > 0 or sum without (rule_group) (prometheus_rule_group_rules{${PROMETHEUS}}) > 0)`,
    ].join(' '),
    for: '10m',
    summary: '{{ $labels.pod }} takes in no samples.',
    description: 'It has targets or rules, and nothing of them reached its storage in ten minutes. Its log says why: a full volume is the usual reason.',
  }),
  alert('PrometheusTSDBReloadsFailing', {
    severity: 'warning',
    expr: `increase(prometheus_tsdb_reloads_failures_total{${PROMETHEUS}}[3h]) > 0`,
    for: '4h',
    summary: '{{ $labels.pod }} cannot reload its blocks from disk.',
    description: '{{ $value | printf "%.0f" }} attempts failed over the last three hours. Queries may miss data.',
  }),
  alert('PrometheusTSDBCompactionsFailing', {
    severity: 'warning',
    expr: `increase(prometheus_tsdb_compactions_failed_total{${PROMETHEUS}}[3h]) > 0`,
    for: '4h',
    summary: '{{ $labels.pod }} cannot compact its blocks.',
    description: '{{ $value | printf "%.0f" }} compactions failed over the last three hours. Its memory and its volume will fill up.',
  }),
  alert('PrometheusDuplicateTimestamps', {
    severity: 'warning',
    expr: `rate(prometheus_target_scrapes_sample_duplicate_timestamp_total{${PROMETHEUS}}[5m]) > 0`,
    for: '10m',
    summary: '{{ $labels.pod }} drops samples that differ under the same timestamp.',
    description: '{{ $value | printf "%.2f" }} samples a second come twice with different values. Two targets share all labels, or one exposes a series twice.',
  }),
  alert('PrometheusOutOfOrderTimestamps', {
    severity: 'warning',
    expr: `rate(prometheus_target_scrapes_sample_out_of_order_total{${PROMETHEUS}}[5m]) > 0`,
    for: '10m',
    summary: '{{ $labels.pod }} drops samples that are older than those it has.',
    description: '{{ $value | printf "%.2f" }} samples a second arrive out of order. Targets that send their own timestamps are the usual reason.',
  }),
];

const queries: readonly PackRule[] = [
  alert('PrometheusHighQueryLoad', {
    severity: 'warning',
    threshold: 0.8,
    unit: 'share',
    expr: (share) => `avg_over_time(prometheus_engine_queries{${PROMETHEUS}}[5m]) / max_over_time(prometheus_engine_queries_concurrent_max{${PROMETHEUS}}[5m]) > ${share}`,
    for: '15m',
    summary: '{{ $value | humanizePercentage }} of the queries that {{ $labels.pod }} may run at a time are running.',
    description: 'Dashboards and rules soon wait for each other. See which queries are slow, and record what many ask for.',
  }),
];

const limits: readonly PackRule[] = [
  limitAlert('PrometheusTargetLimitHit', 'prometheus_target_scrape_pool_exceeded_target_limit_total', 'has more targets than limits.targets allows, so none of them is scraped'),
  limitAlert('PrometheusLabelLimitHit', 'prometheus_target_scrape_pool_exceeded_label_limits_total', 'has samples with more or longer labels than its limits allow, so those scrapes failed'),
  limitAlert('PrometheusScrapeBodySizeLimitHit', 'prometheus_target_scrapes_exceeded_body_size_limit_total', 'has targets whose answers are larger than limits.bodySize, so those scrapes failed'),
  limitAlert('PrometheusScrapeSampleLimitHit', 'prometheus_target_scrapes_exceeded_sample_limit_total', 'has targets with more samples than limits.samples, so those scrapes failed'),
];

function limitAlert(name: string, metric: string, what: string): PackRule {
  return alert(name, {
    severity: 'warning',
    expr: `increase(${metric}{${PROMETHEUS}}[5m]) > 0`,
    for: '15m',
    summary: '{{ $labels.pod }} runs into a scrape limit.',
    description: `Prometheus {{ $labels.namespace }}/{{ $labels.pod }} ${what}. Raise the limit of the ScrapeTarget or of the stack, or drop what is not needed.`,
  });
}

const evaluation: readonly PackRule[] = [
  alert('PrometheusRuleFailures', {
    severity: 'critical',
    expr: `increase(prometheus_rule_evaluation_failures_total{${PROMETHEUS}}[5m]) > 0`,
    for: '15m',
    summary: '{{ $labels.pod }} cannot evaluate rules of {{ $labels.rule_group }}.',
    description: '{{ $value | printf "%.0f" }} evaluations failed in five minutes. Alerts of this group cannot be relied on; the page Rules of Prometheus shows the error.',
  }),
  alert('PrometheusMissingRuleEvaluations', {
    severity: 'warning',
    expr: `increase(prometheus_rule_group_iterations_missed_total{${PROMETHEUS}}[5m]) > 0`,
    for: '15m',
    summary: '{{ $labels.pod }} is too slow for the rules of {{ $labels.rule_group }}.',
    description: 'Evaluations were left out, because the one before had not ended. Make the expressions cheaper, or the interval longer.',
  }),
];

const sending: readonly PackRule[] = [
  alert('PrometheusNotConnectedToAlertmanagers', {
    severity: 'warning',
    expr: `max_over_time(prometheus_notifications_alertmanagers_discovered{${PROMETHEUS}}[5m]) < 1`,
    for: '10m',
    summary: '{{ $labels.pod }} has no Alertmanager to send alerts to.',
    description: 'Nobody is told of any alert of this Prometheus. See whether the pods of Alertmanager run.',
  }),
  alert('PrometheusErrorSendingAlertsToSomeAlertmanagers', {
    severity: 'warning',
    threshold: 1,
    unit: 'percent',
    expr: (percent) => `100 * rate(prometheus_notifications_errors_total{${PROMETHEUS}}[5m]) / rate(prometheus_notifications_sent_total{${PROMETHEUS}}[5m]) > ${percent}`,
    for: '15m',
    summary: '{{ $labels.pod }} fails to send alerts to {{ $labels.alertmanager }}.',
    description: '{{ $value | printf "%.1f" }}% of the alerts for this replica of Alertmanager did not reach it.',
  }),
  alert('PrometheusErrorSendingAlertsToAnyAlertmanager', {
    severity: 'critical',
    threshold: 3,
    unit: 'percent',
    expr: (percent) => `min without (alertmanager) (100 * rate(prometheus_notifications_errors_total{${PROMETHEUS}}[5m]) / rate(prometheus_notifications_sent_total{${PROMETHEUS}}[5m])) > ${percent}`,
    for: '15m',
    summary: '{{ $labels.pod }} fails to send alerts to every Alertmanager.',
    description: 'At least {{ $value | printf "%.1f" }}% of its alerts reach no Alertmanager at all, so people are not told of them.',
  }),
  alert('PrometheusNotificationQueueRunningFull', {
    severity: 'warning',
    // Releases with a queue for each Alertmanager have its label on the length, but not on the capacity.
    expr: `max without (alertmanager) (predict_linear(prometheus_notifications_queue_length{${PROMETHEUS}}[5m], 1800)) > min_over_time(prometheus_notifications_queue_capacity{${PROMETHEUS}}[5m])`,
    for: '15m',
    summary: 'Alerts of {{ $labels.pod }} queue up.',
    description: 'At this pace the queue of alerts for Alertmanager is full in half an hour, and alerts are lost.',
  }),
];

const remoteWrite: readonly PackRule[] = [
  alert('PrometheusRemoteStorageFailures', {
    severity: 'critical',
    threshold: 1,
    unit: 'percent',
    expr: (percent) => `100 * rate(prometheus_remote_storage_samples_failed_total{${PROMETHEUS}}[5m]) / (rate(prometheus_remote_storage_samples_failed_total{${PROMETHEUS}}[5m]) + rate(prometheus_remote_storage_samples_total{${PROMETHEUS}}[5m])) > ${percent}`,
    for: '15m',
    summary: '{{ $labels.pod }} fails to send samples to {{ $labels.remote_name }}.',
    description: '{{ $value | printf "%.1f" }}% of the samples for {{ $labels.url }} are lost.',
  }),
  alert('PrometheusRemoteWriteBehind', {
    severity: 'critical',
    threshold: 120,
    unit: 'seconds',
    expr: (seconds) => [
      `max_over_time(prometheus_remote_storage_highest_timestamp_in_seconds{${PROMETHEUS}}[5m])`,
      `- ignoring (remote_name, url) group_right () max_over_time(prometheus_remote_storage_queue_highest_sent_timestamp_seconds{${PROMETHEUS}}[5m]) > ${seconds}`,
    ].join(' '),
    for: '15m',
    summary: '{{ $labels.pod }} is behind with sending samples to {{ $labels.remote_name }}.',
    description: 'What arrives at {{ $labels.url }} is {{ $value | humanizeDuration }} old. The receiver, or the network, does not take samples as fast as they come.',
  }),
  alert('PrometheusRemoteWriteDesiredShards', {
    severity: 'warning',
    expr: `max_over_time(prometheus_remote_storage_shards_desired{${PROMETHEUS}}[5m]) > max_over_time(prometheus_remote_storage_shards_max{${PROMETHEUS}}[5m])`,
    for: '15m',
    summary: '{{ $labels.pod }} wants {{ $value | printf "%.0f" }} shards to send to {{ $labels.remote_name }}, more than it may have.',
    description: 'Sending to {{ $labels.url }} keeps up with at most queue.max_shards requests at a time. Soon what is sent will lag behind.',
  }),
];

/** Alerts about Prometheus itself. */
export const prometheus: Pack = { name: 'prometheus', needs: [], rules: [...config, ...discovery, ...storage, ...queries, ...limits, ...evaluation] };

/** Alerts about its way to Alertmanager. */
export const prometheusAlerting: Pack = { name: 'prometheus-alerting', needs: ['alertmanager'], rules: sending };

/** Alerts about what it sends elsewhere. */
export const prometheusRemoteWrite: Pack = { name: 'prometheus-remote-write', needs: ['remoteWrite'], rules: remoteWrite };
