/** The real kubectl, with a kubeconfig. */
import { spawn } from 'node:child_process';
import { ensureTool } from './tools.ts';

/** How a command ended. */
export interface CommandResult {
  /** Exit code; 128 when a signal ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end. Rejects only when it cannot be started, or does not end within `timeoutMs`. */
export async function runCommand(
  command: readonly string[],
  options: { stdin?: string | Buffer; env?: Readonly<Record<string, string>>; cwd?: string; timeoutMs?: number } = {},
): Promise<CommandResult> {
  const [program = '', ...args] = command;
  const child = spawn(program, args, { env: { ...process.env, ...options.env }, cwd: options.cwd, timeout: options.timeoutMs });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  child.stdin.on('error', () => undefined); // it may end without reading all of it
  child.stdin.end(options.stdin ?? '');
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) => resolve(exitCode ?? 128));
  });
  return { code, stdout: Buffer.concat(stdout).toString('utf8'), stderr: Buffer.concat(stderr).toString('utf8') };
}

/** Runs kubectl and answers how it ended, whatever the exit code. */
export async function kubectl(
  kubeconfig: string,
  args: readonly string[],
  options: { stdin?: string; timeoutMs?: number } = {},
): Promise<CommandResult> {
  return runCommand([await ensureTool('kubectl'), '--kubeconfig', kubeconfig, ...args], { timeoutMs: 120_000, ...options });
}

/** Runs kubectl, answers its stdout, and rejects with its stderr when it fails. */
export async function kubectlOk(kubeconfig: string, args: readonly string[], options: { stdin?: string; timeoutMs?: number } = {}): Promise<string> {
  const { code, stdout, stderr } = await kubectl(kubeconfig, args, options);
  if (code !== 0) throw new Error(`kubectl ${args.join(' ')} ended with ${code}: ${stderr || stdout}`);
  return stdout;
}

/** `kubectl get … -o json`, parsed. The caller says what it expects. */
export async function kubectlJson<T>(kubeconfig: string, args: readonly string[]): Promise<T> {
  return JSON.parse(await kubectlOk(kubeconfig, [...args, '-o', 'json'])) as T;
}
