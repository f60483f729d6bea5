import type { Endpoint, ScrapeTarget } from '../../api/scrape-target.ts';
import { selectionOf } from '../../api/scrape-target.ts';
import { assertNever } from '../../lib/assert-never.ts';
import { copy, drop, set, type RelabelRule } from '../../formats/prometheus/relabel.ts';
import { copyLabels } from './copy-labels.ts';
import { ingressRules } from './ingress-rules.ts';
import { keepSelected } from './keep-selected.ts';
import { mayWrite } from './may-write.ts';
import { setPort } from './address-rules.ts';
import { keepPodPort, keepServicePort } from './port-rules.ts';
import { probeRules } from './probe-rules.ts';
import { onlyNamespace } from './reach.ts';
import { relabelRule } from './relabel-rule.ts';
import { keepShard } from './shard-rules.ts';
import type { TargetSettings } from './target-settings.ts';

/**
 * The relabel rules of one endpoint of a ScrapeTarget, in the order Prometheus applies them: choose which discovered
 * targets stay, name what stays, then what the user wants, then what nobody may change.
 */
export function relabelRules(target: ScrapeTarget, endpoint: Endpoint, settings: TargetSettings): RelabelRule[] {
  const { metadata, spec } = target;
  const own = (endpoint.relabel ?? []).map(relabelRule);
  const namespace = nameNamespace(target, settings);
  return [
    ...selectTargets(target, endpoint, settings),
    set('job', metadata.name),
    ...namespace,
    ...nameTarget(target, endpoint),
    ...copyLabels(spec),
    ...Object.entries(spec.labels ?? {}).map(([name, value]) => set(name, value)),
    ...own,
    // Whatever the user's rules do, series carry the namespace that they come from: routes and tenants rely on it.
    ...(mayWrite(own, 'namespace') ? namespace : []),
    ...keepShard(settings.shards, spec.probe ? '__param_target' : '__address__'),
  ];
}

/** Whether the user's rules could change the label `job`, by which the series `up` of a ScrapeTarget are told from others. */
export function rewritesJob({ spec }: ScrapeTarget): boolean {
  return (spec.endpoints ?? []).some(({ relabel = [] }) => mayWrite(relabel.map(relabelRule), 'job'));
}

function selectTargets({ spec }: ScrapeTarget, endpoint: Endpoint, settings: TargetSettings): RelabelRule[] {
  const selection = selectionOf(spec);
  switch (selection) {
    case 'service':
      return [...keepSelected('service', spec.service ?? {}), ...keepServicePort(endpoint.port), dropFinishedPods];
    case 'pod':
      return [...keepSelected('pod', spec.pod ?? {}), ...keepPodPort(endpoint.port), dropFinishedPods];
    case 'node':
      return [...keepSelected('node', spec.node ?? {}), ...setPort(endpoint.port)];
    case 'ingress':
      return [...keepSelected('ingress', spec.ingress ?? {}), ...ingressRules(endpoint)];
    case 'static':
    case 'http':
    case 'dns':
      return setPort(endpoint.port);
    case 'probe':
      return spec.probe ? probeRules(spec.probe, endpoint, settings) : [];
    default:
      return assertNever(selection);
  }
}

// A pod that ran to its end keeps its address for a while, and another pod may have it by now.
const dropFinishedPods = drop(['__meta_kubernetes_pod_phase'], 'Failed|Succeeded');

/** The namespace as a constant where there is only one: a user's rule may have changed the meta label. */
function nameNamespace(target: ScrapeTarget, settings: TargetSettings): RelabelRule[] {
  const { metadata, spec } = target;
  const isNamespaced = spec.service ?? spec.pod ?? spec.ingress ?? spec.probe?.of.service ?? spec.probe?.of.ingress;
  const only = isNamespaced ? onlyNamespace(target, settings) : metadata.namespace;
  return [only === undefined ? copy('__meta_kubernetes_namespace', 'namespace') : set('namespace', only)];
}

function nameTarget({ spec }: ScrapeTarget, { port }: Endpoint): RelabelRule[] {
  if (spec.service) {
    return [
      copy('__meta_kubernetes_service_name', 'service'),
      copy('__meta_kubernetes_pod_name', 'pod'),
      copy('__meta_kubernetes_pod_container_name', 'container'),
      copy('__meta_kubernetes_endpointslice_endpoint_node_name', 'node'),
      copy('__meta_kubernetes_pod_node_name', 'node'),
      nameEndpoint(port, '__meta_kubernetes_endpointslice_port_name'),
    ];
  }
  if (spec.pod) {
    return [
      copy('__meta_kubernetes_pod_name', 'pod'),
      // A number is one target for each pod, whichever container listens: see keepPodPort.
      ...(typeof port === 'number' ? [] : [copy('__meta_kubernetes_pod_container_name', 'container')]),
      copy('__meta_kubernetes_pod_node_name', 'node'),
      nameEndpoint(port, '__meta_kubernetes_pod_container_port_name'),
    ];
  }
  if (spec.node) return [copy('__meta_kubernetes_node_name', 'node')];
  if (spec.probe?.of.service) return [copy('__meta_kubernetes_service_name', 'service'), nameEndpoint(port, '__meta_kubernetes_service_port_name')];
  return [];
}

function nameEndpoint(port: Endpoint['port'], portName: string): RelabelRule {
  return port === undefined ? copy(portName, 'endpoint') : set('endpoint', String(port));
}
