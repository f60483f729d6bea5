/**
 * What stands in for a kubelet where no container runtime is needed: it registers a Node, and runs the real Prometheus and
 * Alertmanager of the pods that the real scheduler puts on it as plain processes, each on a loopback address of its own, on
 * the files of the pod's ConfigMaps and Secrets. Containers of any other image are reported as running, and nothing runs.
 *
 * As a kubelet does, it reads ConfigMaps and Secrets anew when the pod changes, and otherwise once a minute; restarts what
 * ended, at once, and counts it; asks readiness probes. Data lives as long as its pod, as in an emptyDir.
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { request as requestOver, Agent } from 'node:https';
import { dirname, join } from 'node:path';
import type { KubeObject } from '../../src/api/kube-object.ts';
import type { ControlPlane } from './control-plane.ts';
import { startProgram, type Program } from './process.ts';
import { ensureTool } from './tools.ts';
import { waitFor } from './wait-for.ts';

interface Container {
  readonly name: string;
  readonly image: string;
  readonly args?: readonly string[];
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
}

interface Source {
  readonly configMap?: { readonly name: string };
  readonly secret?: { readonly name: string };
}

interface Volume {
  readonly name: string;
  readonly projected?: { readonly sources: readonly Source[] };
  readonly configMap?: { readonly name: string };
  readonly secret?: { readonly secretName: string };
}

interface PodSpec {
  readonly nodeName?: string;
  readonly containers: readonly Container[];
  readonly volumes?: readonly Volume[];
}

/** A pod that this stand-in runs. */
export interface RunningPod {
  readonly key: string;
  readonly component: string;
  readonly ip: string;
  /** `http://ip:port` of its program. */
  readonly url: string;
  /** For faults: kill it (it is restarted), freeze it, or keep it away. */
  readonly program: Program;
  readonly restarts: number;
}

/** A running stand-in. */
export interface KubeletStandIn {
  /** The pods with a program of a component (`prometheus`, `alertmanager`) whose names begin like this, sorted by name. */
  pods(component: string, prefix?: string): RunningPod[];
  /** Puts a file that no ConfigMap has into a volume of a pod; the answer takes it away again. */
  plant(key: string, volume: string, file: { readonly name: string; readonly content: string }): Promise<() => Promise<void>>;
  /** Programs of these pods are not started again until the answer is called. */
  keepAway(key: string): () => void;
  /** Ends all faults: nothing is kept away or frozen any more. */
  heal(): void;
  stop(): Promise<void>;
}

const LOOK_MS = 200;
const REFRESH_MS = 60_000;
const HEARTBEAT_MS = 10_000;
const PORTS: Readonly<Record<string, number>> = { prometheus: 9090, alertmanager: 9093 };

/** Of its own, so that several in a row of processes do not meet: their numbers lie close together. */
const NETWORK = `127.${64 + (process.pid % 128)}`;

/** Registers the Node `stand-in` at `plane` (which needs its controllers) and begins to run pods, on addresses of 127.0.0.0/8. */
export async function startKubeletStandIn(plane: ControlPlane): Promise<KubeletStandIn> {
  await Promise.all([ensureTool('prometheus'), ensureTool('alertmanager')]);
  const standIn = new StandIn(await apiOf(plane), join(plane.dir, 'kubelet'));
  await standIn.register();
  standIn.start();
  return standIn;
}

/** Requests to the API server as an administrator: no code of the operator's, and never through a fault. */
type Api = (method: string, path: string, body?: object, contentType?: string) => Promise<{ readonly status: number; readonly body: KubeObject & { items?: KubeObject[] } }>;

async function apiOf({ url, dir, authority }: ControlPlane): Promise<Api> {
  const [ca, cert, key] = await Promise.all([authority.cert, join(dir, 'pki/user-admin.crt'), join(dir, 'pki/user-admin.key')].map((file) => readFile(file)));
  const agent = new Agent({ ca, cert: cert as Buffer, key: key as Buffer, keepAlive: true });
  return (method, path, body, contentType = 'application/json') => new Promise((resolve, reject) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    // Of a DELETE Node would not say how long its body is.
    const headers = text === undefined ? {} : { 'content-type': contentType, 'content-length': Buffer.byteLength(text) };
    const sent = requestOver(`${url}${path}`, { method, agent, timeout: 5_000, headers }, (response) => {
      let answer = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk)).once('error', reject);
      response.once('end', () => {
        try {
          resolve({ status: response.statusCode ?? 0, body: JSON.parse(answer) as KubeObject });
        } catch (error) {
          reject(error as Error);
        }
      });
    });
    sent.once('timeout', () => sent.destroy(new Error(`${path} did not answer`)));
    sent.once('error', reject).end(text);
  });
}

