/**
 * Runs test suites and adds up what they came to.
 *
 *   node e2e/support/run-suites.ts unit e2e/apiserver e2e/prometheus e2e/node
 *
 * `unit` is what .mocharc.json says; any other name is a folder of `*.test.ts`. The programs that the suites need are built
 * first, while `unit` runs. The last line on stdout is `N passed, N failed`; the exit code is 1 if a test failed, and with
 * CI=true also if one was skipped.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { SuiteResult } from './suite-reporter.ts';
import { DEFAULT_TOOLS, ensureTools } from './tools.ts';

interface Suite {
  readonly name: string;
  /** Whether it runs real programs. They are built before it starts: a compile takes longer than any test may. */
  readonly real: boolean;
  /** Nothing else runs beside it: it measures time, or needs the whole machine. */
  readonly alone: boolean;
  /** Files that run in a process of their own, beside the one of all others: what mostly waits need not wait in turn. */
  readonly beside?: readonly string[];
}

const SUITES: readonly Suite[] = [
  { name: 'unit', real: false, alone: false },
  { name: 'e2e/cli', real: false, alone: false },
  { name: 'e2e/prometheus', real: true, alone: false },
  { name: 'e2e/apiserver', real: true, alone: false },
  { name: 'e2e/faults', real: true, alone: true, beside: ['api-server', 'fault-proxy', 'replicas'].map((name) => `e2e/faults/${name}.test.ts`) },
  { name: 'e2e/node', real: true, alone: true },
];

const ROOT = join(import.meta.dirname, '..', '..');
const E2E_TIMEOUT_MS = 120_000;

function suiteNamed(name: string): Suite {
  // One that is not listed may need anything, and may be disturbed by anything.
  return SUITES.find((suite) => suite.name === name) ?? { name, real: true, alone: true };
}

/** What mocha is told, once for each process that the suite takes. */
function mochaArguments({ name, beside = [] }: Suite): string[][] {
  const reporter = ['--reporter', join(import.meta.dirname, 'suite-reporter.ts')];
  if (name === 'unit') return [reporter];
  const common = [...reporter, '--no-config', '--extension', 'ts', '--check-leaks', '--fail-zero', '--forbid-only', '--timeout', `${E2E_TIMEOUT_MS}`];
  const rest = [...common, ...beside.flatMap((file) => ['--ignore', file]), `${name}/**/*.test.ts`];
  return beside.length === 0 ? [rest] : [rest, [...common, ...beside]];
}

/** Runs one suite, and adds up what its processes came to. */
async function runSuite(suite: Suite, width: number): Promise<SuiteResult> {
  const results = await Promise.all(mochaArguments(suite).map((args) => runMocha(suite, args, width)));
  const sum = (count: (result: SuiteResult) => number): number => results.reduce((total, result) => total + count(result), 0);
  const lists = { skipped: results.flatMap(({ skipped }) => skipped), failures: results.flatMap(({ failures }) => failures) };
  return { passed: sum(({ passed }) => passed), failed: sum(({ failed }) => failed), ...lists };
}

/** Runs mocha, its output going to stdout behind the suite's name. One that ends without a result counts as one failure. */
async function runMocha(suite: Suite, args: readonly string[], width: number): Promise<SuiteResult> {
  const dir = await mkdtemp(join(tmpdir(), 'belfry-suite-'));
  const file = join(dir, 'result.json');
  const child = spawn(process.execPath, [join(ROOT, 'node_modules', 'mocha', 'bin', 'mocha.js'), ...args], {
    cwd: ROOT,
    env: { ...process.env, SUITE_RESULT: file },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const prefix = width === 0 ? '' : `${suite.name.padEnd(width)} | `;
  const ended = new Promise<number>((resolve, reject) => child.once('error', reject).once('close', (code) => resolve(code ?? 1)));
  await Promise.all([forward(child.stdout, process.stdout, prefix), forward(child.stderr, process.stderr, prefix)]);
  const code = await ended;
  try {
    const result = JSON.parse(await readFile(file, 'utf8')) as SuiteResult;
    // Mocha fails without a failed test too: nothing found, a leak, an error outside of any test.
    return code !== 0 && result.failed === 0 ? { ...result, failed: 1 } : result;
  } catch {
    return { passed: 0, failed: 1, skipped: [], failures: [{ title: suite.name, why: `mocha ended with code ${code} and without a result` }] };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function forward(from: Readable, to: NodeJS.WritableStream, prefix: string): Promise<void> {
  for await (const line of createInterface({ input: from, crlfDelay: Infinity })) to.write(`${prefix}${line}\n`);
}

const MOST_AT_ONCE = 2;

/** Runs all of them, two side by side except those that want to be alone, which come last. */
async function runSuites(suites: readonly Suite[]): Promise<Map<string, SuiteResult>> {
  const width = suites.length > 1 ? Math.max(...suites.map((suite) => suite.name.length)) : 0;
  const results = new Map<string, SuiteResult>();
  const run = async (suite: Suite): Promise<void> => {
    if (suite.real) await ensureTools(DEFAULT_TOOLS);
    results.set(suite.name, await runSuite(suite, width));
  };
  const together = suites.filter((suite) => !suite.alone);
  const lane = async (): Promise<void> => {
    for (let suite = together.shift(); suite !== undefined; suite = together.shift()) await run(suite);
  };
  await Promise.all(Array.from({ length: MOST_AT_ONCE }, lane));
  for (const suite of suites.filter((each) => each.alone)) await run(suite);
  return results;
}

async function main(names: string[]): Promise<void> {
  if (names.length === 0) throw new Error(`which suites? ${SUITES.map((suite) => suite.name).join(' ')}`);
  const startedAt = performance.now();
  const results = await runSuites(names.map(suiteNamed));
  // Again at the end: who looks at the last lines of a long log sees what it is about.
  for (const [name, { failures }] of results) for (const { title, why } of failures) process.stdout.write(`\nfailed: ${name}: ${title}\n${why.replace(/^/gm, '  ')}\n`);
  process.stdout.write('\n');
  for (const [name, { passed, failed, skipped }] of results) {
    process.stdout.write(`${name}: ${passed} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}\n`);
    for (const title of skipped) process.stdout.write(`  skipped: ${title}\n`);
  }
  const all = [...results.values()];
  const sum = (count: (result: SuiteResult) => number): number => all.reduce((total, result) => total + count(result), 0);
  // In CI a test that did not run proves nothing, so it fails.
  const skippedThatFail = process.env['CI'] === 'true' ? sum((result) => result.skipped.length) : 0;
  const failed = sum((result) => result.failed) + skippedThatFail;
  process.stdout.write(`${Math.round((performance.now() - startedAt) / 1000)} s\n`);
  process.stdout.write(`${sum((result) => result.passed)} passed, ${failed} failed\n`);
  process.exitCode = failed > 0 ? 1 : 0;
}

if (import.meta.main) {
  main(process.argv.slice(2)).catch((error: unknown) => {
    process.stderr.write(`suites: ${error instanceof Error ? error.message : String(error)}\n`);
    process.stdout.write('0 passed, 1 failed\n');
    process.exitCode = 1;
  });
}
