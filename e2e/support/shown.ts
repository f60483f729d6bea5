/**
 * What a suite has shown, for docs/verified.md. For tests only: it needs mocha.
 *
 * With BELFRY_VERIFIED=<file> the table goes between two marks of that file once the last test has run, if none failed.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { after, afterEach } from 'mocha';

/** One row: what was to be shown, what was done for that, and what came of it, in the words of the programs. */
export interface Shown {
  readonly group: string;
  readonly what: string;
  readonly how: string;
  readonly result: string;
}

const rows: Shown[] = [];
let failures = 0;

/** Prints what was shown, and keeps it for the table. */
export function shown(row: Shown): void {
  rows.push(row);
  process.stdout.write(`      shown: ${row.what}: ${row.result}\n`);
}

const BEGIN = '<!-- shown: written by `make verified` -->';
const END = '<!-- end of shown -->';

afterEach(function () {
  if (this.currentTest?.state === 'failed') failures += 1;
});

after(async () => {
  const file = process.env['BELFRY_VERIFIED'];
  if (!file || failures > 0) return;
  const path = resolve(import.meta.dirname, '../..', file);
  const [head, rest] = (await readFile(path, 'utf8')).split(BEGIN);
  const tail = rest?.split(END)[1];
  if (tail === undefined) throw new Error(`${file} lacks the marks of the table`);
  await writeFile(path, `${head}${BEGIN}\n${tables(rows)}\n${END}${tail}`);
});

/** A table for each group, in the order in which the groups came. */
export function tables(all: readonly Shown[]): string {
  const groups = Map.groupBy(all, ({ group }) => group);
  return [...groups].map(([group, members]) => `
### ${group}

| shown | how | result |
|---|---|---|
${members.map(({ what, how, result }) => `| ${cell(what)} | ${cell(how)} | ${cell(result)} |\n`).join('')}`).join('');
}

function cell(text: string): string {
  return text.replaceAll('|', String.raw`\|`).replaceAll(/\s*\n\s*/g, ' ').trim();
}
