import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureTool } from '../support/tools.ts';

/** Files that one promtool call judges; a call costs more than a file. */
const BATCH = 500;

/** What promtool has against each prometheus.yml, in order; undefined where it takes it. */
export function checkConfigs(configs: readonly string[], version?: string): Promise<(string | undefined)[]> {
  return check(['check', 'config', '--syntax-only'], configs, version);
}

/** What promtool has against each rule file, in order; undefined where it takes it. `flags` go before the files. */
export function checkRules(files: readonly string[], version?: string, flags: readonly string[] = []): Promise<(string | undefined)[]> {
  return check([...flags, 'check', 'rules', '--lint=none'], files, version);
}

async function check(command: readonly string[], files: readonly string[], version: string | undefined): Promise<(string | undefined)[]> {
  const promtool = await ensureTool(version === undefined ? 'promtool' : `promtool@${version}`);
  const dir = await mkdtemp(join(tmpdir(), 'belfry-promtool-'));
  try {
    await mkdir(join(dir, 'files'));
    const names = files.map((_, index) => join(dir, 'files', `${index}.yml`));
    await Promise.all(files.map((text, index) => writeFile(names[index] ?? '', text)));
    const batches = Array.from({ length: Math.ceil(names.length / BATCH) }, (_, index) => names.slice(index * BATCH, (index + 1) * BATCH));
    const verdicts: (string | undefined)[] = [];
    for (const batch of batches) verdicts.push(...await checkBatch([promtool, ...command], batch));
    return verdicts;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function checkBatch([program = '', ...args]: readonly string[], files: readonly string[]): Promise<(string | undefined)[]> {
  const output = await outputOf(program, [...args, ...files]);
  // One paragraph a file: "Checking <file>", then " SUCCESS: ..." or "  FAILED:" and what is wrong.
  const paragraphs = output.split(/^Checking (?=\/)/m).slice(1);
  const verdicts = new Map(paragraphs.map((paragraph) => {
    const [file = '', ...rest] = paragraph.split('\n');
    return [file.trim(), rest.join('\n').trim()] as const;
  }));
  return files.map((file) => {
    const verdict = verdicts.get(file);
    if (verdict === undefined) throw new Error(`promtool said nothing about ${file}: ${output.slice(0, 500)}`);
    return /^\s*SUCCESS/m.test(verdict) && !/FAILED/.test(verdict) ? undefined : verdict.replace(/^FAILED:\s*/, '').replaceAll(file, 'file');
  });
}

/** stdout and stderr as they came. Exit codes say no more than the text. */
function outputOf(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    // Both streams into one file: promtool writes the verdict to either, and the order counts.
    const child = spawn('/bin/sh', ['-c', 'exec "$0" "$@" 2>&1', program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.once('error', reject);
    child.once('close', () => resolve(Buffer.concat(chunks).toString('utf8')));
  });
}
