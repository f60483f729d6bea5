import { histogram, state, type RuleCase, type World } from './rule-case.ts';

const PROBE = 'job="website",instance="https://shop.example"';
const certificate = (days: number): World => ({ [`probe_ssl_earliest_cert_expiry{${PROBE}}`]: `${days * 86_400}x200` });
const PUSH = 'job="backup",instance="",pushgateway="p"';
const NPD = 'job="node-problem-detector",node="node-0",instance="10.1.0.8:20257"';
const FLOWS = 'job="network-flows",instance="node-0",node="node-0",namespace="monitoring"';
const calls = (call: string, errors: number): World => ({
  [state(`kube_state_metrics_${call}_total`, 'resource="*v1.Pod",result="success"')]: `0+${100 - errors}x60`, [state(`kube_state_metrics_${call}_total`, 'resource="*v1.Pod",result="error"')]: `0+${errors}x60`,
});
const G = 'job="grafana",namespace="shop",pod="grafana-1",method="GET"';
const T = 'job="thanos-sidecar",namespace="shop",pod="prometheus-shop-0"';

const Q = 'job="thanos-querier",namespace="shop",pod="thanos-querier-shop-0"';
const sidecars = (count: number): World => Object.fromEntries(Array.from({ length: count }, (_, index) => [`up{job="thanos-sidecar",namespace="shop",pod="prometheus-shop-${index}"}`, '1x60']));
const connected = (count: number): World => ({ [`up{${Q}}`]: '1x60', [`thanos_store_nodes_grpc_connections{${Q},store_type="sidecar",external_labels="{}"}`]: `${count}x60` });
const asked = (code: string, perMinute: number): World => ({ [`http_requests_total{${Q},handler="query",code="${code}"}`]: `0+${perMinute}x60` });

