import type { NetworkFlowsSettings } from '../../../api/cluster-settings.ts';
import { printYaml } from '../../../formats/prometheus/print.ts';

/** The key of the ConfigMap, and so the name of the file. */
export const CONFIG_FILE = 'beyla.yaml';
/** The environment variables that the config asks for: the name of the node, and its address. */
export const NODE_NAME = 'NODE_NAME';
export const NODE_ADDRESS = 'NODE_ADDRESS';
/** Where its metrics are. */
export const METRICS_PATH = '/metrics';

/** By workload and no further: pods, addresses and ports come and go, and each would leave a series behind. */
const BY_WORKLOAD = ['k8s.src.namespace', 'k8s.src.owner.name', 'k8s.src.owner.type', 'k8s.dst.namespace', 'k8s.dst.owner.name', 'k8s.dst.owner.type', 'direction'];

/**
 * How long a flow stays in sight after its last packet: the alerts on traffic that nobody declared go by the series being
 * there, so that a single connection is enough.
 */
const SHOWN_FOR = '10m';

/**
 * Beyla's config as text, for its network mode alone (its docs/config-schema.json).
 *
 * @param cidrs networks of pods; see pod-cidrs.ts
 */
export function beylaConfig({ port, serverPorts }: NetworkFlowsSettings, cidrs: readonly string[]): string {
  const endpoint = { port, path: METRICS_PATH };
  return printYaml({
    // What lacks a capability should say so and end, not run and see nothing.
    enforce_sys_caps: true,
    metrics: { features: ['network'] },
    network: {
      // Beside any CNI: filters of traffic control are where Cilium and others have theirs.
      source: 'socket_filter',
      // Unless told, it looks for the way to a public address, and ends on a node that has none.
      agent_ip: environment(NODE_ADDRESS),
      // Of a pod that has just started the API server knows the address a second or two later.
      cache_active_timeout: '10s',
      // Of a connection that was open before, the higher port is taken for the client's.
      guess_ports: 'ordinal',
      ...(cidrs.length > 0 ? { cidrs } : {}),
    },
    attributes: {
      // No series has the name; unnamed, it would look for it.
      kubernetes: { enable: 'true', cluster_name: 'none' },
      // It asks the metadata services of clouds who its host is, which no series tells: not for long where there is none.
      metadata_retry: { timeout: '5s' },
      select: { beyla_network_flow_bytes: { include: [...BY_WORKLOAD, ...(cidrs.length > 0 ? ['src.cidr'] : []), ...(serverPorts ? ['server.port'] : [])] } },
    },
    // Each packet between two nodes passes both: the sender's counts it, or, for a sender that is no pod, whoever sees it.
    filter: { network: { 'k8s.src.node.name': { match: `{${environment(NODE_NAME)},}` } } },
    prometheus_export: { ...endpoint, ttl: SHOWN_FOR },
    internal_metrics: { exporter: 'prometheus', prometheus: endpoint },
  });
}

/** How its config names a variable. */
function environment(name: string): string {
  return `\${${name}}`;
}
