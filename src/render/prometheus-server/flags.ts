import type { StackSettings } from '../../api/defaults.ts';
import type { PrometheusSettings } from '../../api/prometheus-settings.ts';
import { isAtLeast, parseVersion, type Version } from '../../formats/prometheus/version.ts';

/** Where the config lies in the container: one volume of many ConfigMaps. */
export const CONFIG_DIRECTORY = '/etc/prometheus/config';
/** The first release that takes OpenTelemetry metrics in. */
export const OTLP_SINCE: Version = [2, 47, 0];
/** Where the data lies. */
export const DATA_DIRECTORY = '/prometheus';

/** Prometheus' command line for a stack, in a stable order. */
export function prometheusFlags(settings: StackSettings): string[] {
  const { prometheus, scope } = settings;
  const version = parseVersion(prometheus.version);
  return [
    `--config.file=${CONFIG_DIRECTORY}/prometheus.yml`,
    ...autoReload(version),
    '--web.listen-address=:9090',
    // For releases without auto-reload, and to hurry one along: the operator posts to /-/reload.
    '--web.enable-lifecycle',
    ...externalUrl(prometheus.externalUrl),
    ...(prometheus.mode === 'Agent' ? agentFlags(version) : serverFlags(prometheus)),
    ...receivers(prometheus, version),
    ...features(prometheus, version),
    ...discoveryPace(scope),
    ...(prometheus.pod.extraArgs ?? []),
  ];
}

/** A feature flag from 3.0 on, stable since 3.12 (prometheus/prometheus 18620); older releases wait for /-/reload. */
function autoReload(version: Version | undefined): string[] {
  if (isAtLeast(version, [3, 12, 0])) return ['--config.auto-reload', '--config.auto-reload-interval=1s'];
  return isAtLeast(version, [3, 0, 0]) ? ['--config.auto-reload-interval=1s'] : [];
}

/** The path of the external URL is the ingress's affair: probes, Grafana and the operator ask at the root. */
function externalUrl(url: string | undefined): string[] {
  return url === undefined ? [] : [`--web.external-url=${url}`, '--web.route-prefix=/'];
}

/** An agent has a write-ahead log and no blocks; the flags of storage.tsdb would end it. `--agent` came with 3.0. */
function agentFlags(version: Version | undefined): string[] {
  return [...(isAtLeast(version, [3, 0, 0]) ? ['--agent'] : []), `--storage.agent.path=${DATA_DIRECTORY}`];
}

function serverFlags({ retention, thanos }: PrometheusSettings): string[] {
  return [
    `--storage.tsdb.path=${DATA_DIRECTORY}`,
    `--storage.tsdb.retention.time=${retention.time}`,
    ...(retention.size === undefined ? [] : [`--storage.tsdb.retention.size=${retention.size}`]),
    // The sidecar uploads blocks of two hours, and compaction underneath it would corrupt what it uploads (thanos.io, sidecar).
    ...(thanos?.objectStorage ? ['--storage.tsdb.min-block-duration=2h', '--storage.tsdb.max-block-duration=2h'] : []),
  ];
}

/** Endpoints that others push to; before 3.0 the one for OpenTelemetry is a feature. */
function receivers({ receive }: PrometheusSettings, version: Version | undefined): string[] {
  return [
    ...(receive?.remoteWrite ? ['--web.enable-remote-write-receiver'] : []),
    ...(receive?.otlp && isAtLeast(version, [3, 0, 0]) ? ['--web.enable-otlp-receiver'] : []),
  ];
}

/** Features behind a flag that later releases have switched on; each with the releases that need the flag. */
const FEATURES: readonly { readonly name: string; readonly from: Version; readonly before: Version; readonly mode?: 'Agent'; readonly on?: (prometheus: PrometheusSettings) => boolean }[] = [
  { name: 'agent', from: [2, 32, 0], before: [3, 0, 0], mode: 'Agent' },
  // Replicas tell themselves apart by ${POD_NAME} in an external label.
  { name: 'expand-external-labels', from: [2, 27, 0], before: [3, 0, 0] },
  { name: 'auto-gomemlimit', from: [2, 50, 0], before: [3, 0, 0] },
  { name: 'otlp-write-receiver', from: OTLP_SINCE, before: [3, 0, 0], on: ({ receive }) => receive?.otlp !== undefined },
  { name: 'auto-reload-config', from: [3, 0, 0], before: [3, 12, 0] },
];

function features(prometheus: PrometheusSettings, version: Version | undefined): string[] {
  const { mode: wanted } = prometheus;
  return FEATURES.filter(({ from, before, mode, on }) => isAtLeast(version, from) && !isAtLeast(version, before) && (mode ?? wanted) === wanted && on?.(prometheus) !== false).map(
    ({ name }) => `--enable-feature=${name}`,
  );
}

/**
 * Discovered targets reach the scrape loops in steps of 5 s unless told otherwise. Each step looks at all jobs, which is
 * cheap in a namespace and not in a cluster where some pod always comes or goes. (Hidden flag of main.go in all releases that we support.)
 */
function discoveryPace(scope: StackSettings['scope']): string[] {
  return scope === 'Namespace' ? ['--scrape.discovery-reload-interval=1s'] : [];
}