/** Alerts about what exporters and the rest of the components tell. */
export const EXPORTER_CASES: readonly RuleCase[] = [
  { alert: 'BlackboxProbeFailed', at: '20m', series: { [`probe_success{${PROBE}}`]: '0x60' } },
  { alert: 'BlackboxProbeFailed', at: '20m', count: 0, says: 'one probe failed', series: { [`probe_success{${PROBE}}`]: '1x16 0 1 1 1 1' } },
  { alert: 'BlackboxSslCertificateWillExpireSoon', at: '2h', series: certificate(20) },
  { alert: 'BlackboxSslCertificateWillExpireSoon', at: '2h', count: 2, series: certificate(2) },
  { alert: 'BlackboxSslCertificateWillExpireSoon', at: '2h', count: 0, says: 'there is time to renew it', series: certificate(30) },
  { alert: 'PushgatewayPushFailed', at: '20m', series: { [`push_failure_time_seconds{${PUSH}}`]: '900x60', [`push_time_seconds{${PUSH}}`]: '300x60' } },
  { alert: 'PushgatewayPushFailed', at: '20m', count: 0, says: 'the next one came through', series: { [`push_failure_time_seconds{${PUSH}}`]: '300x60', [`push_time_seconds{${PUSH}}`]: '900x60' } },
  { alert: 'PushgatewayPushTooOld', at: '50h', step: '10m', series: { [`push_time_seconds{${PUSH}}`]: '600x400' } },
  { alert: 'NodeProblem', at: '20m', series: { [`problem_gauge{${NPD},type="ReadonlyFilesystem",reason="FilesystemIsReadOnly"}`]: '1x60' } },
  { alert: 'NodeProblem', at: '20m', count: 0, says: 'the node is well', series: { [`problem_gauge{${NPD},type="ReadonlyFilesystem",reason="FilesystemIsReadOnly"}`]: '0x60' } },
  { alert: 'NodeKernelError', at: '20m', series: { [`problem_counter{${NPD},reason="IOError"}`]: '0x10 3x60' } },
  {
    alert: 'NodeKernelError', at: '20m', count: 0, says: 'a condition has the other alert',
    series: { [`problem_counter{${NPD},reason="NTPIsDown"}`]: '0x10 1x60', [`problem_gauge{${NPD},type="NTPProblem",reason="NTPIsDown"}`]: '0x10 1x60' },
  },
  { alert: 'NodeProblem', at: '20m', count: 0, says: 'a plugin took it back', series: { [`problem_gauge{${NPD},type="NTPProblem",reason="NTPIsDown"}`]: '1x10 0x60', [`problem_gauge{${NPD},type="NTPProblem",reason="NoNTPProblem"}`]: '_x10 0x60' } },
  { alert: 'NodeKernelError', at: '20m', count: 0, says: 'processes killed for memory have alerts of their own', series: { [`problem_counter{${NPD},reason="OOMKilling"}`]: '0x10 3x60' } },
  { alert: 'NetworkFlowsDown', at: '20m', series: { [`up{${FLOWS}}`]: '0x60' } },
  { alert: 'NetworkFlowsDown', at: '20m', count: 0, says: 'it came back', series: { [`up{${FLOWS}}`]: '0x10 1x60' } },
  { alert: 'NetworkFlowsMissing', at: '45m', series: { [`up{${FLOWS}}`]: '1x60', [`beyla_network_flow_bytes_total{job="network-flows",instance="node-1",node="node-1",direction="request"}`]: '5x60' } },
  { alert: 'NetworkFlowsMissing', at: '45m', count: 0, says: 'there is some', series: { [`up{${FLOWS}}`]: '1x60', [`beyla_network_flow_bytes_total{${FLOWS},direction="request"}`]: '5x60' } },
  { alert: 'NetworkFlowsIncomplete', at: '45m', series: { [`beyla_bpf_network_packets_total{${FLOWS}}`]: '0+100x60', [`beyla_bpf_network_ignored_packets_total{${FLOWS}}`]: '0+10x60' } },
  { alert: 'NetworkFlowsIncomplete', at: '45m', count: 0, says: 'hardly any', series: { [`beyla_bpf_network_packets_total{${FLOWS}}`]: '0+100x60', [`beyla_bpf_network_ignored_packets_total{${FLOWS}}`]: '0+1x60' } },
  { alert: 'KubeStateMetricsListErrors', at: '40m', series: calls('list', 5) },
  { alert: 'KubeStateMetricsListErrors', at: '40m', count: 0, says: 'none fails', series: calls('list', 0) },
  { alert: 'KubeStateMetricsWatchErrors', at: '40m', series: calls('watch', 5) },
  { alert: 'GrafanaRequestsFailing', at: '20m', series: { [`grafana_http_request_duration_seconds_count{${G},handler="/api/search",status_code="500"}`]: '0+6x60', [`grafana_http_request_duration_seconds_count{${G},handler="/api/search",status_code="200"}`]: '0+4x60' } },
  { alert: 'GrafanaRequestsFailing', at: '20m', count: 0, says: 'a query that fails is the user\'s', series: { [`grafana_http_request_duration_seconds_count{${G},handler="/api/ds/query",status_code="500"}`]: '0+6x60' } },
  { alert: 'ThanosSidecarNoConnectionToStartedPrometheus', at: '20m', series: { [`thanos_sidecar_prometheus_up{${T}}`]: '0x60' } },
  { alert: 'ThanosSidecarBucketOperationsFailed', at: '60m', series: { [`thanos_objstore_bucket_operation_failures_total{${T},bucket="b",operation="upload"}`]: '0+1x60' } },
  { alert: 'ThanosQueryDown', at: '20m', series: { [`up{${Q}}`]: '0x60' } },
  { alert: 'ThanosQueryDown', at: '20m', series: {} },
  { alert: 'ThanosQueryDown', at: '20m', count: 0, says: 'another replica answers', series: { [`up{${Q}}`]: '1x60', [`up{${Q.replace('-0"', '-1"')}}`]: '0x60' } },
  { alert: 'ThanosQueryMissesSidecars', at: '30m', series: { ...sidecars(3), ...connected(2) } },
  { alert: 'ThanosQueryMissesSidecars', at: '30m', says: 'it is connected to none', series: { ...sidecars(3), [`up{${Q}}`]: '1x60' } },
  { alert: 'ThanosQueryMissesSidecars', at: '30m', count: 0, says: 'it has all', series: { ...sidecars(3), ...connected(3) } },
  { alert: 'ThanosQueryErrorRateHigh', at: '20m', series: { ...asked('200', 90), ...asked('500', 10) } },
  { alert: 'ThanosQueryErrorRateHigh', at: '20m', count: 0, says: 'it is the question that is wrong', series: { ...asked('200', 90), ...asked('400', 10) } },
  { alert: 'ThanosQueryLatencyHigh', at: '30m', series: histogram('http_request_duration_seconds', `${Q},handler="query_range"`, { above: '40', within: '60' }) },
  { alert: 'ThanosQueryLatencyHigh', at: '30m', count: 0, says: 'it is fast', series: histogram('http_request_duration_seconds', `${Q},handler="query_range"`, { above: '0.5', within: '1' }) },
  { alert: 'ThanosQueryOverload', at: '30m', series: { [`thanos_query_concurrent_gate_queries_max{${Q}}`]: '20x60', [`thanos_query_concurrent_gate_queries_in_flight{${Q}}`]: '20x60' } },
  { alert: 'ThanosQueryGrpcClientErrorRate', at: '20m', series: { [`grpc_client_handled_total{${Q},grpc_code="Unavailable"}`]: '0+10x60', [`grpc_client_handled_total{${Q},grpc_code="OK"}`]: '0+90x60', [`grpc_client_started_total{${Q}}`]: '0+100x60' } },
  { alert: 'ThanosQueryHighDNSFailures', at: '40m', series: { [`thanos_query_endpoints_dns_failures_total{${Q}}`]: '0+1x60', [`thanos_query_endpoints_dns_lookups_total{${Q}}`]: '0+6x60' } },
];
