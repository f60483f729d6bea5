import { FIELD_MANAGER } from '../api/group.ts';
import { refKey, refOf, type KubeObject } from '../api/kube-object.ts';
import { sameValue } from './compare.ts';
import { valueAt, printPath, type FieldPath, type PathStep } from './field-path.ts';
import { fieldManagers, type FieldManager } from './fields-v1.ts';

/** A field that we set and that somebody else has changed since. Values may be secret: they are for masked output only. */
export interface Drift {
  /** `Kind/namespace/name`. */
  readonly object: string;
  /** The field, for people. */
  readonly path: string;
  /** The same, for programs. */
  readonly fieldPath: FieldPath;
  /** Who owns the field now; `unknown` where it was removed, which leaves no trace. */
  readonly manager: string;
  /** What we would write. */
  readonly ours: unknown;
  /** What is there; undefined where it was removed. */
  readonly theirs: unknown;
}

interface DriftInput {
  /** The object as the API server shows it, managedFields included. */
  readonly live: KubeObject;
  /** Its answer to the dry run of our apply, managedFields included. */
  readonly dryRun: KubeObject;
  /** Our wish is the one that was applied last. A field that is missing then was removed by somebody; else it is new. */
  readonly isDesiredUnchanged: boolean;
}

/**
 * The fields of ours that others have changed. Ours are those that the dry run says we would own, so that list keys and
 * atomic fields are as the API server sees them; theirs are those whose value differs and that another manager owns now.
 * A difference in a field that we still own is our own change, and no drift.
 */
export function driftOf({ live, dryRun, isDesiredUnchanged }: DriftInput): Drift[] {
  const object = refKey(refOf(live));
  const managers = fieldManagers(live);
  return ourFields(dryRun).flatMap((fieldPath) => {
    const ours = valueAt(dryRun, fieldPath);
    const theirs = valueAt(live, fieldPath);
    if (isListKey(fieldPath) || sameValue(ours, theirs)) return [];
    const manager = ownerOf(fieldPath, theirs, managers) ?? (theirs === undefined && isDesiredUnchanged ? 'unknown' : undefined);
    return manager === undefined || manager === FIELD_MANAGER ? [] : [{ object, path: printPath(fieldPath), fieldPath, manager, ours, theirs }];
  });
}

function ourFields(dryRun: KubeObject): FieldPath[] {
  return fieldManagers(dryRun)
    .filter(({ manager, operation, subresource }) => manager === FIELD_MANAGER && operation === 'Apply' && subresource === undefined)
    .flatMap(({ fields }) => fields);
}

/** Fields that make a list item the item it is: `name` in containers[name=x]. They differ only as the item comes or goes. */
function isListKey(path: FieldPath): boolean {
  const [item, field] = path.slice(-2);
  return item !== undefined && field !== undefined && 'key' in item && 'field' in field && Object.hasOwn(item.key, field.field);
}

/** Who owns the field, or something above or below it; ourselves before anybody else, then the latest. */
function ownerOf(path: FieldPath, value: unknown, managers: readonly FieldManager[]): string | undefined {
  if (value === undefined) return undefined;
  const owners = managers.filter(({ fields }) => fields.some((field) => touches(field, path)));
  if (owners.some(({ manager }) => manager === FIELD_MANAGER)) return FIELD_MANAGER;
  return owners.toSorted((a, b) => ((a.time ?? '') < (b.time ?? '') ? 1 : -1))[0]?.manager;
}

function touches(a: FieldPath, b: FieldPath): boolean {
  const common = Math.min(a.length, b.length);
  return a.slice(0, common).every((step, index) => sameStep(step, b[index]));
}

function sameStep(a: PathStep, b: PathStep | undefined): boolean {
  return b !== undefined && sameValue(a, b);
}
