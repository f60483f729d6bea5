import type { Reason } from '../api/conditions.ts';
import { plural } from '../lib/plural.ts';
import type { Finding } from './conditions.ts';
import { cut, firstOf } from './cut.ts';

/** Scrape errors that are alike. */
export interface ScrapeError {
  readonly message: string;
  readonly count: number;
  /** One target that has it: its address. */
  readonly example?: string;
}

/** What a selection finds in the cluster, whatever Prometheus says. */
export interface Discovery {
  readonly kind: 'Service' | 'Pod' | 'Node' | 'Ingress';
  /** Where it looks; undefined for kinds without namespaces, or where it looks everywhere. */
  readonly namespace?: string;
  /** The selector, as label-selector's print writes it. */
  readonly selector: string;
  readonly matched: number;
  readonly candidates: number;
  /** What comes closest where nothing matches. */
  readonly nearest?: { readonly name: string; readonly label: string };
  /** Names of those that match; the first few are enough. */
  readonly names?: readonly string[];
}

/** What is known about the targets of one ScrapeTarget, over all the stacks that scrape it. */
export interface TargetHealth {
  /** False where no Prometheus answered. */
  readonly known: boolean;
  /** Why none answered, where that is known. */
  readonly error?: string;
  readonly up: number;
  readonly down: number;
  /** Found, and not scraped yet. */
  readonly pending?: number;
  /** The rule that drops every target which the selection finds: `endpoints[0].relabel[1] (drop tier=~"test")`. */
  readonly droppedBy?: string;
  readonly errors: readonly ScrapeError[];
  readonly discovery?: Discovery;
}

interface HealthInput {
  readonly accepted: Finding;
  readonly selected: Finding;
  readonly live: Finding;
  readonly health: TargetHealth;
  /** `ScrapeTarget/namespace/name` of others that scrape the same addresses. */
  readonly duplicates: readonly string[];
}

/** Healthy: whether targets are found and answer; the first link that is broken, where one is. */
export function healthiness(input: HealthInput): Finding {
  return notMeasurable(input) ?? nothingFound(input) ?? notAnswering(input) ?? duplicated(input) ?? answering(input.health);
}

function notMeasurable({ accepted, selected, live, health }: HealthInput): Finding | undefined {
  if (selected.status !== 'True') return finding('Unknown', 'NotSelected', 'nobody scrapes it, because no MonitoringStack selects it');
  if (accepted.status === 'False' && live.reason !== 'LastGoodKept') return finding('Unknown', 'NotAccepted', 'nobody scrapes it, because it is not accepted');
  // A selector that fits nothing is known before any Prometheus is there.
  if (health.discovery?.matched === 0) return undefined;
  if (!health.known) return finding('Unknown', 'HealthUnknown', noAnswer(health.error));
  const isLive = live.status === 'True' || live.reason === 'LastGoodKept';
  return isLive || total(health) > 0 ? undefined : finding('Unknown', 'HealthUnknown', 'its config is not live yet');
}

function noAnswer(error: string | undefined): string {
  return `no Prometheus answered yet${error ? `: ${cut(error, 300)}` : ''}`;
}

function nothingFound({ health }: HealthInput): Finding | undefined {
  const { discovery, droppedBy } = health;
  if (total(health) > 0) return undefined;
  if (discovery?.matched === 0) return noMatch(discovery);
  if (droppedBy !== undefined) return finding('False', 'AllTargetsDropped', `targets are found, and all dropped by ${droppedBy}`);
  if (!discovery) return finding('False', 'NoTargets', 'discovery found no target');
  const found = `${discovery.matched} of ${discovery.candidates} ${pluralOf(discovery.kind)} match${discovery.matched === 1 ? 'es' : ''}${examples(discovery)}`;
  if (discovery.kind === 'Service') return finding('False', 'NoEndpoints', `${found}, but no ready Pod with a port that fits stands behind`);
  return finding('False', 'NoTargets', `${found}, but Prometheus made no target of ${discovery.matched === 1 ? 'it' : 'them'}`);
}

function examples({ names = [] }: Discovery): string {
  return names.length > 0 ? ` (${firstOf(names, 3)})` : '';
}

function pluralOf(kind: Discovery['kind']): string {
  return kind === 'Ingress' ? 'Ingresses' : `${kind}s`;
}

const NO_MATCH: Record<Discovery['kind'], Reason> = {
  Service: 'NoServiceMatches',
  Pod: 'NoPodMatches',
  Node: 'NoNodeMatches',
  Ingress: 'NoIngressMatches',
};

/** `0 of 12 Services in shop carry app=checkout; nearest: checkout-api has app=checkout-api`. */
function noMatch({ kind, namespace, selector, candidates, nearest }: Discovery): Finding {
  const where = namespace === undefined ? '' : ` in ${namespace}`;
  const many = pluralOf(kind);
  const hint = nearest ? `; nearest: ${nearest.name} has ${nearest.label}` : '';
  const message = candidates === 0 ? `there are no ${many}${where}` : `0 of ${candidates} ${many}${where} carry ${selector}${hint}`;
  return finding('False', NO_MATCH[kind], message);
}

/** `2 of 5 targets do not answer: connection refused (2, e.g. 10.0.0.5:9100)`. */
function notAnswering({ health }: HealthInput): Finding | undefined {
  const { down, errors } = health;
  if (down === 0) return undefined;
  const causes = sortedErrors(errors).slice(0, 3).map(({ message, count, example }) => `${cut(message, 200)} (${count}${example ? `, e.g. ${example}` : ''})`);
  const verb = down === 1 ? 'does' : 'do';
  return finding('False', 'ScrapeFailing', `${down} of ${plural(total(health), 'target')} ${verb} not answer${causes.length > 0 ? `: ${causes.join('; ')}` : ''}`);
}

function duplicated({ duplicates }: HealthInput): Finding | undefined {
  if (duplicates.length === 0) return undefined;
  return finding('False', 'DuplicateTarget', `${firstOf([...duplicates].sort(), 3)} scrape${duplicates.length === 1 ? 's' : ''} the same addresses, so every series is there twice; delete one, or narrow its selection`);
}

function answering(health: TargetHealth): Finding {
  const { up, pending = 0 } = health;
  if (pending > 0) return finding('Unknown', 'Progressing', `${plural(pending, 'target')} found and not scraped yet; ${up} up`);
  return finding('True', 'TargetsUp', up === 1 ? '1 target answers' : `all ${up} targets answer`);
}

/** At most five groups of errors, the most frequent first. */
export function boundedErrors(errors: readonly ScrapeError[]): { message: string; count: number; example?: string }[] {
  return sortedErrors(errors)
    .slice(0, 5)
    .map(({ message, count, example }) => ({ message: cut(message, 512), count, ...(example === undefined ? {} : { example: cut(example, 256) }) }));
}

function sortedErrors(errors: readonly ScrapeError[]): ScrapeError[] {
  return [...errors].sort((a, b) => b.count - a.count || (a.message < b.message ? -1 : 1));
}

function total({ up, down, pending = 0 }: TargetHealth): number {
  return up + down + pending;
}

function finding(status: Finding['status'], reason: Reason, message: string): Finding {
  return { type: 'Healthy', status, reason, message };
}
