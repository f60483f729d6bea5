/** The operator as a process of its own, from the sources or as users run it. */
import { join } from 'node:path';
import type { ControlPlane } from './control-plane.ts';
import { crdsEstablished } from './crds.ts';
import { kubectlOk, runCommand } from './kubectl.ts';
import { freePorts, startProgram, type Program } from './process.ts';

const ROOT = join(import.meta.dirname, '../..');

/** The command as its sources are now, without a build. */
export const FROM_SOURCE: readonly string[] = [process.execPath, join(ROOT, 'src/main.ts')];
/** The command as `npm run build` made it, or the bundle that BELFRY_BUNDLE names. */
export const FROM_BUNDLE: readonly string[] = [process.execPath, process.env['BELFRY_BUNDLE'] ?? join(ROOT, 'dist/belfry.js')];

/** The user that the operator is to the API server where `installOperator` runs it: an audit log tells its writes from others'. */
export const OPERATOR_USER = 'belfry';

/** How to run it. */
export interface OperatorOptions {
  readonly kubeconfig: string;
  /** The folder of its log, which lies in `logs`. */
  readonly dir: string;
  /** Default: as it was built. */
  readonly command?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Tells several apart. Default `belfry`. */
  readonly name?: string;
  readonly leaderElect?: boolean;
  /** How it reaches pods; default: what it finds out itself. */
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

/** Starts `belfry run` on loopback, for the namespace belfry-system, which has to be there for leader election. */
export async function startOperator(options: OperatorOptions): Promise<RunningOperator> {
  const { kubeconfig, dir, command = FROM_BUNDLE, env = {}, name = 'belfry', leaderElect = false, podAccess, logLevel = 'info', isExpectedReady = true } = options;
  const [port] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const readyz = async (): Promise<{ status: number; body: string }> => {
    const response = await fetch(`${url}/readyz`);
    return { status: response.status, body: await response.text() };
  };
  const program = await startProgram({
    name,
    command: [...command, 'run', '--kubeconfig', kubeconfig, '--namespace', 'belfry-system', '--metrics-address', `127.0.0.1:${port}`,
      `--leader-elect=${leaderElect}`, '--log-level', logLevel, ...(podAccess === undefined ? [] : ['--pod-access', podAccess])],
    env,
    logFile: join(dir, 'logs', `${name}.log`),
    ready: async () => (isExpectedReady ? (await readyz()).status === 200 : (await fetch(`${url}/healthz`)).ok),
    readyTimeoutMs: 60_000,
    stopTimeoutMs: 15_000,
  });
  return {
    program,
    readyz,
    metric: async (metric, labels = {}) => sumOf(await (await fetch(`${url}/metrics`)).text(), metric, labels),
  };
}

/** Installs the CRDs, and runs the operator with all rights until it is ready. Ends with this process at the latest. */
export async function installOperator(plane: ControlPlane, { command = FROM_SOURCE }: { readonly command?: readonly string[] } = {}): Promise<Program> {
  const { code, stdout: crds, stderr } = await runCommand([...command, 'install', '--crds-only']);
  if (code !== 0) throw new Error(`belfry install ended with ${code}: ${stderr}`);
  await kubectlOk(plane.kubeconfig, ['apply', '-f', '-'], { stdin: crds });
  await crdsEstablished(plane.kubeconfig);
  await kubectlOk(plane.kubeconfig, ['create', 'namespace', 'belfry-system']);
  const kubeconfig = await plane.kubeconfigFor({ user: OPERATOR_USER, groups: ['system:masters'] });
  return (await startOperator({ kubeconfig, dir: plane.dir, command, leaderElect: true })).program;
}

function sumOf(text: string, metric: string, labels: Readonly<Record<string, string>>): number {
  let sum = 0;
  for (const line of text.split('\n')) {
    const [, name, inBraces = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    if (name === metric && Object.entries(labels).every(([label, wanted]) => inBraces.includes(`${label}="${wanted}"`))) sum += Number(value);
  }
  return sum;
}
