import type { MonitoringStack } from '../../api/monitoring-stack.ts';
import { listChanges } from '../../lib/list-changes.ts';
import { sortBy } from '../../lib/sort-by.ts';
import { BUCKET_COUNT } from '../names.ts';
import { ownerOf } from '../owner.ts';
import type { TargetInput } from '../stack-input.ts';
import { homeOf } from './buckets.ts';

/** The ScrapeTargets that belong into one bucket, sorted by owner. The same list as long as none of them changes. */
export type TargetGroup = readonly TargetInput[];

interface Grouped {
  readonly targets: readonly TargetInput[];
  readonly groups: readonly TargetGroup[];
}

/** The last grouping of each stack. */
const known = new WeakMap<MonitoringStack, Grouped>();

/** All ScrapeTargets of a stack by the bucket they belong into: after one change 63 groups are the same lists as before. */
export function targetGroups(stack: MonitoringStack, targets: readonly TargetInput[]): readonly TargetGroup[] {
  const last = known.get(stack) ?? { targets: [], groups: Array.from({ length: BUCKET_COUNT }, () => []) };
  const { removed, added } = listChanges(last.targets, targets);
  const groups = removed.length + added.length === 0 ? last.groups : regroup(last.groups, new Set(removed), added);
  known.set(stack, { targets, groups });
  return groups;
}

function regroup(groups: readonly TargetGroup[], removed: ReadonlySet<TargetInput>, added: readonly TargetInput[]): TargetGroup[] {
  const moved = new Map<number, TargetInput[]>();
  const group = (input: TargetInput): TargetInput[] => {
    const home = homeOf(ownerOf(input.target));
    const list = moved.get(home) ?? (groups[home] ?? []).filter((item) => !removed.has(item));
    moved.set(home, list);
    return list;
  };
  for (const input of removed) group(input);
  for (const input of added) group(input).push(input);
  return groups.map((list, home) => {
    const other = moved.get(home);
    return other ? sortBy(other, ({ target }) => ownerOf(target)) : list;
  });
}
