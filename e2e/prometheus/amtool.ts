import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureTool } from '../support/tools.ts';

/** Files that one amtool call judges. */
const BATCH = 200;
/** Calls under way at once. */
const WORKERS = 2;

/** What amtool has against each alertmanager.yaml, in order, undefined where it takes it; and what it logged meanwhile. */
export async function checkAlertmanagerConfigs(configs: readonly string[]): Promise<{ readonly errors: (string | undefined)[]; readonly log: string }> {
  const amtool = await ensureTool('amtool');
  return await inFolder(async (dir) => {
    const files = configs.map((_, index) => join(dir, `${index}.yaml`));
    await Promise.all(configs.map((text, index) => writeFile(files[index] ?? '', text)));
    const errors: (string | undefined)[] = [];
    let log = '';
    for (let at = 0; at < files.length; at += BATCH) {
      const batch = files.slice(at, at + BATCH);
      // It logs to the same stream, in between the name of a file and its verdict.
      const { stdout } = await outputOf(amtool, ['check-config', ...batch]);
      const paragraphs = stdout.split(/^Checking (?=')/m).slice(1);
      if (paragraphs.length !== batch.length) throw new Error(`amtool spoke of ${paragraphs.length} files of ${batch.length}`);
      errors.push(...paragraphs.map((text) => (/ SUCCESS$/m.test(text) ? undefined : text.replace(/^.*FAILED: /s, '').trim())));
      log += stdout;
    }
    return { errors, log };
  });
}

/** A config, and the labels of an alert. */
export interface RoutedAlert {
  readonly config: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The receivers that amtool routes each alert to, in order, joined by commas. */
export async function receiversByAmtool(alerts: readonly RoutedAlert[]): Promise<string[]> {
  const amtool = await ensureTool('amtool');
  return await inFolder(async (dir) => {
    const receivers: string[] = [];
    const queue = alerts.entries();
    await Promise.all(Array.from({ length: WORKERS }, async () => {
      for (const [index, { config, labels }] of queue) {
        const file = join(dir, `${index}.yaml`);
        await writeFile(file, config);
        const args = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
        const { stdout, stderr } = await outputOf(amtool, ['config', 'routes', 'test', `--config.file=${file}`, ...args]);
        receivers[index] = stdout.trimEnd() || stderr;
      }
    }));
    return receivers;
  });
}

async function inFolder<T>(work: (dir: string) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), 'belfry-amtool-'));
  try {
    return await work(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** The exit code says no more than the text. */
function outputOf(program: string, args: readonly string[]): Promise<{ stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    execFile(program, args, { maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error && typeof error.code !== 'number') reject(error);
      else resolve({ stdout, stderr });
    });
  });
}
