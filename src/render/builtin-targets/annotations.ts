import { copy, keep, metaName, replace, type RelabelRule } from '../../formats/prometheus/relabel.ts';
import type { ScrapeConfig } from '../../formats/prometheus/scrape-config.ts';
import { kubernetesSd } from '../scrape-target/service-discovery.ts';
import type { Reach } from '../scrape-target/reach.ts';
import { dropFinishedPods, dropSecondFamily } from '../scrape-target/relabel-rules.ts';
import { keepShard, type Spread } from '../scrape-target/shard-rules.ts';

/** What to look for and where. */
export interface AnnotationDiscovery {
  /** Like prometheus.io: the annotations are PREFIX/scrape, PREFIX/probe ... */
  readonly prefix: string;
  readonly namespaces: Reach;
  readonly spread: Spread;
}

/** Two jobs for pods and Services whose owners asked by annotation to be scraped. */
export function annotationJobs(discovery: AnnotationDiscovery): ScrapeConfig[] {
  return [podsJob(discovery), servicesJob(discovery)];
}

function podsJob({ prefix, namespaces, spread }: AnnotationDiscovery): ScrapeConfig {
  const port = annotation('pod', prefix, 'port');
  return {
    job_name: 'belfry/annotated-pods',
    kubernetes_sd_configs: [kubernetesSd('pod', namespaces)],
    relabel_configs: [
      keep([annotation('pod', prefix, 'scrape')], 'true'),
      // With an annotated port all of a pod's targets become one; without, each declared TCP port is one.
      keep([port, '__meta_kubernetes_pod_container_port_number', '__meta_kubernetes_pod_container_port_protocol'], '[0-9]+;.*|;[0-9]+;TCP'),
      dropFinishedPods,
      ...address('pod', prefix),
      ...podJob,
      copy('__meta_kubernetes_namespace', 'namespace'),
      copy('__meta_kubernetes_pod_name', 'pod'),
      replace([port, '__meta_kubernetes_pod_container_name'], ';(.+)', 'container'),
      copy('__meta_kubernetes_pod_node_name', 'node'),
      ...keepShard(spread),
    ],
  };
}

function servicesJob({ prefix, namespaces, spread }: AnnotationDiscovery): ScrapeConfig {
  const port = annotation('service', prefix, 'port');
  return {
    job_name: 'belfry/annotated-services',
    kubernetes_sd_configs: [kubernetesSd('endpointslice', namespaces)],
    relabel_configs: [
      keep([annotation('service', prefix, 'scrape')], 'true'),
      keep([port, '__meta_kubernetes_endpointslice_port', '__meta_kubernetes_endpointslice_port_protocol'], '[0-9]+;.*|;[0-9]+;TCP'),
      dropFinishedPods,
      dropSecondFamily,
      ...address('service', prefix),
      copy('__meta_kubernetes_service_name', 'job'),
      copy('__meta_kubernetes_namespace', 'namespace'),
      copy('__meta_kubernetes_service_name', 'service'),
      copy('__meta_kubernetes_pod_name', 'pod'),
      replace([port, '__meta_kubernetes_pod_container_name'], ';(.+)', 'container'),
      copy('__meta_kubernetes_endpointslice_endpoint_node_name', 'node'),
      copy('__meta_kubernetes_pod_node_name', 'node'),
      ...keepShard(spread),
    ],
  };
}

/** The meta label that holds the annotation PREFIX/NAME. */
export function annotation(kind: 'pod' | 'service' | 'ingress', prefix: string, name: string): string {
  return `__meta_kubernetes_${kind}_annotation_${metaName(`${prefix}/${name}`)}`;
}

/** The labels that hold them. */
interface SchemeAndPath {
  readonly scheme: string;
  readonly path: string;
}

/** What annotations say of scheme and path, each into its label; a path gets the slash that it lacks, and what is no scheme is not taken. */
export function schemeAndPath(from: SchemeAndPath, to: SchemeAndPath): RelabelRule[] {
  return [
    replace([from.scheme], '(https?)', to.scheme),
    replace([from.path], '(/.*)', to.path),
    replace([from.path], '([^/].*)', to.path, '/${1}'),
  ];
}

function address(kind: 'pod' | 'service', prefix: string): RelabelRule[] {
  return [
    ...schemeAndPath({ scheme: annotation(kind, prefix, 'scheme'), path: annotation(kind, prefix, 'path') }, { scheme: '__scheme__', path: '__metrics_path__' }),
    // An address of a pod without declared ports has no port yet; one of IPv6 may then have no brackets either.
    replace(['__address__', annotation(kind, prefix, 'port')], String.raw`(\[[^\]]+\]|[^:]+)(?::\d+)?;(\d+)`, '__address__', '${1}:${2}'),
    replace(['__address__', annotation(kind, prefix, 'port')], String.raw`([0-9a-fA-F]*:[0-9a-fA-F]*:[0-9a-fA-F:.]*);(\d+)`, '__address__', '[${1}]:${2}'),
  ];
}

/** What people call the app: the recommended label, else the common one, else what runs the pod, else the pod. The last rule that fits wins. */
const podJob: readonly RelabelRule[] = [
  copy('__meta_kubernetes_pod_name', 'job'),
  copy('__meta_kubernetes_pod_controller_name', 'job'),
  // The name of a Deployment's ReplicaSet ends in a hash that changes with each rollout.
  replace(['__meta_kubernetes_pod_controller_kind', '__meta_kubernetes_pod_controller_name'], 'ReplicaSet;(.+)-[a-z0-9]+', 'job'),
  copy('__meta_kubernetes_pod_label_app', 'job'),
  copy('__meta_kubernetes_pod_label_app_kubernetes_io_name', 'job'),
];
