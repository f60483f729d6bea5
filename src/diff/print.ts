import { structuredPatch } from 'diff';
import type { KubeObject, ObjectRef } from '../api/kube-object.ts';
import { plural } from '../lib/plural.ts';
import { withoutServerFields } from './compare.ts';
import { maskPair } from './mask.ts';
import { objectLines, type ObjectLine } from './object-lines.ts';

/** One object that would change: what is there, and what would be. */
export interface ObjectDiff {
  readonly kind: 'create' | 'update' | 'delete';
  readonly ref: ObjectRef;
  /** Absent for one that would be created. */
  readonly before?: KubeObject;
  /** Absent for one that would be deleted. */
  readonly after?: KubeObject;
}

/** How to paint what is printed; each gives its text back where there is no colour. */
export type DiffPalette = Readonly<Record<'added' | 'removed' | 'changed' | 'dim', (text: string) => string>>;

interface PrintOptions {
  readonly palette: DiffPalette;
  /** Unchanged lines around changed ones. */
  readonly context?: number;
  /** Lines of one object, past which the rest is only counted. */
  readonly lineLimit?: number;
}

const CONTEXT = 3;
const LINE_LIMIT = 200;
/** Two texts with more than this between them are shown as replaced: finding the shortest difference takes the square of it. */
const EDIT_LIMIT = 1000;
const MARKS = { create: '+', update: '~', delete: '-' } as const;
const PAINTS = { create: 'added', update: 'changed', delete: 'removed' } as const;

/** One object for people: a line that names it (`~ ConfigMap shop/x`), then what changes in it. Credentials are masked here. */
export function printObjectDiff(diff: ObjectDiff, { palette, context = CONTEXT, lineLimit = LINE_LIMIT }: PrintOptions): string {
  const title = palette[PAINTS[diff.kind]](`${MARKS[diff.kind]} ${objectTitle(diff.ref)}`);
  const body = diff.kind === 'delete' ? [] : bodyLines(diff, palette, context);
  const shown = body.slice(0, lineLimit);
  const rest = body.length - shown.length;
  const more = rest > 0 ? [palette.dim(`  ... ${plural(rest, 'more line')}`)] : [];
  return `${[title, ...shown, ...more].join('\n')}\n`;
}

/** `ConfigMap shop/prometheus-shop`. */
function objectTitle({ kind, namespace, name }: ObjectRef): string {
  return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}

/** `3 to create, 1 to update, 0 to delete`. */
export function summaryLine(diffs: readonly { readonly kind: ObjectDiff['kind'] }[]): string {
  const count = (kind: ObjectDiff['kind']): number => diffs.filter((diff) => diff.kind === kind).length;
  return `${count('create')} to create, ${count('update')} to update, ${count('delete')} to delete`;
}

function bodyLines(diff: ObjectDiff, palette: DiffPalette, context: number): string[] {
  const { before, after } = maskPair(cleaned(diff));
  const [left, right] = [before ? objectLines(before) : [], after ? objectLines(after) : []];
  if (left.length === 0) return right.map(({ text }) => palette.added(`  + ${text}`.trimEnd()));
  const hunks = hunksOf(left, right, context);
  if (!hunks) return [palette.dim(`  ${plural(left.length, 'line')} replaced by ${right.length}`)];
  if (hunks.length === 0) return [palette.dim('  only masked values change')];
  return hunks.flatMap((hunk) => [palette.dim(`  @ ${hunk.path}`), ...hunk.lines.map((line) => paintLine(line, palette))]);
}

function cleaned({ before, after }: ObjectDiff): { before?: KubeObject; after?: KubeObject } {
  return { ...(before ? { before: withoutServerFields(before) } : {}), ...(after ? { after: withoutServerFields(after) } : {}) };
}

interface Hunk {
  /** The field of the first line that changes. */
  readonly path: string;
  readonly lines: readonly string[];
}

function hunksOf(left: readonly ObjectLine[], right: readonly ObjectLine[], context: number): Hunk[] | undefined {
  const patch = structuredPatch('', '', textOf(left), textOf(right), '', '', { context, maxEditLength: EDIT_LIMIT });
  return patch?.hunks.map(({ oldStart, newStart, lines }) => {
    const first = lines.findIndex((line) => !line.startsWith(' '));
    const side = lines[first]?.startsWith('+') ? right[newStart - 1 + first] : left[oldStart - 1 + first];
    return { path: side?.path ?? '', lines: lines.filter((line) => !line.startsWith('\\')) };
  });
}

function textOf(lines: readonly ObjectLine[]): string {
  return lines.map(({ text }) => `${text}\n`).join('');
}

function paintLine(line: string, palette: DiffPalette): string {
  const [mark, text] = [line.slice(0, 1), line.slice(1)];
  const printed = `  ${mark} ${text}`.trimEnd();
  return mark === '+' ? palette.added(printed) : mark === '-' ? palette.removed(printed) : printed;
}
