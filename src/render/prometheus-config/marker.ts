import { printItems } from '../../formats/prometheus/print.ts';
import { stableHash } from '../../lib/stable-hash.ts';

/** What proves that a replica has loaded a ConfigMap: something with no effect whose name holds the hash of all else in it. */
export interface Marker {
  readonly hash: string;
  readonly name: string;
}

/** The marker of a ConfigMap, `what` being its bucket's number or `base`. Keys of one ConfigMap reach a pod together. */
export function marker(what: string, ...contents: readonly string[]): Marker {
  const hash = stableHash(contents.join('\u0000'));
  return { hash, name: `belfry-config/${what}/${hash}` };
}

/**
 * The marker as a rule group. Prometheus' rules API leaves out groups without rules (web/api/v1/api.go), so this one has a
 * recording rule whose result is always empty: it makes no series, and is evaluated once a day.
 */
export function markerGroup({ name }: Marker): string {
  return printItems([{ name, interval: '1d', rules: [{ record: 'belfry:config', expr: 'vector(0) > 1' }] }], 0);
}

/** The marker as a job without targets, for an agent, which has no rules: it lists the job among its scrape pools. */
export function markerJob({ name }: Marker): string {
  return printItems([markerScrapeConfig({ name })], 0);
}

/** The same as data. */
export function markerScrapeConfig({ name }: Pick<Marker, 'name'>): { readonly job_name: string; readonly static_configs: readonly [] } {
  return { job_name: name, static_configs: [] };
}
