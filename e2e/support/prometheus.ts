/** A real Prometheus on loopback. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expectOk } from './expect-ok.ts';
import { freePorts, startProgram, type Program } from './process.ts';
import { ensureTool } from './tools.ts';

/** Which Prometheus to start, on which configuration. */
export interface PrometheusOptions {
  /** The folder that holds `prometheus.yml` and all it includes; the working directory too, so that relative paths hold. */
  readonly configDir: string;
  /** `3.15`, `2.55` …; default: the newest that is built here. */
  readonly version?: string;
  /** More arguments, for instance `--config.auto-reload-interval=1s`. */
  readonly args?: readonly string[];
}

/** One target as Prometheus reports it. */
export interface ActiveTarget {
  readonly labels: Readonly<Record<string, string>>;
  readonly discoveredLabels: Readonly<Record<string, string>>;
  readonly scrapePool: string;
  readonly scrapeUrl: string;
  readonly health: 'up' | 'down' | 'unknown';
  readonly lastError: string;
}

/** One element of an instant vector. */
export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [timeSeconds: number, value: string];
}

/** A running Prometheus. */
export interface RunningPrometheus {
  /** `http://127.0.0.1:port`, without a slash at the end. */
  readonly url: string;
  readonly program: Program;
  /** POST /-/reload; rejects with what Prometheus has against the configuration. */
  reload(): Promise<void>;
  /** GET below /api/v1, answers `data`; rejects with Prometheus' own error text. */
  api<T>(path: string, query?: Readonly<Record<string, string>>): Promise<T>;
  /** An instant query whose result is a vector. */
  query(expr: string): Promise<readonly Sample[]>;
  activeTargets(): Promise<readonly ActiveTarget[]>;
  stop(): Promise<void>;
}

/** Starts Prometheus and waits until it is ready, which is when it has loaded its configuration. Rejects with the end of its log otherwise. */
export async function startPrometheus({ configDir, version, args = [] }: PrometheusOptions): Promise<RunningPrometheus> {
  const command = await ensureTool(version === undefined ? 'prometheus' : `prometheus@${version}`);
  const dir = await mkdtemp(join(tmpdir(), 'belfry-prometheus-'));
  const [port = 0] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const program = await startProgram({
    name: 'prometheus',
    command: [command, '--config.file', join(configDir, 'prometheus.yml'), '--storage.tsdb.path', join(dir, 'data'),
      '--web.listen-address', `127.0.0.1:${port}`, '--web.enable-lifecycle', '--web.enable-admin-api', ...args],
    cwd: configDir,
    logFile: join(dir, 'prometheus.log'),
    ready: () => expectOk(`${url}/-/ready`),
  });
  const api = async <T>(path: string, query: Readonly<Record<string, string>> = {}): Promise<T> => {
    const response = await fetch(`${url}/api/v1${path}?${new URLSearchParams(query)}`);
    const answer = await response.json() as { status: string; data: T; error?: string };
    if (answer.status !== 'success') throw new Error(`${path}: ${answer.error ?? response.status}`);
    return answer.data;
  };
  return {
    url, program, api,
    reload: () => expectOk(`${url}/-/reload`, { method: 'POST' }),
    query: async (expr) => (await api<{ result: Sample[] }>('/query', { query: expr })).result,
    activeTargets: async () => (await api<{ activeTargets: ActiveTarget[] }>('/targets', { state: 'active' })).activeTargets,
    async stop() {
      await program.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
