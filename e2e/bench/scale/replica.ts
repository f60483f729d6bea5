/**
 * A Prometheus pod without a node: the Pod is an object that we make, its address is this machine's, and behind it answers
 * either a stand-in or a real Prometheus that reads what the operator wrote, as the kubelet would have mounted it.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KubeObject } from '../../../src/api/kube-object.ts';
import type { Client } from '../../../src/kube/client.ts';
import { expectOk } from '../../support/expect-ok.ts';
import { startProgram, type Program } from '../../support/process.ts';
import { ensureTool } from '../../support/tools.ts';
import type { ConfigWatch } from './config-watch.ts';
import { HOME } from './contender.ts';
import { healthyOf, jobsAsked, sumsOf } from './healthy.ts';

const PORT = 9090;
/** From a write until a replica shows it: what a kubelet and a Prometheus that reloads by itself take (make bench-live). */
const RELOAD_MS = 700;

/** An address of this machine that the API server is willing to forward to, which loopback is not. */
export function ownAddress(): string {
  const found = Object.values(networkInterfaces()).flat().find((one) => one?.family === 'IPv4' && !one.internal);
  if (!found) throw new Error('no network interface but loopback: the API server forwards to no pod there');
  return found.address;
}

/** Makes the first pod of the stack's StatefulSet, as its controller would, running and ready at our address. */
export async function createReplica(client: Client): Promise<void> {
  const statefulSet = await client.read({ apiVersion: 'apps/v1', kind: 'StatefulSet', namespace: HOME, name: 'prometheus-scale' });
  if (!statefulSet) throw new Error('the operator has made no StatefulSet');
  const { template } = statefulSet['spec'] as { template: { metadata: KubeObject['metadata']; spec: object } };
  const { name } = statefulSet.metadata;
  const pod = {
    apiVersion: 'v1', kind: 'Pod',
    metadata: {
      ...template.metadata, name: `${name}-0`, namespace: HOME,
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'StatefulSet', name, uid: statefulSet.metadata.uid ?? '', controller: true }],
    },
    spec: template.spec,
  };
  await client.create(pod);
  const podIP = ownAddress();
  await client.writeStatus({ apiVersion: 'v1', kind: 'Pod', namespace: HOME, name: `${name}-0` }, {
    phase: 'Running', podIP, podIPs: [{ ip: podIP }], conditions: [{ type: 'Ready', status: 'True' }],
    containerStatuses: [{ name: 'prometheus', ready: true, restartCount: 0, image: '', imageID: '', containerID: 'bench://1', state: { running: {} } }],
  });
}

/** Answers as a Prometheus with one healthy target for each job; shows a config a moment after it was written. */
export async function startStandIn(config: ConfigWatch, jobs: () => number): Promise<{ stop(): Promise<void> }> {
  const shown = new Set<string>();
  config.onChange(() => {
    const markers = config.objects().flatMap(markersOf);
    setTimeout(() => {
      shown.clear();
      for (const marker of markers) shown.add(marker);
    }, RELOAD_MS);
  });
  let up = { jobs: -1, text: '' };
  const answer = (path: string, query: URLSearchParams): string => {
    if (path === '/api/v1/rules') return success({ groups: query.getAll('rule_group[]').filter((name) => shown.has(name)).map((name) => ({ name, rules: [] })) });
    const asked = query.get('query') ?? '';
    if (asked.startsWith('label_replace')) return sumsOf(jobs());
    if (!asked.endsWith('== 1)')) return success({ resultType: 'vector', result: [], activeTargets: [], droppedTargets: [] });
    if (!asked.endsWith('(up == 1)')) return healthyOf(jobsAsked(asked).filter((index) => index < jobs()));
    if (up.jobs !== jobs()) up = { jobs: jobs(), text: healthyOf(Array.from({ length: jobs() }, (_, index) => index)) };
    return up.text;
  };
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '/', 'http://replica');
    response.setHeader('content-type', 'application/json');
    response.end(answer(url.pathname, url.searchParams));
  });
  await listen(server);
  return { stop: () => new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  }) };
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve, reject) => server.once('error', reject).listen(PORT, ownAddress(), resolve));
}

function success(data: object): string {
  return JSON.stringify({ status: 'success', data });
}

function markersOf(object: KubeObject): string[] {
  const text = Object.values((object['data'] ?? {}) as Record<string, string>).join('\n');
  return [...text.matchAll(/belfry-config\/[^\s"']+/g)].map(([marker]) => marker);
}

/** A real Prometheus at the pod's address, reading what the operator has written. */
export interface LivePrometheus {
  readonly program: Program;
  readonly files: number;
  scrapePools(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

/** Puts the ConfigMaps into a folder, as the kubelet does for the pod, and starts Prometheus on it. */
export async function startLivePrometheus(objects: readonly KubeObject[], version = '3.15'): Promise<LivePrometheus> {
  const command = await ensureTool(`prometheus@${version}`);
  const dir = await mkdtemp(join(tmpdir(), 'belfry-bench-prometheus-'));
  const configDir = join(dir, 'config');
  await mkdir(configDir);
  const files = objects.flatMap((object) => Object.entries((object['data'] ?? {}) as Record<string, string>));
  await Promise.all(files.map(([file, text]) => writeFile(join(configDir, file), text)));
  const address = `${ownAddress()}:${PORT}`;
  const program = await startProgram({
    name: 'prometheus',
    command: [command, '--config.file', join(configDir, 'prometheus.yml'), '--storage.tsdb.path', join(dir, 'data'), '--web.listen-address', address, '--web.enable-lifecycle'],
    cwd: configDir,
    logFile: join(dir, 'prometheus.log'),
    ready: () => expectOk(`http://${address}/-/ready`),
    readyTimeoutMs: 180_000,
  });
  return {
    program,
    files: files.length,
    scrapePools: async () => ((await (await fetch(`http://${address}/api/v1/scrape_pools`)).json()) as { data: { scrapePools: string[] } }).data.scrapePools,
    async stop() {
      await program.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
