import { histogram, state, upOf, type World } from './rule-case.ts';

const P = 'job="prometheus",namespace="shop",pod="p-0"';
const Q = 'job="thanos-querier",namespace="shop",pod="q-0"';
const A = (pod: string) => `job="alertmanager",namespace="shop",pod="${pod}"`;
const N = 'job="node-exporter",instance="node-1"';
const FS = `${N},device="sda1",fstype="ext4",mountpoint="/"`;

const K = 'job="kubelet",instance="node-1",node="node-1"';
const API = 'job="apiserver",instance="10.0.0.1:6443"';
const E = 'job="etcd",instance="10.0.0.1:2381"';
const D = 'job="coredns",instance="10.1.0.3:9153"';
const TO = `${D},proxy_name="forward",to="8.8.8.8:53"`;

/** The same value in each of several series. */
const all = (values: string, series: readonly string[]): World => Object.fromEntries(series.map((one) => [one, values]));
const counters = (labels: string, still: readonly string[], moving: readonly string[] = []): World => ({
  ...all('3x600', still.map((name) => `${name}{${labels}}`)), ...all('0+60x600', moving.map((name) => `${name}{${labels}}`)),
});

const PROMETHEUS: World = {
  ...counters(P, [
    'prometheus_sd_refresh_failures_total', 'prometheus_sd_kubernetes_failures_total', 'prometheus_target_sync_failed_total', 'prometheus_rule_evaluation_failures_total',
    'prometheus_rule_group_iterations_missed_total', 'prometheus_target_scrape_pool_exceeded_label_limits_total', 'prometheus_target_scrape_pool_exceeded_target_limit_total',
    'prometheus_target_scrapes_exceeded_body_size_limit_total', 'prometheus_target_scrapes_exceeded_sample_limit_total', 'prometheus_target_scrapes_sample_duplicate_timestamp_total',
    'prometheus_target_scrapes_sample_out_of_order_total', 'prometheus_tsdb_compactions_failed_total', 'prometheus_tsdb_reloads_failures_total', 'prometheus_engine_queries',
    'prometheus_notifications_queue_length', 'prometheus_rule_group_rules',
  ]),
  [`prometheus_engine_queries_concurrent_max{${P}}`]: '20x600',
  [`prometheus_notifications_queue_capacity{${P}}`]: '10000x600',
  ...counters(`${P},remote_name="r",url="u"`, ['prometheus_remote_storage_samples_failed_total', 'prometheus_remote_storage_shards_desired'], ['prometheus_remote_storage_samples_total']),
  [`prometheus_remote_storage_shards_max{${P},remote_name="r",url="u"}`]: '50x600',
  ...counters(`${A('a-0')},integration="slack"`, [], ['alertmanager_notifications_total']),
  ...counters(`${A('a-0')},integration="slack",reason="other"`, ['alertmanager_notifications_failed_total']),
  [`process_start_time_seconds{${A('a-0')}}`]: '100x600',
  'thanos_sidecar_prometheus_up{job="thanos-sidecar",namespace="shop",pod="p-0"}': '1x600',
  'thanos_objstore_bucket_operation_failures_total{job="thanos-sidecar",namespace="shop",pod="p-0",operation="upload"}': '3x600',
  ...all('1x600', [`up{${Q}}`, 'up{job="thanos-sidecar",namespace="shop",pod="p-0"}', `thanos_store_nodes_grpc_connections{${Q},store_type="sidecar"}`]),
  ...counters(`${Q},handler="query",code="200"`, [], ['http_requests_total']),
  ...histogram('http_request_duration_seconds', `${Q},handler="query"`, { within: '0.1' }),
  ...all('20x600', [`thanos_query_concurrent_gate_queries_max{${Q}}`]),
  ...all('1x600', [`thanos_query_concurrent_gate_queries_in_flight{${Q}}`]),
  ...counters(`${Q},grpc_code="OK"`, [], ['grpc_client_handled_total']),
  ...counters(Q, ['thanos_query_endpoints_dns_failures_total'], ['grpc_client_started_total', 'thanos_query_endpoints_dns_lookups_total']),
  'grafana_http_request_duration_seconds_count{job="grafana",namespace="shop",handler="/api/search",status_code="200"}': '0+60x600',
};

const B = 'job="belfry",namespace="belfry-system",pod="belfry-0"';

