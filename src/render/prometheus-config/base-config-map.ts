import { ANNOTATION_SPREAD, PART_PROMETHEUS_CONFIG } from '../../api/group.ts';
import type { PrometheusConfig } from '../../formats/prometheus/config.ts';
import { printYaml } from '../../formats/prometheus/print.ts';
import { partLabel, shardLabels } from '../labels.ts';
import { COMPONENTS, prometheusBaseConfigMap } from '../names.ts';
import { configMap } from '../pod/config-map.ts';
import { forShard, type Spread } from '../scrape-target/shard-rules.ts';
import type { BucketReader, WrittenBucket } from './bucket-config-map.ts';
import { RULES_START } from './config-text.ts';
import { marker, markerGroup, markerScrapeConfig } from './marker.ts';

/** The ConfigMap with prometheus.yml and the rules that come with the stack (items of `groups:`), for one shard. */
export function baseConfigMap(config: PrometheusConfig, groups: string, { spread, ...reader }: BucketReader & { readonly spread: Spread }): WrittenBucket {
  const { stack, shard, mode } = reader;
  // Whoever comes next learns here what the shards go by: what is wanted says nothing of that.
  const annotations = shard === 0 && Math.max(...spread) > 1 ? { [ANNOTATION_SPREAD]: spread.join() } : {};
  const name = prometheusBaseConfigMap(stack.metadata, shard);
  const yml = forShard(printYaml(config), shard);
  const rules = mode === 'Agent' ? '' : groups;
  const proof = marker('base', yml, rules);
  const data =
    mode === 'Agent'
      ? { 'prometheus.yml': forShard(printYaml({ ...config, scrape_configs: [markerScrapeConfig(proof), ...(config.scrape_configs ?? [])] }), shard) }
      : { 'prometheus.yml': yml, 'rules-belfry.yaml': RULES_START + markerGroup(proof) + rules };
  return {
    bucket: { configMap: name, shard, hash: proof.hash, marker: proof.name, owners: [] },
    configMap: configMap({ stack }, { component: COMPONENTS.prometheus, name, labels: { ...partLabel(PART_PROMETHEUS_CONFIG), ...shardLabels(shard) }, annotations, data }),
  };
}
