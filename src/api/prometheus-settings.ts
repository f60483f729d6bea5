import type { LabelSelector } from '../lib/label-selector.ts';
import type { StringMap } from './kube-object.ts';
import type { MonitoringStackSpec, PodSettings, RemoteWriteSpec, StorageSettings } from './monitoring-stack.ts';
import { isOn, pick, present, withV } from './presence.ts';
import type { ScrapeLimits } from './scrape-target.ts';
import type { SecretKey } from './schema.ts';

/** Releases of Prometheus and what belongs to it, where a stack names none. */
export const PROMETHEUS_VERSIONS = { prometheus: 'v3.15.0', thanos: 'v0.41.0' } as const;

type PrometheusSpec = NonNullable<MonitoringStackSpec['prometheus']>;

/** Prometheus with nothing left open. Durations and sizes are in Prometheus' notation. */
export interface PrometheusSettings {
  /** Like v3.15.0, always with the v. */
  readonly version: string;
  readonly mode: 'Server' | 'Agent';
  readonly replicas: number;
  readonly shards: number;
  /** Numbers of shards that targets are spread over: `shards`, or several while targets move (render/scrape-target/shard-rules.ts). */
  readonly spread: readonly number[];
  readonly retention: { readonly time: string; readonly size?: string };
  /** Absent: data lives as long as the pod. */
  readonly storage?: StorageSettings;
  readonly scrape: { readonly interval: string; readonly timeout: string; readonly limits: ScrapeLimits };
  readonly evaluationInterval: string;
  readonly externalLabels: StringMap;
  readonly externalUrl?: string;
  readonly remoteWrite: readonly RemoteWriteSpec[];
  readonly thanos?: ThanosSettings;
  /** Absent: nobody can push samples. */
  readonly receive?: ReceiveSettings;
  readonly pod: PodSettings;
}

/** What Prometheus takes in beside what it scrapes: one of the two at least. */
export interface ReceiveSettings {
  readonly otlp?: { readonly promoteResourceAttributes: readonly string[] };
  readonly remoteWrite: boolean;
  /** Prometheus' notation. */
  readonly outOfOrderWindow: string;
  /** Whose pods may push, beside the stack's own namespace. */
  readonly namespaces?: LabelSelector;
}

/** The Thanos sidecar of each Prometheus. */
export interface ThanosSettings {
  readonly version: string;
  /** Absent: nothing is uploaded. */
  readonly objectStorage?: SecretKey;
  readonly querier?: QuerierSettings;
}

/** The Thanos querier over all shards and replicas. */
export interface QuerierSettings {
  readonly replicas: number;
  /** StoreAPIs beside the sidecars. */
  readonly endpoints: readonly string[];
  readonly pod: PodSettings;
}

/** What a stack's spec means for its Prometheus, with every default in place. */
export function prometheusSettings(spec: PrometheusSpec = {}): PrometheusSettings {
  return {
    version: withV(spec.version ?? PROMETHEUS_VERSIONS.prometheus),
    mode: spec.mode ?? 'Server',
    ...counts(spec),
    retention: retention(spec.retention),
    scrape: scrapeDefaults(spec.scrape),
    evaluationInterval: spec.evaluationInterval ?? '30s',
    externalLabels: externalLabels(spec, hasThanos(spec)),
    remoteWrite: spec.remoteWrite ?? [],
    pod: spec.pod ?? {},
    ...pick(spec, ['storage', 'externalUrl']),
    ...present('thanos', hasThanos(spec), () => thanosSettings(spec)),
    ...receiveSettings(spec),
  };
}

function counts({ replicas = 1, shards = 1 }: PrometheusSpec): Pick<PrometheusSettings, 'replicas' | 'shards' | 'spread'> {
  return { replicas, shards, spread: [shards] };
}

/**
 * Thanos keeps series apart by external labels, and refuses what two replicas upload under the same ones: each says who it
 * is, unless a label does so already. `prometheus_replica` is the name that queriers are commonly told to ignore.
 */
function externalLabels({ externalLabels: labels = {} }: PrometheusSpec, thanos: boolean): StringMap {
  return thanos && replicaLabels(labels).length === 0 ? { prometheus_replica: '${POD_NAME}', ...labels } : labels;
}

/** The external labels that tell replicas and shards apart: by the name of the pod, which Prometheus puts in. */
export function replicaLabels(externalLabels: StringMap): string[] {
  return Object.entries(externalLabels).filter(([, value]) => /\$(?:POD_NAME\b|\{POD_NAME\})/.test(value)).map(([name]) => name);
}

function receiveSettings({ receive = {} }: PrometheusSpec): Pick<PrometheusSettings, 'receive'> {
  const { otlp, outOfOrderWindow, namespaces } = receive;
  const [takesOtlp, remoteWrite] = [isOn(otlp, false), isOn(receive.remoteWrite, false)];
  return present('receive', takesOtlp || remoteWrite, () => ({
    ...present('otlp', takesOtlp, () => ({ promoteResourceAttributes: otlp?.promoteResourceAttributes ?? [] })),
    remoteWrite,
    // Collectors send in batches, several at a time (prometheus.io/docs/guides/opentelemetry).
    outOfOrderWindow: outOfOrderWindow ?? (takesOtlp ? '30m' : '0s'),
    ...(namespaces ? { namespaces } : {}),
  }));
}

/** Several shards are of little use without something that answers for all of them; an agent answers nothing. */
function hasThanos({ mode, shards = 1, thanos }: PrometheusSpec): boolean {
  return isOn(thanos, shards > 1 && mode !== 'Agent');
}

function thanosSettings({ shards = 1, thanos = {} }: PrometheusSpec): ThanosSettings {
  const { version, querier } = thanos;
  return {
    version: withV(version ?? PROMETHEUS_VERSIONS.thanos),
    ...pick(thanos, ['objectStorage']),
    ...present('querier', isOn(querier, shards > 1), () => querierSettings(querier)),
  };
}

function querierSettings({ replicas = 1, endpoints = [], pod = {} }: NonNullable<NonNullable<PrometheusSpec['thanos']>['querier']> = {}): QuerierSettings {
  return { replicas, endpoints, pod };
}

function retention(spec: { time?: string; size?: string } = {}): PrometheusSettings['retention'] {
  return { time: spec.time ?? '15d', ...pick(spec, ['size']) };
}

function scrapeDefaults(spec: NonNullable<PrometheusSpec['scrape']> = {}): PrometheusSettings['scrape'] {
  return { interval: spec.interval ?? '30s', timeout: spec.timeout ?? '10s', limits: spec.limits ?? {} };
}
