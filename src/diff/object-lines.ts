import type { KubeObject } from '../api/kube-object.ts';
import { isRecord, printPath, type FieldPath } from './field-path.ts';

/** One line of an object as people read it, and the field it belongs to. */
export interface ObjectLine {
  readonly text: string;
  /** As printPath writes it. */
  readonly path: string;
}

/** JSON shorter than this reads well on one line. */
const JSON_LINE = 120;
const FIRST = ['apiVersion', 'kind', 'metadata', 'name'];

/**
 * An object as lines of YAML, for reading and comparing. Fields are sorted (but for those that name the object), and every
 * text of several lines (and long JSON) is shown line by line, so that a config file in a ConfigMap can be compared as what it is.
 */
export function objectLines(object: KubeObject): ObjectLine[] {
  const lines: ObjectLine[] = [];
  write(object, { path: [], indent: '', lead: '' }, lines);
  return lines;
}

interface Position {
  readonly path: FieldPath;
  readonly indent: string;
  /** What stands before the value on its first line: `key:` or `-`. */
  readonly lead: string;
}

function write(value: unknown, position: Position, lines: ObjectLine[]): void {
  const entries = isRecord(value) ? fieldsOf(value) : [];
  if (Array.isArray(value) && value.length > 0) writeList(value, position, lines);
  else if (entries.length > 0) writeFields(entries, position, lines);
  else if (typeof value === 'string' && readable(value).includes('\n')) writeText(readable(value), position, lines);
  else lines.push({ text: `${position.indent}${[position.lead, scalar(value)].filter((part) => part !== '').join(' ')}`, path: printPath(position.path) });
}

function fieldsOf(record: Record<string, unknown>): [string, unknown][] {
  const rank = (field: string): number => (FIRST.includes(field) ? FIRST.indexOf(field) : FIRST.length);
  return Object.entries(record)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

function writeFields(entries: readonly [string, unknown][], { path, indent, lead }: Position, lines: ObjectLine[]): void {
  const isItem = lead === '-';
  if (lead !== '' && !isItem) lines.push({ text: `${indent}${lead}`, path: printPath(path) });
  const inner = lead === '' ? indent : `${indent}  `;
  const first = lines.length;
  for (const [field, value] of entries) write(value, { path: [...path, { field }], indent: inner, lead: `${scalar(field)}:` }, lines);
  const head = lines[first];
  if (isItem && head) lines[first] = { ...head, text: `${indent}- ${head.text.slice(inner.length)}` };
}

function writeList(items: readonly unknown[], { path, indent, lead }: Position, lines: ObjectLine[]): void {
  if (lead !== '') lines.push({ text: `${indent}${lead}`, path: printPath(path) });
  const inner = lead === '-' ? `${indent}  ` : indent;
  items.forEach((item, index) => write(item, { path: [...path, stepTo(item, index)], indent: inner, lead: '-' }, lines));
}

function stepTo(item: unknown, index: number): FieldPath[number] {
  const name = isRecord(item) ? item['name'] : undefined;
  return typeof name === 'string' ? { key: { name } } : { index };
}

/** JSON that was written on one line, as dashboards are, is shown on many: only so can a change in it be seen. */
function readable(text: string): string {
  if (text.length < JSON_LINE || !/^[{[]/.test(text)) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function writeText(text: string, { path, indent, lead }: Position, lines: ObjectLine[]): void {
  const printed = printPath(path);
  lines.push({ text: `${indent}${lead} |`, path: printed });
  for (const line of text.replace(/\n$/, '').split('\n')) lines.push({ text: line === '' ? '' : `${indent}  ${line}`, path: printed });
}

const PLAIN = /^[A-Za-z_/*.$<(][^\n"'#\\]*$/;
const OTHER_TYPE = /^(true|false|null|yes|no|on|off|~)$/i;

function scalar(value: unknown): string {
  if (value === undefined) return '';
  const isPlain = typeof value === 'string' && PLAIN.test(value) && !OTHER_TYPE.test(value) && !/: |:$| $/.test(value);
  return isPlain ? value : JSON.stringify(value);
}
