import { FIELD_MANAGER, LABEL_OWNER, LABEL_OWNER_NAMESPACE, LABEL_STACK } from '../api/group.ts';
import { refKey, refOf, type KubeObject, type ObjectRef } from '../api/kube-object.ts';
import { isAsWanted } from '../diff/as-wanted.ts';
import type { Change, LiveObject } from '../diff/change.ts';
import { compare } from '../diff/compare.ts';
import { desiredHash, fingerprint } from '../diff/fingerprint.ts';
import { inOrder, waveOf } from '../diff/order.ts';
import { isOwned, planChanges } from '../diff/plan.ts';
import type { Cluster } from '../kube/cluster.ts';
import { isKubeError, KubeError } from '../kube/errors.ts';
import type { Look } from './drift-watch.ts';
import { inParallel } from './in-parallel.ts';
import type { AppliedObject, ApplyFailure } from './stack-state.ts';

/** The live side of an apply: what the watches show. */
export interface LiveObjects {
  /** An object of ours as its watch shows it. */
  owned(ref: ObjectRef): KubeObject | undefined;
  /** Everything that carries the stack's labels. */
  ownedBy(stack: string): Iterable<KubeObject>;
}

export interface ApplyInput {
  readonly stack: string;
  readonly ownerUid: string;
  readonly desired: readonly KubeObject[];
  readonly live: LiveObjects;
  /** Told of each object right after it was written. */
  readonly onWritten?: (ref: ObjectRef, version: string | undefined) => void;
  /** What was applied before, by refKey; updated in place. */
  readonly applied: Map<string, AppliedObject>;
  /** uids of objects that a watch told to be deleted since the pass began: an answer to a write may come after that. */
  readonly deleted: ReadonlySet<string>;
}

export interface ApplyReport {
  readonly failures: readonly ApplyFailure[];
  /** Objects that were compared with their dry run. */
  readonly looks: readonly Look[];
  readonly created: readonly ObjectRef[];
  readonly updated: readonly ObjectRef[];
  readonly deleted: readonly ObjectRef[];
}

/** Requests to the API server at the same time, for one stack. */
const CONCURRENCY = 8;

/**
 * Brings the cluster's objects to what is desired: looks only where our wish or the object moved, writes only what
 * differs, wave by wave, and deletes only our own and only when every write went well. Never throws for what the API
 * server answers: failures are in the report.
 */
export async function applyStack(cluster: Cluster, input: ApplyInput): Promise<ApplyReport> {
  const looked = await look(cluster, input);
  const changes = inOrder([...looked.direct, ...planChanges({ desired: looked.planned, live: looked.live, ownerUid: input.ownerUid }).filter((change) => isNew(change, looked))]);
  const report = { failures: [...looked.failures], created: [] as ObjectRef[], updated: [] as ObjectRef[], deleted: [] as ObjectRef[] };
  const writes = changes.filter(({ kind }) => kind !== 'delete');
  for (const wave of waves(writes)) {
    await inParallel(wave, CONCURRENCY, (change) => write(cluster, input, change, report));
  }
  if (report.failures.length === 0) {
    for (const change of changes) if (change.kind === 'delete') await remove(cluster, input, change, report);
  }
  return { ...report, looks: looked.looks };
}

interface Looked {
  /** Objects whose wish alone moved: applied without a second look. */
  readonly direct: Change[];
  /** Those that were looked at twice, as planChanges wants them. */
  readonly planned: KubeObject[];
  /** What is there of them, and what is there beside all that is desired. */
  readonly live: LiveObject[];
  readonly looks: Look[];
  readonly failures: ApplyFailure[];
}

async function look(cluster: Cluster, input: ApplyInput): Promise<Looked> {
  const looked: Looked = { direct: [], planned: [], live: [], looks: [], failures: [] };
  const unsure: KubeObject[] = [];
  const wanted = new Set<string>();
  for (const object of input.desired) {
    wanted.add(nameOf(object).key);
    const verdict = firstGlance(object, input);
    if (verdict === 'changed') looked.direct.push({ kind: 'update', ref: refOf(object), object, paths: [] });
    else if (verdict === 'unsure') unsure.push(object);
  }
  await inParallel(unsure, CONCURRENCY, (object) => lookTwice(cluster, input, object, looked));
  for (const object of input.live.ownedBy(input.stack)) {
    if (!wanted.has(nameOf(object).key)) looked.live.push({ apiVersion: object.apiVersion, kind: object.kind, metadata: object.metadata });
  }
  return looked;
}

/** What can be said of an object without asking the API server. */
function firstGlance(object: KubeObject, { live, applied }: ApplyInput): 'unchanged' | 'changed' | 'unsure' {
  const { ref, key } = nameOf(object);
  const last = applied.get(key);
  if (!last) return 'unsure';
  const current = live.owned(ref);
  // Not there, though we wrote it and nobody told us of its deletion: the watch has not brought it yet.
  const print = current ? fingerprint(current) : last.fingerprint;
  const isUntouched = print === last.fingerprint || print === last.before;
  if (!isUntouched) return 'unsure';
  return last.desiredHash === desiredHash(object) ? 'unchanged' : 'changed';
}

/** Nearly all objects come as they came the last time, and a look at hundreds of them is mostly the making of their names. */
const names = new WeakMap<KubeObject, { readonly ref: ObjectRef; readonly key: string }>();

