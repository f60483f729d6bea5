/**
 * A step down into an object: a field, a place in a list, the list item with these key fields (server-side apply's
 * associative lists), or the list item that is this value (its sets).
 */
export type PathStep =
  | { readonly field: string }
  | { readonly index: number }
  | { readonly key: Readonly<Record<string, unknown>> }
  | { readonly value: unknown };

/** The way from an object's root to one of its fields. */
export type FieldPath = readonly PathStep[];

const PLAIN_NAME = /^[A-Za-z_][A-Za-z0-9_-]*$/;

/** The path for people: `spec.template.spec.containers[name=prometheus].image`, `data["prometheus.yml"]`, `args[0]`. */
export function printPath(path: FieldPath): string {
  return path.map(printStep).join('').replace(/^\./, '');
}

function printStep(step: PathStep): string {
  if ('field' in step) return PLAIN_NAME.test(step.field) ? `.${step.field}` : `[${JSON.stringify(step.field)}]`;
  if ('index' in step) return `[${step.index}]`;
  if ('value' in step) return `[=${JSON.stringify(step.value)}]`;
  return `[${Object.entries(step.key).map(([name, value]) => `${name}=${String(value)}`).join(',')}]`;
}

/** What stands at the path; undefined where the path leads nowhere. */
export function valueAt(root: unknown, path: FieldPath): unknown {
  let value = root;
  for (const step of path) value = stepInto(value, step);
  return value;
}

function stepInto(value: unknown, step: PathStep): unknown {
  if ('field' in step) return isRecord(value) && Object.hasOwn(value, step.field) ? value[step.field] : undefined;
  return Array.isArray(value) ? value[itemIndex(value, step)] : undefined;
}

/**
 * Where in a list the step leads; -1 for nowhere. A key field that the item leaves out counts as equal, because the server
 * fills in its default before it records the key (`protocol: TCP`).
 */
function itemIndex(list: readonly unknown[], step: Exclude<PathStep, { field: string }>): number {
  if ('index' in step) return step.index < list.length ? step.index : -1;
  if ('value' in step) return list.findIndex((item) => item === step.value);
  const keys = Object.entries(step.key);
  return list.findIndex((item) => isRecord(item) && keys.every(([name, value]) => item[name] === undefined || item[name] === value) && keys.some(([name]) => item[name] !== undefined));
}

/** A copy of the object without what stands at the path; the same object where nothing does. */
export function withoutPath<T>(root: T, path: FieldPath): T {
  const [step, ...rest] = path;
  if (step === undefined || valueAt(root, path) === undefined) return root;
  if (Array.isArray(root) && !('field' in step)) return withoutItem(root, step, rest) as T;
  if (!isRecord(root) || !('field' in step)) return root;
  const copy: Record<string, unknown> = { ...root };
  if (rest.length === 0) delete copy[step.field];
  else copy[step.field] = withoutPath(copy[step.field], rest);
  return copy as T;
}

function withoutItem(list: readonly unknown[], step: Exclude<PathStep, { field: string }>, rest: FieldPath): unknown[] {
  const index = itemIndex(list, step);
  return rest.length === 0 ? list.toSpliced(index, 1) : list.with(index, withoutPath(list[index], rest));
}

/** Whether the value is an object with fields: no list, no null. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
