import type { Endpoint, ScrapeTarget, ScrapeTargetSpec } from '../../api/scrape-target.ts';
import { requirements, type LabelSelector } from '../../lib/label-selector.ts';
import { endpointsOf } from './endpoints.ts';
import { reach } from './reach.ts';
import { ownerOf } from './owner.ts';

/**
 * Which ScrapeTargets surely scrape the same addresses: the others, by owner (`ScrapeTarget/namespace/name`). Says nothing
 * of those that only might, such as two selections that happen to meet in a pod. One pass, whatever the number.
 */
export function duplicateTargets(targets: readonly ScrapeTarget[]): ReadonlyMap<string, readonly string[]> {
  const scrapers = new Map<string, Set<string>>();
  for (const target of targets) {
    for (const scraped of scrapedBy(target)) {
      const owners = scrapers.get(scraped);
      if (owners) owners.add(ownerOf(target));
      else scrapers.set(scraped, new Set([ownerOf(target)]));
    }
  }
  const duplicates = new Map<string, Set<string>>();
  for (const owners of scrapers.values()) {
    if (owners.size < 2) continue;
    for (const owner of owners) duplicates.set(owner, new Set([...(duplicates.get(owner) ?? []), ...owners]));
  }
  return new Map([...duplicates].map(([owner, all]) => [owner, [...all].filter((other) => other !== owner).sort()]));
}

const known = new WeakMap<ScrapeTarget, readonly string[]>();

/** A key for each thing that a ScrapeTarget scrapes. */
function scrapedBy(target: ScrapeTarget): readonly string[] {
  const found = known.get(target) ?? endpointsOf(target).flatMap((endpoint) => whereOf(target).map((where) => `${where} ${howOf(endpoint, target.spec)}`));
  known.set(target, found);
  return found;
}

/** How an endpoint scrapes. Relabel rules may narrow a selection or move an address, so only equal ones are the same. */
function howOf({ port, path = '/metrics', scheme, tls, params = {}, relabel = [] }: Endpoint, { probe }: ScrapeTargetSpec): string {
  const query = Object.entries(params).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([port ?? null, path, scheme ?? (tls ? 'https' : 'http'), query, relabel, probe?.module ?? null]);
}

/** The selections and addresses of a ScrapeTarget, as text. */
function whereOf(target: ScrapeTarget): string[] {
  const { spec } = target;
  const { http, dns, probe } = spec;
  const selectors = { ...pick(spec, ['service', 'pod', 'node', 'ingress']), ...(probe && prefixed(pick(probe.of, ['service', 'ingress']))) };
  const [selection] = Object.entries(selectors);
  if (selection) return [JSON.stringify([selection[0], spec.node ? 'all' : reach(target), normal(selection[1])])];
  if (http) return [`http ${http.url}`];
  if (dns) return dns.names.map((name) => `dns ${dns.type ?? 'SRV'} ${dns.port ?? ''} ${name}`);
  return addressesOf(spec).map((address) => `static ${address}`);
}

function addressesOf(spec: ScrapeTargetSpec): readonly string[] {
  return spec.static?.targets ?? spec.probe?.of.static?.targets ?? [];
}

type Selectors = Readonly<Record<string, LabelSelector>>;

function pick(from: object, kinds: readonly string[]): Selectors {
  return Object.fromEntries(Object.entries(from).filter(([kind, value]) => kinds.includes(kind) && value !== undefined)) as Selectors;
}

function prefixed(selectors: Selectors): Selectors {
  return Object.fromEntries(Object.entries(selectors).map(([kind, selector]) => [`probe of ${kind}`, selector]));
}

/** The same requirements in whatever order and notation. */
function normal(selector: LabelSelector): string[] {
  return requirements(selector).map(({ key, operator, values = [] }) => JSON.stringify([key, operator, [...new Set(values)].sort()])).sort();
}
