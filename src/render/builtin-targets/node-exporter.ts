import type { NodeExporterSettings } from '../../api/defaults.ts';
import { copy, set } from '../../formats/prometheus/relabel.ts';
import type { ScrapeConfig } from '../../formats/prometheus/scrape-config.ts';
import { COMPONENTS, type StackName } from '../names.ts';
import { kubernetesSd } from '../scrape-target/service-discovery.ts';
import { keepShard, type Spread } from '../scrape-target/shard-rules.ts';
import { keepComponent } from './keep-component.ts';

/** The job of the node exporter: `instance` is the node's name, as dashboards and people want it, not its address. */
export function nodeExporterJob(stack: StackName, { port }: NodeExporterSettings, spread: Spread): ScrapeConfig {
  return {
    job_name: `belfry/${COMPONENTS.nodeExporter}`,
    kubernetes_sd_configs: [kubernetesSd('pod', [stack.namespace])],
    relabel_configs: [
      ...keepComponent(stack, COMPONENTS.nodeExporter, port),
      set('job', COMPONENTS.nodeExporter),
      set('namespace', stack.namespace),
      copy('__meta_kubernetes_pod_name', 'pod'),
      copy('__meta_kubernetes_pod_container_name', 'container'),
      copy('__meta_kubernetes_pod_node_name', 'node'),
      copy('__meta_kubernetes_pod_node_name', 'instance'),
      ...keepShard(spread),
    ],
  };
}
