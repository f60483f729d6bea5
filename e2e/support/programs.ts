/** The small programs of this folder (`programs/`), built into the same cache as the tools. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheDir } from './tools.ts';

/** Folders below `e2e/support/programs`. */
export type ProgramName = 'pause' | 'grafana-stand-in' | 'beyla-stand-in' | 'demo-shop' | 'demo-pager' | 'test-subject';

const SOURCES = join(import.meta.dirname, 'programs');

/** The path of the static binary, built first where it is missing or its source has changed. */
export async function ensureProgram(name: ProgramName): Promise<string> {
  const source = await readFile(join(SOURCES, name, 'main.go'));
  const dir = join(cacheDir(), 'tools', name, createHash('sha256').update(source).digest('hex').slice(0, 12));
  const path = join(dir, name);
  if (existsSync(path)) return path;
  const built = join(dir, `${name}.${process.pid}`);
  await mkdir(dir, { recursive: true });
  process.stderr.write(`tools: ${name}: compiling\n`);
  // Seconds each, so without the lock: nobody waits minutes for them behind a large compile.
  await promisify(execFile)('go', ['build', '-trimpath', '-ldflags', '-s -w', '-o', built, `./${name}`], {
    cwd: SOURCES,
    env: { ...process.env, CGO_ENABLED: '0', GOWORK: 'off', GOFLAGS: '-mod=mod -buildvcs=false' },
  });
  await rename(built, path);
  return path;
}
