import { upOf, type RuleCase } from './rule-case.ts';

const P = 'job="prometheus",namespace="shop",pod="p-0"';
const A = (pod: string) => `job="alertmanager",namespace="shop",pod="${pod}"`;
const N = 'job="node-exporter",namespace="monitoring",instance="node-1"';

/** Alerts about what a stack consists of. */
export const STACK_CASES: readonly RuleCase[] = [
  { alert: 'TargetDown', at: '15m', series: { ...upOf('api', '1x60', ['1', '2', '3', '4', '5', '6', '7', '8']), ...upOf('api', '0x60', ['0']) } },
  { alert: 'Watchdog', at: '1m', series: {} },
  { alert: 'InfoInhibitor', at: '30m', series: { [`node_cpu_seconds_total{${N},cpu="0",mode="idle"}`]: '0x60' } },

  { alert: 'PrometheusBadConfig', at: '20m', series: { [`prometheus_config_last_reload_successful{${P}}`]: '0x60' } },
  { alert: 'PrometheusSDRefreshFailure', at: '40m', series: { [`prometheus_sd_refresh_failures_total{${P},mechanism="dns"}`]: '0+1x60' } },
  { alert: 'PrometheusKubernetesListWatchFailures', at: '30m', series: { [`prometheus_sd_kubernetes_failures_total{${P}}`]: '0+1x60' } },
  { alert: 'PrometheusTargetSyncFailure', at: '20m', series: { [`prometheus_target_sync_failed_total{${P},scrape_job="a"}`]: '0+1x60' } },
  {
    alert: 'PrometheusNotIngestingSamples', at: '30m',
    series: { [`prometheus_tsdb_head_samples_appended_total{${P},type="float"}`]: '100x60', [`prometheus_target_metadata_cache_entries{${P},scrape_job="a"}`]: '10x60' },
  },
  { alert: 'PrometheusTSDBReloadsFailing', at: '8h', step: '10m', series: { [`prometheus_tsdb_reloads_failures_total{${P}}`]: '0+1x60' } },
  { alert: 'PrometheusTSDBCompactionsFailing', at: '8h', step: '10m', series: { [`prometheus_tsdb_compactions_failed_total{${P}}`]: '0+1x60' } },
  { alert: 'PrometheusDuplicateTimestamps', at: '20m', series: { [`prometheus_target_scrapes_sample_duplicate_timestamp_total{${P}}`]: '0+5x60' } },
  { alert: 'PrometheusOutOfOrderTimestamps', at: '20m', series: { [`prometheus_target_scrapes_sample_out_of_order_total{${P}}`]: '0+5x60' } },
  { alert: 'PrometheusTargetLimitHit', at: '25m', series: { [`prometheus_target_scrape_pool_exceeded_target_limit_total{${P}}`]: '0+1x60' } },
  { alert: 'PrometheusLabelLimitHit', at: '25m', series: { [`prometheus_target_scrape_pool_exceeded_label_limits_total{${P}}`]: '0+1x60' } },
  { alert: 'PrometheusScrapeBodySizeLimitHit', at: '25m', series: { [`prometheus_target_scrapes_exceeded_body_size_limit_total{${P}}`]: '0+1x60' } },
  { alert: 'PrometheusScrapeSampleLimitHit', at: '25m', series: { [`prometheus_target_scrapes_exceeded_sample_limit_total{${P}}`]: '0+1x60' } },
  { alert: 'PrometheusRuleFailures', at: '25m', series: { [`prometheus_rule_evaluation_failures_total{${P},rule_group="g"}`]: '0+1x60' } },
  { alert: 'PrometheusMissingRuleEvaluations', at: '25m', series: { [`prometheus_rule_group_iterations_missed_total{${P},rule_group="g"}`]: '0+1x60' } },
  { alert: 'PrometheusNotConnectedToAlertmanagers', at: '20m', series: { [`prometheus_notifications_alertmanagers_discovered{${P}}`]: '0x60' } },
  {
    alert: 'PrometheusErrorSendingAlertsToSomeAlertmanagers', at: '25m',
    series: {
      [`prometheus_notifications_errors_total{${P},alertmanager="a"}`]: '0+2x60', [`prometheus_notifications_sent_total{${P},alertmanager="a"}`]: '0+100x60',
      [`prometheus_notifications_errors_total{${P},alertmanager="b"}`]: '0x60', [`prometheus_notifications_sent_total{${P},alertmanager="b"}`]: '0+100x60',
    },
  },
  {
    alert: 'PrometheusErrorSendingAlertsToAnyAlertmanager', at: '25m',
    series: {
      [`prometheus_notifications_errors_total{${P},alertmanager="a"}`]: '0+9x60', [`prometheus_notifications_sent_total{${P},alertmanager="a"}`]: '0+100x60',
      [`prometheus_notifications_errors_total{${P},alertmanager="b"}`]: '0+5x60', [`prometheus_notifications_sent_total{${P},alertmanager="b"}`]: '0+100x60',
    },
  },
  {
    alert: 'PrometheusNotificationQueueRunningFull', at: '30m',
    series: { [`prometheus_notifications_queue_length{${P}}`]: '0+50x60', [`prometheus_notifications_queue_capacity{${P}}`]: '1000x60' },
  },
  {
    alert: 'PrometheusRemoteStorageFailures', at: '25m',
    series: { [`prometheus_remote_storage_samples_failed_total{${P},remote_name="r",url="u"}`]: '0+5x60', [`prometheus_remote_storage_samples_total{${P},remote_name="r",url="u"}`]: '0+100x60' },
  },
  {
    alert: 'PrometheusRemoteWriteBehind', at: '30m',
    series: {
      [`prometheus_remote_storage_highest_timestamp_in_seconds{${P}}`]: '1000+60x60',
      [`prometheus_remote_storage_queue_highest_sent_timestamp_seconds{${P},remote_name="r",url="u"}`]: '800+60x60',
    },
  },

  {
    alert: 'PrometheusRemoteWriteDesiredShards', at: '30m',
    series: { [`prometheus_remote_storage_shards_desired{${P},remote_name="r",url="u"}`]: '60x60', [`prometheus_remote_storage_shards_max{${P},remote_name="r",url="u"}`]: '50x60' },
  },
  { alert: 'PrometheusHighQueryLoad', at: '30m', series: { [`prometheus_engine_queries{${P}}`]: '18x60', [`prometheus_engine_queries_concurrent_max{${P}}`]: '20x60' } },

  { alert: 'AlertmanagerFailedReload', at: '20m', series: { [`alertmanager_config_last_reload_successful{${A('a-0')}}`]: '0x60' } },
  {
    alert: 'AlertmanagerFailedToSendAlerts', at: '15m',
    series: {
      [`alertmanager_notifications_failed_total{${A('a-0')},integration="slack",reason="clientError"}`]: '0+5x60', [`alertmanager_notifications_total{${A('a-0')},integration="slack"}`]: '0+100x60',
      [`alertmanager_notifications_failed_total{${A('a-1')},integration="slack",reason="clientError"}`]: '0x60', [`alertmanager_notifications_total{${A('a-1')},integration="slack"}`]: '0+100x60',
    },
  },
  {
    alert: 'AlertmanagerClusterFailedToSendAlerts', at: '15m',
    series: {
      [`alertmanager_notifications_failed_total{${A('a-0')},integration="slack",reason="clientError"}`]: '0+5x60', [`alertmanager_notifications_total{${A('a-0')},integration="slack"}`]: '0+100x60',
      [`alertmanager_notifications_failed_total{${A('a-1')},integration="slack",reason="clientError"}`]: '0+5x60', [`alertmanager_notifications_total{${A('a-1')},integration="slack"}`]: '0+100x60',
    },
  },
  { alert: 'AlertmanagerMembersInconsistent', at: '30m', series: { [`alertmanager_cluster_members{${A('a-0')}}`]: '2x60', [`alertmanager_cluster_members{${A('a-1')}}`]: '1x60' } },
  { alert: 'AlertmanagerConfigInconsistent', at: '30m', series: { [`alertmanager_config_hash{${A('a-0')}}`]: '17x60', [`alertmanager_config_hash{${A('a-1')}}`]: '18x60' } },
  { alert: 'AlertmanagerClusterCrashlooping', at: '30m', series: { [`process_start_time_seconds{${A('a-0')}}`]: '0+60x60', [`process_start_time_seconds{${A('a-1')}}`]: '0x60' } },
  { alert: 'AlertmanagerClusterDown', at: '20m', series: { [`up{${A('a-0')}}`]: '1x60', [`up{${A('a-1')}}`]: '0x60' } },
];
