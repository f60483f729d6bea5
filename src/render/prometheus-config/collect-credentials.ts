import type { Problem } from '../../api/rejection.ts';
import { refOf, type KubeObject } from '../../api/kube-object.ts';
import { sortBy } from '../../lib/sort-by.ts';
import type { RenderedTarget } from '../scrape-target/render-target.ts';
import type { TargetInput } from '../stack-input.ts';

/** A ScrapeTarget and what became of it. */
export interface TargetResult {
  readonly input: TargetInput;
  readonly rendered: RenderedTarget;
}

/** All credentials in one Secret, and the results with those ScrapeTargets taken out whose credentials did not fit. */
export interface CollectedCredentials {
  readonly files: ReadonlyMap<string, string>;
  readonly results: readonly TargetResult[];
}

/** 900 KiB as stored: a Secret may hold 1 MiB, metadata included. */
const MAX_BYTES = 900 * 1024;

/**
 * Puts the files that ScrapeTargets read beside those of the stack itself. It is always the same ones, the last by name,
 * that find no room; a file that several read is there once.
 */
export function collectCredentials(own: ReadonlyMap<string, string>, results: readonly TargetResult[]): CollectedCredentials {
  const files = new Map(own);
  const isOut = new Set<TargetResult>();
  let bytes = [...own].reduce((sum, [file, value]) => sum + file.length + value.length, 0);
  for (const result of byName(results.filter(({ rendered }) => rendered.credentials.size > 0))) {
    const added = [...result.rendered.credentials].filter(([file]) => !files.has(file));
    const more = added.reduce((sum, [file, value]) => sum + file.length + value.length, 0);
    if (more > 0 && bytes + more > MAX_BYTES) {
      isOut.add(result);
      continue;
    }
    for (const [file, value] of added) files.set(file, value);
    bytes += more;
  }
  return { files, results: isOut.size === 0 ? results : results.map((result) => (isOut.has(result) ? { ...result, rendered: withoutRoom(result) } : result)) };
}

function byName(results: readonly TargetResult[]): TargetResult[] {
  return sortBy(results, ({ input: { target } }) => `${target.metadata.namespace}/${target.metadata.name}`);
}

function withoutRoom({ input, rendered }: TargetResult): RenderedTarget {
  const problem: Problem = {
    path: 'spec',
    reason: 'TooLarge',
    message: 'the credentials of this stack\'s ScrapeTargets are more than the 900 KiB that one Secret can hold: share Secrets between ScrapeTargets, or use a second stack',
  };
  const rejection = { object: refOf(input.target as unknown as KubeObject), ...problem };
  return { rejections: [...rendered.rejections, rejection], omitted: [], credentials: new Map(), rewritesJob: false };
}
