import type { ScrapeTarget, ScrapeTargetStatus } from '../api/scrape-target.ts';
import type { Rejection } from '../api/rejection.ts';
import { sortBy } from '../lib/sort-by.ts';
import { acceptance } from './acceptance.ts';
import { conditionsFrom, type Finding } from './conditions.ts';
import { boundedErrors, healthiness, type TargetHealth } from './health.ts';
import { liveness, selection, type NotSelected, type SelectingStack } from './liveness.ts';
import { readiness } from './ready.ts';

/** A stack that scrapes the target: its jobs, how far it is, and its counts where its Prometheus answered. */
export interface ScrapingStack extends SelectingStack {
  /** job_name of each endpoint. */
  readonly jobs: readonly string[];
  readonly counts?: { readonly up: number; readonly down: number; readonly dropped: number };
}

/** Everything that is known about one ScrapeTarget. */
export interface ScrapeTargetFacts {
  /** With the status it has now. */
  readonly target: ScrapeTarget;
  /** The generation that was rendered. */
  readonly generation: number;
  readonly rejections: readonly Rejection[];
  /** `field needs v3.0.0`: what its Prometheus release cannot do. */
  readonly omitted?: readonly string[];
  readonly stacks: readonly ScrapingStack[];
  /** Why `stacks` is empty. */
  readonly whyNot?: NotSelected;
  readonly health: TargetHealth;
  /** `ScrapeTarget/namespace/name` of others that scrape the same addresses. */
  readonly duplicates: readonly string[];
  readonly now: Date;
}

/** How many stacks a status lists. */
const STACKS_SHOWN = 20;

/** The status of a ScrapeTarget: the chain from acceptance to health, its numbers, and the first broken link as Ready's reason. */
export function scrapeTargetStatus(facts: ScrapeTargetFacts): ScrapeTargetStatus {
  const { target, generation, now, health } = facts;
  const current = target.status?.conditions ?? [];
  const { accepted, selected, live, healthy } = findingsOf(facts);
  const stalled = accepted.status === 'False' ? accepted : selected.status === 'False' ? selected : undefined;
  const summary = readiness({
    findings: [accepted, selected, healthy, live],
    stalled: stalled && { reason: stalled.reason, message: stalled.message },
    message: healthy.message,
  });
  const errors = boundedErrors(health.errors);
  return {
    observedGeneration: generation,
    conditions: conditionsFrom([accepted, selected, live, healthy, ...summary], { current, generation, now }),
    ...(health.known ? { up: health.up, down: health.down } : {}),
    ...(facts.stacks.length > 0 ? { stacks: stackRows(facts.stacks) } : {}),
    ...(errors.length > 0 ? { errors } : {}),
  };
}

function findingsOf(facts: ScrapeTargetFacts): Record<'accepted' | 'selected' | 'live' | 'healthy', Finding> {
  const { target, generation, now, health, duplicates } = facts;
  const accepted = acceptance(facts.rejections, facts.omitted);
  const selected = selection(facts.stacks, facts.whyNot);
  const live = liveness({ accepted, selected, stacks: facts.stacks, current: target.status?.conditions ?? [], generation, now });
  return { accepted, selected, live, healthy: healthiness({ accepted, selected, live, health, duplicates }) };
}

function stackRows(stacks: readonly ScrapingStack[]): NonNullable<ScrapeTargetStatus['stacks']> {
  return sortBy(stacks, ({ namespace, name }) => `${namespace}/${name}`)
    .slice(0, STACKS_SHOWN)
    .map(({ name, namespace, jobs, counts }) => ({ name, namespace, ...(jobs.length > 0 ? { jobs: [...jobs] } : {}), ...counts }));
}
