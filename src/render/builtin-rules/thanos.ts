import { alert } from './alert.ts';
import { THANOS_QUERIER, THANOS_SIDECAR } from './jobs.ts';
import type { Pack } from './pack.ts';

/** The Thanos sidecar of Prometheus. */
export const thanos: Pack = {
  name: 'thanos-sidecar',
  needs: ['thanos'],
  rules: [
    alert('ThanosSidecarNoConnectionToStartedPrometheus', {
      severity: 'critical',
      expr: `thanos_sidecar_prometheus_up{${THANOS_SIDECAR}} == 0`,
      for: '5m',
      summary: 'The Thanos sidecar of {{ $labels.pod }} does not reach its Prometheus.',
      description: 'Queriers get nothing of this Prometheus through Thanos, and blocks are not uploaded.',
    }),
    alert('ThanosSidecarBucketOperationsFailed', {
      severity: 'critical',
      expr: `sum by (namespace, job, pod, operation) (increase(thanos_objstore_bucket_operation_failures_total{${THANOS_SIDECAR}}[15m])) > 0`,
      for: '30m',
      summary: 'The Thanos sidecar of {{ $labels.pod }} fails to {{ $labels.operation }} in its object storage.',
      description: '{{ $value | printf "%.0f" }} operations failed within a quarter of an hour. Blocks that are not uploaded before the retention of Prometheus ends are lost.',
    }),
  ],
};

const QUERIES = `${THANOS_QUERIER},handler=~"query|query_range"`;
const share = (part: string, all: string): string => `sum by (namespace, job) (rate(${part}[5m])) / sum by (namespace, job) (rate(${all}[5m]))`;
// Without any connection the series are gone, not 0.
const connected = `(sum by (namespace, job, pod) (thanos_store_nodes_grpc_connections{${THANOS_QUERIER},store_type="sidecar"}) or 0 * sum by (namespace, job, pod) (up{${THANOS_QUERIER}} == 1))`;

/** The Thanos querier, through which people see all shards. */
export const thanosQuerier: Pack = {
  name: 'thanos-querier',
  needs: ['querier'],
  rules: [
    alert('ThanosQueryDown', {
      ofAll: 'OnFirstShard',
      severity: 'critical',
      expr: `absent(up{${THANOS_QUERIER}} == 1)`,
      for: '5m',
      summary: 'No Thanos querier answers.',
      description: 'Grafana shows nothing, since the querier is what it asks. Prometheus goes on scraping and alerting: each shard can be asked by itself.',
    }),
    alert('ThanosQueryMissesSidecars', {
      ofAll: 'OnFirstShard',
      severity: 'warning',
      expr: `${connected} < on (namespace) group_left () count by (namespace) (up{${THANOS_SIDECAR}} == 1)`,
      for: '10m',
      summary: '{{ $labels.pod }} is connected to {{ $value }} sidecars, and more of them run.',
      description: 'Answers lack what the missing shards scraped, with no more than a warning in Grafana.',
    }),
    alert('ThanosQueryErrorRateHigh', {
      severity: 'critical',
      threshold: 0.05,
      unit: 'share',
      expr: (limit) => `${share(`http_requests_total{${QUERIES},code=~"5.."}`, `http_requests_total{${QUERIES}}`)} > ${limit}`,
      for: '5m',
      summary: '{{ $value | humanizePercentage }} of the queries to Thanos fail.',
      description: 'Dashboards have gaps. The log of the querier says why: too slow and out of memory are the usual reasons.',
    }),
    alert('ThanosQueryLatencyHigh', {
      severity: 'warning',
      threshold: 40,
      unit: 'seconds',
      expr: (limit) => `histogram_quantile(0.99, sum by (namespace, job, handler, le) (rate(http_request_duration_seconds_bucket{${QUERIES}}[5m]))) > ${limit}`,
      for: '10m',
      summary: 'The slowest queries to Thanos ({{ $labels.handler }}) take {{ $value | humanizeDuration }}.',
      description: 'One query in a hundred takes longer. Look which dashboard asks for so much, and whether a shard is short of CPU.',
    }),
    alert('ThanosQueryOverload', {
      severity: 'warning',
      expr: `max_over_time(thanos_query_concurrent_gate_queries_max{${THANOS_QUERIER}}[5m]) - avg_over_time(thanos_query_concurrent_gate_queries_in_flight{${THANOS_QUERIER}}[5m]) < 1`,
      for: '15m',
      summary: '{{ $labels.pod }} has as many queries under way as it takes.',
      description: 'Further queries wait. More replicas of the querier help, if the shards are not the slow part.',
    }),
    alert('ThanosQueryGrpcClientErrorRate', {
      severity: 'warning',
      threshold: 0.05,
      unit: 'share',
      expr: (limit) => `${share(`grpc_client_handled_total{${THANOS_QUERIER},grpc_code!="OK"}`, `grpc_client_started_total{${THANOS_QUERIER}}`)} > ${limit}`,
      for: '5m',
      summary: '{{ $value | humanizePercentage }} of the requests of the querier to the shards fail.',
      description: 'Answers lack the series of the shards that failed.',
    }),
    alert('ThanosQueryHighDNSFailures', {
      severity: 'warning',
      threshold: 0.01,
      unit: 'share',
      expr: (limit) => `${share(`thanos_query_endpoints_dns_failures_total{${THANOS_QUERIER}}`, `thanos_query_endpoints_dns_lookups_total{${THANOS_QUERIER}}`)} > ${limit}`,
      for: '15m',
      summary: '{{ $value | humanizePercentage }} of the look-ups of the querier for sidecars fail.',
      description: 'It goes on with the addresses it had; pods that are new or have moved are not asked.',
    }),
  ],
};