function nameOf(object: KubeObject): { readonly ref: ObjectRef; readonly key: string } {
  let name = names.get(object);
  if (!name) {
    const ref = refOf(object);
    name = { ref, key: refKey(ref) };
    names.set(object, name);
  }
  return name;
}

async function lookTwice(cluster: Cluster, { applied, ownerUid }: ApplyInput, object: KubeObject, looked: Looked): Promise<void> {
  const ref = refOf(object);
  try {
    const live = await cluster.read(ref);
    if (live && isForeign(live, ownerUid)) throw foreignObject(live);
    looked.planned.push(object);
    if (!live) return;
    const dryRun = isAsWanted(live, object) ? live : await cluster.apply(object, { dryRun: true, force: true });
    const paths = compare(live, dryRun);
    looked.live.push({ apiVersion: object.apiVersion, kind: object.kind, metadata: live.metadata, live, dryRun });
    looked.looks.push({ desired: object, live, dryRun, isDesiredUnchanged: applied.get(refKey(ref))?.desiredHash === desiredHash(object) });
    if (paths.length === 0) remember(applied, object, live);
  } catch (error) {
    looked.failures.push(failureOf(ref, error));
    // What could not be looked at must not look as if it were no longer there.
    looked.live.push({ apiVersion: object.apiVersion, kind: object.kind, metadata: object.metadata });
  }
}

interface ManagedFields {
  readonly managedFields?: readonly { readonly manager?: string; readonly operation?: string }[];
}

/** An object of the name we need that somebody else made, or that belongs to another stack: taking it over would harm them. */
function isForeign({ metadata }: KubeObject, ownerUid: string): boolean {
  if (isOwned(metadata, ownerUid)) return false;
  const controller = metadata.ownerReferences?.find((owner) => owner.controller);
  if (controller && controller.uid !== ownerUid) return true;
  // Of what there is once in a cluster (an APIService) only one stack can have it: two would take it from each other without end.
  if (metadata.labels?.[LABEL_OWNER] !== undefined) return true;
  const { managedFields = [] } = metadata as ManagedFields;
  return !managedFields.some(({ manager, operation }) => manager === FIELD_MANAGER && operation === 'Apply');
}

function foreignObject(live: KubeObject): KubeError {
  const { [LABEL_OWNER]: owner, [LABEL_OWNER_NAMESPACE]: namespace = '', [LABEL_STACK]: stack = '' } = live.metadata.labels ?? {};
  const message = owner === undefined
    ? `${refKey(refOf(live))} exists and is not ours: rename or delete it, or give the MonitoringStack another name`
    : `${refKey(refOf(live))} belongs to MonitoringStack ${namespace}/${stack}, and a cluster has one: switch its component off in one of the two`;
  return new KubeError({ kind: 'conflict', request: '', message });
}

/** planChanges sees only what it was given; an object whose look failed is in neither list and must not be deleted. */
function isNew(change: Change, { failures }: Looked): boolean {
  return !failures.some(({ object }) => refKey(object) === refKey(change.ref));
}

function* waves(changes: readonly Change[]): Iterable<Change[]> {
  for (let start = 0; start < changes.length; ) {
    const wave = waveOf((changes[start] as Change).ref.kind);
    let end = start;
    while (end < changes.length && waveOf((changes[end] as Change).ref.kind) === wave) end += 1;
    yield changes.slice(start, end);
    start = end;
  }
}

interface Written {
  readonly failures: ApplyFailure[];
  readonly created: ObjectRef[];
  readonly updated: ObjectRef[];
  readonly deleted: ObjectRef[];
}

async function write(cluster: Cluster, { applied, live, deleted, onWritten }: ApplyInput, change: Change, report: Written): Promise<void> {
  if (change.kind === 'delete') return;
  try {
    const before = live.owned(change.ref);
    const stored = await cluster.apply(change.object, { force: true, metadataOnly: true });
    if (!deleted.has(stored.metadata.uid ?? '')) remember(applied, change.object, stored, before && fingerprint(before));
    onWritten?.(change.ref, stored.metadata.resourceVersion);
    report[change.kind === 'create' ? 'created' : 'updated'].push(change.ref);
  } catch (error) {
    report.failures.push(failureOf(change.ref, error));
  }
}

async function remove(cluster: Cluster, { applied }: ApplyInput, change: Change, report: Written): Promise<void> {
  if (change.kind !== 'delete') return;
  try {
    await cluster.delete(change.ref, change.uid === undefined ? {} : { uid: change.uid });
    applied.delete(refKey(change.ref));
    report.deleted.push(change.ref);
  } catch (error) {
    report.failures.push(failureOf(change.ref, error));
  }
}

function remember(applied: Map<string, AppliedObject>, desired: KubeObject, stored: KubeObject, before?: string): void {
  const ref = refOf(desired);
  applied.set(refKey(ref), { ref, desiredHash: desiredHash(desired), fingerprint: fingerprint(stored), ...(before === undefined ? {} : { before }) });
}

function failureOf(object: ObjectRef, error: unknown): ApplyFailure {
  const message = error instanceof Error ? error.message : String(error);
  if (isKubeError(error, 'forbidden')) return { object, message, kind: 'forbidden' };
  if (isKubeError(error, 'invalid')) return { object, message, kind: 'invalid' };
  if (isKubeError(error, 'conflict')) return { object, message, kind: 'conflict' };
  if (isKubeError(error)) return { object, message, kind: 'transient', ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }) };
  throw error;
}
