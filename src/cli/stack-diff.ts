import { LABEL_STACK } from '../api/group.ts';
import { refKey, refOf, type KubeObject, type ObjectRef } from '../api/kube-object.ts';
import type { MonitoringStack } from '../api/monitoring-stack.ts';
import type { Rejection } from '../api/rejection.ts';
import type { Change, LiveObject } from '../diff/change.ts';
import { driftOf } from '../diff/drift.ts';
import { jobChanges, type JobChanges } from '../diff/job-changes.ts';
import { planChanges } from '../diff/plan.ts';
import type { ObjectDiff } from '../diff/print.ts';
import { standIn } from '../diff/stand-in.ts';
import type { Cluster } from '../kube/cluster.ts';
import { isKubeError, KubeError } from '../kube/errors.ts';
import { knownResourceType } from '../kube/resource-types.ts';
import { gather } from '../reconcile/gather.ts';
import { inParallel } from '../reconcile/in-parallel.ts';
import { findKept } from '../reconcile/last-good.ts';
import { newStackState, type StackState } from '../reconcile/stack-state.ts';
import { OWNED_KINDS } from '../render/owned-kinds.ts';
import { renderStack } from '../render/render-stack.ts';
import type { Rendered } from '../render/rendered.ts';
import type { StackInput } from '../render/stack-input.ts';
import type { ListedView } from './listed-view.ts';
import type { Refusals } from './refusals.ts';

/** One object that would change, with who else changed it. */
export interface StackObjectDiff extends ObjectDiff {
  /** The fields that would change. */
  readonly paths: readonly string[];
  /** Fields of ours that another manager changed: `spec.replicas by kubectl-edit`. */
  readonly drift: readonly string[];
}

/** All that one pass of the operator over a stack would change. */
export interface StackDiff {
  readonly namespace: string;
  readonly name: string;
  readonly diffs: readonly StackObjectDiff[];
  readonly jobs: JobChanges;
  readonly rejections: readonly Rejection[];
  /** Objects that the API server would refuse, with its words. */
  readonly errors: readonly { readonly object: ObjectRef; readonly message: string }[];
  /** The Secrets could not be read, so those that the stack is to have were not compared. */
  readonly areSecretsLeftOut: boolean;
}

interface Surroundings {
  readonly cluster: Cluster;
  readonly view: ListedView;
  readonly refusals: Refusals;
  readonly operatorNamespace: string;
}

/** Owner references need a uid, which a stack that is only in a file has yet to get. */
const UNKNOWN_UID = '00000000-0000-0000-0000-000000000000';
/** Shown masked: nobody sees it, and none is made up. */
const NEW_PASSWORD = 'made-by-the-operator';
/** Requests to the API server at the same time. */
const CONCURRENCY = 8;

/** What the operator would write and delete for one stack, by the code that the operator runs. Writes nothing. */
export async function stackDiff(stack: MonitoringStack, around: Surroundings): Promise<StackDiff> {
  const { namespace, name, uid } = stack.metadata;
  const rendered = await render(uid === undefined ? { ...stack, metadata: { ...stack.metadata, uid: UNKNOWN_UID } } : stack, around);
  const areSecretsLeftOut = !around.view.mayReadSecrets;
  const isCompared = ({ kind }: { readonly kind: string }): boolean => !(areSecretsLeftOut && kind === 'Secret');
  const isStackRejected = rendered.rejections.some(({ object }) => object.kind === 'MonitoringStack');
  const desired = isStackRejected ? [] : rendered.objects.filter(isCompared);
  const looked = await look(desired, around);
  // A stack with a mistake of its own keeps what it has.
  const unwanted = uid === undefined || isStackRejected ? [] : await listUnwanted(stack, rendered, around);
  const live = [...looked.live, ...unwanted.filter(isCompared)];
  const changes = planChanges({ desired: looked.comparable, live, ownerUid: uid });
  const diffs = changes.map((change) => diffOf(change, live));
  return { namespace, name, diffs, jobs: jobsOf(diffs), rejections: rendered.rejections, errors: looked.errors, areSecretsLeftOut };
}

async function render(stack: MonitoringStack, { cluster, view, operatorNamespace }: Surroundings): Promise<Rendered> {
  const state = newStackState(stack);
  const rendered = await renderOnce(state, view, operatorNamespace);
  return (await findKept(cluster, state, rendered)) ? renderOnce(state, view, operatorNamespace) : rendered;
}

