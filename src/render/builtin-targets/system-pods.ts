import type { StackSettings } from '../../api/defaults.ts';
import { copy, drop, keep, literal, metaName, replace, set, type RelabelRule } from '../../formats/prometheus/relabel.ts';
import type { ScrapeConfig } from '../../formats/prometheus/scrape-config.ts';
import { PART_LABELS, SYSTEM_NAMESPACE, type PodPart } from '../cluster-survey.ts';
import { kubernetesSd } from '../scrape-target/service-discovery.ts';
import { dropFinishedPods } from '../scrape-target/relabel-rules.ts';
import { keepOnFirstShard, keepShard } from '../scrape-target/shard-rules.ts';
import { partTimes } from './part-times.ts';

/** A part of Kubernetes that is found by its pods in kube-system, or at addresses that the user names. */
export interface SystemPods {
  readonly part: PodPart;
  /** The label `job`, and the end of the job's name. */
  readonly job: string;
  readonly port: number;
  readonly samples: readonly RelabelRule[];
  /** Scheme, token and TLS where it wants them. */
  readonly client?: Pick<ScrapeConfig, 'scheme' | 'authorization' | 'tls_config'>;
}

/** The job of such a part. */
export function systemPodsJob(settings: StackSettings, { part, job, port, samples, client = {} }: SystemPods): ScrapeConfig {
  const addresses = settings.kubernetes[part]?.addresses ?? [];
  const { spread } = settings.prometheus;
  // There is a kube-proxy on every node, and of the other parts a few in all.
  const shard = part === 'proxy' ? keepShard(spread) : keepOnFirstShard(spread);
  const found = addresses.length > 0
    ? { static_configs: [{ targets: addresses.map((address) => withPort(address, port)) }], relabel_configs: [set('job', job), ...shard] }
    : { kubernetes_sd_configs: [kubernetesSd('pod', [SYSTEM_NAMESPACE])], relabel_configs: [...selectPods(part, port), set('job', job), ...namePod, ...shard] };
  return {
    job_name: `belfry/${job}`,
    ...partTimes(settings, part),
    ...client,
    ...found,
    ...(samples.length > 0 ? { metric_relabel_configs: samples } : {}),
  };
}

function selectPods(part: PodPart, port: number): RelabelRule[] {
  const labels = PART_LABELS[part];
  const alternatives = labels.map(([, value], position) => labels.map((_, index) => (index === position ? literal(value) : '.*')).join(';'));
  return [
    keep(labels.map(([key]) => `__meta_kubernetes_pod_label_${metaName(key)}`), alternatives.join('|')),
    dropFinishedPods,
    // A pod that has no address yet would be asked at ":10257".
    drop(['__meta_kubernetes_pod_ip'], ''),
    // Its declared ports come one by one, and all become the one that matters.
    replace(['__meta_kubernetes_pod_ip'], '([^:]+)', '__address__', `\${1}:${port}`),
    replace(['__meta_kubernetes_pod_ip'], '(.*:.*)', '__address__', `[\${1}]:${port}`),
  ];
}

const namePod: readonly RelabelRule[] = [
  copy('__meta_kubernetes_namespace', 'namespace'),
  copy('__meta_kubernetes_pod_name', 'pod'),
  copy('__meta_kubernetes_pod_node_name', 'node'),
];

function withPort(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
