import type { Row } from '../../../formats/grafana/dashboard.ts';
import { stat, stateTimeline, table, timeseries } from '../../../formats/grafana/panel.ts';
import { ownDashboard } from './own-dashboard.ts';
import { CLUSTER, orZero, RATE } from './selector.ts';

/** Probes carry the name of their ScrapeTarget as job, or kind and name of what asks for them by annotation. */
const PROBES = `${CLUSTER},namespace=~"$namespace",job=~"$job"`;
const BY = 'cluster, namespace, job, instance';
const LEGEND = '{{job}} {{instance}}';
const certificate = `min by (${BY}) (probe_ssl_earliest_cert_expiry{${PROBES}}) - time()`;

const isItFine: Row = {
  title: 'Is it fine?',
  text: 'All green: what people reach from outside answers. This is the view of your users; begin here when they complain.',
  panels: [
    stat({ title: 'Failing', description: 'Probes that failed at their last try.', queries: [{ expr: orZero(`count(probe_success{${PROBES}} == 0)`, `probe_success{${PROBES}}`) }], look: { decimals: 0, alarmFrom: 1 } }),
    stat({ title: 'Probes', description: 'Things that are probed.', queries: [{ expr: `count(probe_success{${PROBES}})` }], look: { decimals: 0 } }),
    stat({
      title: 'Answered in the last day',
      description: 'Share of all probes of the last day that succeeded.',
      queries: [{ expr: `avg(avg_over_time(probe_success{${PROBES}}[1d]))` }],
      look: { unit: 'percentunit', decimals: 2, warnBelow: 0.999, alarmBelow: 0.99 },
    }),
    stat({ title: 'Slowest', description: 'How long the slowest probe took.', queries: [{ expr: `max(probe_duration_seconds{${PROBES}})` }], look: { unit: 's', warnFrom: 2, alarmFrom: 8 } }),
    stat({ title: 'First certificate to end', description: 'Time until the first certificate that a probe saw ends.', queries: [{ expr: `min(${certificate})` }], look: { unit: 's', decimals: 0, warnBelow: 1209600, alarmBelow: 259200 } }),
    stat({ title: 'Prober silent', description: 'Probes that the exporter itself did not answer for: nothing is known of their targets.', queries: [{ expr: orZero(`count((up{${PROBES}} == 0) and on (job, namespace) (count by (job, namespace) (count_over_time(probe_success{${PROBES}}[1d]))))`, `probe_success{${PROBES}}`) }], look: { decimals: 0, alarmFrom: 1 } }),
  ],
};

const states: Row = {
  title: 'What answers',
  text: 'Red from when to when. All red at once is the way to it, not the thing itself.',
  panels: [
    stateTimeline({ title: 'Probes over time', description: 'When each probe succeeded.', queries: [{ expr: `max by (${BY}) (probe_success{${PROBES}})`, legend: LEGEND }], look: { words: { 0: 'failed', 1: 'fine' }, alarmBelow: 1 }, height: 10 }),
    table({
      title: 'Probes that fail',
      description: 'What fails, with the HTTP status that came instead, where one did.',
      queries: [{ expr: `max by (${BY}) (probe_http_status_code{${PROBES}}) and on (${BY}) (max by (${BY}) (probe_success{${PROBES}}) == 0) or max by (${BY}) (probe_success{${PROBES}}) == 0`, column: { title: 'status', words: { 0: 'no answer' } } }],
      look: { decimals: 0 },
    }),
    table({
      title: 'Certificates',
      description: 'Time that is left to the certificates that probes saw.',
      queries: [{ expr: `bottomk(20, ${certificate})`, column: { title: 'left', unit: 's', decimals: 0, warnBelow: 1209600, alarmBelow: 259200 } }],
    }),
  ],
};

const times: Row = {
  title: 'How long it takes',
  text: 'By phase: "resolve" is DNS, "connect" the way, "tls" the handshake, "processing" the program itself.',
  panels: [
    timeseries({ title: 'Probes take', description: 'Time of each probe.', queries: [{ expr: `max by (${BY}) (probe_duration_seconds{${PROBES}})`, legend: LEGEND }], look: { unit: 's', min: 0 } }),
    timeseries({ title: 'HTTP by phase', description: 'Mean time of HTTP probes in each phase.', queries: [{ expr: `avg by (phase) (probe_http_duration_seconds{${PROBES}})`, legend: '{{phase}}' }], look: { unit: 's', min: 0, stack: true } }),
    timeseries({ title: 'Names take', description: 'Time to resolve the name of each target.', queries: [{ expr: `max by (${BY}) (probe_dns_lookup_time_seconds{${PROBES}})`, legend: LEGEND }], look: { unit: 's', min: 0 } }),
    timeseries({
      title: 'Answered',
      description: 'Share of the probes of the last hour that succeeded.',
      queries: [{ expr: `avg by (${BY}) (avg_over_time(probe_success{${PROBES}}[1h]))`, legend: LEGEND }],
      look: { unit: 'percentunit', min: 0, max: 1 },
    }),
  ],
};

const exporter: Row = {
  title: 'The exporter itself',
  collapsed: true,
  text: 'What the blackbox exporter says of itself.',
  panels: [
    timeseries({ title: 'Unknown modules', description: 'Probes a second that ask for a module that it does not have.', queries: [{ expr: `sum(rate(blackbox_module_unknown_total{${CLUSTER},job="blackbox-exporter"}${RATE}))`, legend: 'unknown' }], look: { unit: 'cps', min: 0 } }),
    timeseries({ title: 'Configuration loaded by the exporter', description: 'Whether it took its last configuration: 1 if so.', queries: [{ expr: `blackbox_exporter_config_last_reload_successful{${CLUSTER},job="blackbox-exporter"}`, legend: '{{pod}}' }], look: { min: 0, max: 1, decimals: 0 } }),
  ],
};

/** Probes: does what people reach from outside answer. */
export const probes = ownDashboard({
  id: 'probes',
  title: 'Probes',
  description: 'What the blackbox exporter probes: whether it answers, how fast, and when certificates end.',
  group: 'monitoring',
  clustersOf: 'probe_success',
  variables: [
    { name: 'namespace', label: 'Namespace', series: `probe_success{${CLUSTER}}`, of: 'namespace' },
    { name: 'job', label: 'Job', series: `probe_success{${CLUSTER},namespace=~"$namespace"}`, of: 'job' },
  ],
  rows: [isItFine, states, times, exporter],
});
