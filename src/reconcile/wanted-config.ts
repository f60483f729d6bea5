import { stackSettings } from '../api/defaults.ts';
import type { MonitoringStack } from '../api/monitoring-stack.ts';
import { desiredHash } from '../diff/fingerprint.ts';
import { configHash } from '../formats/alertmanager/config-hash.ts';
import { isAtLeast, parseVersion } from '../formats/prometheus/version.ts';
import { stableHash } from '../lib/stable-hash.ts';
import { prometheusCredentialsSecret } from '../render/names.ts';
import type { Rendered } from '../render/rendered.ts';
import type { WantedConfig } from './live-checker.ts';

/** What the replicas of a stack have to show once this rendering is written. */
export function wantedConfig(stack: MonitoringStack, rendered: Rendered): WantedConfig {
  const { prometheus, alertmanager } = stackSettings(stack);
  const shards = Array.from({ length: prometheus.shards }, (_, shard) => shard);
  const credentials = rendered.objects.find(({ kind, metadata }) => kind === 'Secret' && metadata.name === prometheusCredentialsSecret(stack.metadata));
  const bucketsOf = (shard: number): Rendered['buckets'] => rendered.buckets.filter((bucket) => bucket.shard === shard);
  const text = rendered.alertmanagerConfig;
  return {
    hashes: new Map(shards.map((shard) => [shard, stableHash([...bucketsOf(shard).map(({ hash }) => hash), credentials ? desiredHash(credentials) : ''].join())])),
    markers: new Map(shards.map((shard) => [shard, bucketsOf(shard).map(({ marker }) => marker)])),
    agent: prometheus.mode === 'Agent',
    reloadsItself: isAtLeast(parseVersion(prometheus.version), [3, 0, 0]),
    ...(alertmanager && text !== undefined ? { alertmanager: { hash: configHash(text), annotation: stableHash(text) } } : {}),
    replicas: { prometheus: prometheus.replicas * prometheus.shards, alertmanager: alertmanager?.replicas ?? 0 },
  };
}

/** One hash for all of it: what a status and a person compare. */
export function overallHash({ hashes, alertmanager }: WantedConfig): string {
  return stableHash([...hashes.values(), alertmanager?.annotation ?? ''].join());
}
