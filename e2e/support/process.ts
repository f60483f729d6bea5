/**
 * Programs that tests start: with a log file, a way to see that they are ready, faults on demand, and an end that is certain.
 *
 * A child dies with the process that started it, even when that one is killed (where util-linux' `setpriv` is there, as on
 * Debian), unless it is started `detached`; then `endProcess` ends it later, from its record.
 */
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { waitFor } from './wait-for.ts';

/** What it takes to start one program. */
export interface ProgramOptions {
  /** For messages: `etcd`. */
  readonly name: string;
  readonly command: readonly string[];
  /** Where stdout and stderr go, appended. */
  readonly logFile: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Asked until it does not throw and does not answer false. Without it, started means ready. */
  readonly ready?: () => Promise<unknown>;
  readonly readyTimeoutMs?: number;
  /** Outlives this process. */
  readonly detached?: boolean;
  /** Grace between SIGTERM and SIGKILL on `stop`. */
  readonly stopTimeoutMs?: number;
}

/** Enough to find a running program again, and to be sure that its pid has not passed on to another. */
export interface ProcessRecord {
  readonly name: string;
  readonly pid: number;
  /** Clock ticks since boot, from /proc; empty where there is none. */
  readonly startTime: string;
}

/** A program that can be stopped, killed, frozen and started again with the same arguments. */
export interface Program {
  readonly name: string;
  readonly logFile: string;
  /** Of the running program; throws while there is none. */
  pid(): number;
  isRunning(): boolean;
  record(): ProcessRecord;
  /** Starts it (again), and waits until it is ready. Rejects with the end of its log if it ends before. */
  start(): Promise<void>;
  /** SIGTERM, then SIGKILL after the grace period; resolves once it is gone. */
  stop(): Promise<void>;
  /** SIGKILL; resolves once it is gone. */
  kill(): Promise<void>;
  /** Freezes it: connections stay open and nothing answers. */
  pause(): void;
  resume(): void;
  signal(signal: NodeJS.Signals): void;
}

const SETPRIV = ['/usr/bin/setpriv', '/bin/setpriv'].find((path) => existsSync(path));
const running = new Set<number>();

// Last resort, for ends without stop(): a failed assertion in a hook, a signal, an uncaught error.
process.on('exit', () => {
  for (const pid of running) sendSignal(pid, 'SIGKILL');
});
for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]] as const) {
  process.on(signal, () => {
    // Whoever else listens (mocha, a demo's own clean-up) decides when to leave.
    if (process.listenerCount(signal) === 1) process.exit(code);
  });
}

/** Starts the program and waits until it is ready. */
export async function startProgram(options: ProgramOptions): Promise<Program> {
  const program = describeProgram(options);
  await program.start();
  return program;
}

function describeProgram(options: ProgramOptions): Program {
  let pid: number | undefined;
  let startTime = '';
  const isRunning = (): boolean => pid !== undefined && isSame({ name: options.name, pid, startTime });
  const need = (): number => {
    if (pid === undefined || !isRunning()) throw new Error(`${options.name} is not running`);
    return pid;
  };
  const signal = (name: NodeJS.Signals): void => {
    sendSignal(need(), name);
  };
  const gone = async (timeoutMs: number): Promise<void> => {
    await waitFor(`${options.name} to end`, () => !isRunning(), { timeoutMs, intervalMs: 20 });
    if (pid !== undefined) running.delete(pid);
  };
  const kill = async (): Promise<void> => {
    // It may end by itself at this very moment.
    if (pid !== undefined && isRunning()) sendSignal(pid, 'SIGKILL');
    await gone(10_000);
  };
  return {
    name: options.name,
    logFile: options.logFile,
    pid: need,
    isRunning,
    record: () => ({ name: options.name, pid: need(), startTime }),
    signal,
    pause: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
    kill,
    async start() {
      if (isRunning()) throw new Error(`${options.name} is running already`);
      pid = await launch(options);
      startTime = startTimeOf(pid);
      await becomeReady(options, isRunning).catch(async (error: unknown) => {
        await kill();
        throw error;
      });
    },
    async stop() {
      if (pid !== undefined && isRunning()) {
        sendSignal(pid, 'SIGTERM');
        // A frozen one would not see it; a quick one is gone already.
        sendSignal(pid, 'SIGCONT');
      }
      await gone(options.stopTimeoutMs ?? 10_000).catch(kill);
    },
  };
}