const OPERATOR: World = {
  ...all('1x600', [`up{${B}}`, `belfry_leader{${B}}`]),
  ...all('0x600', [
    `belfry_queue_oldest_seconds{${B}}`, `belfry_config_unconfirmed_since_timestamp_seconds{${B},stack="shop/shop"}`, `belfry_objects{${B},kind="ScrapeTarget",state="rejected"}`,
    `belfry_watch_missed_events_total{${B},resource="pods"}`, `belfry_reconcile_total{${B},outcome="retry"}`,
  ]),
  [`belfry_watch_last_contact_timestamp_seconds{${B},resource="pods"}`]: '0+60x600',
  [`belfry_reconcile_total{${B},outcome="success"}`]: '0+1x600',
  [`belfry_api_requests_total{${B},verb="apply",resource="configmaps",code="200"}`]: '0+60x600',
  [`belfry_api_requests_total{${B},verb="apply",resource="configmaps",code="409"}`]: '0+1x600',
};

const NODE: World = {
  ...counters(`${N},device="eth0"`, ['node_network_receive_errs_total', 'node_network_transmit_errs_total'], ['node_network_receive_packets_total', 'node_network_transmit_packets_total']),
  ...counters(N, ['node_vmstat_oom_kill', 'node_nf_conntrack_entries', 'node_filefd_allocated'], []),
  [`node_nf_conntrack_entries_limit{${N}}`]: '65536x600',
  [`node_filefd_maximum{${N}}`]: '65536x600',
  [`node_filesystem_files{${FS}}`]: '1000x600',
  [`node_filesystem_files_free{${FS}}`]: '900x600',
  [`node_disk_io_time_weighted_seconds_total{${N},device="sda"}`]: '0+6x600',
  ...all('2x600', [`node_bonding_slaves{${N},master="bond0"}`, `node_bonding_active{${N},master="bond0"}`, `node_md_disks_required{${N},device="md0"}`, `node_md_disks{${N},device="md0",state="active"}`]),
  ...all('0x600', [`node_md_disks{${N},device="md0",state="failed"}`, `node_textfile_scrape_error{${N}}`]),
  [`node_systemd_service_restart_total{${N},name="kubelet.service"}`]: '1x600',
  'probe_success{job="website",instance="https://shop.example"}': '1x600',
  'probe_ssl_earliest_cert_expiry{job="website",instance="https://shop.example"}': '5000000x600',
  'push_time_seconds{job="backup",instance=""}': '100+60x600',
  'push_failure_time_seconds{job="backup",instance=""}': '0x600',
  'problem_gauge{job="node-problem-detector",node="node-1",type="KernelDeadlock",reason="DockerHung"}': '0x600',
  'problem_counter{job="node-problem-detector",node="node-1",reason="IOError"}': '0x600',
  'beyla_network_flow_bytes_total{job="network-flows",node="node-1",instance="node-1",k8s_src_owner_name="web",k8s_dst_owner_name="db",direction="request"}': '0+1000x600',
  'beyla_bpf_network_packets_total{job="network-flows",node="node-1",instance="node-1"}': '0+1000x600',
  'beyla_bpf_network_ignored_packets_total{job="network-flows",node="node-1",instance="node-1"}': '0+1x600',
};

const logsOf = (job: string): string => `job="${job}",namespace="monitoring",instance="node-1"`;

const LOGS: World = {
  ...all('1x600', ['otel-collector', 'fluent-bit', 'fluentd'].map((job) => `up{${logsOf(job)}}`)),
  // A batch always waits for a moment, and goes.
  [`otelcol_exporter_queue_size{${logsOf('otel-collector')}}`]: '40000x600',
  [`otelcol_exporter_queue_capacity{${logsOf('otel-collector')}}`]: '134217728x600',
  [`otelcol_exporter_sent_log_records_total{${logsOf('otel-collector')}}`]: '0+600x600',
  [`otelcol_exporter_send_failed_log_records_total{${logsOf('otel-collector')}}`]: '7x600',
  [`fluentbit_output_retries_total{${logsOf('fluent-bit')}}`]: '0+1x600',
  [`fluentbit_output_proc_records_total{${logsOf('fluent-bit')}}`]: '0+600x600',
  ...all('0x600', [`fluentbit_output_dropped_records_total{${logsOf('fluent-bit')}}`, `fluentbit_input_storage_overlimit{${logsOf('fluent-bit')}}`]),
  [`fluentd_output_status_buffer_queue_length{${logsOf('fluentd')}}`]: '1x600',
  [`fluentd_output_status_write_count{${logsOf('fluentd')}}`]: '0+60x600',
  [`fluentd_output_status_buffer_available_space_ratio{${logsOf('fluentd')}}`]: '99.4x600',
};

