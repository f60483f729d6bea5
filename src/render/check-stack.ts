import type { StackSettings } from '../api/defaults.ts';
import type { PrometheusSettings } from '../api/prometheus-settings.ts';
import type { MonitoringStack } from '../api/monitoring-stack.ts';
import type { Problem } from '../api/rejection.ts';
import { isAtLeast, parseVersion } from '../formats/prometheus/version.ts';
import { nearest } from '../lib/nearest.ts';
import { alertmanagerFlags } from './alertmanager/flags.ts';
import { checkClusterComponents } from './check-cluster-components.ts';
import { kubeStateFlags } from './exporters/kube-state-metrics/flags.ts';
import { nodeExporterFlags } from './exporters/node-exporter/flags.ts';
import { metricsServerFlags } from './metrics-api/metrics-server/deployment.ts';
import { nameProblems } from './names.ts';
import { prometheusFlags } from './prometheus-server/flags.ts';
import type { StackContext } from './stack-context.ts';
import { referenceKey, type ClusterFacts } from './stack-input.ts';
import { querierFlags } from './thanos/querier-flags.ts';
import { OLDEST_PROMETHEUS, WITHDRAWN_PROMETHEUS } from './versions.ts';

/** What is wrong with a stack itself, whatever it selects: with any of these nothing of it is written. */
export function checkStack({ stack, settings }: Pick<StackContext, 'stack' | 'settings'>, facts: ClusterFacts): Problem[] {
  return [
    ...nameProblems(stack.metadata, settings),
    ...versionProblems(settings.prometheus),
    ...storageProblems(stack, facts.storageClasses),
    ...argumentProblems({ stack, settings }),
    ...checkClusterComponents(stack, settings),
    ...thanosProblems(stack, settings.prometheus, facts),
  ];
}

function versionProblems({ version }: PrometheusSettings): Problem[] {
  const path = 'spec.prometheus.version';
  const parsed = parseVersion(version);
  const oldest = parseVersion(OLDEST_PROMETHEUS) ?? [0, 0, 0];
  if (!parsed || !isAtLeast(parsed, oldest)) {
    return [{ path, reason: 'VersionUnsupported', message: `Prometheus ${version} is older than ${OLDEST_PROMETHEUS}, the oldest that configs are written for: use ${OLDEST_PROMETHEUS} or newer` }];
  }
  const withdrawn = WITHDRAWN_PROMETHEUS[version];
  if (!withdrawn) return [];
  return [{ path, reason: 'VersionWithdrawn', message: `Prometheus ${version} has a fault: ${withdrawn.fault}; use ${withdrawn.instead} or newer` }];
}

function storageProblems({ spec }: MonitoringStack, classes: readonly string[] | undefined): Problem[] {
  if (!classes) return [];
  const stored = { prometheus: spec.prometheus, alertmanager: spec.alertmanager, 'exporters.pushgateway': spec.exporters?.pushgateway };
  return Object.entries(stored).flatMap(([component, settings]): Problem[] => {
    const className = settings?.storage?.className;
    // The empty name asks for a volume that somebody made by hand.
    if (className === undefined || className === '' || classes.includes(className)) return [];
    const there = classes.length === 0 ? 'there is none' : `there are ${[...classes].sort().join(', ')}`;
    return [{ path: `spec.${component}.storage.className`, reason: 'StorageClassMissing', message: `there is no StorageClass "${className}" (${there}): name one that exists, or leave className out for the default` }];
  });
}

