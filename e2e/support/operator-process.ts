/** The operator as users run it: the bundle, as a process, with its metrics in reach. */
import { join } from 'node:path';
import { freePorts, startProgram, type Program } from './process.ts';

/** How to run it. */
export interface OperatorOptions {
  readonly kubeconfig: string;
  /** The folder of its log. */
  readonly dir: string;
  /** Tells several apart. Default `belfry`. */
  readonly name?: string;
  readonly leaderElect?: boolean;
  /** How it reaches pods; default: straight. */
  readonly podAccess?: 'direct' | 'proxy';
  readonly logLevel?: 'debug' | 'info' | 'error';
  /** Do not wait until /readyz says yes: there may be no API server. */
  readonly isExpectedReady?: boolean;
}

/** A running operator. */
export interface RunningOperator {
  readonly program: Program;
  /** The sum over all series of a metric whose labels are these; 0 where there is none. */
  metric(name: string, labels?: Readonly<Record<string, string>>): Promise<number>;
  /** Status and body of /readyz. */
  readyz(): Promise<{ readonly status: number; readonly body: string }>;
}

/** The command `belfry`, as `make build` made it. */
export const BELFRY: readonly string[] = [process.execPath, process.env['BELFRY_BUNDLE'] ?? join(import.meta.dirname, '../../dist/belfry.js')];

/** Starts `belfry run` on loopback, for the namespace belfry-system, which has to be there for leader election. */
export async function startOperator(options: OperatorOptions): Promise<RunningOperator> {
  const { kubeconfig, dir, name = 'belfry', leaderElect = false, podAccess = 'direct', logLevel = 'info', isExpectedReady = true } = options;
  const [port] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const readyz = async (): Promise<{ status: number; body: string }> => {
    const response = await fetch(`${url}/readyz`);
    return { status: response.status, body: await response.text() };
  };
  const program = await startProgram({
    name,
    command: [...BELFRY, 'run', '--kubeconfig', kubeconfig, '--namespace', 'belfry-system', '--metrics-address', `127.0.0.1:${port}`,
      `--leader-elect=${leaderElect}`, '--pod-access', podAccess, '--log-level', logLevel],
    logFile: join(dir, 'logs', `${name}.log`),
    ready: async () => (isExpectedReady ? (await readyz()).status === 200 : (await fetch(`${url}/healthz`)).ok),
    stopTimeoutMs: 15_000,
  });
  return {
    program,
    readyz,
    metric: async (metric, labels = {}) => sumOf(await (await fetch(`${url}/metrics`)).text(), metric, labels),
  };
}

function sumOf(text: string, metric: string, labels: Readonly<Record<string, string>>): number {
  let sum = 0;
  for (const line of text.split('\n')) {
    const [, name, inBraces = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    if (name === metric && Object.entries(labels).every(([label, wanted]) => inBraces.includes(`${label}="${wanted}"`))) sum += Number(value);
  }
  return sum;
}
