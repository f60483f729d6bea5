import { expect } from 'chai';
import { stackSettings } from '../../api/defaults.ts';
import { relabeled } from '../../formats/prometheus/relabel-eval.ts';
import type { ScrapeConfig } from '../../formats/prometheus/scrape-config.ts';
import { apiServerJob } from './api-server.ts';
import { kubeletJobs } from './kubelet.ts';

const settings = stackSettings({ spec: { scope: 'Cluster' } });
const [kubelet, cadvisor, probes] = kubeletJobs(settings) as [ScrapeConfig, ScrapeConfig, ScrapeConfig];
const apiserver = apiServerJob(settings);

function keeps(job: ScrapeConfig, name: string, labels: Readonly<Record<string, string>> = {}): boolean {
  const after = relabeled(job.metric_relabel_configs ?? [], { __name__: name, ...labels });
  if (after) expect(after, 'nothing of ours stays on a sample').to.deep.equal({ __name__: name, ...labels });
  return after !== undefined;
}

describe('render/builtin-targets/metric-rules', () => {
  const SAMPLES: readonly { job: ScrapeConfig; name: string; labels?: Readonly<Record<string, string>>; kept: boolean }[] = [
    { job: kubelet, name: 'kubelet_running_pods', kept: true },
    { job: kubelet, name: 'kubelet_volume_stats_available_bytes', kept: true },
    { job: kubelet, name: 'kubelet_pleg_relist_duration_seconds_bucket', labels: { le: '1' }, kept: true },
    { job: kubelet, name: 'kubelet_http_requests_duration_seconds_bucket', labels: { le: '1' }, kept: false },
    { job: kubelet, name: 'kubelet_http_requests_duration_seconds_sum', kept: true },
    { job: kubelet, name: 'kubernetes_feature_enabled', labels: { name: 'X' }, kept: false },
    { job: kubelet, name: 'kubernetes_build_info', kept: true },
    { job: kubelet, name: 'go_goroutines', kept: true },
    { job: kubelet, name: 'go_memstats_alloc_bytes', kept: false },
    { job: kubelet, name: 'apiserver_request_total', kept: false },
    { job: kubelet, name: 'process_resident_memory_bytes', kept: true },
    { job: cadvisor, name: 'container_cpu_usage_seconds_total', labels: { pod: 'a', container: 'b' }, kept: true },
    { job: cadvisor, name: 'container_cpu_cfs_throttled_periods_total', labels: { pod: 'a', container: 'b' }, kept: true },
    { job: cadvisor, name: 'container_network_receive_packets_dropped_total', labels: { pod: 'a' }, kept: true },
    { job: cadvisor, name: 'container_fs_writes_bytes_total', labels: { pod: 'a' }, kept: true },
    { job: cadvisor, name: 'container_blkio_device_usage_total', labels: { pod: 'a' }, kept: false },
    { job: cadvisor, name: 'container_tasks_state', labels: { pod: 'a' }, kept: false },
    { job: cadvisor, name: 'container_fs_sector_reads_total', labels: { pod: 'a' }, kept: false },
    { job: cadvisor, name: 'container_cpu_usage_seconds_total', labels: { id: '/system.slice/ssh.service' }, kept: true },
    { job: cadvisor, name: 'container_memory_working_set_bytes', labels: { id: '/' }, kept: true },
    { job: cadvisor, name: 'container_network_receive_bytes_total', labels: { id: '/' }, kept: false },
    { job: cadvisor, name: 'container_spec_memory_limit_bytes', labels: { id: '/system.slice/ssh.service' }, kept: false },
    { job: cadvisor, name: 'machine_cpu_cores', kept: true },
    { job: probes, name: 'prober_probe_total', kept: true },
    { job: probes, name: 'prober_probe_duration_seconds_bucket', labels: { le: '1' }, kept: false },
    { job: apiserver, name: 'apiserver_request_total', kept: true },
    { job: apiserver, name: 'apiserver_request_sli_duration_seconds_bucket', labels: { le: '1' }, kept: true },
    { job: apiserver, name: 'apiserver_request_sli_duration_seconds_bucket', labels: { le: '1.0' }, kept: true },
    { job: apiserver, name: 'apiserver_request_sli_duration_seconds_bucket', labels: { le: '30' }, kept: true },
    { job: apiserver, name: 'apiserver_request_sli_duration_seconds_bucket', labels: { le: '+Inf' }, kept: true },
    { job: apiserver, name: 'apiserver_request_sli_duration_seconds_bucket', labels: { le: '1.25' }, kept: false },
    { job: apiserver, name: 'apiserver_request_sli_duration_seconds_count', kept: true },
    { job: apiserver, name: 'apiserver_request_duration_seconds_bucket', labels: { le: '1' }, kept: false },
    { job: apiserver, name: 'apiserver_client_certificate_expiration_seconds_bucket', labels: { le: '3600' }, kept: true },
    { job: apiserver, name: 'apiserver_watch_cache_resource_version', kept: false },
    { job: apiserver, name: 'apiserver_resource_objects', kept: true },
    { job: apiserver, name: 'apiserver_resource_size_estimate_bytes', kept: false },
    { job: apiserver, name: 'apiserver_storage_objects', kept: true },
    { job: apiserver, name: 'apiserver_watch_events_total', kept: true },
    { job: apiserver, name: 'aggregator_unavailable_apiservice', kept: true },
  ];
  for (const { job, name, labels, kept } of SAMPLES) {
    it(`${job.job_name} ${kept ? 'keeps' : 'drops'} ${name}${labels ? JSON.stringify(labels) : ''}`, () => expect(keeps(job, name, labels)).to.equal(kept));
  }

  it('keeps all of cAdvisor for who wants it', () => {
    const all = stackSettings({ spec: { scope: 'Cluster', kubernetes: { kubelet: { containers: 'All' } } } });
    expect(kubeletJobs(all)[1]?.metric_relabel_configs).to.equal(undefined);
  });
});
