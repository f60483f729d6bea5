import type { Rendered } from '../render/rendered.ts';

/** What a refusal is judged by. */
interface Refusal {
  /** Prometheus' or Alertmanager's own words. */
  readonly message: string;
  readonly rendered: Rendered;
  /** Owners whose own text changed since the config was last confirmed by everybody. */
  readonly changed: ReadonlySet<string>;
}

/** Who is to blame, and whether the refusal itself says so. */
interface Suspects {
  readonly owners: readonly string[];
  readonly isNamed: boolean;
}

/**
 * Who is to blame that a Prometheus or Alertmanager refuses a config in which we found no fault: those whose job, rule
 * group or receiver it names; else those in the file it names that changed since all was well; else all that changed.
 * Nobody, where nothing changed: then the fault is in what the stack itself says.
 */
export function suspects({ message, rendered, changed }: Refusal): Suspects {
  const named = namedOwners(message, rendered);
  if (named.length > 0) return { owners: named, isNamed: true };
  const file = /(?:scrape|rules)-([0-9]{2})\.yaml/.exec(message)?.[1];
  const inFile = file === undefined ? [] : rendered.buckets.filter(({ configMap }) => configMap.endsWith(`-config-${file}`)).flatMap(({ owners }) => owners);
  const changedInFile = inFile.filter((owner) => changed.has(owner));
  return { owners: [...new Set(changedInFile.length > 0 ? changedInFile : changed)].sort(), isNamed: false };
}

/** Owners whose names stand in the message, as they stand in job names, rule groups, receivers and time intervals. */
function namedOwners(message: string, rendered: Rendered): string[] {
  const owners = new Set(rendered.buckets.flatMap(({ owners: all }) => all));
  for (const owner of rendered.injected.keys()) owners.add(owner);
  const tokens = new Set(message.match(/[a-z0-9]([-a-z0-9.]*[a-z0-9])?\/[a-z0-9]([-a-z0-9.]*[a-z0-9])?/g) ?? []);
  const jobs = new Set([...message.matchAll(/scrapetarget\/([^/\s"]+\/[^/\s"]+)\/[0-9]+/g)].map(([, key]) => key));
  return [...owners].filter((owner) => {
    const slash = owner.indexOf('/');
    const key = owner.slice(slash + 1);
    return owner.startsWith('ScrapeTarget/') ? jobs.has(key) : tokens.has(key);
  }).sort();
}
