import type { Endpoint, ScrapeTarget } from '../../api/scrape-target.ts';
import { copy, drop, set, type RelabelRule } from '../../formats/prometheus/relabel.ts';
import { copyLabels } from './copy-labels.ts';
import { endpointsOf } from './endpoints.ts';
import { ingressRules } from './ingress-rules.ts';
import { keepSelected } from './keep-selected.ts';
import { mayWrite } from './may-write.ts';
import { setPort } from './address-rules.ts';
import { keepPodPort, keepServicePort } from './port-rules.ts';
import { probeRules, probesHosts } from './probe-rules.ts';
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
  const namespace = nameNamespace(target);
  return [
    ...selectTargets(target, endpoint, settings),
    set('job', metadata.name),
    ...namespace,
    ...nameTarget(target, endpoint, settings),
    ...(sharesPort(target, endpoint) ? [copy('__metrics_path__', 'metrics_path')] : []),
    ...copyLabels(spec),
    ...Object.entries(spec.labels ?? {}).map(([name, value]) => set(name, value)),
    ...own,
    // Whatever the user's rules do, series carry the namespace that they come from: routes and tenants rely on it.
    ...(mayWrite(own, 'namespace') ? namespace : []),
    ...keepShard(settings.spread, spec.probe ? '__param_target' : '__address__'),
  ];
}

function selectTargets({ spec }: ScrapeTarget, endpoint: Endpoint, settings: TargetSettings): RelabelRule[] {
  const { service, pod, node, ingress, probe } = spec;
  if (service) return [...keepSelected('service', service), ...keepServicePort(endpoint.port), dropFinishedPods, dropSecondFamily];
  if (pod) return [...keepSelected('pod', pod), ...keepPodPort(endpoint.port), dropFinishedPods];
  if (node) return [...keepSelected('node', node), ...setPort(endpoint.port)];
  if (ingress) return [...keepSelected('ingress', ingress), ...ingressRules(endpoint)];
  if (probe) return probeRules(probe, endpoint, settings);
  return setPort(endpoint.port); // Addresses of the user's: static, http, dns.
}

// A pod that ran to its end keeps its address for a while, and another pod may have it by now.
export const dropFinishedPods: RelabelRule = drop(['__meta_kubernetes_pod_phase'], 'Failed|Succeeded');

// A Service with both IPv4 and IPv6 has a slice for each, so every pod would be there twice: its first address is enough.
export const dropSecondFamily: RelabelRule = drop(
  ['__meta_kubernetes_endpointslice_address_type', '__meta_kubernetes_pod_ip'],
  'IPv6;[0-9.]+|IPv4;.*:.*',
);

/** The namespace as a constant where there is only one: a user's rule may have changed the meta label. */
function nameNamespace(target: ScrapeTarget): RelabelRule[] {
  const { metadata, spec } = target;
  const isNamespaced = spec.service ?? spec.pod ?? spec.ingress ?? spec.probe?.of.service ?? spec.probe?.of.ingress;
  const only = isNamespaced ? onlyNamespace(target) : metadata.namespace;
  return [only === undefined ? copy('__meta_kubernetes_namespace', 'namespace') : set('namespace', only)];
}

function nameTarget({ spec }: ScrapeTarget, { port }: Endpoint, settings: TargetSettings): RelabelRule[] {
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
  if (spec.probe?.of.service) {
    const service = copy('__meta_kubernetes_service_name', 'service');
    return probesHosts(spec.probe, settings) ? [service] : [service, nameEndpoint(port, '__meta_kubernetes_service_port_name')];
  }
  return [];
}

function nameEndpoint(port: Endpoint['port'], portName: string): RelabelRule {
  return port === undefined ? copy(portName, 'endpoint') : set('endpoint', String(port));
}

/** Whether another endpoint is another path of the same port: all else being equal, their series `up` would be one and the same. */
function sharesPort(target: ScrapeTarget, { port, path = '/metrics' }: Endpoint): boolean {
  if (target.spec.ingress || target.spec.probe) return false; // There, the URL is in `instance`.
  return endpointsOf(target).some((other) => other.port === port && (other.path ?? '/metrics') !== path);
}
