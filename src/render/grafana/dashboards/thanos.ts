import type { Row } from '../../../formats/grafana/dashboard.ts';
import { stat, timeseries } from '../../../formats/grafana/panel.ts';
import { JOBS } from './jobs.ts';
import { ownDashboard } from './own-dashboard.ts';
import { answeringTile, programRow, silentTile } from './program-row.ts';
import { of, orZero, quantile, RATE } from './selector.ts';

const QUERIER = of(JOBS.querier);
const SIDECAR = of(JOBS.sidecar);
const QUERIES = of(JOBS.querier, 'handler=~"query|query_range"');
const queries = (...more: string[]): string => `sum(rate(http_requests_total{${[QUERIES, ...more].join(',')}}${RATE}))`;
const connections = `thanos_store_nodes_grpc_connections{${QUERIER},store_type="sidecar"}`;

const isItFine: Row = {
  title: 'Is it fine?',
  text: 'All green: a question to the querier is answered from all shards, and fast.',
  panels: [
    silentTile('Queriers', QUERIER),
    answeringTile('Queriers', QUERIER),
    stat({
      title: 'Sidecars missing',
      description: 'Sidecars that run and that some querier is not connected to: answers lack what they have.',
      queries: [{ expr: `count(up{${SIDECAR}} == 1) - (min(sum by (pod) (${connections})) or 0 * count(up{${QUERIER}}))` }],
      look: { decimals: 0, alarmFrom: 1 },
    }),
    stat({
      title: 'Queries that fail',
      description: 'Share of queries that the querier could not answer.',
      queries: [{ expr: `(${orZero(queries('code=~"5.."'), `up{${QUERIER}}`)}) / ${queries()}` }],
      look: { unit: 'percentunit', min: 0, decimals: 2, warnFrom: 0.01, alarmFrom: 0.05 },
    }),
    stat({ title: 'Slowest queries take', description: 'Time that 99 of 100 queries take at most.', queries: [{ expr: quantile(0.99, `http_request_duration_seconds_bucket{${QUERIES}}`) }], look: { unit: 's', warnFrom: 10, alarmFrom: 40 } }),
    stat({
      title: 'Busy',
      description: 'Queries under way, as a share of those that are taken at once.',
      queries: [{ expr: `max(thanos_query_concurrent_gate_queries_in_flight{${QUERIER}} / thanos_query_concurrent_gate_queries_max{${QUERIER}})` }],
      look: { unit: 'percentunit', decimals: 0, warnFrom: 0.8, alarmFrom: 1 },
    }),
  ],
};

const asked: Row = {
  title: 'Queries',
  text: 'What people and programs ask of all shards together.',
  panels: [
    timeseries({ title: 'Queries by code', description: 'Queries a second.', queries: [{ expr: `sum by (handler, code) (rate(http_requests_total{${QUERIES}}${RATE}))`, legend: '{{handler}} {{code}}' }], look: { unit: 'reqps', min: 0, stack: true } }),
    timeseries({
      title: 'Queries take',
      description: 'Time that half, and 99 of 100 queries take at most.',
      queries: [
        { expr: quantile(0.5, `http_request_duration_seconds_bucket{${QUERIES}}`, 'handler'), legend: '{{handler}} half' },
        { expr: quantile(0.99, `http_request_duration_seconds_bucket{${QUERIES}}`, 'handler'), legend: '{{handler}} 99 of 100' },
      ],
      look: { unit: 's', min: 0 },
    }),
    timeseries({ title: 'Requests to shards', description: 'Requests a second, by how they ended.', queries: [{ expr: `sum by (grpc_code) (rate(grpc_client_handled_total{${QUERIER}}${RATE}))`, legend: '{{grpc_code}}' }], look: { unit: 'reqps', min: 0, stack: true } }),
    timeseries({ title: 'Connected sidecars', description: 'By querier. Each shard has one for each of its replicas.', queries: [{ expr: `sum by (pod) (${connections})`, legend: '{{pod}}' }], look: { min: 0, decimals: 0 } }),
  ],
};

const sidecars: Row = {
  title: 'Sidecars',
  text: 'Without object storage there are no uploads to show.',
  panels: [
    timeseries({ title: 'Prometheus is reached', description: '1 where the sidecar reaches the Prometheus in its pod.', queries: [{ expr: `thanos_sidecar_prometheus_up{${SIDECAR}}`, legend: '{{pod}}' }], look: { min: 0, max: 1, decimals: 0 } }),
    timeseries({ title: 'Blocks uploaded', description: 'In an hour; a Prometheus makes one every two hours.', queries: [{ expr: `sum by (pod) (increase(thanos_shipper_uploads_total{${SIDECAR}}[1h]))`, legend: '{{pod}}' }], look: { min: 0 } }),
    timeseries({ title: 'Uploads that failed', description: 'In an hour.', queries: [{ expr: `sum by (pod) (increase(thanos_shipper_upload_failures_total{${SIDECAR}}[1h]))`, legend: '{{pod}}' }], look: { min: 0 } }),
    timeseries({
      title: 'Operations in the bucket that failed',
      description: 'Failures a second, by operation.',
      queries: [{ expr: `sum by (operation) (rate(thanos_objstore_bucket_operation_failures_total{${SIDECAR}}${RATE})) > 0`, legend: '{{operation}}' }],
      look: { unit: 'ops', min: 0 },
    }),
  ],
};

/** Thanos: is a question answered from all shards, and fast. */
export const thanos = ownDashboard({
  id: 'thanos',
  title: 'Thanos',
  description: 'Whether questions are answered from all shards and replicas, how fast, and whether blocks reach the bucket.',
  group: 'monitoring',
  clustersOf: `up{job="${JOBS.querier}"}`,
  rows: [isItFine, asked, sidecars, programRow(QUERIER, '{{pod}}')],
});
