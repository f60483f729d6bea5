import type { ScrapeTarget } from '../../api/scrape-target.ts';
import { selectionOf } from '../../api/scrape-target.ts';
import type { HttpSdConfig, KubernetesRole, KubernetesSdConfig, ServiceDiscovery } from '../../formats/prometheus/service-discovery.ts';
import { compact } from '../../lib/compact.ts';
import { authorization } from './authorization.ts';
import { reach, type Reach } from './reach.ts';
import { tlsConfig } from './tls-config.ts';

/**
 * Where a ScrapeTarget's targets come from. Role, namespaces and attached metadata are all that varies: Prometheus runs
 * identical discoveries once, so labels are selected by relabel rules and never by selectors.
 */
export function serviceDiscovery(target: ScrapeTarget): ServiceDiscovery {
  const { spec, metadata } = target;
  const role = roleOf(target);
  if (role) return { kubernetes_sd_configs: [kubernetesSd(role, reach(target), (spec.copyLabels?.node ?? []).length > 0)] };
  if (spec.http) return { http_sd_configs: [httpSd(spec.http, metadata.namespace)] };
  if (spec.dns) {
    const { names, type, port, refreshInterval } = spec.dns;
    return { dns_sd_configs: [{ names, ...compact({ type, port, refresh_interval: refreshInterval }) }] };
  }
  const { targets, labels } = spec.static ?? spec.probe?.of.static ?? { targets: [] };
  return { static_configs: [{ targets, ...(labels ? { labels } : {}) }] };
}

function httpSd({ url, refreshInterval, auth, tls }: NonNullable<ScrapeTarget['spec']['http']>, namespace: string): HttpSdConfig {
  return { url, ...compact({ refresh_interval: refreshInterval, tls_config: tls && tlsConfig(tls, namespace) }), ...authorization(auth, namespace) };
}

/** The role of kubernetes_sd for a ScrapeTarget; undefined for one that does not ask Kubernetes. */
function roleOf({ spec }: Pick<ScrapeTarget, 'spec'>): KubernetesRole | undefined {
  const selection = selectionOf(spec);
  if (selection === 'service') return 'endpointslice';
  if (selection === 'pod' || selection === 'node' || selection === 'ingress') return selection;
  if (spec.probe?.of.service) return 'service';
  return spec.probe?.of.ingress && 'ingress';
}

/** One discovery by role in some namespaces; without any credentials but the pod's own, which Prometheus sends to the API server alone. */
export function kubernetesSd(role: KubernetesRole, namespaces: Reach, attachNode = false): KubernetesSdConfig {
  return {
    role,
    // Nodes are in no namespace.
    ...(namespaces === 'all' || role === 'node' ? {} : { namespaces: { names: namespaces } }),
    // Labels of nodes: they come unasked with role node, and Ingresses and Services have none.
    ...(attachNode && (role === 'pod' || role === 'endpointslice') ? { attach_metadata: { node: true } } : {}),
  };
}
