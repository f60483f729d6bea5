import type { StackSettings } from '../../api/defaults.ts';
import { copy, set } from '../../formats/prometheus/relabel.ts';
import type { ScrapeConfig } from '../../formats/prometheus/scrape-config.ts';
import { runsBlackbox } from '../exporters/blackbox/runs-blackbox.ts';
import { COMPONENTS, PORTS, type StackName } from '../names.ts';
import { kubernetesSd } from '../scrape-target/service-discovery.ts';
import { keepOnFirstShard, type Spread } from '../scrape-target/shard-rules.ts';
import { keepComponent } from './keep-component.ts';

interface Component {
  readonly name: string;
  readonly port: number;
  /** The component whose pods it runs in; default: its own. */
  readonly within?: string;
}

/** Jobs for what a stack itself consists of: a stack that is ill should say so. */
export function stackJobs(stack: StackName, settings: StackSettings, { probes }: { readonly probes: boolean }): ScrapeConfig[] {
  const components: Component[] = [
    { name: COMPONENTS.prometheus, port: PORTS.prometheus },
    ...(settings.prometheus.thanos ? [{ name: 'thanos-sidecar', port: PORTS.thanosHttp, within: COMPONENTS.prometheus }] : []),
    ...(settings.prometheus.thanos?.querier ? [{ name: COMPONENTS.querier, port: PORTS.thanosHttp }] : []),
    ...(settings.alertmanager ? [{ name: COMPONENTS.alertmanager, port: PORTS.alertmanager }] : []),
    ...(settings.grafana ? [{ name: COMPONENTS.grafana, port: PORTS.grafana }] : []),
    ...(runsBlackbox(settings, probes) ? [{ name: COMPONENTS.blackbox, port: PORTS.blackbox }] : []),
  ];
  return components.map((component) => job(stack, component, settings.prometheus.spread));
}

function job(stack: StackName, { name, port, within = name }: Component, spread: Spread): ScrapeConfig {
  return {
    job_name: `belfry/${name}`,
    kubernetes_sd_configs: [kubernetesSd('pod', [stack.namespace])],
    relabel_configs: [
      ...keepComponent(stack, within, port),
      set('job', name),
      set('namespace', stack.namespace),
      copy('__meta_kubernetes_pod_name', 'pod'),
      copy('__meta_kubernetes_pod_container_name', 'container'),
      copy('__meta_kubernetes_pod_node_name', 'node'),
      ...keepOnFirstShard(spread),
    ],
  };
}
