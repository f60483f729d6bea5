import type { StackSettings } from '../../api/defaults.ts';
import { copy, drop, set, type RelabelRule } from '../../formats/prometheus/relabel.ts';
import type { ScrapeConfig } from '../../formats/prometheus/scrape-config.ts';
import { CLUSTER_CA_FILE, TOKEN_FILE } from '../prometheus-server/service-account-files.ts';
import { kubernetesSd } from '../scrape-target/service-discovery.ts';
import { keepShard } from '../scrape-target/shard-rules.ts';
import { dropRuntime, keepBuckets, keepNames } from './metric-rules.ts';
import { partTimes } from './part-times.ts';

/** Three jobs for what every kubelet shows on its own port: itself, the containers on its node (cAdvisor), and their probes. */
export function kubeletJobs(settings: StackSettings): ScrapeConfig[] {
  const { containers = 'Essential' } = settings.kubernetes.kubelet ?? {};
  return [
    job(settings, { name: 'kubelet', path: '/metrics', rules: ofKubelet }),
    job(settings, { name: 'cadvisor', path: '/metrics/cadvisor', rules: containers === 'All' ? [] : ofContainers }),
    job(settings, { name: 'kubelet-probes', path: '/metrics/probes', rules: ofProbes }),
  ];
}

interface KubeletJob {
  readonly name: string;
  readonly path: string;
  readonly rules: readonly RelabelRule[];
}

function job(settings: StackSettings, { name, path, rules }: KubeletJob): ScrapeConfig {
  const { insecureSkipVerify = true } = settings.kubernetes.kubelet ?? {};
  return {
    job_name: `belfry/${name}`,
    ...partTimes(settings, 'kubelet'),
    // A series of cAdvisor says itself which pod it is about, and that is what counts.
    honor_labels: true,
    // cAdvisor stamps its samples with the node's clock: where that is off, the node's containers would vanish from queries.
    honor_timestamps: false,
    metrics_path: path,
    scheme: 'https',
    authorization: { credentials_file: TOKEN_FILE },
    tls_config: { ca_file: CLUSTER_CA_FILE, ...(insecureSkipVerify ? { insecure_skip_verify: true } : {}) },
    kubernetes_sd_configs: [kubernetesSd('node', 'all')],
    relabel_configs: [
      set('job', 'kubelet'),
      // One name on all of a node's series, whatever its address is today.
      copy('__meta_kubernetes_node_name', 'node'),
      copy('__meta_kubernetes_node_name', 'instance'),
      copy('__metrics_path__', 'metrics_path'),
      ...keepShard(settings.prometheus.spread),
    ],
    ...(rules.length > 0 ? { metric_relabel_configs: rules } : {}),
  };
}

const ofKubelet: readonly RelabelRule[] = [
  dropRuntime,
  // On k3s all of Kubernetes is one process, and the kubelet's port shows the series of all of it.
  drop(['__name__'], '(?:aggregator|apiextensions|apiserver|authentication|authorization|endpoint_slice|etcd|garbagecollector|kubeproxy|scheduler)_.+'),
  ...keepBuckets([
    'kubelet_cgroup_manager_duration_seconds', 'kubelet_image_pull_duration_seconds', 'kubelet_pleg_relist_(?:duration|interval)_seconds',
    'kubelet_pod_(?:start|start_sli|worker)_duration_seconds', 'kubelet_runtime_operations_duration_seconds', 'rest_client_request_duration_seconds', 'storage_operation_duration_seconds',
  ]),
];

// Eight series for each probe of each container; how it ended is in prober_probe_total.
const ofProbes: readonly RelabelRule[] = [drop(['__name__'], 'prober_probe_duration_seconds_.+')];

/** What rules, dashboards and kubectl-like questions need of a container. */
const CONTAINER_SERIES = [
  'cpu_(?:usage_seconds_total|cfs_(?:throttled_)?periods_total|cfs_throttled_seconds_total)',
  'memory_(?:cache|rss|swap|usage_bytes|working_set_bytes)',
  'oom_events_total',
  'fs_(?:reads|writes)(?:_bytes)?_total',
  'fs_(?:inodes_(?:free|total)|limit_bytes|usage_bytes)',
  'network_(?:receive|transmit)_(?:bytes|errors|packets|packets_dropped)_total',
  'pressure_(?:cpu|io|memory)_(?:stalled|waiting)_seconds_total',
  'processes',
  'spec_(?:cpu_period|cpu_quota|memory_limit_bytes)',
  'start_time_seconds',
];

const ofContainers: readonly RelabelRule[] = [
  keepNames([`container_(?:${CONTAINER_SERIES.join('|')})`, 'machine_.+', 'cadvisor_version_info', 'container_scrape_error']),
  // Of a cgroup that is no pod's, a systemd service say, only what it takes: a node can have a hundred of them.
  drop(['__name__', 'pod'], 'container_(?:cpu_cfs|fs|memory_(?:cache|swap|usage)|network|oom|pressure|processes|spec|start_time).*;'),
];
