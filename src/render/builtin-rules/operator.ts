import { alert, type PackRule } from './alert.ts';
import { OPERATOR } from './jobs.ts';
import type { Pack } from './pack.ts';

const alive: readonly PackRule[] = [
  alert('BelfryDown', {
    ofAll: 'OnFirstShard',
    severity: 'critical',
    expr: `absent(up{${OPERATOR}} == 1)`,
    for: '10m',
    summary: 'The operator of the monitoring stacks does not answer.',
    description: 'No replica of Belfry has been scraped for ten minutes. What runs goes on running, but no change of a MonitoringStack, ScrapeTarget or AlertPolicy takes effect.',
  }),
  alert('BelfryNoLeader', {
    ofAll: 'OnFirstShard',
    severity: 'critical',
    expr: `sum by (namespace) (belfry_leader{${OPERATOR}}) < 1`,
    for: '5m',
    summary: 'No replica of Belfry leads.',
    description: 'Replicas of Belfry in {{ $labels.namespace }} run, and none of them holds the Lease, so none works. Their logs say why they cannot get it.',
  }),
];

const work: readonly PackRule[] = [
  alert('BelfryNotReconciling', {
    severity: 'critical',
    threshold: 300, unit: 'seconds',
    expr: (seconds) => `max_over_time(belfry_queue_oldest_seconds{${OPERATOR}}[5m]) > ${seconds}`,
    for: '5m',
    summary: '{{ $labels.pod }} does not keep up with its stacks.',
    description: 'A MonitoringStack has waited {{ $value | humanizeDuration }} for its turn, so changes take effect that late or not at all.',
  }),
  alert('BelfryReconcileFailing', {
    severity: 'warning',
    expr: `sum without (outcome) (increase(belfry_reconcile_total{${OPERATOR},outcome!="success"}[15m])) > 3`,
    for: '15m',
    summary: 'Passes of {{ $labels.pod }} over its stacks fail again and again.',
    description: '{{ $value | printf "%.0f" }} passes failed in a quarter of an hour. The condition Applied of the MonitoringStack and the log of the operator say why.',
  }),
  alert('BelfryConfigNotLive', {
    severity: 'warning',
    threshold: 900, unit: 'seconds',
    expr: (seconds) => `time() - (belfry_config_unconfirmed_since_timestamp_seconds{${OPERATOR}} > 0) > ${seconds}`,
    for: '5m',
    summary: 'The configuration of stack {{ $labels.stack }} is not live.',
    description: 'For {{ $value | humanizeDuration }} a replica has not confirmed what was written. The condition ConfigLive of MonitoringStack {{ $labels.stack }} names it and what it answers.',
  }),
  alert('BelfryResourcesRejected', {
    severity: 'info',
    expr: `sum without (state) (belfry_objects{${OPERATOR},state="rejected"}) > 0`,
    for: '1h',
    summary: '{{ $value }} of kind {{ $labels.kind }} are not accepted.',
    description: 'They are in no configuration, or with their last good version. kubectl belfry status lists them; their condition Accepted, or Stalled, says what to mend.',
  }),
];

const server: readonly PackRule[] = [
  alert('BelfryWatchBroken', {
    severity: 'warning',
    threshold: 600, unit: 'seconds',
    // A replica that stands by watches nothing.
    expr: (seconds) => `(time() - belfry_watch_last_contact_timestamp_seconds{${OPERATOR}} > ${seconds}) and on (namespace, pod) belfry_leader{${OPERATOR}} == 1`,
    for: '5m',
    summary: '{{ $labels.pod }} hears nothing of {{ $labels.resource }}.',
    description: 'For {{ $value | humanizeDuration }} the API server has not been heard on the watch of {{ $labels.resource }}. Changes of them have no effect meanwhile.',
  }),
  alert('BelfryWatchMissedEvents', {
    severity: 'warning',
    expr: `increase(belfry_watch_missed_events_total{${OPERATOR}}[1h]) > 0`,
    summary: 'A watch kept changes of {{ $labels.resource }} from {{ $labels.pod }}.',
    description: '{{ $value | printf "%.0f" }} changes were found by a list that the watch had not told of. They took effect late: up to half an hour.',
  }),
  alert('BelfryApiErrors', {
    severity: 'warning',
    threshold: 10, unit: 'percent',
    expr: (percent) =>
      `100 * sum by (namespace, pod) (rate(belfry_api_requests_total{${OPERATOR},code=~"0|429|5.."}[5m])) / sum by (namespace, pod) (rate(belfry_api_requests_total{${OPERATOR}}[5m])) > ${percent}`,
    for: '15m',
    summary: 'Requests of {{ $labels.pod }} to the API server fail.',
    description: '{{ $value | printf "%.0f" }}% of them were not answered, were turned away, or ended in an error of the server.',
  }),
  alert('BelfryForbidden', {
    severity: 'warning',
    expr: `sum without (code) (increase(belfry_api_requests_total{${OPERATOR},code="403"}[15m])) > 0`,
    for: '15m',
    summary: 'Belfry may not {{ $labels.verb }} {{ $labels.resource }}.',
    description: 'The API server refuses {{ $labels.pod }} that permission. Apply the manifests of this release once more: belfry install.',
  }),
];

/** Alerts about the operator itself. */
export const operator: Pack = { name: 'operator', needs: ['operator'], rules: [...alive, ...work, ...server] };