const POD = 'namespace="shop",pod="web-1"';
const IN_POD = `${POD},container="app"`;
const HPA = 'namespace="shop",horizontalpodautoscaler="web"';
const PDB = 'namespace="shop",poddisruptionbudget="web"';
const CLAIM = 'namespace="shop",persistentvolumeclaim="data-db-0"';

const OBJECTS: World = {
  // A pod that came just now: its container waits for a minute, which is as it should be.
  ...all('1 _x600', [state('kube_pod_container_status_waiting_reason', `${IN_POD},reason="ContainerCreating"`), state('kube_pod_init_container_status_waiting_reason', `${IN_POD},reason="PodInitializing"`)]),
  ...all('2x600', [state('kube_pod_container_status_restarts_total', IN_POD), state('kube_pod_init_container_status_restarts_total', IN_POD)]),
  // Long ago.
  [state('kube_pod_container_status_last_terminated_timestamp', IN_POD)]: '-3600x600',
  ...all('1x600', [
    state('kube_pod_container_status_last_terminated_reason', `${IN_POD},reason="OOMKilled"`), state('kube_pod_status_ready', `${POD},condition="true"`), state('kube_pod_status_phase', `${POD},phase="Running"`),
    state('kube_pod_owner', `${POD},owner_kind="ReplicaSet",owner_name="web-5d"`), state('kube_pod_info', `${POD},node="node-1"`),
    state('kube_pod_container_resource_requests', `${IN_POD},resource="cpu"`), state('kube_pod_container_resource_requests', `${IN_POD},resource="memory"`),
    state('kube_persistentvolumeclaim_access_mode', `${CLAIM},access_mode="ReadWriteOnce"`), state('kube_persistentvolumeclaim_labels', CLAIM), state('kube_persistentvolume_status_phase', 'persistentvolume="pv",phase="Bound"'),
    state('kube_node_status_condition', 'node="node-1",condition="Ready",status="true"'), state('kube_statefulset_status_current_revision', 'namespace="shop",statefulset="db",revision="db-1"'),
    state('kube_statefulset_status_update_revision', 'namespace="shop",statefulset="db",revision="db-1"'), state('kube_deployment_status_condition', 'namespace="shop",deployment="web",condition="Progressing",status="true"'),
    state('kube_horizontalpodautoscaler_status_condition', `${HPA},condition="ScalingActive",status="true"`), state('kube_job_owner', 'namespace="shop",job_name="report-1",owner_kind="CronJob",owner_name="report"'),
  ]),
  ...all('0x600', [
    state('kube_node_status_condition', 'node="node-1",condition="DiskPressure",status="true"'), state('kube_node_spec_unschedulable', 'node="node-1"'), state('kube_persistentvolume_status_phase', 'persistentvolume="pv",phase="Failed"'),
    state('kube_job_failed', 'namespace="shop",job_name="report-1",condition="true"'), state('kube_job_status_active', 'namespace="shop",job_name="report-1"'), state('kube_daemonset_status_number_misscheduled', 'namespace="shop",daemonset="agent"'),
    state('kube_pod_status_phase', `${POD},phase="Pending"`),
  ]),
  // The control plane's own taint.
  ...all('1x600', [state('kube_node_spec_taint', 'node="node-1",key="node-role.kubernetes.io/control-plane",effect="NoSchedule"')]),
  ...all('3x600', [
    ...['kube_deployment_spec_replicas', 'kube_deployment_status_replicas_available', 'kube_deployment_status_replicas_updated', 'kube_deployment_metadata_generation', 'kube_deployment_status_observed_generation'].map((name) => state(name, 'namespace="shop",deployment="web"')),
    ...['kube_statefulset_replicas', 'kube_statefulset_status_replicas_ready', 'kube_statefulset_status_replicas_updated', 'kube_statefulset_metadata_generation', 'kube_statefulset_status_observed_generation'].map((name) => state(name, 'namespace="shop",statefulset="db"')),
    ...['desired_number_scheduled', 'current_number_scheduled', 'number_available', 'updated_number_scheduled'].map((name) => state(`kube_daemonset_status_${name}`, 'namespace="shop",daemonset="agent"')),
    ...['status_current_replicas', 'status_desired_replicas'].map((name) => state(`kube_horizontalpodautoscaler_${name}`, HPA)),
    ...['desired', 'current'].map((name) => state(`kube_poddisruptionbudget_status_${name}_healthy`, PDB)),
    state('kube_resourcequota', 'namespace="shop",resourcequota="team",resource="pods",type="used"'),
  ]),
  ...all('9x600', [
    state('kube_horizontalpodautoscaler_spec_max_replicas', HPA), state('kube_resourcequota', 'namespace="shop",resourcequota="team",resource="pods",type="hard"'),
    ...['cpu', 'memory', 'pods'].flatMap((resource) => ['node-1', 'node-2'].map((node) => state('kube_node_status_allocatable', `node="${node}",resource="${resource}"`))),
  ]),
  ...all('1x600', [state('kube_horizontalpodautoscaler_spec_min_replicas', HPA)]),
  ...all('0+60x600', [
    state('kube_lease_renew_time', 'namespace="kube-system",lease="kube-scheduler"'), state('kube_lease_renew_time', 'namespace="kube-system",lease="kube-controller-manager"'),
    state('kube_cronjob_status_last_successful_time', 'namespace="shop",cronjob="report"'), state('kube_job_status_start_time', 'namespace="shop",job_name="report-1"'),
    state('kube_state_metrics_list_total', 'resource="*v1.Pod",result="success"'), state('kube_state_metrics_watch_total', 'resource="*v1.Pod",result="success"'),
  ]),
};

