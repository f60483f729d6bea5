import type { Row } from '../../../formats/grafana/dashboard.ts';
import { stat, timeseries } from '../../../formats/grafana/panel.ts';
import { JOBS } from './jobs.ts';
import { ownDashboard } from './own-dashboard.ts';
import { programRow, silentTile } from './program-row.ts';
import { of, orZero, quantile, RATE } from './selector.ts';

const SELF = of(JOBS.grafana);
const requests = (...more: string[]): string => `sum(rate(grafana_http_request_duration_seconds_count{${[SELF, ...more].join(',')}}${RATE}))`;
const sources = (...more: string[]): string => `sum by (datasource_type) (rate(grafana_datasource_request_total{${[SELF, ...more].join(',')}}${RATE}))`;

const isItFine: Row = {
  title: 'Is it fine?',
  text: 'All green: pages open, and data sources answer. You read this in it, so it cannot be quite dead.',
  panels: [
    silentTile('Replicas', SELF),
    stat({
      title: 'Requests that fail',
      description: 'Share of requests that ended in a server error.',
      queries: [{ expr: `(${orZero(requests('status_code=~"5.."'), `up{${SELF}}`)}) / ${requests()}` }],
      look: { unit: 'percentunit', min: 0, decimals: 1, warnFrom: 0.01, alarmFrom: 0.1 },
    }),
    stat({ title: 'Requests take', description: 'Time that 99 of 100 requests take at most.', queries: [{ expr: quantile(0.99, `grafana_http_request_duration_seconds_bucket{${SELF}}`) }], look: { unit: 's', warnFrom: 5, alarmFrom: 15 } }),
    stat({
      title: 'Data source errors',
      description: 'Requests a second to data sources that did not end well.',
      queries: [{ expr: orZero(`sum(${sources('code!~"2.."')})`, `up{${SELF}}`) }],
      look: { unit: 'reqps', warnFrom: 0.1, alarmFrom: 5 },
    }),
    stat({ title: 'Dashboards', description: 'Dashboards that it has.', queries: [{ expr: `max(grafana_stat_totals_dashboard{${SELF}})` }], look: { decimals: 0 } }),
    stat({ title: 'Users of the last month', description: 'Users who signed in within thirty days.', queries: [{ expr: `max(grafana_stat_active_users{${SELF}})` }], look: { decimals: 0 } }),
  ],
};

const traffic: Row = {
  title: 'Requests',
  text: 'Slow pages are mostly slow data sources.',
  panels: [
    timeseries({ title: 'Requests by answer', description: 'Requests a second.', queries: [{ expr: `sum by (status_code) (rate(grafana_http_request_duration_seconds_count{${SELF}}${RATE}))`, legend: '{{status_code}}' }], look: { unit: 'reqps', min: 0, stack: true } }),
    timeseries({ title: 'Slowest pages', description: 'Time that 99 of 100 requests take at most, of the ten slowest handlers.', queries: [{ expr: `topk(10, ${quantile(0.99, `grafana_http_request_duration_seconds_bucket{${SELF}}`, 'handler')})`, legend: '{{handler}}' }], look: { unit: 's', min: 0 } }),
    timeseries({ title: 'Requests to data sources', description: 'Requests a second.', queries: [{ expr: sources(), legend: '{{datasource_type}}' }], look: { unit: 'reqps', min: 0 } }),
    timeseries({ title: 'Requests to data sources that fail', description: 'Requests a second that did not end well.', queries: [{ expr: `${sources('code!~"2.."')} > 0`, legend: '{{datasource_type}}' }], look: { unit: 'reqps', min: 0 } }),
  ],
};

/** Grafana: do pages open, and do data sources answer. */
export const grafana = ownDashboard({
  id: 'grafana',
  title: 'Grafana',
  description: 'Grafana itself: whether pages open and data sources answer.',
  group: 'monitoring',
  clustersOf: `up{job="${JOBS.grafana}"}`,
  rows: [isItFine, traffic, programRow(SELF, '{{pod}}')],
});
