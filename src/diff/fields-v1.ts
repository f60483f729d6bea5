import type { KubeObject } from '../api/kube-object.ts';
import { isRecord, type FieldPath, type PathStep } from './field-path.ts';

/** One entry of `metadata.managedFields`, with its fields as paths. */
export interface FieldManager {
  readonly manager: string;
  /** Apply is server-side apply; Update is every other write. */
  readonly operation: string;
  /** Like status or scale; absent for the object itself. */
  readonly subresource?: string;
  /** RFC 3339. */
  readonly time?: string;
  /** The fields it owns: leaves, and lists or maps that are owned as a whole. */
  readonly fields: readonly FieldPath[];
}

interface ManagedFieldsEntry {
  readonly manager?: string;
  readonly operation?: string;
  readonly subresource?: string;
  readonly time?: string;
  readonly fieldsV1?: unknown;
}

/** Who owns which fields of an object as the API server shows it; empty where it was fetched without managedFields. */
export function fieldManagers(object: KubeObject): FieldManager[] {
  const { managedFields = [] } = object.metadata as { readonly managedFields?: readonly ManagedFieldsEntry[] };
  return managedFields.map(({ manager = 'unknown', operation = 'Update', subresource, time, fieldsV1 }) => ({
    manager,
    operation,
    ...(subresource ? { subresource } : {}),
    ...(time === undefined ? {} : { time }),
    fields: ownedFields(fieldsV1),
  }));
}

/**
 * The fields of a FieldsV1 set (sigs.k8s.io/structured-merge-diff, fieldpath/serialize.go): `f:name` is a field,
 * `k:{...}` a list item by its keys, `v:...` one by its value, `i:n` one by its place; `.` stands for the thing itself.
 */
export function ownedFields(fieldsV1: unknown): FieldPath[] {
  const found: FieldPath[] = [];
  collect(fieldsV1, [], found);
  return found;
}

function collect(set: unknown, path: FieldPath, found: FieldPath[]): void {
  if (!isRecord(set)) return;
  const members = Object.entries(set).filter(([member]) => member !== '.');
  if (members.length === 0) {
    if (path.length > 0) found.push(path);
    return;
  }
  for (const [member, below] of members) {
    const step = parseStep(member);
    if (step) collect(below, [...path, step], found);
  }
}

function parseStep(member: string): PathStep | undefined {
  const text = member.slice(2);
  switch (member.slice(0, 2)) {
    case 'f:':
      return { field: text };
    case 'i:':
      return { index: Number(text) };
    case 'k:': {
      const key = parseJson(text);
      return isRecord(key) ? { key } : undefined;
    }
    case 'v:':
      return { value: parseJson(text) };
    default:
      // A kind of step that a later Kubernetes may add: what we cannot read, we do not claim to know.
      return undefined;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