async function launch(options: ProgramOptions): Promise<number> {
  await mkdir(dirname(options.logFile), { recursive: true });
  const log = openSync(options.logFile, 'a');
  const dieWithUs = SETPRIV !== undefined && options.detached !== true ? [SETPRIV, '--pdeathsig', 'KILL', '--'] : [];
  const [command = '', ...args] = [...dieWithUs, ...options.command];
  try {
    const child = spawn(command, args, {
      stdio: ['ignore', log, log],
      env: { ...process.env, ...options.env },
      cwd: options.cwd,
      detached: true, // its own process group: Ctrl-C reaches us, and we decide the order in which things end
    });
    await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    const { pid = 0 } = child;
    if (options.detached !== true) running.add(pid);
    child.once('exit', () => running.delete(pid));
    child.unref();
    return pid;
  } catch (cause) {
    throw new Error(`${options.name} did not start: ${command} ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  } finally {
    closeSync(log);
  }
}

async function becomeReady(options: ProgramOptions, isRunning: () => boolean): Promise<void> {
  let ended = false;
  const probe = async (): Promise<boolean> => {
    ended = !isRunning();
    if (ended || options.ready === undefined) return true;
    return (await options.ready()) !== false;
  };
  try {
    await waitFor(`${options.name} to be ready`, probe, { timeoutMs: options.readyTimeoutMs ?? 30_000, intervalMs: 50 });
  } catch (cause) {
    throw new Error(`${cause instanceof Error ? cause.message : String(cause)}\n${await tail(options.logFile)}`, { cause });
  }
  if (ended) throw new Error(`${options.name} ended while starting:\n${await tail(options.logFile)}`);
}

async function tail(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return `--- last lines of ${file}\n${text.split('\n').slice(-25).join('\n')}`;
}

/** Ends the recorded programs one after the other, each by SIGTERM and, after the grace period, SIGKILL. */
export async function endProcesses(records: readonly ProcessRecord[], graceMs = 10_000): Promise<void> {
  for (const record of records) {
    if (!isSame(record)) continue;
    sendSignal(record.pid, 'SIGTERM');
    sendSignal(record.pid, 'SIGCONT');
    const gone = (): boolean => !isSame(record);
    await waitFor(`${record.name} to end`, gone, { timeoutMs: graceMs, intervalMs: 20 }).catch(async () => {
      if (isSame(record)) sendSignal(record.pid, 'SIGKILL');
      await waitFor(`${record.name} to end`, gone, { timeoutMs: graceMs, intervalMs: 20 });
    });
  }
}

/** Whether the recorded program still runs, under its own pid. */
export function isSame({ pid, startTime }: ProcessRecord): boolean {
  if (startTime === '') return sendSignal(pid, 0);
  return startTimeOf(pid) === startTime;
}

/**
 * Clock ticks since boot at which `pid` started; empty for one that is gone or only waits to be reaped. One that was killed waits
 * so while its threads end, and until the last has ended its files and ports are still its own (proc_pid_stat(5)).
 */
export function startTimeOf(pid: number): string {
  try {
    // The name in parentheses may hold anything; what follows it is plain.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ');
    const [state, threads, startTime = ''] = [fields[0], Number(fields[17]), fields[19]];
    return state === 'X' || (state === 'Z' && threads <= 1) ? '' : startTime;
  } catch {
    return '';
  }
}

function sendSignal(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false; // gone, which is what every caller wants or checks for
  }
}

/** Below the ports that Linux gives to outgoing connections (32768 and up): nobody takes one of these while a server that had it is away. */
const SERVER_PORTS = { first: 15_000, count: 17_000 };

/** `count` different TCP ports of 127.0.0.1 on which nothing listens now. */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = SERVER_PORTS.first + Math.floor(Math.random() * SERVER_PORTS.count);
    if (!ports.has(port) && (await isFree(port))) ports.add(port);
  }
  return [...ports];
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
