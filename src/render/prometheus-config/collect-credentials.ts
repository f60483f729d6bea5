import type { Problem } from '../../api/rejection.ts';
import { refOf, type KubeObject } from '../../api/kube-object.ts';
import { sortBy } from '../../lib/sort-by.ts';
import { ownerOf } from '../owner.ts';
import type { RenderedTarget } from '../scrape-target/render-target.ts';
import { together, type RenderedGroup, type TargetResult } from './rendered-group.ts';

/** All credentials in one Secret, and the groups with those ScrapeTargets taken out whose credentials did not fit. */
export interface CollectedCredentials {
  readonly files: ReadonlyMap<string, string>;
  readonly groups: readonly RenderedGroup[];
}

/** 900 KiB as stored: a Secret may hold 1 MiB, metadata included. */
const MAX_BYTES = 900 * 1024;

/**
 * Puts the files that ScrapeTargets read beside those of the stack itself. It is always the same ones, the last by name,
 * that find no room; a file that several read is there once.
 */
export function collectCredentials(own: ReadonlyMap<string, string>, groups: readonly RenderedGroup[]): CollectedCredentials {
  const files = new Map(own);
  const isOut = new Set<TargetResult>();
  let bytes = [...own].reduce((sum, [file, value]) => sum + file.length + value.length, 0);
  for (const result of sortBy(groups.flatMap(({ withFiles }) => withFiles), ({ input: { target } }) => ownerOf(target))) {
    const added = [...result.rendered.credentials].filter(([file]) => !files.has(file));
    const more = added.reduce((sum, [file, value]) => sum + file.length + value.length, 0);
    if (more > 0 && bytes + more > MAX_BYTES) {
      isOut.add(result);
      continue;
    }
    for (const [file, value] of added) files.set(file, value);
    bytes += more;
  }
  return { files, groups: isOut.size === 0 ? groups : groups.map((group) => withRoom(group, isOut)) };
}

function withRoom(group: RenderedGroup, isOut: ReadonlySet<TargetResult>): RenderedGroup {
  if (!group.withFiles.some((result) => isOut.has(result))) return group;
  return together(group.results.map((result) => (isOut.has(result) ? { ...result, rendered: withoutRoom(result) } : result)));
}

function withoutRoom({ input, rendered }: TargetResult): RenderedTarget {
  const problem: Problem = {
    path: 'spec',
    reason: 'TooLarge',
    message: 'the credentials of this stack\'s ScrapeTargets are more than the 900 KiB that one Secret can hold: share Secrets between ScrapeTargets, or use a second stack',
  };
  const rejection = { object: refOf(input.target as unknown as KubeObject), ...problem };
  return { rejections: [...rendered.rejections, rejection], omitted: [], credentials: new Map() };
}
