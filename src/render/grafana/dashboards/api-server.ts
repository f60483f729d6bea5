import type { Row } from '../../../formats/grafana/dashboard.ts';
import { stat, table, timeseries } from '../../../formats/grafana/panel.ts';
import { JOBS } from './jobs.ts';
import { ownDashboard } from './own-dashboard.ts';
import { programRow, silentTile } from './program-row.ts';
import { of, orZero, quantile, RATE } from './selector.ts';

const API = of(JOBS.apiServer);
/** Requests that end: watches and streams last as long as they are wanted. */
const ENDING = 'verb!~"WATCH|CONNECT"';
const READS = 'verb=~"GET|LIST"';
const WRITES = 'verb=~"POST|PUT|PATCH|DELETE"';
const errors = `sum(rate(apiserver_request_total{${API},code=~"5.."}${RATE}))`;
const all = `sum(rate(apiserver_request_total{${API}}${RATE}))`;
const latency = (q: number, matchers: string, ...by: string[]): string => quantile(q, `apiserver_request_sli_duration_seconds_bucket{${API},${matchers}}`, ...by);

const isItFine: Row = {
  title: 'Is it fine?',
  text: 'All green: requests are answered, and in time. Where it is slow, look at etcd, at webhooks and at who asks so much.',
  panels: [
    silentTile('API servers', API),
    stat({
      title: 'Answered',
      description: 'Share of requests that did not end in a server error.',
      queries: [{ expr: `1 - (${orZero(errors, `up{${API}}`)}) / ${all}` }],
      look: { unit: 'percentunit', decimals: 3, warnBelow: 0.999, alarmBelow: 0.99 },
    }),
    stat({
      title: 'Writes take',
      description: 'Time that 99 of 100 writes take at most, without the time of webhooks.',
      queries: [{ expr: latency(0.99, WRITES) }],
      look: { unit: 's', warnFrom: 1, alarmFrom: 5 },
    }),
    stat({
      title: 'Reads take',
      description: 'Time that 99 of 100 reads take at most; lists of everything may take seconds.',
      queries: [{ expr: latency(0.99, READS) }],
      look: { unit: 's', warnFrom: 5, alarmFrom: 30 },
    }),
    stat({
      title: 'Turned away',
      description: 'Requests a second that were refused because too many came (priority and fairness).',
      queries: [{ expr: orZero(`sum(rate(apiserver_flowcontrol_rejected_requests_total{${API}}${RATE}))`, `up{${API}}`) }],
      look: { unit: 'reqps', warnFrom: 0.1, alarmFrom: 5 },
    }),
    stat({
      title: 'Aggregated APIs down',
      description: 'APIs that other servers answer (metrics, custom metrics ...) and that are not there: namespaces cannot be deleted meanwhile.',
      queries: [{ expr: orZero(`sum(max by (name) (aggregator_unavailable_apiservice{${API}}))`, `up{${API}}`) }],
      look: { decimals: 0, alarmFrom: 1 },
    }),
  ],
};

const requests: Row = {
  title: 'Requests',
  text: 'Who asks what, and what fails.',
  panels: [
    timeseries({
      title: 'Requests by answer',
      description: 'Requests a second by status code.',
      queries: [{ expr: `sum by (code) (rate(apiserver_request_total{${API}}${RATE}))`, legend: '{{code}}' }],
      look: { unit: 'reqps', min: 0, stack: true },
    }),
    timeseries({
      title: 'Server errors by what was asked',
      description: 'Requests a second that ended in a server error.',
      queries: [{ expr: `topk(10, sum by (verb, group, resource, code) (rate(apiserver_request_total{${API},code=~"5.."}${RATE})) > 0)`, legend: '{{code}} {{verb}} {{resource}} {{group}}' }],
      look: { unit: 'reqps', min: 0 },
    }),
    timeseries({
      title: 'Requests by verb',
      description: 'Requests a second, watches included.',
      queries: [{ expr: `sum by (verb) (rate(apiserver_request_total{${API}}${RATE}))`, legend: '{{verb}}' }],
      look: { unit: 'reqps', min: 0, stack: true },
    }),
    timeseries({
      title: 'Slow requests',
      description: 'Time that 99 of 100 requests take at most, by verb.',
      queries: [{ expr: latency(0.99, ENDING, 'verb'), legend: '{{verb}}' }],
      look: { unit: 's', min: 0 },
    }),
    timeseries({
      title: 'Slowest resources',
      description: 'The ten whose requests take the longest: time that 99 of 100 take at most.',
      queries: [{ expr: `topk(10, ${latency(0.99, ENDING, 'resource', 'verb')})`, legend: '{{verb}} {{resource}}' }],
      look: { unit: 's', min: 0 },
    }),
    timeseries({
      title: 'Cut off',
      description: 'Requests a second that the server gave up, mostly because they took too long.',
      queries: [{ expr: `sum by (code, verb) (rate(apiserver_request_terminations_total{${API}}${RATE})) > 0`, legend: '{{code}} {{verb}}' }],
      look: { unit: 'reqps', min: 0 },
    }),
  ],
};

