import type { Dashboard, Row } from '../../../formats/grafana/dashboard.ts';
import { stat, table, timeseries } from '../../../formats/grafana/panel.ts';
import type { Components } from './components.ts';
import { JOBS } from './jobs.ts';
import { toAlerts, toNamespace } from './links.ts';
import { ownDashboard } from './own-dashboard.ts';
import { CLUSTER, of } from './selector.ts';

const TARGETS = `${CLUSTER},namespace=~"$namespace",job=~"$job"`;
const PROMETHEUS = of(JOBS.prometheus);
const ALERTMANAGER = of(JOBS.alertmanager);

/** The stack itself: does it scrape, does it evaluate, does it notify. */
export function stackOverview(components: Components): Dashboard {
  return ownDashboard({
    id: 'stack-overview',
    title: 'Stack overview',
    description: 'Whether this monitoring stack itself works: targets, scrapes, rules, configuration and notifications.',
    group: 'monitoring',
    clustersOf: 'up',
    variables: [
      { name: 'namespace', label: 'Namespace', series: `up{${CLUSTER}}`, of: 'namespace' },
      { name: 'job', label: 'Job', series: `up{${CLUSTER},namespace=~"$namespace"}`, of: 'job' },
    ],
    rows: [atAGlance, targets, prometheus, rules, ...(components.has('alertmanager') ? [notifications] : [])],
  });
}

const atAGlance: Row = {
  title: 'Is it fine?',
  text: 'All green: what should be scraped is scraped, rules are evaluated, and alerts get out. Not green: what other dashboards do not show may still be so.',
  panels: [
    stat({ title: 'Targets up', description: 'Targets that answered their last scrape.', queries: [{ expr: `sum(up{${TARGETS}}) or vector(0)` }], look: { decimals: 0, alarmBelow: 1 } }),
    stat({
      title: 'Targets down',
      description: 'Targets that did not answer their last scrape.',
      queries: [{ expr: `count(up{${TARGETS}} == 0) or vector(0)` }],
      look: { decimals: 0, alarmFrom: 1 },
    }),
    stat({
      title: 'Alerts firing',
      description: 'Alerts that fire now, but for Watchdog, which always does.',
      queries: [{ expr: `count(ALERTS{${CLUSTER},alertstate="firing",alertname!~"Watchdog|InfoInhibitor"}) or vector(0)` }],
      look: { decimals: 0, warnFrom: 1 },
      links: [toAlerts],
    }),
    stat({ title: 'Jobs', description: 'Scrape jobs that have targets.', queries: [{ expr: `count(count by (job) (up{${TARGETS}})) or vector(0)` }] }),
    stat({ title: 'Series', description: 'Series in memory, of all replicas.', queries: [{ expr: `sum(prometheus_tsdb_head_series{${PROMETHEUS}})` }] }),
    stat({
      title: 'Configuration loaded',
      description: 'Whether every replica took its last configuration.',
      queries: [{ expr: `min(prometheus_config_last_reload_successful{${PROMETHEUS}})` }],
      look: { words: { 0: 'no', 1: 'yes' }, alarmBelow: 1 },
    }),
  ],
};

const targets: Row = {
  title: 'Targets',
  text: 'Why a target is down is in the status of its ScrapeTarget: kubectl get scrapetarget -A says it in a word.',
  panels: [
    timeseries({
      title: 'Targets down by job',
      description: 'Targets that do not answer.',
      queries: [{ expr: `count by (job) (up{${TARGETS}} == 0)`, legend: '{{job}}' }],
      look: { min: 0, decimals: 0, stack: true },
    }),
    table({
      title: 'Targets that do not answer',
      description: 'Why not is in the status of the ScrapeTarget: kubectl describe scrapetarget.',
      queries: [{ expr: `max by (cluster, namespace, job, instance) (up{${TARGETS}}) == 0`, column: { title: 'up', words: { 0: 'no' } } }],
      links: [toNamespace],
    }),
    timeseries({
      title: 'Slowest scrapes',
      description: 'How long the ten slowest targets take to answer.',
      queries: [{ expr: `topk(10, scrape_duration_seconds{${TARGETS}})`, legend: '{{job}} {{instance}}' }],
      look: { unit: 's', min: 0 },
    }),
    timeseries({
      title: 'Samples scraped by job',
      description: 'Samples of one scrape of all targets: what a job costs.',
      queries: [{ expr: `sum by (job) (scrape_samples_scraped{${TARGETS}})`, legend: '{{job}}' }],
      look: { min: 0, stack: true },
    }),
  ],
};

