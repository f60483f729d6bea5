import { histogram, state, upOf, type RuleCase, type World } from './rule-case.ts';

const ready = (values: string): World => ({ [state('kube_node_status_condition', 'node="node-0",condition="Ready",status="true"')]: values });
const cordoned: World = { [state('kube_node_spec_unschedulable', 'node="node-0"')]: '1x200' };
const taint = (key: string): World => ({ [state('kube_node_spec_taint', `node="node-0",key="${key}",effect="NoSchedule",value=""`)]: '1x200' });
const FLAPS = Array.from({ length: 40 }, () => '1 1 0').join(' ');
const pods = (count: number): World => Object.fromEntries(Array.from({ length: count }, (_, index) => [
  [state('kube_pod_info', `namespace="shop",pod="p-${index}",node="node-0"`), '1x100'], [state('kube_pod_status_phase', `namespace="shop",pod="p-${index}",phase="Running"`), '1x100'],
]).flat()) as World;

const K = 'job="kubelet",instance="node-0",node="node-0"';

const NODES: readonly RuleCase[] = [
  { alert: 'KubeNodeNotReady', at: '30m', series: ready('0x200') },
  { alert: 'KubeNodeNotReady', at: '30m', count: 0, says: 'it is cordoned', series: { ...ready('0x200'), ...cordoned } },
  { alert: 'KubeNodeNotReady', at: '30m', count: 0, says: 'the autoscaler removes it', series: { ...ready('0x200'), ...taint('ToBeDeletedByClusterAutoscaler') } },
  { alert: 'KubeNodeNotReady', at: '30m', count: 0, says: 'it is unreachable, which is another alert', series: { ...ready('0x200'), ...taint('node.kubernetes.io/unreachable') } },
  { alert: 'KubeNodeUnreachable', at: '30m', series: { ...ready('0x200'), ...taint('node.kubernetes.io/unreachable') } },
  { alert: 'KubeNodeUnreachable', at: '30m', count: 0, says: 'it is cordoned', series: { ...taint('node.kubernetes.io/unreachable'), ...cordoned } },
  { alert: 'KubeNodePressure', at: '30m', series: { [state('kube_node_status_condition', 'node="node-0",condition="DiskPressure",status="true"')]: '1x200' } },
  { alert: 'KubeNodeReadinessFlapping', at: '60m', series: ready(FLAPS) },
  { alert: 'KubeNodeReadinessFlapping', at: '60m', count: 0, says: 'it is cordoned', series: { ...ready(FLAPS), ...cordoned } },
  { alert: 'KubeletTooManyPods', at: '30m', series: { ...pods(10), [state('kube_node_status_allocatable', 'node="node-0",resource="pods",unit="integer"')]: '10x200' } },
  { alert: 'KubeletTooManyPods', at: '30m', count: 0, says: 'one more has room', series: { ...pods(9), [state('kube_node_status_allocatable', 'node="node-0",resource="pods",unit="integer"')]: '10x200' } },
];