const CLUSTER: World = {
  ...upOf('kubelet', '1x600', ['node-1', 'node-2']), ...upOf('apiserver', '1x600', ['a']), ...upOf('etcd', '1x600', ['a', 'b', 'c']), ...upOf('kube-proxy', '1x600', ['node-1']), ...upOf('coredns', '1x600', ['a']),
  ...all('900x600', ['available_bytes', 'inodes_free'].map((name) => `kubelet_volume_stats_${name}{${K},${CLAIM}}`)),
  ...all('1000x600', ['capacity_bytes', 'inodes'].map((name) => `kubelet_volume_stats_${name}{${K},${CLAIM}}`)),
  ...counters(`job="kubelet",node="node-1",${IN_POD}`, ['container_cpu_cfs_throttled_periods_total'], ['container_cpu_cfs_periods_total']),
  ...counters(K, ['kubelet_certificate_manager_client_expiration_renew_errors', 'kubelet_server_expiration_renew_errors'], []),
  ...all('9000000x600', [`kubelet_certificate_manager_client_ttl_seconds{${K}}`, `kubelet_certificate_manager_server_ttl_seconds{${K}}`]),
  [`kubelet_evictions{${K},eviction_signal="memory.available"}`]: '2x600',
  ...histogram('kubelet_pleg_relist_duration_seconds', K, { within: '0.005' }),
  ...histogram('kubelet_pod_worker_duration_seconds', `${K},operation_type="sync"`, { within: '0.5' }),
  ...histogram('apiserver_client_certificate_expiration_seconds', API, { above: '2592000', within: '31536000' }),
  ...histogram('apiserver_request_sli_duration_seconds', `${API},verb="GET",scope="resource",resource="pods",subresource=""`, { within: '1' }),
  ...histogram('apiserver_request_sli_duration_seconds', `${API},verb="POST",scope="resource",resource="pods",subresource=""`, { within: '1' }),
  ...counters(`${API},code="200",verb="GET"`, [], ['apiserver_request_total']),
  ...counters(`${API},code="504"`, ['apiserver_request_terminations_total'], []),
  [`aggregator_unavailable_apiservice{${API},name="v1beta1.metrics.k8s.io"}`]: '0x600',
  [`aggregator_unavailable_apiservice{${API},name="v1.example.com"}`]: '0x600',
  [`aggregator_unavailable_apiservice_total{${API},name="v1.example.com",reason="ServiceNotFound"}`]: '3x600',
  ...all('1x600', [`kubernetes_build_info{${API},git_version="v1.34.4"}`, `kubernetes_build_info{${K},git_version="v1.34.2"}`, `etcd_server_has_leader{${E}}`]),
  ...all('0+60x600', [`rest_client_requests_total{${K},code="200"}`, `grpc_server_handled_total{${E},grpc_service="s",grpc_method="Range",grpc_code="OK"}`, `coredns_dns_responses_total{${D},rcode="NOERROR"}`]),
  ...counters(E, ['etcd_server_leader_changes_seen_total', 'etcd_server_proposals_failed_total'], []),
  ...histogram('etcd_disk_wal_fsync_duration_seconds', E, { within: '0.008' }),
  ...histogram('etcd_disk_backend_commit_duration_seconds', E, { within: '0.016' }),
  ...histogram('etcd_network_peer_round_trip_time_seconds', `${E},To="b"`, { within: '0.01' }),
  ...histogram('grpc_server_handling_seconds', `${E},grpc_method="Range",grpc_type="unary"`, { within: '0.01' }),
  ...all('200000000x600', [`etcd_mvcc_db_total_size_in_bytes{${E}}`, `etcd_mvcc_db_total_size_in_use_in_bytes{${E}}`]),
  [`etcd_server_quota_backend_bytes{${E}}`]: '2000000000x600',
  ...histogram('coredns_dns_request_duration_seconds', `${D},server="dns://:53",zone="."`, { within: '0.001' }),
  ...histogram('coredns_proxy_request_duration_seconds', `${TO},rcode="NOERROR"`, { within: '0.016' }),
  ...counters(TO, ['coredns_proxy_healthcheck_failures_total']),
  ...counters(D, ['coredns_forward_healthcheck_broken_total']),
};

