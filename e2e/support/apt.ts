/**
 * The Debian packages that a node needs beside what `tools.ts` builds.
 *
 *   node e2e/support/apt.ts      installs what is missing; needs root, Debian or a kin of it
 */
import { execFile, spawn } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const execFileAsync = promisify(execFile);

/** What a single node is made of, beside the Kubernetes programs. */
export const NODE_PACKAGES: readonly string[] = [
  'containerd', 'runc', 'containernetworking-plugins', 'iptables', 'conntrack', 'ipset', 'socat', 'iproute2', 'openssl',
];

/** Which of `packages` dpkg does not hold as installed. Rejects where there is no dpkg. */
export async function missingPackages(packages: readonly string[] = NODE_PACKAGES): Promise<string[]> {
  // dpkg-query fails when it knows one of the names not at all, and still prints the others.
  const { stdout } = await execFileAsync('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\n', ...packages])
    .catch((error: unknown) => {
      if (error instanceof Error && 'stdout' in error && error.stdout !== '') return error as unknown as { stdout: string };
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
        throw new Error(`this machine has no dpkg; install ${packages.join(', ')} by hand`, { cause: error });
      }
      return { stdout: '' };
    });
  const installed = new Set(stdout.split('\n').filter((line) => line.endsWith(' installed')).map((line) => line.split(' ')[0]));
  return packages.filter((name) => !installed.has(name));
}

/** Installs what is missing of `packages`, with progress on stderr. No service is started: the node runs its own containerd. */
export async function ensurePackages(packages: readonly string[] = NODE_PACKAGES): Promise<void> {
  const missing = await missingPackages(packages);
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0) throw new Error(`not root, and these packages are missing: ${missing.join(' ')} (apt-get install)`);
  const startedAt = performance.now();
  process.stderr.write(`apt: installing ${missing.join(' ')}\n`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await withoutServices(async () => {
    await apt(['-q', 'update'], env);
    await apt(['-q', '-y', '--no-install-recommends', 'install', ...missing], env);
  });
  process.stderr.write(`apt: done in ${Math.round((performance.now() - startedAt) / 1000)} s\n`);
}

// Debian's install scripts ask this program before they start a service; 101 means no. One that is there already is left alone.
const POLICY = '/usr/sbin/policy-rc.d';

async function withoutServices(work: () => Promise<void>): Promise<void> {
  const ours = await writeFile(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755, flag: 'wx' }).then(() => true, () => false);
  try {
    await work();
  } finally {
    if (ours) await rm(POLICY, { force: true });
  }
}

async function apt(args: string[], env: NodeJS.ProcessEnv): Promise<void> {
  const child = spawn('apt-get', args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  const report = (text: string): void => {
    said += text;
    for (const line of text.split('\n')) if (/^(Get:|Setting up)/.test(line)) process.stderr.write(`apt: ${line}\n`);
  };
  child.stdout.setEncoding('utf8').on('data', report);
  child.stderr.setEncoding('utf8').on('data', report);
  const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
  if (code !== 0) throw new Error(`apt-get ${args.join(' ')} failed:\n${said.split('\n').slice(-15).join('\n')}`);
}

if (import.meta.main) {
  ensurePackages().catch((error: unknown) => {
    process.stderr.write(`apt: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
}