const KUBELETS: readonly RuleCase[] = [
  { alert: 'KubeletDown', at: '30m', series: upOf('kubelet', '0x200', ['node-0', 'node-1']) },
  { alert: 'KubeletDown', at: '30m', series: {} },
  { alert: 'KubeletDown', at: '30m', count: 0, says: 'one is left', series: { ...upOf('kubelet', '0x200', ['node-0']), ...upOf('kubelet', '1x200', ['node-1']) } },
  ...(['Client', 'Server'] as const).flatMap((whose): RuleCase[] => [
    { alert: `Kubelet${whose}CertificateExpiration`, at: '5m', series: { [`kubelet_certificate_manager_${whose.toLowerCase()}_ttl_seconds{${K}}`]: '200000x200' } },
    { alert: `Kubelet${whose}CertificateExpiration`, at: '5m', count: 2, series: { [`kubelet_certificate_manager_${whose.toLowerCase()}_ttl_seconds{${K}}`]: '-60x200' } },
    { alert: `Kubelet${whose}CertificateExpiration`, at: '5m', count: 0, says: 'there is none to expire', series: { [`kubelet_certificate_manager_${whose.toLowerCase()}_ttl_seconds{${K}}`]: '+Infx200' } },
  ]),
  { alert: 'KubeletClientCertificateRenewalErrors', at: '40m', series: { [`kubelet_certificate_manager_client_expiration_renew_errors{${K}}`]: '0+1x200' } },
  { alert: 'KubeletServerCertificateRenewalErrors', at: '40m', series: { [`kubelet_server_expiration_renew_errors{${K}}`]: '0+1x200' } },
  { alert: 'KubeNodeEviction', at: '20m', series: { [`kubelet_evictions{${K},eviction_signal="memory.available"}`]: '0x10 2x100' } },
  { alert: 'KubeletPlegDurationHigh', at: '20m', series: histogram('kubelet_pleg_relist_duration_seconds', K, { above: '5', within: '20' }) },
  { alert: 'KubeletPlegDurationHigh', at: '20m', count: 0, says: 'quick enough', series: histogram('kubelet_pleg_relist_duration_seconds', K, { within: '5' }) },
  { alert: 'KubeletPodStartUpLatencyHigh', at: '30m', series: histogram('kubelet_pod_worker_duration_seconds', `${K},operation_type="create"`, { above: '60', within: '120' }) },
];

const A = 'job="apiserver",instance="10.0.0.1:6443"';
const SLI = 'apiserver_request_sli_duration_seconds';
const requests = (verb: string, scope: string, { all, slow, failed = 0, bound = '1' }: { all: number; slow: number; failed?: number; bound?: string }): World => ({
  [`${SLI}_count{${A},verb="${verb}",scope="${scope}",resource="pods",subresource=""}`]: `0+${all}x300`,
  [`${SLI}_bucket{${A},verb="${verb}",scope="${scope}",resource="pods",subresource="",le="${bound}"}`]: `0+${all - slow}x300`,
  [`apiserver_request_total{${A},verb="${verb}",scope="${scope}",resource="pods",code="500"}`]: `0+${failed}x300`,
  [`apiserver_request_total{${A},verb="${verb}",scope="${scope}",resource="pods",code="200"}`]: `0+${all - failed}x300`,
});
const certificates = (above: string, within: string): World => histogram('apiserver_client_certificate_expiration_seconds', A, { above, within });
const unavailable = (name: string, values: string): World => ({ [`aggregator_unavailable_apiservice{${A},name="${name}"}`]: values });

