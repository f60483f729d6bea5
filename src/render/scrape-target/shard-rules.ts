import { printYaml } from '../../formats/prometheus/print.ts';
import { hashMod, keep, type RelabelRule } from '../../formats/prometheus/relabel.ts';

const SHARD = '__tmp_belfry_shard';

/**
 * Rules that give each of several shards its part of the targets, written for shard 0. Nothing else in a config depends on
 * the shard, so the text for another one differs in a number: see `forShard`.
 */
export function keepShard(shards: number, label = '__address__'): RelabelRule[] {
  return shards > 1 ? [hashMod([label], shards, SHARD), keep([SHARD], '0')] : [];
}

const KEEP_FIRST = line(0);

/** The text of jobs as a shard reads it, made from the text for shard 0. */
export function forShard(text: string, shard: number): string {
  return shard === 0 ? text : text.replaceAll(KEEP_FIRST, line(shard));
}

// The very line that the printer writes for the rule: nothing else in a config is changed by replacing it.
function line(shard: number): string {
  return printYaml({ relabel_configs: [keep([SHARD], String(shard))] }).split('\n')[1]?.trim() ?? '';
}
