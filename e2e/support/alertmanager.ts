/** A real Alertmanager on loopback. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expectOk } from './expect-ok.ts';
import { freePorts, startProgram, type Program } from './process.ts';
import { ensureTool } from './tools.ts';

/** Which configuration to start on. */
export interface AlertmanagerOptions {
  /** Path of `alertmanager.yml`; its templates and secret files are found relative to its folder. */
  readonly configFile: string;
  readonly args?: readonly string[];
}

/** An alert as `/api/v2/alerts` reports it. */
export interface ReportedAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly receivers: readonly { readonly name: string }[];
  readonly status: { readonly state: string; readonly silencedBy: readonly string[]; readonly inhibitedBy: readonly string[]; readonly mutedBy: readonly string[] };
  readonly fingerprint: string;
  readonly startsAt: string;
  readonly endsAt: string;
}

/** A running Alertmanager. */
export interface RunningAlertmanager {
  readonly url: string;
  readonly program: Program;
  /** POST /-/reload; rejects with what Alertmanager has against the configuration. */
  reload(): Promise<void>;
  /** Posts alerts as Prometheus does. */
  send(alerts: readonly { labels: Record<string, string>; annotations?: Record<string, string>; startsAt?: string; endsAt?: string }[]): Promise<void>;
  alerts(): Promise<readonly ReportedAlert[]>;
  stop(): Promise<void>;
}

/** Starts one Alertmanager, without a cluster unless `args` say where it listens for one, and waits until it is ready. Rejects with the end of its log otherwise. */
export async function startAlertmanager({ configFile, args = [] }: AlertmanagerOptions): Promise<RunningAlertmanager> {
  const command = await ensureTool('alertmanager');
  const dir = await mkdtemp(join(tmpdir(), 'belfry-alertmanager-'));
  const [port = 0] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const program = await startProgram({
    name: 'alertmanager',
    command: [command, '--config.file', configFile, '--storage.path', join(dir, 'data'),
      '--web.listen-address', `127.0.0.1:${port}`, ...(args.some((arg) => arg.startsWith('--cluster.listen-address=')) ? [] : ['--cluster.listen-address=']), ...args],
    logFile: join(dir, 'alertmanager.log'),
    ready: () => expectOk(`${url}/-/ready`),
  });
  return {
    url, program,
    reload: () => expectOk(`${url}/-/reload`, { method: 'POST' }),
    send: (alerts) => expectOk(`${url}/api/v2/alerts`, {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(alerts),
    }),
    alerts: async () => await (await fetch(`${url}/api/v2/alerts`)).json() as ReportedAlert[],
    async stop() {
      await program.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
