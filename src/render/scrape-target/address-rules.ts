import type { Endpoint } from '../../api/scrape-target.ts';
import { replace, type RelabelRule } from '../../formats/prometheus/relabel.ts';

/** Gives the address another port, or one where it has none; names and IPv4 addresses, and IPv6 ones in brackets. */
export function setPort(port: Endpoint['port']): RelabelRule[] {
  return port === undefined ? [] : [replace(['__address__'], String.raw`(\[[^\]]+\]|[^:]+)(?::\d+)?`, '__address__', `\${1}:${port}`)];
}

/** Text as part of a replacement, in which `$` starts a group. */
export function replacementText(text: string): string {
  return text.replaceAll('$', '$$$$');
}
