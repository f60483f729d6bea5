import type { Dashboard, Row } from '../../../formats/grafana/dashboard.ts';
import { stat, timeseries } from '../../../formats/grafana/panel.ts';
import { JOBS } from './jobs.ts';
import { ownDashboard } from './own-dashboard.ts';
import { silentTile } from './program-row.ts';
import { of, orZero, quantile, RATE } from './selector.ts';

const SELF = of(JOBS.operator);
const failed = (...more: readonly string[]): string => of(JOBS.operator, 'code=~"0|429|5.."', ...more);

const isItFine: Row = {
  title: 'Is it fine?',
  text: 'All green: what people apply takes effect. Not green: stacks go on running, and changes of them wait.',
  panels: [
    silentTile('Replicas', SELF),
    stat({ title: 'Leaders', description: 'Replicas that lead: one, while all is well.', queries: [{ expr: `sum(belfry_leader{${SELF}})` }], look: { decimals: 0, alarmBelow: 1 } }),
    stat({ title: 'Longest wait for a pass', description: 'Age of the stack that has waited longest for its turn.', queries: [{ expr: `max(belfry_queue_oldest_seconds{${SELF}})` }], look: { unit: 's', decimals: 0, warnFrom: 60, alarmFrom: 300 } }),
    stat({ title: 'Not accepted', description: 'Resources that are refused; their status says why.', queries: [{ expr: orZero(`sum(belfry_objects{${of(JOBS.operator, 'state="rejected"')}})`, `up{${SELF}}`) }], look: { decimals: 0, warnFrom: 1 } }),
    stat({
      title: 'Not live for longest',
      description: 'For how long a configuration has waited for a replica to confirm it.',
      queries: [{ expr: orZero(`max(time() - (belfry_config_unconfirmed_since_timestamp_seconds{${SELF}} > 0))`, `up{${SELF}}`) }],
      look: { unit: 's', decimals: 0, warnFrom: 120, alarmFrom: 900 },
    }),
    stat({
      title: 'Requests that fail',
      description: 'Share of requests to the API server without an answer, turned away, or with an error of the server.',
      queries: [{ expr: `(${orZero(`sum(rate(belfry_api_requests_total{${failed()}}${RATE}))`, `up{${SELF}}`)}) / sum(rate(belfry_api_requests_total{${SELF}}${RATE}))` }],
      look: { unit: 'percentunit', decimals: 0, warnFrom: 0.02, alarmFrom: 0.1 },
    }),
  ],
};

const live: Row = {
  title: 'From apply to live',
  text: 'What people wait for: a second or so is usual.',
  panels: [
    timeseries({
      title: 'Apply to live',
      description: 'From the write of a changed configuration until every replica confirmed it: half of the changes, and 95 of 100.',
      queries: [{ expr: quantile(0.5, `belfry_live_delay_seconds_bucket{${SELF}}`), legend: 'half' }, { expr: quantile(0.95, `belfry_live_delay_seconds_bucket{${SELF}}`), legend: '95 of 100' }],
      look: { unit: 's', min: 0 },
    }),
    timeseries({ title: 'Answers of replicas', description: 'Questions to replicas a second whether a configuration is live, and what they say.', queries: [{ expr: `sum by (component, result) (rate(belfry_live_confirmations_total{${SELF}}${RATE}))`, legend: '{{component}} {{result}}' }], look: { unit: 'reqps', min: 0 } }),
    timeseries({ title: 'Resources', description: 'Resources by kind and by how far they are.', queries: [{ expr: `sum by (kind, state) (belfry_objects{${SELF}})`, legend: '{{kind}} {{state}}' }], look: { min: 0, decimals: 0 } }),
    timeseries({ title: 'Size of configurations', description: 'The ten largest configurations of Prometheus.', queries: [{ expr: `topk(10, belfry_config_bytes{${SELF}})`, legend: '{{stack}}' }], look: { unit: 'bytes', min: 0 } }),
  ],
};

