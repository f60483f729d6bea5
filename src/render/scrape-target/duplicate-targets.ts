import type { Endpoint, ScrapeTarget, ScrapeTargetSpec } from '../../api/scrape-target.ts';
import { listChanges } from '../../lib/list-changes.ts';
import { requirements, type LabelSelector } from '../../lib/label-selector.ts';
import { endpointsOf } from './endpoints.ts';
import { reach } from './reach.ts';
import { ownerOf } from '../owner.ts';

interface Input {
  readonly target: ScrapeTarget;
}

/**
 * Which ScrapeTargets surely scrape the same addresses, by owner (`ScrapeTarget/namespace/name`). Says nothing of those that only
 * might, such as two selections that happen to meet in a pod. Looks closely only at what came, went or changed since the last update.
 */
export class DuplicateIndex {
  readonly #targets = new Map<string, ScrapeTarget>();
  readonly #scrapers = new Map<string, Set<string>>();
  #last: readonly Input[] = [];

  /** Owners of the others that scrape the same as this one, sorted. */
  get(owner: string): readonly string[] {
    const target = this.#targets.get(owner);
    const others = new Set((target ? scrapedBy(target) : []).flatMap((scraped) => [...(this.#scrapers.get(scraped) ?? [])]));
    others.delete(owner);
    return [...others].sort();
  }

  /** Takes all there is now; answers with the owners of which something else may be true than before. */
  update(inputs: readonly Input[]): ReadonlySet<string> {
    const { removed, added } = listChanges(this.#last, inputs);
    this.#last = inputs;
    const moved = new Set<string>();
    const present = new Set(added.map(({ target }) => target));
    for (const { target } of removed) if (!present.has(target)) this.#remove(ownerOf(target), moved);
    for (const { target } of added) {
      const owner = ownerOf(target);
      if (this.#targets.get(owner) === target) continue;
      this.#remove(owner, moved);
      this.#add(owner, target, moved);
    }
    return moved;
  }

  #add(owner: string, target: ScrapeTarget, moved: Set<string>): void {
    this.#targets.set(owner, target);
    for (const scraped of scrapedBy(target)) {
      const owners = this.#scrapers.get(scraped);
      if (!owners) {
        this.#scrapers.set(scraped, new Set([owner]));
        continue;
      }
      owners.add(owner);
      for (const each of owners) moved.add(each);
    }
  }

  #remove(owner: string, moved: Set<string>): void {
    const target = this.#targets.get(owner);
    if (!target) return;
    this.#targets.delete(owner);
    for (const scraped of scrapedBy(target)) {
      const owners = this.#scrapers.get(scraped);
      if (owners && owners.size > 1) for (const each of owners) moved.add(each);
      owners?.delete(owner);
      if (owners?.size === 0) this.#scrapers.delete(scraped);
    }
  }
}

/** A key for each thing that a ScrapeTarget scrapes. */
const known = new WeakMap<ScrapeTarget, readonly string[]>();

function scrapedBy(target: ScrapeTarget): readonly string[] {
  let scraped = known.get(target);
  if (!scraped) {
    scraped = endpointsOf(target).flatMap((endpoint) => whereOf(target).map((where) => `${where} ${howOf(endpoint, target.spec)}`));
    known.set(target, scraped);
  }
  return scraped;
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