/** Flags of the user's that are no flags, or that we set ourselves: given twice, most programs end. */
function argumentProblems({ stack: { metadata }, settings }: Pick<StackContext, 'stack' | 'settings'>): Problem[] {
  const { prometheus, alertmanager, nodeExporter, kubeState, metricsServer } = settings;
  const withoutExtra = { extraArgs: [] };
  return [
    ...extraArgs('spec.prometheus.pod.extraArgs', prometheus.pod.extraArgs, prometheusFlags({ ...settings, prometheus: { ...prometheus, pod: withoutExtra } })),
    ...(alertmanager ? extraArgs('spec.alertmanager.pod.extraArgs', alertmanager.pod.extraArgs, alertmanagerFlags(metadata, { ...alertmanager, pod: withoutExtra })) : []),
    ...(nodeExporter ? extraArgs('spec.exporters.node.pod.extraArgs', nodeExporter.pod.extraArgs, nodeExporterFlags({ ...nodeExporter, pod: withoutExtra })) : []),
    ...(kubeState ? extraArgs('spec.exporters.kubeState.pod.extraArgs', kubeState.pod.extraArgs, kubeStateFlags({ ...kubeState, pod: withoutExtra })) : []),
    ...(metricsServer ? extraArgs('spec.metricsApi.resource.pod.extraArgs', metricsServer.pod.extraArgs, metricsServerFlags({ ...metricsServer, pod: withoutExtra })) : []),
    ...querierArguments(metadata, settings),
    ...extraArgs('spec.exporters.blackbox.pod.extraArgs', settings.blackbox.pod.extraArgs, ['--config.file', '--web.listen-address']),
  ];
}

function querierArguments(stack: MonitoringStack['metadata'], { prometheus }: StackSettings): Problem[] {
  const { thanos } = prometheus;
  if (!thanos?.querier) return [];
  const ours = querierFlags(stack, { prometheus: { ...prometheus, thanos: { ...thanos, querier: { ...thanos.querier, pod: {} } } } });
  return extraArgs('spec.prometheus.thanos.querier.pod.extraArgs', thanos.querier.pod.extraArgs, ours);
}

/** Flags that may be given again. */
const REPEATABLE = new Set(['--enable-feature', '--cluster.peer', '--web.listen-address', '--endpoint', '--query.replica-label']);

function extraArgs(path: string, extra: readonly string[] = [], ours: readonly string[]): Problem[] {
  const taken = new Set(ours.map(flagName).filter((name) => !REPEATABLE.has(name)));
  return extra.flatMap((argument, index): Problem[] => {
    const at = `${path}[${index}]`;
    if (!/^--[a-z]/.test(argument)) return [{ path: at, reason: 'Invalid', message: `"${argument}" is no flag: write --name or --name=value, in one item` }];
    const name = flagName(argument);
    return taken.has(name) ? [{ path: at, reason: 'Invalid', message: `${name} is set by the operator already: remove it, and look for a field of the stack that says the same` }] : [];
  });
}

/** `--web.enable-lifecycle` of `--no-web.enable-lifecycle=true`. */
function flagName(argument: string): string {
  return (argument.split('=')[0] ?? '').replace(/^--no-/, '--');
}

/** The pod would wait for the Secret for ever. */
function thanosProblems({ metadata }: MonitoringStack, { thanos, mode }: PrometheusSettings, { references }: ClusterFacts): Problem[] {
  if (!thanos) return [];
  if (mode === 'Agent') return [{ path: 'spec.prometheus.thanos', reason: 'Invalid', message: 'an agent keeps no blocks that Thanos could read: remove thanos, or set mode: Server' }];
  const { objectStorage } = thanos;
  if (!objectStorage || !references || references.has(referenceKey('Secret', metadata.namespace, objectStorage.name, objectStorage.key))) return [];
  const known = [...references.keys()].map((key) => key.split('/').slice(2).join('/'));
  const near = nearest(`${objectStorage.name}/${objectStorage.key}`, known);
  const hint = near === undefined ? '' : ` (there is ${near})`;
  return [{ path: 'spec.prometheus.thanos.objectStorage', reason: 'SecretMissing', message: `there is no key "${objectStorage.key}" in Secret ${metadata.namespace}/${objectStorage.name}${hint}: create it with Thanos' object storage config` }];
}
