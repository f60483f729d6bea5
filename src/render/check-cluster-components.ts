import type { KubernetesPart } from '../api/cluster-settings.ts';
import { isOn } from '../api/presence.ts';
import type { MonitoringStack, MonitoringStackSpec } from '../api/monitoring-stack.ts';
import type { Problem } from '../api/rejection.ts';
import type { StackSettings } from '../api/defaults.ts';
import { durationProblem } from '../formats/prometheus/duration.ts';
import { checkKubeState } from './exporters/kube-state-metrics/check.ts';
import { checkNodeProblemDetector } from './exporters/node-problem-detector/check.ts';
import { checkLogs } from './logs/check.ts';
import { checkPrometheusAdapter } from './metrics-api/prometheus-adapter/check.ts';

/** What is wrong with the settings of what looks at a whole cluster. */
export function checkClusterComponents({ spec }: MonitoringStack, settings: StackSettings): Problem[] {
  const { kubeState, nodeProblemDetector, prometheusAdapter, logs } = settings;
  return [
    ...scopeProblems(spec),
    ...(kubeState ? checkKubeState(kubeState) : []),
    ...(nodeProblemDetector ? checkNodeProblemDetector(nodeProblemDetector) : []),
    ...(prometheusAdapter ? [...agentProblems(settings), ...checkPrometheusAdapter(prometheusAdapter)] : []),
    ...(logs ? checkLogs(spec, logs) : []),
    ...Object.entries(settings.kubernetes).flatMap(([part, { addresses, interval }]) => [...addressProblems(part, addresses), ...intervalProblems(part as KubernetesPart, interval)]),
  ];
}

/** What needs scope: Cluster, and why. */
const LOOKS_FURTHER: readonly { readonly path: string; readonly of: (spec: MonitoringStackSpec) => { enabled?: boolean } | undefined; readonly why: string }[] = [
  { path: 'exporters.node', of: ({ exporters }) => exporters?.node, why: 'the node exporter looks at whole nodes' },
  { path: 'exporters.kubeState', of: ({ exporters }) => exporters?.kubeState, why: 'kube-state-metrics reads the objects of all namespaces' },
  { path: 'exporters.nodeProblemDetector', of: ({ exporters }) => exporters?.nodeProblemDetector, why: 'the node-problem-detector reads the kernel log of nodes' },
  { path: 'exporters.networkFlows', of: ({ exporters }) => exporters?.networkFlows, why: 'network flows are read on whole nodes' },
  { path: 'metricsApi.resource', of: ({ metricsApi }) => metricsApi?.resource, why: 'there is one metrics API for a whole cluster' },
  { path: 'metricsApi.custom', of: ({ metricsApi }) => metricsApi?.custom, why: 'there is one custom metrics API for a whole cluster' },
  { path: 'kubernetes', of: ({ kubernetes }) => kubernetes, why: 'Kubernetes itself is no namespace\'s own' },
];

function scopeProblems(spec: MonitoringStackSpec): Problem[] {
  if (spec.scope === 'Cluster') return [];
  return LOOKS_FURTHER.flatMap(({ path, of, why }): Problem[] =>
    isOn(of(spec), false) ? [{ path: `spec.${path}`, reason: 'Invalid', message: `${why}, so it needs scope: Cluster: set that, or remove ${path}` }] : [],
  );
}

function agentProblems({ prometheus }: StackSettings): Problem[] {
  if (prometheus.mode !== 'Agent') return [];
  return [{ path: 'spec.metricsApi.custom', reason: 'Invalid', message: 'an agent answers no queries, so prometheus-adapter could ask nobody: remove metricsApi.custom, or set mode: Server' }];
}

function addressProblems(part: string, addresses: readonly string[]): Problem[] {
  return addresses.flatMap((address, index): Problem[] => {
    if (/^[a-zA-Z0-9]([-a-zA-Z0-9.]*[a-zA-Z0-9])?$/.test(address) || /^[0-9a-fA-F:]*:[0-9a-fA-F:.]+$/.test(address) && address.split(':').length > 2) return [];
    return [{ path: `spec.kubernetes.${part}.addresses[${index}]`, reason: 'AddressInvalid', message: `"${address}" is no address: write an IP address or a host name, without scheme and port (there is a field port)` }];
  });
}

function intervalProblems(part: KubernetesPart, interval: string | undefined): Problem[] {
  const problem = interval === undefined ? undefined : durationProblem(interval);
  return problem === undefined ? [] : [{ path: `spec.kubernetes.${part}.interval`, reason: 'DurationInvalid', message: problem }];
}
