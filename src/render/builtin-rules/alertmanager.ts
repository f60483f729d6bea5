import type { Rule, RuleGroup } from '../../formats/prometheus/rule-group.ts';
import { alert } from './alert.ts';

const ALERTMANAGER = 'job="alertmanager"';

/** Alerts about Alertmanager. Those about the replicas' agreement are there only where there are several. */
export function alertmanager({ replicas }: { readonly replicas: number }): RuleGroup {
  return { name: 'belfry/alertmanager', rules: [...single, ...(replicas > 1 ? clustered : [])] };
}

const FAILED = `rate(alertmanager_notifications_failed_total{${ALERTMANAGER}}[5m])`;
const TRIED = `ignoring (reason) group_left () rate(alertmanager_notifications_total{${ALERTMANAGER}}[5m])`;

const single: readonly Rule[] = [
  alert('AlertmanagerFailedReload', {
    severity: 'critical',
    expr: `max_over_time(alertmanager_config_last_reload_successful{${ALERTMANAGER}}[5m]) == 0`,
    for: '10m',
    summary: '{{ $labels.pod }} refuses its configuration.',
    description: 'Alertmanager {{ $labels.namespace }}/{{ $labels.pod }} could not load its configuration and goes on with the one before. Its log says which line.',
  }),
  alert('AlertmanagerFailedToSendAlerts', {
    severity: 'warning',
    expr: `${FAILED} / ${TRIED} > 0.01`,
    for: '5m',
    summary: '{{ $labels.pod }} fails to notify by {{ $labels.integration }}.',
    description: '{{ $value | humanizePercentage }} of its notifications by {{ $labels.integration }} failed ({{ $labels.reason }}). Its log names the receiver.',
  }),
];

const clustered: readonly Rule[] = [
  alert('AlertmanagerClusterFailedToSendAlerts', {
    severity: 'critical',
    expr: `min by (namespace, job, integration) (${FAILED} / ${TRIED}) > 0.01`,
    for: '5m',
    summary: 'Every replica of Alertmanager fails to notify by {{ $labels.integration }}.',
    description: 'Even the best replica loses {{ $value | humanizePercentage }} of its notifications by {{ $labels.integration }}, so people are not told.',
  }),
  alert('AlertmanagerMembersInconsistent', {
    severity: 'critical',
    expr: `max_over_time(alertmanager_cluster_members{${ALERTMANAGER}}[5m]) < on (namespace, job) group_left () count by (namespace, job) (max_over_time(alertmanager_cluster_members{${ALERTMANAGER}}[5m]))`,
    for: '15m',
    summary: '{{ $labels.pod }} does not see all replicas of Alertmanager.',
    description: 'It knows of {{ $value }} members. Notifications may come twice, and silences may not reach all. Port 9094 must be open between the replicas, TCP and UDP.',
  }),
  alert('AlertmanagerConfigInconsistent', {
    severity: 'critical',
    expr: `count by (namespace, job) (count_values by (namespace, job) ("config_hash", alertmanager_config_hash{${ALERTMANAGER}})) != 1`,
    for: '20m',
    summary: 'The replicas of Alertmanager run different configurations.',
    description: 'There are {{ $value }} configurations in use in {{ $labels.namespace }}.',
  }),
  alert('AlertmanagerClusterDown', {
    severity: 'critical',
    expr: `avg by (namespace, job) (avg_over_time(up{${ALERTMANAGER}}[5m]) < bool 0.5) >= 0.5`,
    for: '5m',
    summary: 'Half or more of the replicas of Alertmanager are down.',
    description: '{{ $value | humanizePercentage }} of the replicas of Alertmanager in {{ $labels.namespace }} answered less than half of their scrapes over five minutes.',
  }),
];