const fairness: Row = {
  title: 'Priority and fairness',
  text: 'Each level of priority has its seats. A level whose queue does not empty makes its clients wait, and then turns them away.',
  panels: [
    timeseries({
      title: 'Turned away by level',
      description: 'Requests a second that were refused.',
      queries: [{ expr: `sum by (priority_level, reason) (rate(apiserver_flowcontrol_rejected_requests_total{${API}}${RATE})) > 0`, legend: '{{priority_level}} {{reason}}' }],
      look: { unit: 'reqps', min: 0 },
    }),
    timeseries({
      title: 'Waiting by level',
      description: 'Requests in queues.',
      queries: [{ expr: `sum by (priority_level) (apiserver_flowcontrol_current_inqueue_requests{${API}})`, legend: '{{priority_level}}' }],
      look: { min: 0, decimals: 0 },
    }),
    timeseries({
      title: 'Seats taken',
      description: 'Share of the seats of each level that are taken.',
      queries: [{ expr: `sum by (priority_level) (apiserver_flowcontrol_current_executing_seats{${API}}) / (sum by (priority_level) (apiserver_flowcontrol_current_limit_seats{${API}}) > 0)`, legend: '{{priority_level}}' }],
      look: { unit: 'percentunit', min: 0 },
    }),
    timeseries({
      title: 'Under way',
      description: 'Requests that are worked on, and those that last (watches, streams).',
      queries: [
        { expr: `sum by (request_kind) (apiserver_current_inflight_requests{${API}})`, legend: '{{request_kind}}' },
        { expr: `sum(apiserver_longrunning_requests{${API}})`, legend: 'lasting' },
      ],
      look: { min: 0, decimals: 0 },
    }),
  ],
};

const around: Row = {
  title: 'What it depends on',
  text: 'Webhooks and etcd make the API server wait; expired certificates lock clients out.',
  panels: [
    timeseries({
      title: 'Slow admission webhooks',
      description: 'Time that 99 of 100 calls take at most, by webhook.',
      queries: [{ expr: quantile(0.99, `apiserver_admission_webhook_admission_duration_seconds_bucket{${API}}`, 'name', 'type'), legend: '{{name}} {{type}}' }],
      look: { unit: 's', min: 0 },
    }),
    timeseries({
      title: 'Requests that webhooks refused',
      description: 'Refusals a second by webhook: by intent, or because the webhook did not answer.',
      queries: [{ expr: `sum by (name, error_type) (rate(apiserver_admission_webhook_rejection_count{${API}}${RATE})) > 0`, legend: '{{name}} {{error_type}}' }],
      look: { unit: 'reqps', min: 0 },
    }),
    timeseries({
      title: 'etcd as seen from here',
      description: 'Mean time of requests to etcd, by operation.',
      queries: [{ expr: `sum by (operation) (rate(etcd_request_duration_seconds_sum{${API}}${RATE})) / sum by (operation) (rate(etcd_request_duration_seconds_count{${API}}${RATE}))`, legend: '{{operation}}' }],
      look: { unit: 's', min: 0 },
    }),
    timeseries({
      title: 'Client certificates near their end',
      description: 'Of all certificates that clients signed in with, time until the first one per cent end.',
      queries: [{ expr: quantile(0.01, `apiserver_client_certificate_expiration_seconds_bucket{${API}}`), legend: 'the first to end' }],
      look: { unit: 's', min: 0 },
    }),
    table({
      title: 'Most objects',
      description: 'The ten kinds of which there are the most.',
      queries: [{ expr: `topk(10, max by (resource) (apiserver_storage_objects{${API}}))`, column: { title: 'objects', decimals: 0 } }],
      sortBy: 'objects',
    }),
    timeseries({
      title: 'Audit and sign-in failures',
      description: 'Events a second that could not be audited, and sign-ins that failed.',
      queries: [
        { expr: `sum(rate(apiserver_audit_requests_rejected_total{${API}}${RATE}))`, legend: 'not audited' },
        { expr: `sum by (result) (rate(authentication_attempts{${API},result!="success"}${RATE}))`, legend: 'sign-in: {{result}}' },
      ],
      look: { unit: 'reqps', min: 0 },
    }),
  ],
};

const queues: Row = {
  title: 'Its own work',
  collapsed: true,
  text: 'Queues of the controllers within the API server.',
  panels: [
    timeseries({ title: 'Queues', description: 'Things that wait, by queue.', queries: [{ expr: `sum by (name) (workqueue_depth{${API}}) > 0`, legend: '{{name}}' }], look: { min: 0, decimals: 0 } }),
    timeseries({
      title: 'Wait in queues',
      description: 'Time that 99 of 100 wait at most.',
      queries: [{ expr: quantile(0.99, `workqueue_queue_duration_seconds_bucket{${API}}`, 'name'), legend: '{{name}}' }],
      look: { unit: 's', min: 0 },
    }),
  ],
};

/** The API server: are requests answered, in time, and what is in the way. */
export const apiServer = ownDashboard({
  id: 'api-server',
  title: 'API server',
  description: 'The API server: whether requests are answered and in time, who is turned away, and what it waits for.',
  group: 'control-plane',
  clustersOf: `up{job="${JOBS.apiServer}"}`,
  rows: [isItFine, requests, fairness, around, queues, programRow(API, '{{instance}}')],
});
