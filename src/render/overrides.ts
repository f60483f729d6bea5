import type { KubeObject } from '../api/kube-object.ts';
import type { MonitoringStackSpec } from '../api/monitoring-stack.ts';
import type { Problem } from '../api/rejection.ts';
import { nearest } from '../lib/nearest.ts';

type Override = NonNullable<MonitoringStackSpec['overrides']>[number];

/** The objects with the patches in place, and what is wrong with patches that were not. */
export interface Overridden {
  readonly objects: readonly KubeObject[];
  readonly problems: readonly Problem[];
}

/** What makes an object ours and finds it again: not to be patched. */
const IDENTITY = ['apiVersion', 'kind', 'status'] as const;
const METADATA_IDENTITY = ['name', 'namespace', 'uid', 'resourceVersion', 'ownerReferences', 'finalizers', 'managedFields'] as const;
const OWNER_LABELS = ['app.kubernetes.io/managed-by', 'app.kubernetes.io/name', 'belfry.dev/stack', 'belfry.dev/owner', 'belfry.dev/owner-namespace', 'belfry.dev/part', 'belfry.dev/shard'];

/** Applies the stack's JSON merge patches (RFC 7396), one after the other. A patch with a problem is left out. */
export function overridden(objects: readonly KubeObject[], overrides: readonly Override[] = []): Overridden {
  let patched = objects;
  const problems: Problem[] = [];
  overrides.forEach((override, index) => {
    const found = problemsOf(override, index, objects);
    problems.push(...found);
    if (found.length > 0) return;
    patched = patched.map((object) => (isMeant(object, override) ? (mergePatch(object, override.patch) as KubeObject) : object));
  });
  return { objects: patched, problems };
}

/** RFC 7396: objects are merged, null removes, everything else replaces. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const merged: Record<string, unknown> = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = mergePatch(Object.hasOwn(merged, key) ? merged[key] : undefined, value);
  }
  return merged;
}

function problemsOf(override: Override, index: number, objects: readonly KubeObject[]): Problem[] {
  const path = `spec.overrides[${index}]`;
  if (!objects.some((object) => isMeant(object, override))) return [{ path, reason: 'Invalid', message: nothingMatches(override, objects) }];
  return touched(override.patch).map((field) => ({
    path: `${path}.patch.${field}`,
    reason: 'Invalid',
    message: `${field} says what the object is and whose: leave it out of the patch`,
  }));
}

function nothingMatches({ kind, name }: Override, objects: readonly KubeObject[]): string {
  const wanted = `${kind}/${name}`;
  const names = objects.map((object) => `${object.kind}/${object.metadata.name}`);
  const near = nearest(wanted, names.filter((candidate) => candidate.startsWith(`${kind}/`))) ?? nearest(wanted, names);
  return `the stack has no ${kind} called "${name}"${near === undefined ? '' : `; the nearest is ${near}`}: correct kind and name, or remove the override`;
}

/** Fields of the patch that must not be in it, as paths. */
function touched(patch: Override['patch']): string[] {
  const metadata = isObject(patch['metadata']) ? patch['metadata'] : {};
  const labels = isObject(metadata['labels']) ? metadata['labels'] : {};
  return [
    ...IDENTITY.filter((field) => field in patch),
    ...(isObject(patch['metadata']) || !('metadata' in patch) ? [] : ['metadata']),
    ...METADATA_IDENTITY.filter((field) => field in metadata).map((field) => `metadata.${field}`),
    ...('labels' in metadata && !isObject(metadata['labels']) ? ['metadata.labels'] : []),
    ...OWNER_LABELS.filter((label) => label in labels).map((label) => `metadata.labels.${label}`),
  ];
}

function isMeant({ kind, metadata }: KubeObject, override: Override): boolean {
  return kind === override.kind && metadata.name === override.name;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