const API_SERVER: readonly RuleCase[] = [
  // A fifth is bad: both pages. Tickets wait longer.
  { alert: 'KubeAPIErrorBudgetBurn', at: '50m', count: 2, series: requests('LIST', 'namespace', { all: 100, slow: 20, bound: '5' }) },
  { alert: 'KubeAPIErrorBudgetBurn', at: '50m', count: 2, series: requests('POST', 'resource', { all: 100, slow: 0, failed: 20, bound: '1.0' }) },
  { alert: 'KubeAPIErrorBudgetBurn', at: '5h', says: 'two percent, for hours: the slowest ticket alone', series: requests('GET', 'resource', { all: 1000, slow: 20 }) },
  { alert: 'KubeAPIErrorBudgetBurn', at: '2h', count: 0, says: 'one in a thousand', series: requests('GET', 'resource', { all: 1000, slow: 1 }) },
  { alert: 'KubeAPIErrorBudgetBurn', at: '2h', count: 0, says: 'a list of a whole cluster may take 30 seconds', series: requests('LIST', 'cluster', { all: 100, slow: 0, bound: '30' }) },
  { alert: 'KubeAPIErrorBudgetBurn', at: '2h', count: 0, says: 'logs and exec last as long as somebody wants', series: { [`${SLI}_count{${A},verb="GET",scope="resource",resource="pods",subresource="log"}`]: '0+100x300', ...requests('GET', 'resource', { all: 10, slow: 0 }) } },
  { alert: 'KubeAPIDown', at: '20m', series: upOf('apiserver', '0x200', ['10.0.0.1:6443']) },
  { alert: 'KubeAPIDown', at: '20m', series: {} },
  { alert: 'KubeAPIDown', at: '20m', count: 0, says: 'one of two is left', series: { ...upOf('apiserver', '0x200', ['a']), ...upOf('apiserver', '1x200', ['b']) } },
  { alert: 'KubeClientCertificateExpiration', at: '20m', count: 1, series: certificates('172800', '345600') },
  { alert: 'KubeClientCertificateExpiration', at: '20m', count: 2, series: certificates('7200', '21600') },
  { alert: 'KubeClientCertificateExpiration', at: '20m', count: 0, says: 'nobody signs in by certificate', series: { [`apiserver_client_certificate_expiration_seconds_bucket{${A},le="0"}`]: '0x200', [`apiserver_client_certificate_expiration_seconds_count{${A}}`]: '0x200' } },
  { alert: 'KubeMetricsAPIDown', at: '30m', series: unavailable('v1beta1.metrics.k8s.io', '1x200') },
  { alert: 'KubeMetricsAPIDown', at: '30m', series: unavailable('v1beta1.custom.metrics.k8s.io', '1x200') },
  { alert: 'KubeMetricsAPIDown', at: '30m', count: 0, says: 'it is another API', series: unavailable('v1.packages.operators.coreos.com', '1x200') },
  { alert: 'KubeAggregatedAPIDown', at: '30m', series: unavailable('v1.packages.operators.coreos.com', '1x200') },
  { alert: 'KubeAggregatedAPIDown', at: '30m', count: 0, says: 'the metrics API has an alert of its own', series: unavailable('v1beta1.external.metrics.k8s.io', '1x200') },
  { alert: 'KubeAggregatedAPIErrors', at: '40m', series: { [`aggregator_unavailable_apiservice_total{${A},name="v1.example.com",reason="FailedDiscoveryCheck"}`]: '0+1x200' } },
  { alert: 'KubeAPITerminatedRequests', at: '30m', series: { [`apiserver_request_terminations_total{${A},code="429"}`]: '0+50x200', [`apiserver_request_total{${A},code="200"}`]: '0+100x200' } },
];

const lease = (name: string, values: string): World => ({ [state('kube_lease_renew_time', `namespace="kube-system",lease="${name}",owner_kind="Unknown",lease_holder="node-0_x"`)]: values });

const SYSTEM: readonly RuleCase[] = [
  ...(['kube-scheduler', 'kube-controller-manager'] as const).flatMap((name): RuleCase[] => {
    const alert = name === 'kube-scheduler' ? 'KubeSchedulerDown' : 'KubeControllerManagerDown';
    return [
      { alert, at: '30m', series: lease(name, '600x200') },
      { alert, at: '30m', count: 0, says: 'another leader took over', series: lease(name, '600x15 1500+60x200') },
      { alert, at: '30m', count: 0, says: 'there is no such lease', series: lease('cert-manager', '600x200') },
    ];
  }),
  { alert: 'KubeProxyDown', at: '60m', series: upOf('kube-proxy', '1x10 0x200', ['10.0.0.1:10249']) },
  { alert: 'KubeProxyDown', at: '60m', series: upOf('kube-proxy', '1x10', ['10.0.0.1:10249']) },
  { alert: 'KubeProxyDown', at: '60m', count: 0, says: 'none ever answered: TargetDown tells of it', series: upOf('kube-proxy', '0x200', ['10.0.0.1:10249']) },
  { alert: 'KubeProxyDown', at: '60m', count: 0, says: 'a network without kube-proxy', series: {} },
  { alert: 'KubeVersionMismatch', at: '6h', step: '5m', series: { [`kubernetes_build_info{job="kubelet",git_version="v1.33.5-eks-1"}`]: '1x200', [`kubernetes_build_info{job="apiserver",git_version="v1.34.4"}`]: '1x200' } },
  { alert: 'KubeVersionMismatch', at: '6h', step: '5m', count: 0, says: 'patches may differ', series: { [`kubernetes_build_info{job="kubelet",git_version="v1.34.2"}`]: '1x200', [`kubernetes_build_info{job="apiserver",git_version="v1.34.4"}`]: '1x200' } },
  { alert: 'KubeClientErrors', at: '40m', series: { [`rest_client_requests_total{${K},code="200",host="api",method="GET"}`]: '0+50x200', [`rest_client_requests_total{${K},code="503",host="api",method="GET"}`]: '0+5x200' } },
  { alert: 'KubeClientErrors', at: '40m', count: 0, says: 'what is not found is no fault', series: { [`rest_client_requests_total{${K},code="200",host="api",method="GET"}`]: '0+50x200', [`rest_client_requests_total{${K},code="404",host="api",method="GET"}`]: '0+50x200' } },
];

