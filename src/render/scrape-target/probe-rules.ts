import type { Endpoint, ScrapeTargetSpec } from '../../api/scrape-target.ts';
import { copy, keep, literal, replace, set, type RelabelRule } from '../../formats/prometheus/relabel.ts';
import { replacementText, setPort } from './address-rules.ts';
import { keepRealHosts } from './ingress-rules.ts';
import { keepSelected } from './keep-selected.ts';
import { addressTarget, HOST_PROBERS, hostTarget, ingressAddressTarget } from './probe-targets.ts';
import type { TargetSettings } from './target-settings.ts';

type Probe = NonNullable<ScrapeTargetSpec['probe']>;

/**
 * Turns what is to be probed into the blackbox exporter's parameter `target` and into `instance`, and the address into the
 * exporter's own. Must come before rules that name the target, after which nothing looks at the old address.
 */
export function probeRules(probe: Probe, endpoint: Endpoint, { blackbox }: Pick<TargetSettings, 'blackbox'>): RelabelRule[] {
  const prober = blackbox.probers[probe.module] ?? 'http';
  return [
    ...probedAddress(probe, endpoint),
    ...probeTarget(probe, endpoint, prober),
    copy('__param_target', 'instance'),
    set('__address__', blackbox.address),
  ];
}

/** Whether hosts are probed and not ports: then all ports of a Service are one target, and have no label of their own. */
export function probesHosts({ module }: Probe, { blackbox }: Pick<TargetSettings, 'blackbox'>): boolean {
  return HOST_PROBERS.has(blackbox.probers[module] ?? '');
}

function probedAddress({ of }: Probe, { port }: Endpoint): RelabelRule[] {
  if (of.service) return [...keepSelected('service', of.service), ...keepPort(port)];
  if (of.ingress) return [...keepSelected('ingress', of.ingress), keepRealHosts, ...setPort(port)];
  return setPort(port);
}

function keepPort(port: Endpoint['port']): RelabelRule[] {
  if (port === undefined) return [keep(['__meta_kubernetes_service_port_protocol'], 'TCP|UDP')];
  const label = typeof port === 'number' ? '__meta_kubernetes_service_port_number' : '__meta_kubernetes_service_port_name';
  return [keep([label], literal(String(port)))];
}

function probeTarget({ of }: Probe, endpoint: Endpoint, prober: string): RelabelRule[] {
  if (of.static) return [addressTarget];
  if (HOST_PROBERS.has(prober)) return [hostTarget];
  if (prober !== 'http') return of.ingress ? ingressAddressTarget() : [addressTarget];
  return of.ingress ? ingressUrl(endpoint) : [serviceUrl(endpoint)];
}

function serviceUrl({ scheme = 'http', path = '' }: Endpoint): RelabelRule {
  return replace(['__address__'], '(.+)', '__param_target', `${scheme}://\${1}${replacementText(path)}`);
}

function ingressUrl({ scheme, path }: Endpoint): RelabelRule[] {
  const below = replacementText(path ?? '');
  const from = ['__meta_kubernetes_ingress_scheme', '__address__', '__meta_kubernetes_ingress_path'];
  // With a path of the user's, a slash at the end of the Ingress's path would be doubled.
  const pattern = path === undefined ? '(.+?);(.+?);(.*)' : '(.+?);(.+?);(.*?)/*';
  return [replace(from, pattern, '__param_target', `${scheme ?? '${1}'}://\${2}\${3}${below}`)];
}