class StandIn implements KubeletStandIn {
  readonly #api: Api;
  readonly #dir: string;
  readonly #sandboxes = new Map<string, Sandbox>();
  readonly #away = new Set<string>();
  #stopped = false;
  #loop: Promise<void> | undefined;
  #beatMs = 0;
  #addresses = 0;

  constructor(api: Api, dir: string) {
    this.#api = api;
    this.#dir = dir;
  }

  async register(): Promise<void> {
    const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'stand-in', labels: { 'kubernetes.io/hostname': 'stand-in', 'kubernetes.io/os': 'linux' } }, spec: { podCIDR: `${NETWORK}.0.0/16` } };
    const { status, body } = await this.#api('POST', '/api/v1/nodes', node);
    if (status >= 300 && status !== 409) throw new Error(`the Node was refused: ${JSON.stringify(body)}`);
    await this.#beat();
  }

  start(): void {
    this.#loop = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#loop;
    await Promise.all([...this.#sandboxes.values()].map((sandbox) => sandbox.stop()));
  }

  pods(component: string, prefix = ''): RunningPod[] {
    return [...this.#sandboxes.values()].flatMap((sandbox) => sandbox.running ?? [])
      .filter((pod) => pod.component === component && pod.key.startsWith(prefix))
      .sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  keepAway(key: string): () => void {
    this.#away.add(key);
    return () => this.#away.delete(key);
  }

  heal(): void {
    this.#away.clear();
    for (const { running } of this.#sandboxes.values()) if (running?.program.isRunning()) running.program.resume();
  }

  async plant(key: string, volume: string, { name, content }: { readonly name: string; readonly content: string }): Promise<() => Promise<void>> {
    const sandbox = [...this.#sandboxes.values()].find(({ running }) => running?.key === key);
    if (!sandbox) throw new Error(`${key} does not run`);
    await sandbox.plant(volume, name, content);
    return () => sandbox.plant(volume, name, undefined);
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      // A kubelet lives through the death of its API server; so does this.
      await this.#look().catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  async #beat(): Promise<void> {
    const now = new Date().toISOString().replace(/\.\d+/, '');
    const conditions = [{ type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'a stand-in', lastHeartbeatTime: now, lastTransitionTime: now }];
    const amount = { cpu: '64', memory: '256Gi', pods: '250', 'ephemeral-storage': '100Gi' };
    const status = { conditions, capacity: amount, allocatable: amount, addresses: [{ type: 'InternalIP', address: '127.0.0.1' }] };
    await this.#api('PATCH', '/api/v1/nodes/stand-in/status', { status }, 'application/strategic-merge-patch+json');
    await this.#api('PATCH', '/api/v1/nodes/stand-in', { spec: { taints: null } }, 'application/merge-patch+json');
    this.#beatMs = Date.now();
  }

  async #look(): Promise<void> {
    if (Date.now() - this.#beatMs > HEARTBEAT_MS) await this.#beat();
    const { status, body } = await this.#api('GET', `/api/v1/pods?fieldSelector=${encodeURIComponent('spec.nodeName=stand-in')}`);
    if (status !== 200) return;
    const pods = new Map((body.items ?? []).map((pod) => [pod.metadata.uid ?? '', pod]));
    for (const [uid, sandbox] of this.#sandboxes) {
      if (pods.has(uid)) continue;
      await sandbox.stop();
      this.#sandboxes.delete(uid);
    }
    await Promise.all([...pods].map(([uid, pod]) => this.#sync(uid, pod).catch(() => undefined)));
  }

  async #sync(uid: string, pod: KubeObject): Promise<void> {
    let sandbox = this.#sandboxes.get(uid);
    if (!sandbox) {
      this.#addresses += 1;
      const ip = `${NETWORK}.${Math.floor(this.#addresses / 250)}.${(this.#addresses % 250) + 1}`;
      sandbox = new Sandbox({ api: this.#api, dir: join(this.#dir, uid), ip });
      this.#sandboxes.set(uid, sandbox);
    }
    if (pod.metadata.deletionTimestamp !== undefined) await sandbox.end(pod);
    else await sandbox.sync(pod, this.#away.has(`${pod.metadata.namespace}/${pod.metadata.name}`));
  }
}

/** One pod. */
class Sandbox {
  readonly #api: Api;
  readonly #dir: string;
  readonly #ip: string;
  readonly #startedAt = new Date().toISOString().replace(/\.\d+/, '');
  #program: Program | undefined;
  #pod: { readonly key: string; readonly component: string; readonly url: string } | undefined;
  #restarts = 0;
  #lives = 0;
  #version: string | undefined;
  #filesMs = 0;
  #reported = '';
  /** Content by `volume/file`. */
  readonly #planted = new Map<string, string>();

  constructor({ api, dir, ip }: { readonly api: Api; readonly dir: string; readonly ip: string }) {
    this.#api = api;
    this.#dir = dir;
    this.#ip = ip;
  }

  get running(): RunningPod | undefined {
    return this.#program && this.#pod && { ...this.#pod, ip: this.#ip, program: this.#program, restarts: this.#restarts };
  }

  async sync(pod: KubeObject, isKeptAway: boolean): Promise<void> {
    const spec = pod['spec'] as unknown as PodSpec;
    const main = spec.containers.find(({ name }) => PORTS[name] !== undefined);
    // Its own status writes move the version too; a kubelet does not count those either.
    const version = JSON.stringify([pod.metadata.annotations, pod.metadata.labels]);
    if (main && (version !== this.#version || Date.now() - this.#filesMs > REFRESH_MS)) {
      await this.#writeFiles(pod, spec);
      this.#version = version;
    }
    if (main && !isKeptAway) await this.#keepRunning(pod, main);
    await this.#report(pod, spec, main);
  }

  /** Resolves once the file is there, or gone. */
  async plant(volume: string, name: string, content: string | undefined): Promise<void> {
    const path = `${volume}/${name}`;
    if (content === undefined) this.#planted.delete(path);
    else this.#planted.set(path, content);
    this.#version = undefined;
    await waitFor(`${path} to ${content === undefined ? 'go' : 'be there'}`, () => existsSync(join(this.#dir, path)) === (content !== undefined));
  }

  async end(pod: KubeObject): Promise<void> {
    await this.stop();
    await this.#api('DELETE', pathOf(pod), { apiVersion: 'v1', kind: 'DeleteOptions', gracePeriodSeconds: 0, preconditions: { uid: pod.metadata.uid } });
  }

  async stop(): Promise<void> {
    await this.#program?.kill();
    await rm(this.#dir, { recursive: true, force: true });
  }

  async #keepRunning(pod: KubeObject, container: Container): Promise<void> {
    if (this.#program?.isRunning()) return;
    const { name, namespace } = pod.metadata;
    const url = `http://${this.#ip}:${PORTS[container.name]}`;
    this.#pod = { key: `${namespace}/${name}`, component: container.name, url };
    this.#lives += 1;
    this.#restarts = this.#lives - 1;
    this.#program = await startProgram({
      name: `${namespace}/${name}`,
      command: [await ensureTool(container.name), ...(container.args ?? []).map((arg) => this.#local(arg, container))],
      cwd: this.#dir,
      env: { POD_NAME: name, POD_IP: this.#ip },
      logFile: join(dirname(this.#dir), 'logs', `${namespace}-${name}.log`),
      stopTimeoutMs: 1_000,
    });
  }

  /** An argument with its paths below our folder, and its port on our address. */
  #local(arg: string, { volumeMounts = [] }: Container): string {
    const mount = volumeMounts.toSorted((a, b) => b.mountPath.length - a.mountPath.length).find(({ mountPath }) => arg.includes(`=${mountPath}`));
    const moved = mount ? arg.replace(`=${mount.mountPath}`, `=${join(this.#dir, mount.name)}`) : arg;
    return moved.replace(/^(--web\.listen-address=):/, `$1${this.#ip}:`).replaceAll('$(POD_IP)', this.#ip);
  }

  /** Volumes of ConfigMaps and Secrets, replaced as a whole by one rename, as the kubelet does it. */
  async #writeFiles(pod: KubeObject, { volumes = [] }: PodSpec): Promise<void> {
    const namespace = pod.metadata.namespace ?? '';
    const [configMaps, secrets] = await Promise.all(['configmaps', 'secrets'].map((plural) => this.#read(namespace, plural)));
    for (const { name, projected, configMap, secret } of volumes) {
      const sources = projected?.sources ?? (configMap ? [{ configMap }] : secret ? [{ secret: { name: secret.secretName } }] : []);
      const files = new Map<string, Buffer>();
      for (const source of sources) {
        const { name: wanted } = ('configMap' in source && source.configMap) || ('secret' in source && source.secret) || { name: '' };
        const from = 'configMap' in source && source.configMap ? configMaps : secrets;
        for (const [key, value] of from?.get(wanted) ?? []) files.set(key, value);
      }
      for (const [path, content] of this.#planted) if (path.startsWith(`${name}/`)) files.set(path.slice(name.length + 1), Buffer.from(content));
      if (sources.length > 0) await this.#replace(name, files);
    }
    this.#filesMs = Date.now();
  }

  async #read(namespace: string, plural: string): Promise<Map<string, Map<string, Buffer>>> {
    const { status, body } = await this.#api('GET', `/api/v1/namespaces/${namespace}/${plural}`);
    if (status !== 200) throw new Error(`${plural} of ${namespace}: ${status}`);
    return new Map((body.items ?? []).map((item) => {
      const data = Object.entries((item['data'] ?? {}) as Record<string, string>);
      return [item.metadata.name, new Map(data.map(([key, value]) => [key, Buffer.from(value, plural === 'secrets' ? 'base64' : 'utf8')]))];
    }));
  }

  async #replace(volume: string, files: ReadonlyMap<string, Buffer>): Promise<void> {
    const version = `${volume}.${Date.now()}`;
    const folder = join(this.#dir, version);
    await mkdir(folder, { recursive: true });
    for (const [name, content] of files) await writeFile(join(folder, name), content);
    const link = join(this.#dir, volume);
    await symlink(version, `${link}.new`);
    await rename(`${link}.new`, link);
  }

  async #report(pod: KubeObject, { containers }: PodSpec, main: Container | undefined): Promise<void> {
    const isRunning = main === undefined || this.#program?.isRunning() === true;
    const isReady = isRunning && (main === undefined || await this.#isReady());
    const reported = JSON.stringify([isRunning, isReady, this.#lives]);
    if (reported === this.#reported) return;
    const at = new Date().toISOString().replace(/\.\d+/, '');
    const condition = (type: string, holds: boolean) => ({ type, status: holds ? 'True' : 'False', lastTransitionTime: at });
    const status = {
      phase: 'Running', podIP: this.#ip, podIPs: [{ ip: this.#ip }], hostIP: '127.0.0.1', startTime: this.#startedAt,
      conditions: [condition('Initialized', true), condition('PodScheduled', true), condition('ContainersReady', isReady), condition('Ready', isReady)],
      containerStatuses: containers.map(({ name, image }) => ({
        name, image, imageID: '', ready: isReady, restartCount: this.#restarts, started: isRunning,
        containerID: `stand-in://${pod.metadata.uid}-${name}-${this.#lives}`,
        state: isRunning ? { running: { startedAt: at } } : { terminated: { exitCode: 137, reason: 'Error', startedAt: at, finishedAt: at } },
      })),
    };
    const { status: code } = await this.#api('PATCH', `${pathOf(pod)}/status`, { status }, 'application/merge-patch+json');
    if (code === 200) this.#reported = reported;
  }

  async #isReady(): Promise<boolean> {
    try {
      return (await fetch(`${this.#pod?.url}/-/ready`, { signal: AbortSignal.timeout(1_000) })).ok;
    } catch {
      return false;
    }
  }
}

function pathOf({ metadata }: KubeObject): string {
  return `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}`;
}