const E = 'job="etcd",instance="10.0.0.1:2381"';
const grpc = (code: string, values: string, method = 'Range'): World => ({ [`grpc_server_handled_total{${E},grpc_service="etcdserverpb.KV",grpc_method="${method}",grpc_code="${code}"}`]: values });
const database = (size: string, used = size): World => ({ [`etcd_mvcc_db_total_size_in_bytes{${E}}`]: size, [`etcd_mvcc_db_total_size_in_use_in_bytes{${E}}`]: used, [`etcd_server_quota_backend_bytes{${E}}`]: '2000000000x600' });

const ETCD: readonly RuleCase[] = [
  { alert: 'etcdInsufficientMembers', at: '10m', series: { ...upOf('etcd', '0x60', ['a', 'b']), ...upOf('etcd', '1x60', ['c']) } },
  { alert: 'etcdInsufficientMembers', at: '10m', count: 0, says: 'two of three agree', series: { ...upOf('etcd', '0x60', ['a']), ...upOf('etcd', '1x60', ['b', 'c']) } },
  { alert: 'etcdMembersDown', at: '30m', series: { ...upOf('etcd', '0x60', ['a']), ...upOf('etcd', '1x60', ['b', 'c']) } },
  { alert: 'etcdNoLeader', at: '5m', series: { [`etcd_server_has_leader{${E}}`]: '0x60' } },
  { alert: 'etcdHighNumberOfLeaderChanges', at: '30m', series: { [`etcd_server_leader_changes_seen_total{${E}}`]: '1+1x60' } },
  { alert: 'etcdHighNumberOfLeaderChanges', at: '30m', count: 0, says: 'one is an update of the node', series: { [`etcd_server_leader_changes_seen_total{${E}}`]: '1x20 2x60' } },
  { alert: 'etcdMemberCommunicationSlow', at: '30m', series: histogram('etcd_network_peer_round_trip_time_seconds', `${E},To="b2"`, { above: '0.1', within: '0.2' }) },
  { alert: 'etcdHighNumberOfFailedGRPCRequests', at: '30m', series: { ...grpc('OK', '0+90x60'), ...grpc('Unavailable', '0+10x60') } },
  { alert: 'etcdHighNumberOfFailedGRPCRequests', at: '30m', count: 0, says: 'a watch ends when its client does', series: { ...grpc('OK', '0+1x60', 'Watch'), ...grpc('Unavailable', '0+10x60', 'Watch') } },
  { alert: 'etcdGRPCRequestsSlow', at: '30m', series: histogram('grpc_server_handling_seconds', `${E},grpc_method="Range",grpc_type="unary"`, { above: '0.1', within: '0.5' }) },
  { alert: 'etcdHighNumberOfFailedProposals', at: '40m', series: { [`etcd_server_proposals_failed_total{${E}}`]: '0+1x60' } },
  { alert: 'etcdHighFsyncDurations', at: '30m', series: histogram('etcd_disk_wal_fsync_duration_seconds', E, { above: '0.512', within: '0.9' }) },
  { alert: 'etcdHighFsyncDurations', at: '30m', count: 2, series: histogram('etcd_disk_wal_fsync_duration_seconds', E, { above: '1.024', within: '2.048' }) },
  { alert: 'etcdHighFsyncDurations', at: '30m', count: 0, says: 'quick enough', series: histogram('etcd_disk_wal_fsync_duration_seconds', E, { within: '0.008' }) },
  { alert: 'etcdHighCommitDurations', at: '30m', series: histogram('etcd_disk_backend_commit_duration_seconds', E, { above: '0.256', within: '0.512' }) },
  { alert: 'etcdDatabaseQuotaLowSpace', at: '30m', series: database('1950000000x600') },
  { alert: 'etcdExcessiveDatabaseGrowth', at: '5h', step: '5m', series: database('100000000+20000000x600') },
  { alert: 'etcdExcessiveDatabaseGrowth', at: '5h', step: '5m', count: 0, says: 'it grows slowly', series: database('100000000+100000x600') },
  { alert: 'etcdDatabaseHighFragmentationRatio', at: '60m', series: database('1000000000x600', '300000000x600') },
  { alert: 'etcdDatabaseHighFragmentationRatio', at: '60m', count: 0, says: 'it is small', series: database('30000000x600', '3000000x600') },
];

