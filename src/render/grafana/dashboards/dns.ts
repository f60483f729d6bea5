import type { Row } from '../../../formats/grafana/dashboard.ts';
import { stat, timeseries } from '../../../formats/grafana/panel.ts';
import { JOBS } from './jobs.ts';
import { ownDashboard } from './own-dashboard.ts';
import { answeringTile, programRow, silentTile } from './program-row.ts';
import { of, orZero, quantile, RATE } from './selector.ts';

const DNS = of(JOBS.dns);
const responses = (...more: string[]): string => `sum(rate(coredns_dns_responses_total{${[DNS, ...more].join(',')}}${RATE}))`;
const hits = `sum(rate(coredns_cache_hits_total{${DNS}}${RATE}))`;
const misses = `sum(rate(coredns_cache_misses_total{${DNS}}${RATE}))`;

const isItFine: Row = {
  title: 'Is it fine?',
  text: 'All green: names resolve, and fast. Errors and slow answers mostly come from the servers that names outside the cluster are asked of.',
  panels: [
    silentTile('DNS servers', DNS),
    answeringTile('DNS servers', DNS),
    stat({
      title: 'Errors',
      description: 'Share of answers that say that the server failed (SERVFAIL).',
      queries: [{ expr: `(${orZero(responses('rcode="SERVFAIL"'), `up{${DNS}}`)}) / ${responses()}` }],
      look: { unit: 'percentunit', min: 0, decimals: 2, warnFrom: 0.01, alarmFrom: 0.05 },
    }),
    stat({
      title: 'Answers take',
      description: 'Time that 99 of 100 answers take at most.',
      queries: [{ expr: quantile(0.99, `coredns_dns_request_duration_seconds_bucket{${DNS}}`) }],
      look: { unit: 's', warnFrom: 0.25, alarmFrom: 2 },
    }),
    stat({
      title: 'Upstreams all down',
      description: 'Names in the last hour that no upstream server could be asked for.',
      queries: [{ expr: orZero(`sum(increase(coredns_forward_healthcheck_broken_total{${DNS}}[1h]))`, `up{${DNS}}`) }],
      look: { decimals: 0, alarmFrom: 1 },
    }),
    stat({
      title: 'Panics and failed reloads',
      description: 'In the last hour: crashes of a request, and new configurations that were not taken.',
      queries: [{ expr: `sum(increase(coredns_panics_total{${DNS}}[1h])) + sum(increase(coredns_reload_failed_total{${DNS}}[1h]))` }],
      look: { decimals: 0, alarmFrom: 1 },
    }),
  ],
};

const answers: Row = {
  title: 'Answers',
  text: 'Many NXDOMAIN are normal: programs try the search domains of their pod one after the other.',
  panels: [
    timeseries({ title: 'Questions by server', description: 'Questions a second.', queries: [{ expr: `sum by (instance) (rate(coredns_dns_requests_total{${DNS}}${RATE}))`, legend: '{{instance}}' }], look: { unit: 'reqps', min: 0 } }),
    timeseries({ title: 'Answers by code', description: 'Answers a second.', queries: [{ expr: `sum by (rcode) (rate(coredns_dns_responses_total{${DNS}}${RATE}))`, legend: '{{rcode}}' }], look: { unit: 'reqps', min: 0, stack: true } }),
    timeseries({
      title: 'Answers take, by zone',
      description: 'Time that half, and 99 of 100 answers take at most.',
      queries: [
        { expr: quantile(0.5, `coredns_dns_request_duration_seconds_bucket{${DNS}}`, 'zone'), legend: '{{zone}} half' },
        { expr: quantile(0.99, `coredns_dns_request_duration_seconds_bucket{${DNS}}`, 'zone'), legend: '{{zone}} 99 of 100' },
      ],
      look: { unit: 's', min: 0 },
    }),
    timeseries({ title: 'Questions by type', description: 'Questions a second, by type of record.', queries: [{ expr: `sum by (type) (rate(coredns_dns_requests_total{${DNS}}${RATE}))`, legend: '{{type}}' }], look: { unit: 'reqps', min: 0, stack: true } }),
  ],
};

const sources: Row = {
  title: 'Where answers come from',
  text: 'Names of the cluster from memory, others from the cache or from upstream servers.',
  panels: [
    timeseries({ title: 'Cache', description: 'Share of questions that the cache could answer.', queries: [{ expr: `${hits} / (${hits} + ${misses})`, legend: 'from the cache' }], look: { unit: 'percentunit', min: 0, max: 1 } }),
    timeseries({
      title: 'Upstream servers take',
      description: 'Time that 99 of 100 of their answers take at most.',
      queries: [{ expr: quantile(0.99, `coredns_proxy_request_duration_seconds_bucket{${DNS}}`, 'to'), legend: '{{to}}' }],
      look: { unit: 's', min: 0 },
    }),
    timeseries({
      title: 'Upstream servers ill',
      description: 'Failed checks of upstream servers a second.',
      queries: [{ expr: `sum by (to) (rate(coredns_proxy_healthcheck_failures_total{${DNS}}${RATE})) > 0`, legend: '{{to}}' }],
      look: { unit: 'ops', min: 0 },
    }),
    timeseries({ title: 'In the cache', description: 'Answers that are kept, by whether the name exists.', queries: [{ expr: `sum by (type) (coredns_cache_entries{${DNS}})`, legend: '{{type}}' }], look: { min: 0, decimals: 0 } }),
  ],
};

/** DNS: do names resolve, and fast. */
export const dns = ownDashboard({
  id: 'dns',
  title: 'DNS',
  description: 'CoreDNS: whether names resolve and how fast, and whether the servers it asks do their part.',
  group: 'control-plane',
  clustersOf: `up{job="${JOBS.dns}"}`,
  rows: [isItFine, answers, sources, programRow(DNS, '{{instance}}')],
});
