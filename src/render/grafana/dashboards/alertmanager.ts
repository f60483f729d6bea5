import type { Row } from '../../../formats/grafana/dashboard.ts';
import { stat, timeseries } from '../../../formats/grafana/panel.ts';
import { JOBS } from './jobs.ts';
import { toAlerts } from './links.ts';
import { ownDashboard } from './own-dashboard.ts';
import { programRow, silentTile } from './program-row.ts';
import { of, orZero, quantile, RATE } from './selector.ts';

const SELF = of(JOBS.alertmanager);
const failures = `sum(rate(alertmanager_notifications_failed_total{${SELF}}${RATE}))`;
const sent = `sum(rate(alertmanager_notifications_total{${SELF}}${RATE}))`;

const isItFine: Row = {
  title: 'Is it fine?',
  text: 'All green: alerts are taken, replicas agree, and messages get out. Not green: do not trust a quiet pager.',
  panels: [
    silentTile('Replicas', SELF),
    stat({ title: 'Configuration loaded', description: 'Whether every replica took its last configuration.', queries: [{ expr: `min(alertmanager_config_last_reload_successful{${SELF}})` }], look: { words: { 0: 'no', 1: 'yes' }, alarmBelow: 1 } }),
    stat({
      title: 'Messages that fail',
      description: 'Share of messages that could not be delivered.',
      queries: [{ expr: `(${orZero(failures, `up{${SELF}}`)}) / (${sent} > 0) or 0 * count(up{${SELF}})` }],
      look: { unit: 'percentunit', min: 0, decimals: 0, warnFrom: 0.01, alarmFrom: 0.25 },
    }),
    stat({
      title: 'Replicas that see each other',
      description: 'Of the replica that sees the fewest: share of all that are there.',
      queries: [{ expr: `min(alertmanager_cluster_members{${SELF}}) / count(up{${SELF}}) or 0 * count(up{${SELF}}) + 1` }],
      look: { unit: 'percentunit', decimals: 0, alarmBelow: 1 },
    }),
    stat({ title: 'Alerts refused', description: 'Alerts in the last hour that it could not take.', queries: [{ expr: orZero(`sum(increase(alertmanager_alerts_invalid_total{${SELF}}[1h]))`, `up{${SELF}}`) }], look: { decimals: 0, warnFrom: 1 } }),
    stat({ title: 'Alerts', description: 'Alerts that it knows of and that are not silenced.', queries: [{ expr: `max(alertmanager_alerts{${SELF},state="active"})` }], look: { decimals: 0 }, links: [toAlerts] }),
  ],
};

const messages: Row = {
  title: 'Messages',
  text: 'By kind of receiver. A kind that fails alone has a wrong address or key; its log says which.',
  panels: [
    timeseries({ title: 'Messages by kind', description: 'Messages a second.', queries: [{ expr: `sum by (integration) (rate(alertmanager_notifications_total{${SELF}}${RATE})) > 0`, legend: '{{integration}}' }], look: { unit: 'cps', min: 0 } }),
    timeseries({ title: 'Messages that fail, by kind', description: 'Messages a second that could not be delivered, and why.', queries: [{ expr: `sum by (integration, reason) (rate(alertmanager_notifications_failed_total{${SELF}}${RATE})) > 0`, legend: '{{integration}} {{reason}}' }], look: { unit: 'cps', min: 0 } }),
    timeseries({ title: 'A message takes', description: 'Time that 99 of 100 messages take at most.', queries: [{ expr: quantile(0.99, `alertmanager_notification_latency_seconds_bucket{${SELF}}`, 'integration'), legend: '{{integration}}' }], look: { unit: 's', min: 0 } }),
    timeseries({
      title: 'Requests that fail',
      description: 'Attempts a second to reach a receiver that failed; after some, a message counts as failed.',
      queries: [{ expr: `sum by (integration) (rate(alertmanager_notification_requests_failed_total{${SELF}}${RATE})) > 0`, legend: '{{integration}}' }],
      look: { unit: 'reqps', min: 0 },
    }),
  ],
};

const alerts: Row = {
  title: 'Alerts and silences',
  text: 'What comes in, and what is kept quiet on purpose.',
  panels: [
    timeseries({ title: 'Alerts by state', description: 'Alerts that it knows of: active, or suppressed by a silence or by another alert.', queries: [{ expr: `max by (state) (alertmanager_alerts{${SELF}})`, legend: '{{state}}' }], look: { min: 0, decimals: 0 } }),
    timeseries({ title: 'Alerts received', description: 'Alerts a second: each is sent again and again while it fires.', queries: [{ expr: `sum by (pod, status) (rate(alertmanager_alerts_received_total{${SELF}}${RATE}))`, legend: '{{pod}} {{status}}' }], look: { unit: 'cps', min: 0 } }),
    timeseries({ title: 'Silences', description: 'Silences by state.', queries: [{ expr: `max by (state) (alertmanager_silences{${SELF}})`, legend: '{{state}}' }], look: { min: 0, decimals: 0 } }),
    timeseries({ title: 'Groups', description: 'Groups of alerts that one message is written for.', queries: [{ expr: `max by (pod) (alertmanager_dispatcher_aggregation_groups{${SELF}})`, legend: '{{pod}}' }], look: { min: 0, decimals: 0 } }),
  ],
};

const mesh: Row = {
  title: 'Replicas among themselves',
  collapsed: true,
  text: 'Replicas that do not see each other send everything twice.',
  panels: [
    timeseries({ title: 'Members seen', description: 'Replicas that each one sees, itself included.', queries: [{ expr: `alertmanager_cluster_members{${SELF}}`, legend: '{{pod}}' }], look: { min: 0, decimals: 0 } }),
    timeseries({
      title: 'Messages that wait',
      description: 'Messages to other replicas that wait to be sent.',
      queries: [{ expr: `alertmanager_cluster_messages_queued{${SELF}}`, legend: '{{pod}}' }],
      look: { min: 0, decimals: 0 },
    }),
  ],
};

/** Alertmanager: are alerts taken, and do messages get out. */
export const alertmanager = ownDashboard({
  id: 'alertmanager',
  title: 'Alertmanager',
  description: 'The Alertmanagers of this stack: whether they take alerts, agree, and get messages out.',
  group: 'monitoring',
  clustersOf: `up{job="${JOBS.alertmanager}"}`,
  rows: [isItFine, messages, alerts, mesh, programRow(SELF, '{{pod}}')],
});
