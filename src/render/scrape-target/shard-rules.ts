import { printYaml } from '../../formats/prometheus/print.ts';
import { hashMod, keep, type RelabelRule } from '../../formats/prometheus/relabel.ts';

const SHARD = '__tmp_belfry_shard';

/**
 * How targets are spread: over how many shards. At rest that is one number. While targets move there are several, the
 * wanted one last, and each shard scrapes what it has by any of them: its old part and its new one.
 */
export type Spread = readonly number[];

/**
 * Rules that give each of several shards its part of the targets, written for shard 0. Nothing else in a config depends on
 * the shard, so the text for another one differs in a number: see `forShard`.
 */
export function keepShard(spread: Spread, label = '__address__'): RelabelRule[] {
  if (Math.max(...spread) <= 1) return [];
  const labels = spread.map((shards, index) => (index === spread.length - 1 ? SHARD : `${SHARD}_of_${shards}`));
  return [...spread.map((shards, index) => hashMod([label], shards, labels[index] ?? SHARD)), keep(labels, anyIsFirst(labels.length))];
}

/**
 * Rules that leave a job to the first of several shards: what there is one of, or a few, and rules speak of all together. The
 * others keep none of it, since a number modulo 1 is 0.
 */
export function keepOnFirstShard(spread: Spread): RelabelRule[] {
  return Math.max(...spread) <= 1 ? [] : [hashMod(['__address__'], 1, SHARD), keep([SHARD], '0')];
}

/** `0`, `0;.*|.*;0` ...: one of so many numbers is 0. */
function anyIsFirst(count: number): string {
  const numbers = Array.from({ length: count }, (_, index) => index);
  return numbers.map((first) => numbers.map((index) => (index === first ? '0' : '.*')).join(';')).join('|');
}

// The very line that the printer writes for the last rule: nothing else in a config is changed by replacing it.
const KEEP = /(\{action: keep, source_labels: \[__tmp_belfry_shard[\w, ]*\], regex: ")([^"]*)("\})/g;

/** The text of jobs as a shard reads it, made from the text for shard 0. */
export function forShard(text: string, shard: number): string {
  return shard === 0 ? text : text.replace(KEEP, (_, head: string, regex: string, tail: string) => `${head}${regex.replaceAll(/\b0\b/g, String(shard))}${tail}`);
}

// The rules as printed, with the indentation of their list.
const RULES = /^( *)- \{action: hashmod, source_labels: \[(\w+)\], modulus: \d+, target_label: __tmp_belfry_shard\w*\}\n(?: *- \{action: hashmod, [^\n]*__tmp_belfry_shard\w*\}\n)* *- \{action: keep, source_labels: \[__tmp_belfry_shard[^\n]*\n/gm;

/**
 * The text of jobs that was written for another spread, for this one. A text from before there were several shards stays as
 * it is: then each of them scrapes it, which is more than needed and misses nothing.
 */
export function spreadAnew(text: string, spread: Spread): string {
  return text.replace(RULES, (_, indent: string, label: string) => printed(keepShard(spread, label)).map((line) => `${indent}${line}\n`).join(''));
}

function printed(rules: readonly RelabelRule[]): string[] {
  return rules.length === 0 ? [] : printYaml({ relabel_configs: rules }).trimEnd().split('\n').slice(1).map((line) => line.trim());
}
