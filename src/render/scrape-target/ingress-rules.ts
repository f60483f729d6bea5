import type { Endpoint } from '../../api/scrape-target.ts';
import { copy, keep, replace, set, type RelabelRule } from '../../formats/prometheus/relabel.ts';
import { replacementText, setPort } from './address-rules.ts';

/**
 * Makes addresses to scrape of an Ingress's hosts and paths: the endpoint's path below the path of the Ingress. The label
 * `instance` is the whole URL, since the paths of one host would otherwise be the same series.
 */
export function ingressRules({ port, path = '/metrics', scheme, tls }: Endpoint): RelabelRule[] {
  return [
    keepRealHosts,
    scheme || tls ? set('__scheme__', scheme ?? 'https') : copy('__meta_kubernetes_ingress_scheme', '__scheme__'),
    ...setPort(port),
    replace(['__meta_kubernetes_ingress_path'], '(.*?)/*', '__metrics_path__', `\${1}${replacementText(path)}`),
    replace(['__scheme__', '__address__', '__metrics_path__'], '(.+?);(.+?);(.*)', 'instance', '${1}://${2}${3}'),
  ];
}

/** A wildcard host, or none, is no address. */
export const keepRealHosts: RelabelRule = keep(['__address__'], '[^*]+');
