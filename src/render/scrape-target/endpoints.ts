import type { Endpoint, ScrapeTarget } from '../../api/scrape-target.ts';

/** The endpoints of a ScrapeTarget: one with all defaults where it names none, and a port of digits only as a number. */
export function endpointsOf({ spec }: Pick<ScrapeTarget, 'spec'>): readonly Endpoint[] {
  // A name of digits only is no port name in Kubernetes (IANA_SVC_NAME wants a letter), so that is never what was meant.
  return (spec.endpoints ?? [{}]).map((endpoint) => (isDigits(endpoint.port) ? { ...endpoint, port: Number(endpoint.port) } : endpoint));
}

function isDigits(port: Endpoint['port']): boolean {
  return typeof port === 'string' && /^[0-9]+$/.test(port);
}