const passes: Row = {
  title: 'Passes',
  text: 'A pass reads what a stack needs, renders it, and writes what differs.',
  panels: [
    timeseries({ title: 'Passes by outcome', description: 'Passes a second. A retry is tried again; an exception is a bug.', queries: [{ expr: `sum by (outcome) (rate(belfry_reconcile_total{${SELF}}${RATE}))`, legend: '{{outcome}}' }], look: { unit: 'cps', min: 0 } }),
    timeseries({ title: 'A pass takes', description: 'Time that 95 of 100 passes take at most, by stage.', queries: [{ expr: quantile(0.95, `belfry_reconcile_stage_duration_seconds_bucket{${SELF}}`, 'stage'), legend: '{{stage}}' }], look: { unit: 's', min: 0 } }),
    timeseries({ title: 'Objects written', description: 'Objects a second that were created, updated or deleted, or could not be.', queries: [{ expr: `sum by (operation) (rate(belfry_writes_total{${SELF}}${RATE}))`, legend: '{{operation}}' }], look: { unit: 'cps', min: 0 } }),
    timeseries({ title: 'Stacks that wait', description: 'Stacks that wait for a pass.', queries: [{ expr: `sum by (pod) (belfry_queue_depth{${SELF}})`, legend: '{{pod}}' }], look: { min: 0, decimals: 0 } }),
  ],
};

const server: Row = {
  title: 'The API server, as it sees it',
  text: 'At rest there are watches, renewals of the Lease, and little else.',
  panels: [
    timeseries({ title: 'Requests', description: 'Requests a second by verb.', queries: [{ expr: `sum by (verb) (rate(belfry_api_requests_total{${SELF}}${RATE}))`, legend: '{{verb}}' }], look: { unit: 'reqps', min: 0 } }),
    timeseries({ title: 'Requests that are refused', description: 'Requests a second by resource and code, those that went well left out; code 0: no answer.', queries: [{ expr: `sum by (resource, code) (rate(belfry_api_requests_total{${of(JOBS.operator, 'code!~"2.."')}}${RATE})) > 0`, legend: '{{resource}} {{code}}' }], look: { unit: 'reqps', min: 0 } }),
    timeseries({ title: 'Watches tell late', description: 'From the answer to a write of ours until its watch told of it: 95 of 100.', queries: [{ expr: quantile(0.95, `belfry_watch_lag_seconds_bucket{${SELF}}`), legend: 'lag' }], look: { unit: 's', min: 0 } }),
    timeseries({
      title: 'Watches that begin again',
      description: 'By reason, a second; and changes that no watch told of.',
      queries: [
        { expr: `sum by (reason) (rate(belfry_watch_restarts_total{${SELF}}${RATE}))`, legend: '{{reason}}' },
        { expr: `sum by (resource) (rate(belfry_watch_missed_events_total{${SELF}}${RATE})) > 0`, legend: 'missed {{resource}}' },
      ],
      look: { unit: 'cps', min: 0 },
    }),
    timeseries({ title: 'Watches that are silent', description: 'Since when the API server was last heard, by resource: the ten longest.', queries: [{ expr: `topk(10, time() - belfry_watch_last_contact_timestamp_seconds{${SELF}})`, legend: '{{resource}}' }], look: { unit: 's', min: 0 } }),
    timeseries({ title: 'Objects in memory', description: 'Objects that it keeps, by resource.', queries: [{ expr: `sum by (resource) (belfry_cached_objects{${SELF}})`, legend: '{{resource}}' }], look: { min: 0, decimals: 0 } }),
  ],
};

const program: Row = {
  title: 'The process itself',
  collapsed: true,
  text: 'Memory that only climbs, or an event loop that lags, comes before a crash.',
  panels: [
    timeseries({ title: 'Memory', description: 'Resident memory, and the heap in use.', queries: [{ expr: `process_resident_memory_bytes{${SELF}}`, legend: '{{pod}}' }, { expr: `nodejs_heap_size_used_bytes{${SELF}}`, legend: '{{pod}} heap' }], look: { unit: 'bytes', min: 0 }, width: 8 }),
    timeseries({ title: 'CPU', description: 'Cores in use.', queries: [{ expr: `rate(process_cpu_seconds_total{${SELF}}${RATE})`, legend: '{{pod}}' }], look: { min: 0 }, width: 8 }),
    timeseries({ title: 'Event loop', description: 'From one look at the event loop to the next: a tenth of a second, and more where it is late. 99 of 100.', queries: [{ expr: `nodejs_eventloop_lag_p99_seconds{${SELF}}`, legend: '{{pod}}' }], look: { unit: 's', min: 0 }, width: 8 }),
  ],
};

/** The operator itself: does what people apply take effect, and how fast. */
export const operator: Dashboard = ownDashboard({
  id: 'operator',
  title: 'Belfry',
  description: 'The operator of the monitoring stacks: from apply to live, its passes, and the API server as it sees it.',
  group: 'monitoring',
  clustersOf: `up{job="${JOBS.operator}"}`,
  rows: [isItFine, live, passes, server, program],
});