const prometheus: Row = {
  title: 'Prometheus',
  text: 'The short version; the dashboard Prometheus has the long one.',
  panels: [
    timeseries({
      title: 'Samples ingested',
      description: 'Samples a second, by replica.',
      queries: [{ expr: `rate(prometheus_tsdb_head_samples_appended_total{${PROMETHEUS}}[$__rate_interval])`, legend: '{{pod}} {{type}}' }],
      look: { unit: 'cps', min: 0 },
    }),
    timeseries({
      title: 'Series in memory',
      description: 'Active series, by replica.',
      queries: [{ expr: `prometheus_tsdb_head_series{${PROMETHEUS}}`, legend: '{{pod}}' }],
      look: { min: 0 },
    }),
    timeseries({
      title: 'Memory',
      description: 'Resident memory, by replica.',
      queries: [{ expr: `process_resident_memory_bytes{${PROMETHEUS}}`, legend: '{{pod}}' }],
      look: { unit: 'bytes', min: 0 },
    }),
    timeseries({
      title: 'CPU',
      description: 'Cores in use, by replica.',
      queries: [{ expr: `rate(process_cpu_seconds_total{${PROMETHEUS}}[$__rate_interval])`, legend: '{{pod}}' }],
      look: { min: 0 },
    }),
    timeseries({
      title: 'Configuration: age',
      description: 'Time since each replica last took a new configuration.',
      queries: [{ expr: `time() - prometheus_config_last_reload_success_timestamp_seconds{${PROMETHEUS}}`, legend: '{{pod}}' }],
      look: { unit: 's', min: 0 },
    }),
    timeseries({
      title: 'Discovery',
      description: 'Targets found, by job, before relabel rules drop any.',
      queries: [{ expr: `sum by (config) (prometheus_sd_discovered_targets{${PROMETHEUS},name="scrape"})`, legend: '{{config}}' }],
      look: { min: 0 },
    }),
  ],
};

const rules: Row = {
  title: 'Rules',
  text: 'A rule that fails is an alert that cannot fire.',
  panels: [
    timeseries({
      title: 'Slowest rule groups',
      description: 'How long the ten slowest rule groups took last.',
      queries: [{ expr: `topk(10, prometheus_rule_group_last_duration_seconds{${PROMETHEUS}})`, legend: '{{rule_group}}' }],
      look: { unit: 's', min: 0 },
    }),
    timeseries({
      title: 'Rules that fail',
      description: 'Evaluations a second that ended in an error.',
      queries: [{ expr: `sum by (rule_group) (rate(prometheus_rule_evaluation_failures_total{${PROMETHEUS}}[$__rate_interval])) > 0`, legend: '{{rule_group}}' }],
      look: { min: 0 },
    }),
  ],
};

const notifications: Row = {
  title: 'Notifications',
  text: 'An alert that cannot be sent is an alert that nobody gets.',
  panels: [
    timeseries({
      title: 'Alerts sent to Alertmanager',
      description: 'Alerts a second that Prometheus sent, and those that it could not send.',
      queries: [
        { expr: `sum by (pod) (rate(prometheus_notifications_sent_total{${PROMETHEUS}}[$__rate_interval]))`, legend: '{{pod}} sent' },
        { expr: `sum by (pod) (rate(prometheus_notifications_errors_total{${PROMETHEUS}}[$__rate_interval]))`, legend: '{{pod}} errors' },
      ],
      look: { min: 0 },
    }),
    timeseries({
      title: 'Alerts in Alertmanager',
      description: 'Alerts by state.',
      queries: [{ expr: `max by (state) (alertmanager_alerts{${ALERTMANAGER}})`, legend: '{{state}}' }],
      look: { min: 0, decimals: 0 },
    }),
    timeseries({
      title: 'Notifications',
      description: 'Messages a second to each kind of receiver.',
      queries: [{ expr: `sum by (integration) (rate(alertmanager_notifications_total{${ALERTMANAGER}}[$__rate_interval])) > 0`, legend: '{{integration}}' }],
      look: { min: 0 },
    }),
    timeseries({
      title: 'Notifications that failed',
      description: 'Messages a second that could not be delivered.',
      queries: [
        { expr: `sum by (integration) (rate(alertmanager_notifications_failed_total{${ALERTMANAGER}}[$__rate_interval])) > 0`, legend: '{{integration}}' },
      ],
      look: { min: 0 },
    }),
  ],
};
