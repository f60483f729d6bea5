import { stackSettings } from '../api/defaults.ts';
import type { MonitoringStack } from '../api/monitoring-stack.ts';
import { desiredHash } from '../diff/fingerprint.ts';
import { configHash } from '../formats/alertmanager/config-hash.ts';
import { isAtLeast, parseVersion } from '../formats/prometheus/version.ts';
import { stableHash } from '../lib/stable-hash.ts';
import { prometheusCredentialsSecret } from '../render/names.ts';
import type { Rendered } from '../render/rendered.ts';

/** What every replica of a stack should have loaded. */
export interface WantedConfig {
  /** Hash over everything Prometheus reads, by shard: goes on the pods as an annotation. */
  readonly hashes: ReadonlyMap<number, string>;
  /** The markers of all config files, by shard. */
  readonly markers: ReadonlyMap<number, readonly string[]>;
  readonly agent: boolean;
  /** The release reads changed files by itself. */
  readonly reloadsItself: boolean;
  /** alertmanager_config_hash of the text that was written; absent where Alertmanager is off. */
  readonly alertmanager?: { readonly hash: number; readonly annotation: string };
  /** How many replicas there should be. */
  readonly replicas: { readonly prometheus: number; readonly alertmanager: number };
}

/** What the replicas of a stack have to show once this rendering is written. */
export function wantedConfig(stack: MonitoringStack, rendered: Rendered): WantedConfig {
  const { prometheus, alertmanager } = stackSettings(stack);
  // Those that run: while targets move there can be more than the stack asks for.
  const shards = shardsOf(rendered);
  const credentials = rendered.objects.find(({ kind, metadata }) => kind === 'Secret' && metadata.name === prometheusCredentialsSecret(stack.metadata));
  const bucketsOf = (shard: number): Rendered['buckets'] => rendered.buckets.filter((bucket) => bucket.shard === shard);
  const text = rendered.alertmanagerConfig;
  return {
    hashes: new Map(shards.map((shard) => [shard, stableHash([...bucketsOf(shard).map(({ hash }) => hash), credentials ? desiredHash(credentials) : ''].join())])),
    markers: new Map(shards.map((shard) => [shard, bucketsOf(shard).map(({ marker }) => marker)])),
    agent: prometheus.mode === 'Agent',
    reloadsItself: isAtLeast(parseVersion(prometheus.version), [3, 0, 0]),
    ...(alertmanager && text !== undefined ? { alertmanager: { hash: configHash(text), annotation: stableHash(text) } } : {}),
    replicas: { prometheus: prometheus.replicas * shards.length, alertmanager: alertmanager?.replicas ?? 0 },
  };
}

/** The numbers of the shards that a rendering consists of, in order. */
export function shardsOf({ buckets }: Pick<Rendered, 'buckets'>): number[] {
  return [...new Set(buckets.map(({ shard }) => shard))].sort((a, b) => a - b);
}

/** One hash for all of it: what a status and a person compare. */
export function overallHash({ hashes, alertmanager }: WantedConfig): string {
  return stableHash([...hashes.values(), alertmanager?.annotation ?? ''].join());
}
