import { existsSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { environmentProxy } from './environment-proxy.ts';
import { KubeError } from './errors.ts';

/** Where the kubeconfig comes from. */
export interface KubeConfigSource {
  /** Path of a kubeconfig; where absent: in-cluster, then KUBECONFIG, then ~/.kube/config. */
  readonly kubeconfig?: string | undefined;
  /** Another context than the current one. */
  readonly context?: string | undefined;
}

/** What a connection to the API server needs: its headers and its agent. */
export interface Access {
  readonly headers: Readonly<Record<string, string>>;
  /** For requests: keeps connections, and limits their number. */
  readonly agent: http.Agent;
  /** For watches: each holds a connection for minutes, so they must not use up the others' number. */
  readonly watchAgent: http.Agent;
  /** For the lease: whoever waits behind a hundred writes for its renewal does not lead for long. */
  readonly leaseAgent: http.Agent;
}

type Agents = Pick<Access, 'agent' | 'watchAgent' | 'leaseAgent'>;

const TOKEN_FILE = '/var/run/secrets/kubernetes.io/serviceaccount/token';
const MAX_SOCKETS = 16;
/** Tokens rotate and certificates are renewed: what was read counts for this long. */
const ACCESS_MS = 1000;
/** After a 401 the kubeconfig is read anew, but not more often than this. */
const RELOAD_MS = 10_000;

/**
 * Loads a kubeconfig by the rules of `@kubernetes/client-node`. Rejects with a KubeError that names the file.
 * The deep import matters: the package's index loads every generated API class, which nothing here uses.
 */
export async function loadKubeConfig(source: KubeConfigSource): Promise<KubeConfig> {
  const { KubeConfig: Config } = await import('@kubernetes/client-node/dist/config.js');
  const config = new Config();
  try {
    loadInto(config, source);
  } catch (error) {
    const where = source.kubeconfig ?? process.env['KUBECONFIG'] ?? '~/.kube/config';
    throw configError(`kubeconfig ${where}: ${error instanceof Error ? error.message : String(error)}`, error);
  }
  checkContext(config, source);
  return config;
}

function loadInto(config: KubeConfig, { kubeconfig, context }: KubeConfigSource): void {
  if (kubeconfig !== undefined) config.loadFromFile(kubeconfig);
  else if (context === undefined && isInCluster()) config.loadFromCluster();
  else config.loadFromDefault();
  if (context !== undefined) config.setCurrentContext(context);
  // client-node refuses plain HTTP unless told not to verify TLS, which there is none of (`kubectl proxy`).
  for (const cluster of config.clusters) {
    if (cluster.server.startsWith('http:')) Object.assign(cluster, { skipTLSVerify: true });
  }
}

function isInCluster(): boolean {
  return process.env['KUBERNETES_SERVICE_HOST'] !== undefined && existsSync(TOKEN_FILE);
}

function checkContext(config: KubeConfig, { kubeconfig }: KubeConfigSource): void {
  const cluster = config.getCurrentCluster();
  const name = config.getCurrentContext();
  if (!cluster) {
    const known = config.getContexts().map((context) => context.name);
    throw configError(`kubeconfig has no context ${name ?? ''}; there are: ${known.join(', ') || 'none'}`);
  }
  // What client-node answers when it has found nothing at all.
  if (kubeconfig === undefined && name === 'loaded-context' && cluster.server === 'http://localhost:8080') {
    throw configError('no kubeconfig found: give --kubeconfig, set KUBECONFIG, or run in a cluster');
  }
}

function configError(message: string, cause?: unknown): KubeError {
  return new KubeError({ kind: 'invalid', request: 'kubeconfig', message, cause });
}

/** What KubeConfig fills in for one request. */
type Filled = Omit<https.RequestOptions, 'headers'> & { headers: Record<string, string> };

/** Follows a kubeconfig over time: tokens that rotate, plugins whose answers expire, certificates that are renewed. */
export class Credentials {
  readonly #source: KubeConfigSource;
  #config: KubeConfig;
  #access: { readonly value: Access; readonly readMs: number } | undefined;
  #agents: { readonly key: string; readonly agents: Agents } | undefined;
  #reloadedMs = Number.NEGATIVE_INFINITY;

  constructor(config: KubeConfig, source: KubeConfigSource) {
    this.#config = config;
    this.#source = source;
  }

  /** The API server's address, path prefix included. */
  get server(): string {
    return (this.#config.getCurrentCluster()?.server ?? '').replace(/\/+$/, '');
  }

  /** The API server's host name or address alone. */
  get host(): string {
    return new URL(this.server).hostname;
  }

  /** Headers and agents as they are now. */
  async access(): Promise<Access> {
    const now = performance.now();
    if (this.#access && now - this.#access.readMs < ACCESS_MS) return this.#access.value;
    const options = { headers: {} } as Filled;
    try {
      await this.#config.applyToHTTPSOptions(options);
    } catch (error) {
      throw new KubeError({
        kind: 'unauthorized',
        request: 'credentials',
        message: `no credentials: ${error instanceof Error ? error.message.trim() : String(error)}`,
        cause: error,
      });
    }
    const basic = options.auth ? { Authorization: `Basic ${Buffer.from(options.auth).toString('base64')}` } : {};
    const value = { headers: { ...options.headers, ...basic }, ...this.#agentsFor(options) };
    this.#access = { value, readMs: now };
    return value;
  }

  /** Reads the kubeconfig anew, after the server refused what we have. Answers whether it did. */
  async reload(): Promise<boolean> {
    const now = performance.now();
    if (now - this.#reloadedMs < RELOAD_MS) return false;
    this.#reloadedMs = now;
    this.#config = await loadKubeConfig(this.#source);
    this.#access = undefined;
    return true;
  }

  /** Closes connections that nothing uses. */
  close(): void {
    for (const agent of Object.values(this.#agents?.agents ?? {})) agent.destroy();
  }

  #agentsFor(options: Filled): Agents {
    const { ca, cert, key, servername, rejectUnauthorized } = options;
    const tls = Object.fromEntries(
      Object.entries({ ca, cert, key, servername, rejectUnauthorized }).filter(([, value]) => value !== undefined),
    );
    const material = JSON.stringify([this.server, String(ca), String(cert), String(key), servername, rejectUnauthorized]);
    // Old agents are left to end by themselves: watches may still run over them.
    if (this.#agents?.key !== material) this.#agents = { key: material, agents: this.#createAgents(options, tls) };
    return this.#agents.agents;
  }

  #createAgents(options: Filled, tls: https.AgentOptions): Agents {
    if (this.#config.getCurrentCluster()?.proxyUrl) {
      // client-node has built one for the proxy; it only lacks keep-alive.
      const agent = options.agent as http.Agent & { keepAlive?: boolean };
      agent.keepAlive = true;
      return { agent, watchAgent: agent, leaseAgent: agent };
    }
    const isPlain = this.server.startsWith('http:');
    const proxyEnv = environmentProxy(this.server, process.env);
    const create = (limits: http.AgentOptions): http.Agent =>
      isPlain ? new http.Agent({ ...limits, proxyEnv }) : new https.Agent({ ...tls, ...limits, proxyEnv });
    return {
      agent: create({ keepAlive: true, maxSockets: MAX_SOCKETS, maxFreeSockets: 4, scheduling: 'lifo' }),
      watchAgent: create({ keepAlive: true, maxFreeSockets: 2 }),
      leaseAgent: create({ keepAlive: true, maxFreeSockets: 1 }),
    };
  }
}
