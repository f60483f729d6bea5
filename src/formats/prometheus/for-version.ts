import type { PrometheusConfig } from './config.ts';
import type { RuleGroup } from './rule-group.ts';
import type { ScrapeConfig } from './scrape-config.ts';
import { BLOCKS, FIELDS, RENAMED, VALUES, type Block } from './since.ts';
import type { Version } from './version.ts';
import { isAtLeast, printVersion } from './version.ts';

/** What a release does not know and what was left out for it. */
export interface OmittedField {
  /** Prometheus' own name, with the blocks that hold it: `fallback_scrape_protocol`, `global.rule_query_offset`; a value as `field: value`. */
  readonly field: string;
  /** The first release that has it, like `v3.0.0`. */
  readonly since: string;
}

/** What a release reads, and what had to be left out for it. */
export interface Fitted<T> {
  readonly config: T;
  /** Without repetitions. */
  readonly omitted: readonly OmittedField[];
}

/** Fits a scrape config to a release: renames what it knows by another name, leaves out what it would refuse to load. Without a version the newest is meant. */
export function forVersion(config: ScrapeConfig, version: Version | undefined): Fitted<ScrapeConfig> {
  return fit(config, 'scrape_config', version);
}

/** Fits a whole prometheus.yml to a release. */
export function configForVersion(config: PrometheusConfig, version: Version | undefined): Fitted<PrometheusConfig> {
  return fit(config, 'config', version);
}

/** Fits a rule group to a release. Labels of the group, which only Prometheus 3 knows, move to its rules, which is the same. */
export function ruleGroupForVersion(group: RuleGroup, version: Version | undefined): Fitted<RuleGroup> {
  const { labels, ...rest } = group;
  if (labels === undefined || isAtLeast(version, [3, 0, 0])) return fit(group, 'rule_group', version);
  return fit({ ...rest, rules: group.rules.map((rule) => ({ ...rule, labels: { ...labels, ...rule.labels } })) }, 'rule_group', version);
}

function fit<T extends object>(config: T, block: Block, version: Version | undefined): Fitted<T> {
  if (version === undefined) return { config, omitted: [] };
  const omitted = new Map<string, OmittedField>();
  const fitted = fitBlock(config, { block, path: '', version, omitted });
  return { config: fitted as T, omitted: [...omitted.values()] };
}

interface Fit {
  readonly block: Block;
  /** Names of the blocks around, each with a dot behind. */
  readonly path: string;
  readonly version: Version;
  readonly omitted: Map<string, OmittedField>;
}

function fitBlock(value: object, context: Fit): object {
  const fitted: Record<string, unknown> = {};
  for (const [field, item] of Object.entries(value)) {
    if (item === undefined) continue;
    const name = currentName(field, context);
    const fields: Readonly<Record<string, Version>> = FIELDS[context.block];
    if (!isKnown(fields[name], name, context)) continue;
    const kept = fitField(name, item, context);
    if (kept !== undefined) fitted[name] = kept;
  }
  return fitted;
}

function currentName(field: string, { block, version }: Fit): string {
  const renamed = RENAMED[block]?.find(({ before, after }) => before === field || after === field);
  if (!renamed) return field;
  return isAtLeast(version, renamed.since) ? renamed.after : renamed.before;
}

function isKnown(since: Version | undefined, name: string, { path, version, omitted }: Fit): boolean {
  if (since === undefined || isAtLeast(version, since)) return true;
  const field = `${path}${name}`;
  omitted.set(field, { field, since: printVersion(since) });
  return false;
}

/** Undefined where nothing is left of it. */
function fitField(name: string, item: unknown, context: Fit): unknown {
  const block = BLOCKS[context.block]?.[name];
  if (block !== undefined) return fitNested(item, { ...context, block, path: `${context.path}${name}.` });
  const values = VALUES[name];
  return values === undefined ? item : fitValue(name, item, values, context);
}

function fitNested(item: unknown, context: Fit): unknown {
  if (Array.isArray(item)) return item.map((one) => fitBlock(one as object, context));
  if (typeof item !== 'object' || item === null) return item;
  const fitted = fitBlock(item, context);
  return Object.keys(fitted).length === 0 && Object.keys(item).length > 0 ? undefined : fitted;
}

function fitValue(name: string, item: unknown, values: Readonly<Record<string, Version>>, context: Fit): unknown {
  const isKept = (value: unknown) => typeof value !== 'string' || isKnown(values[value], `${name}: ${value}`, context);
  if (!Array.isArray(item)) return isKept(item) ? item : undefined;
  const kept = item.filter(isKept);
  return kept.length === 0 && item.length > 0 ? undefined : kept;
}
