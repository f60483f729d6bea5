import type { Dashboard, Row } from '../../../formats/grafana/dashboard.ts';
import { stat, stateTimeline, table, timeseries } from '../../../formats/grafana/panel.ts';
import type { Components } from './components.ts';
import { JOBS } from './jobs.ts';
import { toNamespace, toStack } from './links.ts';
import { ownDashboard } from './own-dashboard.ts';
import { CLUSTER, of, orZero } from './selector.ts';

/** Alerts that say something: Watchdog always fires, and InfoInhibitor only serves Alertmanager. */
const REAL = `${CLUSTER},namespace=~"$namespace|",alertname!~"Watchdog|InfoInhibitor"`;
const firing = (...more: string[]): string => `ALERTS{${[REAL, 'alertstate="firing"', ...more].join(',')}}`;
const count = (severity: string): string => `count(${firing(severity)}) or vector(0)`;

const isItFine: Row = {
  title: 'Is it fine?',
  text: 'All green: nothing fires. The heartbeat proves that rules are evaluated at all: without it, silence means nothing.',
  panels: [
    stat({ title: 'Critical', description: 'Alerts of severity critical that fire.', queries: [{ expr: count('severity="critical"') }], look: { decimals: 0, alarmFrom: 1 } }),
    stat({ title: 'Warnings', description: 'Alerts of severity warning that fire.', queries: [{ expr: count('severity="warning"') }], look: { decimals: 0, warnFrom: 1 } }),
    stat({ title: 'Others', description: 'Alerts of another severity, or of none, that fire.', queries: [{ expr: count('severity!~"critical|warning"') }], look: { decimals: 0 } }),
    stat({ title: 'Pending', description: 'Alerts whose condition holds, but not yet for as long as it must.', queries: [{ expr: `count(ALERTS{${REAL},alertstate="pending"}) or vector(0)` }], look: { decimals: 0 } }),
    stat({
      title: 'Heartbeat',
      description: 'The alert Watchdog, which always fires. Switched off in the stack\'s rule packs, it is missing here too.',
      queries: [{ expr: `count(ALERTS{${CLUSTER},alertname="Watchdog",alertstate="firing"}) > bool 0 or vector(0)` }],
      look: { words: { 0: 'none', 1: 'beats' }, alarmBelow: 1 },
      links: [toStack],
    }),
    stat({ title: 'Rules', description: 'Rules that are loaded, of all replicas.', queries: [{ expr: `sum(prometheus_rule_group_rules{${of(JOBS.prometheus)}})` }], look: { decimals: 0 } }),
  ],
};

const now: Row = {
  title: 'What fires',
  text: 'The oldest is mostly the cause, the youngest the consequence.',
  panels: [
    table({
      title: 'Firing',
      description: 'Alerts that fire, and since when their condition holds.',
      queries: [{ expr: `time() - (max by (cluster, alertname, severity, namespace, job, instance) (ALERTS_FOR_STATE{${REAL}}) and on (cluster, alertname, severity, namespace, job, instance) max by (cluster, alertname, severity, namespace, job, instance) (${firing()}))`, column: { title: 'since' } }],
      look: { unit: 's', decimals: 0 },
      links: [toNamespace],
      sortBy: 'since',
      width: 24,
      height: 10,
    }),
    stateTimeline({
      title: 'When it fired',
      description: 'Each alert, from when to when it fired; several of one name together.',
      queries: [{ expr: `max by (alertname, severity) (${firing()})`, legend: '{{alertname}} {{severity}}' }],
      look: { words: { 1: 'fires' }, alarmFrom: 1 },
      height: 10,
    }),
  ],
};

const history: Row = {
  title: 'How noisy it is',
  text: 'An alert that fires often and is never acted on hides the next real one: mend it or remove it.',
  panels: [
    table({
      title: 'Time fired in the last day',
      description: 'Share of the last day in which each alert fired, of the 20 that fired the longest.',
      queries: [{ expr: `topk(20, max by (alertname, severity, namespace) (count_over_time(${firing()}[1d:5m]) / 288))`, column: { title: 'of the day', unit: 'percentunit', decimals: 0 } }],
      links: [toNamespace],
      sortBy: 'of the day',
    }),
    timeseries({ title: 'Firing by severity', description: 'Alerts that fire.', queries: [{ expr: `count by (severity) (${firing()})`, legend: '{{severity}}' }], look: { min: 0, decimals: 0, stack: true } }),
    timeseries({ title: 'Firing by namespace', description: 'Alerts that fire; those without a namespace are of the cluster.', queries: [{ expr: `count by (namespace) (${firing()})`, legend: '{{namespace}}' }], look: { min: 0, decimals: 0, stack: true }, links: [toNamespace], width: 24 }),
  ],
};

const AM = of(JOBS.alertmanager);
const told: Row = {
  title: 'Who is told',
  text: 'What Alertmanager makes of it. Suppressed alerts are silenced, or hidden by a greater one.',
  panels: [
    timeseries({ title: 'Alerts by state', description: 'Alerts that Alertmanager knows of.', queries: [{ expr: `max by (state) (alertmanager_alerts{${AM}})`, legend: '{{state}}' }], look: { min: 0, decimals: 0 }, width: 8 }),
    timeseries({ title: 'Messages that failed', description: 'Messages in the last hour that could not be delivered.', queries: [{ expr: orZero(`sum by (integration) (increase(alertmanager_notifications_failed_total{${AM}}[1h])) > 0`, `up{${AM}}`), legend: '{{integration}}' }], look: { min: 0, decimals: 0 }, width: 8 }),
    timeseries({ title: 'Silences in force', description: 'Silences that keep alerts quiet now.', queries: [{ expr: `max(alertmanager_silences{${AM},state="active"})`, legend: 'active' }], look: { min: 0, decimals: 0 }, width: 8 }),
  ],
};

/** Alerts: what fires, since when, who is told, and how noisy it all is. */
export function alerts(components: Components): Dashboard {
  return ownDashboard({
    id: 'alerts',
    title: 'Alerts',
    description: 'What fires and since when, whether anybody is told, and which alerts only make noise.',
    group: 'monitoring',
    clustersOf: 'ALERTS',
    variables: [{ name: 'namespace', label: 'Namespace', series: `ALERTS{${CLUSTER}}`, of: 'namespace' }],
    rows: [isItFine, now, history, ...(components.has('alertmanager') ? [told] : [])],
  });
}
