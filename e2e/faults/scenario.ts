/** One fault after the other, what each cost, and the table of them. */
import { expect } from 'chai';
import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { after } from 'mocha';
import { sharedWorld, type World } from './world.ts';

/** Every scenario ends well within this time after its fault does. */
export const LIMIT_MS = 30_000;

interface Outcome {
  readonly group: string;
  readonly title: string;
  readonly tookMs: number;
  readonly from: string;
}

const outcomes: Outcome[] = [];
/** Figures by group, in whole sentences. */
const remarks = new Map<string, string[]>();

/** What happens in a scenario. */
export interface Scenario {
  /** The fault begins. */
  readonly begin: (world: World) => Promise<void> | void;
  /** While it lasts, after the users made a change: what can be seen of it. */
  readonly meanwhile?: (world: World) => Promise<void> | void;
  /** It ends; by default all faults of the proxy do. */
  readonly end?: (world: World) => Promise<void> | void;
  /** Looked at once all is well again. */
  readonly afterwards?: (world: World) => Promise<void> | void;
}

/** A test in which users change something while a fault lasts, and all of it is true everywhere soon after it ends. */
export function scenario(group: string, title: string, { begin, meanwhile, end, afterwards }: Scenario): void {
  it(title, async () => {
    const world = await sharedWorld();
    await world.ensureCalm();
    await begin(world);
    try {
      // The users' own way may be gone as well.
      await Promise.race([world.change().catch(() => undefined), new Promise((resolve) => setTimeout(resolve, 2_000))]);
      await meanwhile?.(world);
    } finally {
      await (end ? end(world) : world.proxy.heal());
    }
    const tookMs = await world.converged(LIMIT_MS + 15_000);
    await afterwards?.(world);
    record(group, title, tookMs);
  });
}

/** The last test of each file: in all that went before, the operator asked for nothing that its role does not allow. */
export function expectRightsToSuffice(): void {
  it('asked in all of this for nothing that its role does not allow', async () => {
    const world = await sharedWorld();
    await world.ensureCalm();
    expect(await world.refused()).to.deep.equal([]);
  });
}

/** Puts a row into the table: how long it took from `from` until all was true again. */
export function note(group: string, title: string, tookMs: number, from: string): void {
  outcomes.push({ group, title, tookMs, from });
}

/** The same for what has to end within the limit, and holds it to it. */
export function record(group: string, title: string, tookMs: number, from = 'end of the fault'): void {
  note(group, title, tookMs, from);
  expect(tookMs, `ms from the ${from}`).to.be.at.most(LIMIT_MS);
}

/** Says something that a number in the table cannot say: on stdout, and below the table. */
export function remark(group: string, text: string): void {
  remarks.set(group, [...remarks.get(group) ?? [], text]);
  process.stdout.write(`      ${text}\n`);
}

const BEGIN = '<!-- outcomes: written by `make reliability` -->';
const END = '<!-- end of outcomes -->';
const GROUPS: readonly string[] = ['API server', 'operator', 'objects', 'replicas'];

// With BELFRY_FAULTS_REPORT=<file> the table goes between the two marks of that file.
after(async () => {
  const file = process.env['BELFRY_FAULTS_REPORT'];
  if (!file) return;
  const path = resolve(import.meta.dirname, '../..', file);
  const text = await readFile(path, 'utf8');
  const [head, rest] = text.split(BEGIN);
  const [before, tail] = rest?.split(END) ?? [];
  if (before === undefined || tail === undefined) throw new Error(`${file} lacks the marks of the table`);
  await writeFile(path, `${head}${BEGIN}\n\n${report(before.split('\n'))}\n${END}${tail}`);
});

/** The table and the remarks; groups that ran in another process stay as they are in the lines of the file. */
function report(lines: readonly string[]): string {
  const rows = new Map(GROUPS.map((group) => [group, lines.filter((line) => line.startsWith(`| ${group} |`))]));
  const said = new Map(GROUPS.map((group) => [group, lines.filter((line) => line.startsWith(`- ${group}: `))]));
  for (const [group, ours] of Map.groupBy(outcomes, ({ group: name }) => name)) {
    rows.set(group, ours.map(({ title, tookMs, from }) => `| ${group} | ${title} | ${(tookMs / 1000).toFixed(1)} s | ${from} |`));
    said.set(group, (remarks.get(group) ?? []).map((text) => `- ${group}: ${text}`));
  }
  const notes = [...said.values()].flat();
  return ['| | scenario | all true again after | counted from |', '|---|---|---|---|', ...[...rows.values()].flat(), '', ...notes, ...(notes.length > 0 ? [''] : [])].join('\n');
}