const D = 'job="coredns",instance="10.1.0.3:9153",pod="coredns-1"';
const TO = `${D},proxy_name="forward",to="8.8.8.8:53"`;
const answers = (servfail: number): World => ({ [`coredns_dns_responses_total{${D},server="dns://:53",zone=".",rcode="SERVFAIL"}`]: `0+${servfail}x60`, [`coredns_dns_responses_total{${D},server="dns://:53",zone=".",rcode="NXDOMAIN"}`]: `0+${1000 - servfail}x60` });
const forwarded = (servfail: number): World => ({ [`coredns_proxy_request_duration_seconds_count{${TO},rcode="SERVFAIL"}`]: `0+${servfail}x60`, [`coredns_proxy_request_duration_seconds_count{${TO},rcode="NOERROR"}`]: `0+${1000 - servfail}x60` });

const DNS: readonly RuleCase[] = [
  { alert: 'CoreDNSDown', at: '60m', series: upOf('coredns', '1x10 0x200', ['10.1.0.3:9153']) },
  { alert: 'CoreDNSDown', at: '60m', count: 0, says: 'one of two is left', series: { ...upOf('coredns', '1x10 0x200', ['a']), ...upOf('coredns', '1x200', ['b']) } },
  { alert: 'CoreDNSLatencyHigh', at: '30m', series: histogram('coredns_dns_request_duration_seconds', `${D},server="dns://:53",zone="."`, { above: '4.096', within: '8.192' }) },
  { alert: 'CoreDNSErrorsHigh', at: '30m', count: 1, series: answers(20) },
  { alert: 'CoreDNSErrorsHigh', at: '30m', count: 2, series: answers(100) },
  { alert: 'CoreDNSErrorsHigh', at: '30m', count: 0, says: 'names that do not exist are no errors', series: answers(0) },
  { alert: 'CoreDNSForwardLatencyHigh', at: '30m', series: histogram('coredns_proxy_request_duration_seconds', TO, { above: '4.096', within: '8.192' }) },
  { alert: 'CoreDNSForwardErrorsHigh', at: '30m', count: 1, series: forwarded(20) },
  { alert: 'CoreDNSForwardErrorsHigh', at: '30m', count: 2, series: forwarded(100) },
  { alert: 'CoreDNSForwardHealthcheckFailureCount', at: '30m', series: { [`coredns_proxy_healthcheck_failures_total{${TO}}`]: '0+1x60' } },
  { alert: 'CoreDNSForwardHealthcheckBrokenCount', at: '30m', series: { [`coredns_forward_healthcheck_broken_total{${D}}`]: '0+1x60' } },
];

/** Alerts about what a cluster itself consists of. */
export const CLUSTER_CASES: readonly RuleCase[] = [...NODES, ...KUBELETS, ...API_SERVER, ...SYSTEM, ...ETCD, ...DNS];
