import { alert, type PackRule } from './alert.ts';
import { ALERTMANAGER } from './jobs.ts';
import type { Pack } from './pack.ts';

const FAILED = `rate(alertmanager_notifications_failed_total{${ALERTMANAGER}}[5m])`;
const TRIED = `ignoring (reason) group_left () rate(alertmanager_notifications_total{${ALERTMANAGER}}[5m])`;

const single: readonly PackRule[] = [
  alert('AlertmanagerFailedReload', {
    severity: 'critical',
    expr: `max_over_time(alertmanager_config_last_reload_successful{${ALERTMANAGER}}[5m]) == 0`,
    for: '10m',
    summary: '{{ $labels.pod }} refuses its configuration.',
    description: 'Alertmanager {{ $labels.namespace }}/{{ $labels.pod }} could not load its configuration and goes on with the one before. Its log says which line.',
  }),
  alert('AlertmanagerFailedToSendAlerts', {
    severity: 'warning',
    threshold: 0.01,
    unit: 'share',
    expr: (share) => `${FAILED} / ${TRIED} > ${share}`,
    for: '5m',
    summary: '{{ $labels.pod }} fails to notify by {{ $labels.integration }}.',
    description: '{{ $value | humanizePercentage }} of its notifications by {{ $labels.integration }} failed ({{ $labels.reason }}). Its log names the receiver.',
  }),
];

const clustered: readonly PackRule[] = [
  alert('AlertmanagerClusterFailedToSendAlerts', {
    ofAll: 'OnFirstShard',
    severity: 'critical',
    threshold: 0.01,
    unit: 'share',
    expr: (share) => `min by (namespace, job, integration) (${FAILED} / ${TRIED}) > ${share}`,
    for: '5m',
    summary: 'Every replica of Alertmanager fails to notify by {{ $labels.integration }}.',
    description: 'Even the best replica loses {{ $value | humanizePercentage }} of its notifications by {{ $labels.integration }}, so people are not told.',
  }),
  alert('AlertmanagerMembersInconsistent', {
    ofAll: 'OnFirstShard',
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
    ofAll: 'OnFirstShard',
    severity: 'critical',
    expr: `avg by (namespace, job) (avg_over_time(up{${ALERTMANAGER}}[5m]) < bool 0.5) >= 0.5`,
    for: '5m',
    summary: 'Half or more of the replicas of Alertmanager are down.',
    description: '{{ $value | humanizePercentage }} of the replicas of Alertmanager in {{ $labels.namespace }} answered less than half of their scrapes over five minutes.',
  }),
  alert('AlertmanagerClusterCrashlooping', {
    ofAll: 'OnFirstShard',
    severity: 'critical',
    expr: `avg by (namespace, job) (changes(process_start_time_seconds{${ALERTMANAGER}}[10m]) > bool 4) >= 0.5`,
    for: '5m',
    summary: 'Half or more of the replicas of Alertmanager start again and again.',
    description: '{{ $value | humanizePercentage }} of the replicas of Alertmanager in {{ $labels.namespace }} started five times or more within ten minutes.',
  }),
];

/** Alerts about Alertmanager. */
export const alertmanager: Pack = { name: 'alertmanager', needs: ['alertmanager'], rules: single };

/** Alerts about the replicas' agreement, where there are several. */
export const alertmanagerCluster: Pack = { name: 'alertmanager-cluster', needs: ['alertmanagerReplicas'], rules: clustered };
