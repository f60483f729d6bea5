import { BUILTIN_MODULES } from '../../scrape-target/blackbox-module.ts';

type Module = Readonly<Record<string, unknown>>;

/** What each module that comes with the exporter asks, in the exporter's own words; the prober is in BUILTIN_MODULES. */
const BUILTIN: Readonly<Record<keyof typeof BUILTIN_MODULES, Module>> = {
  http_2xx: { timeout: '5s', http: { preferred_ip_protocol: 'ip4' } },
  http_post_2xx: { timeout: '5s', http: { method: 'POST', preferred_ip_protocol: 'ip4' } },
  tcp_connect: { timeout: '5s', tcp: { preferred_ip_protocol: 'ip4' } },
  icmp: { timeout: '5s', icmp: { preferred_ip_protocol: 'ip4' } },
  dns_udp: { timeout: '5s', dns: { query_name: 'kubernetes.default.svc.cluster.local', query_type: 'A', preferred_ip_protocol: 'ip4' } },
  grpc: { timeout: '5s', grpc: { preferred_ip_protocol: 'ip4' } },
  ssh_banner: { timeout: '5s', tcp: { preferred_ip_protocol: 'ip4', query_response: [{ expect: '^SSH-2.0-' }, { send: 'SSH-2.0-blackbox-exporter' }] } },
};

/** The modules of a stack's exporter by name: those that come with it, and the user's, which replace their namesakes. */
export function modules(own: Readonly<Record<string, Module>>): Record<string, Module> {
  const builtin = Object.entries(BUILTIN).map(([name, module]) => [name, { prober: BUILTIN_MODULES[name as keyof typeof BUILTIN], ...module }] as const);
  const all = { ...Object.fromEntries(builtin), ...own };
  return Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
}
