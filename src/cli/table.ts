import { withoutColour } from './colour.ts';

/** One column of a table. */
export interface Column<T> {
  /** In capitals, as kubectl writes them. */
  readonly title: string;
  /** What stands in it; undefined and the empty text show as `-`. May be coloured. */
  readonly value: (row: T) => string | number | undefined;
  /** Numbers look better on the right. */
  readonly align?: 'left' | 'right';
}

const GAP = '   ';

/** A table as kubectl prints it: a line of titles, a line for each row, columns as wide as they need; ends with a line end. */
export function table<T>(columns: readonly Column<T>[], rows: readonly T[]): string {
  const cells = [columns.map(({ title }) => title), ...rows.map((row) => columns.map((column) => cell(column.value(row))))];
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => widthOf(line[index] ?? ''))));
  const lines = cells.map((line) => line.map((text, index) => pad(text, widths[index] ?? 0, columns[index]?.align)).join(GAP).trimEnd());
  return `${lines.join('\n')}\n`;
}

function cell(value: string | number | undefined): string {
  const text = String(value ?? '');
  // A line end would tear the table apart.
  return text === '' ? '-' : text.replaceAll(/\s*\n\s*/g, ' ');
}

function pad(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const space = ' '.repeat(width - widthOf(text));
  return align === 'right' ? space + text : text + space;
}

function widthOf(text: string): number {
  return withoutColour(text).length;
}
