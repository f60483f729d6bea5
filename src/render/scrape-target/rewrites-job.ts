import type { ScrapeTarget } from '../../api/scrape-target.ts';
import { mayWrite } from './may-write.ts';
import { relabelRule } from './relabel-rule.ts';

/** Whether the user's rules could change the label `job`, by which the series `up` of a ScrapeTarget are told from others. */
export function rewritesJob({ spec }: ScrapeTarget): boolean {
  return (spec.endpoints ?? []).some(({ relabel = [] }) => mayWrite(relabel.map(relabelRule), 'job'));
}