async function renderOnce(state: StackState, view: ListedView, operatorNamespace: string): Promise<Rendered> {
  const input = await gather(view, state.stack, state.memory, { operatorNamespace, newPassword: () => NEW_PASSWORD });
  return renderStack(view.mayReadSecrets ? input : withoutReferences(input));
}

/** Nobody could look at what the resources refer to: all of it counts as there. */
function withoutReferences(input: StackInput): StackInput {
  return {
    ...input,
    targets: input.targets.map((target) => ({ ...target, references: undefined })),
    policies: input.policies.map((policy) => ({ ...policy, references: undefined })),
    facts: { ...input.facts, references: undefined },
  };
}

interface Looked {
  /** Objects that could be looked at. */
  readonly comparable: KubeObject[];
  readonly live: LiveObject[];
  readonly errors: { readonly object: ObjectRef; readonly message: string }[];
}

async function look(desired: readonly KubeObject[], around: Surroundings): Promise<Looked> {
  const looked: Looked = { comparable: [], live: [], errors: [] };
  await inParallel(desired, CONCURRENCY, (object) => lookAt(object, around, looked));
  return looked;
}

async function lookAt(object: KubeObject, { cluster, refusals }: Surroundings, looked: Looked): Promise<void> {
  const found = await refusals.unlessForbidden(async () => ({ live: await cluster.read(refOf(object)) }));
  if (!found) return;
  const { live } = found;
  try {
    const dryRun = await refusals.unlessForbidden(() => cluster.apply(object, { dryRun: true, force: true }));
    looked.comparable.push(object);
    if (live) looked.live.push({ ...asLive(live), live, dryRun: dryRun ?? standIn(live, object) });
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    // A namespace that is yet to come takes nothing, dry or not.
    if (!live && isKubeError(error, 'notFound')) looked.comparable.push(object);
    else looked.errors.push({ object: refOf(object), message: error.message });
  }
}

/** What carries the stack's label and is not rendered, looked at or not. */
async function listUnwanted(stack: MonitoringStack, { objects }: Rendered, { cluster, refusals }: Surroundings): Promise<LiveObject[]> {
  const found: LiveObject[] = [];
  const wanted = new Set(objects.map((object) => refKey(refOf(object))));
  const labelSelector = `${LABEL_STACK}=${stack.metadata.name}`;
  await inParallel(OWNED_KINDS, CONCURRENCY, async ([apiVersion, kind]) => {
    const type = knownResourceType(apiVersion, kind);
    if (!type) return;
    // Objects of a stack may be in other namespaces; who may not look there looks in the stack's own.
    const list = (namespace?: string) => refusals.unlessForbidden(() => cluster.list(type, { labelSelector, ...(namespace === undefined ? {} : { namespace }) }));
    const all = (await list()) ?? (type.namespaced ? await list(stack.metadata.namespace) : undefined);
    for (const object of all?.items ?? []) found.push({ ...asLive({ ...object, apiVersion, kind }), live: object });
  });
  return found.filter((object) => !wanted.has(refKey(refOf(object as KubeObject))));
}

function asLive({ apiVersion, kind, metadata }: KubeObject): LiveObject {
  return { apiVersion, kind, metadata };
}

function diffOf(change: Change, live: readonly LiveObject[]): StackObjectDiff {
  const { kind, ref } = change;
  const found = live.find((object) => refKey(refOf(object as KubeObject)) === refKey(ref));
  const before = found?.live;
  if (change.kind === 'delete') return { kind, ref, paths: [], drift: [], ...(before ? { before } : {}) };
  const after = found?.dryRun ?? change.object;
  if (change.kind === 'create' || !before) return { kind, ref, paths: [], drift: [], after };
  const drift = driftOf({ live: before, dryRun: after, isDesiredUnchanged: false }).map(({ path, manager }) => `${path} by ${manager}`);
  return { kind, ref, before, after, paths: change.paths, drift };
}

function jobsOf(diffs: readonly ObjectDiff[]): JobChanges {
  return jobChanges(diffs.flatMap(({ before }) => before ?? []), diffs.flatMap(({ after }) => after ?? []));
}
