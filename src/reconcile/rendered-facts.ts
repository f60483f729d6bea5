import { refKey } from '../api/kube-object.ts';
import type { Rejection } from '../api/rejection.ts';
import { homeOf } from '../render/prometheus-config/buckets.ts';
import type { Bucket, Omission, Rendered } from '../render/rendered.ts';
import { omissionSentence } from '../status/stack-status.ts';

const rejectionIndex = new WeakMap<Rendered, Map<string, Rejection[]>>();
const omissionIndex = new WeakMap<Rendered, Map<string, Omission[]>>();

/** The rejections of one resource (`ScrapeTarget/shop/checkout`). */
export function rejectionsFor(rendered: Rendered | undefined, owner: string): readonly Rejection[] {
  if (!rendered) return [];
  let index = rejectionIndex.get(rendered);
  if (!index) {
    index = Map.groupBy(rendered.rejections, ({ object }) => refKey(object));
    rejectionIndex.set(rendered, index);
  }
  return index.get(owner) ?? [];
}

/** What was left out of one resource because the release does not have it, a sentence each. */
export function omittedFor(rendered: Rendered | undefined, owner: string): string[] {
  if (!rendered || rendered.omitted.length === 0) return [];
  let index = omissionIndex.get(rendered);
  if (!index) {
    index = Map.groupBy(rendered.omitted, ({ object }) => object);
    omissionIndex.set(rendered, index);
  }
  return (index.get(owner) ?? []).map((omission) => omissionSentence({ ...omission, object: '' }));
}

const ownerIndex = new WeakMap<Bucket, ReadonlySet<string>>();

/** The config files that hold something of one resource: nearly always its own bucket's, else wherever there was room. */
export function bucketsOf({ buckets }: Rendered, owner: string): Bucket[] {
  const home = homeOf(owner);
  const found = buckets.filter((bucket) => bucket.home === home && holds(bucket, owner));
  return found.length > 0 ? found : buckets.filter((bucket) => holds(bucket, owner));
}

function holds(bucket: Bucket, owner: string): boolean {
  let owners = ownerIndex.get(bucket);
  if (!owners) {
    owners = new Set(bucket.owners);
    ownerIndex.set(bucket, owners);
  }
  return owners.has(owner);
}

/** How many resources of a kind a stack selects, and how many of them are rejected. */
export function counted(kind: string, selected: number | undefined, rendered: Rendered | undefined): { selected: number; rejected: number } {
  const rejected = new Set((rendered?.rejections ?? []).filter(({ object }) => object.kind === kind).map(({ object }) => refKey(object)));
  return { selected: selected ?? 0, rejected: rejected.size };
}