/** A cluster, its nodes and a stack that are well. */
export const HEALTHY: World = {
  ...OPERATOR,
  ...LOGS,
  ...upOf('api', '1x600', ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']),
  [`prometheus_config_last_reload_successful{${P}}`]: '1x600',
  [`prometheus_tsdb_head_samples_appended_total{${P},type="float"}`]: '0+1000x600',
  [`prometheus_target_metadata_cache_entries{${P},scrape_job="a"}`]: '10x600',
  [`prometheus_notifications_alertmanagers_discovered{${P}}`]: '2x600',
  [`prometheus_notifications_errors_total{${P},alertmanager="a"}`]: '3x600',
  [`prometheus_notifications_sent_total{${P},alertmanager="a"}`]: '0+10x600',
  [`prometheus_remote_storage_highest_timestamp_in_seconds{${P}}`]: '1000+60x600',
  [`prometheus_remote_storage_queue_highest_sent_timestamp_seconds{${P},remote_name="r",url="u"}`]: '990+60x600',
  ...Object.fromEntries(['a-0', 'a-1'].flatMap((pod) => [
    [`alertmanager_config_last_reload_successful{${A(pod)}}`, '1x600'],
    [`alertmanager_cluster_members{${A(pod)}}`, '2x600'],
    [`alertmanager_config_hash{${A(pod)}}`, '17x600'],
    [`up{${A(pod)}}`, '1x600'],
  ])),
  [`node_filesystem_readonly{${FS}}`]: '0x600',
  [`node_filesystem_size_bytes{${FS}}`]: '1000x600',
  [`node_filesystem_avail_bytes{${FS}}`]: '700-0.1x600',
  [`node_timex_offset_seconds{${N}}`]: '0.001x600',
  [`node_timex_sync_status{${N}}`]: '1x600',
  [`node_timex_maxerror_seconds{${N}}`]: '0.1x600',
  [`node_cpu_seconds_total{${N},cpu="0",mode="idle"}`]: '0+50x600',
  [`node_load1{${N}}`]: '0.4x600',
  [`node_memory_MemAvailable_bytes{${N}}`]: '50x600',
  [`node_memory_MemTotal_bytes{${N}}`]: '100x600',
  [`node_network_up{${N},device="eth0"}`]: '1x600',
  [`node_systemd_unit_state{${N},name="kubelet.service",state="failed"}`]: '0x600',
  ...PROMETHEUS,
  ...NODE,
  ...OBJECTS,
  ...CLUSTER,
};
