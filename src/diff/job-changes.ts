import { LABEL_PART, PART_PROMETHEUS_CONFIG } from '../api/group.ts';
import type { KubeObject } from '../api/kube-object.ts';

/** What starts and what ceases to be scraped. */
export interface JobChanges {
  readonly gained: readonly string[];
  readonly lost: readonly string[];
}

const JOB_NAME = /^\s*(?:- )?job_name:\s*["']?([^"'\n]+?)["']?\s*$/gm;
const SCRAPE_TARGET = /^scrapetarget\/([^/]+\/[^/]+)\/\d+$/;
/** Agents have no rules, so their proof of a loaded config is an empty job of this name: no target. */
const MARKER = 'belfry-config/';

/**
 * The ScrapeTargets and built-in jobs that come and go between two states of a stack's objects; sorted. A job that moves
 * from one ConfigMap to another does neither.
 */
export function jobChanges(before: readonly KubeObject[], after: readonly KubeObject[]): JobChanges {
  const [old, wanted] = [sourcesIn(before), sourcesIn(after)];
  return {
    gained: [...wanted].filter((source) => !old.has(source)).sort(),
    lost: [...old].filter((source) => !wanted.has(source)).sort(),
  };
}

function sourcesIn(objects: readonly KubeObject[]): Set<string> {
  return new Set(objects.filter(isPrometheusConfig).flatMap(jobNames).filter((job) => !job.startsWith(MARKER)).map(sourceOf));
}

function isPrometheusConfig({ kind, metadata }: KubeObject): boolean {
  return kind === 'ConfigMap' && metadata.labels?.[LABEL_PART] === PART_PROMETHEUS_CONFIG;
}

function jobNames(object: KubeObject): string[] {
  const texts = Object.values((object['data'] ?? {}) as Record<string, string>);
  return texts.flatMap((text) => [...text.matchAll(JOB_NAME)].map(([, name = '']) => name));
}

/** `ScrapeTarget shop/checkout` for each of its jobs, else the job's own name. */
function sourceOf(job: string): string {
  const name = SCRAPE_TARGET.exec(job)?.[1];
  return name === undefined ? job : `ScrapeTarget ${name}`;
}
