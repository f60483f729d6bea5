import { copy, drop, keep, literal, set } from '../../formats/prometheus/relabel.ts';
import type { ScrapeConfig } from '../../formats/prometheus/scrape-config.ts';
import { OPERATOR, OPERATOR_PORT } from '../names.ts';
import { kubernetesSd } from '../scrape-target/service-discovery.ts';
import { keepOnFirstShard, type Spread } from '../scrape-target/shard-rules.ts';

/** The job of the operator itself, which runs in `namespace`: who watches over a whole cluster watches over it too. */
export function operatorJob(namespace: string, spread: Spread): ScrapeConfig {
  return {
    job_name: 'belfry/operator',
    kubernetes_sd_configs: [kubernetesSd('pod', [namespace])],
    relabel_configs: [
      keep(['__meta_kubernetes_pod_label_app_kubernetes_io_name', '__meta_kubernetes_pod_container_port_name'], `${literal(OPERATOR)};${literal(OPERATOR_PORT)}`),
      drop(['__meta_kubernetes_pod_phase'], 'Failed|Succeeded'),
      set('job', OPERATOR),
      set('namespace', namespace),
      copy('__meta_kubernetes_pod_name', 'pod'),
      copy('__meta_kubernetes_pod_container_name', 'container'),
      copy('__meta_kubernetes_pod_node_name', 'node'),
      ...keepOnFirstShard(spread),
    ],
  };
}
