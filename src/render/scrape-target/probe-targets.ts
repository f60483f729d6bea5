import { copy, replace, type RelabelRule } from '../../formats/prometheus/relabel.ts';

/** Probers that ask a host and none of its ports. */
export const HOST_PROBERS: ReadonlySet<string> = new Set(['icmp']);

/** What such a prober is told: the address without its port, and without the brackets of IPv6. */
export const hostTarget: RelabelRule = replace(['__address__'], String.raw`\[?([^\]]*?)\]?(?::\d+)?`, '__param_target', '${1}');

/** What a prober of ports is told: host:port. */
export const addressTarget: RelabelRule = copy('__address__', '__param_target');

/** host:port of an Ingress: the port that the scheme in this label stands for, where the address has none of its own. */
export function ingressAddressTarget(schemeLabel = '__meta_kubernetes_ingress_scheme'): RelabelRule[] {
  const from = [schemeLabel, '__address__'];
  return [
    replace(from, 'http;([^:]+)', '__param_target', '${1}:80'),
    replace(from, 'https;([^:]+)', '__param_target', '${1}:443'),
    replace(['__address__'], '(.+:.+)', '__param_target'),
  ];
}
