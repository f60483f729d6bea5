/**
 * A proxy between the operator and the API server that can break in the ways that networks, load balancers and API servers do.
 * It ends TLS on one side and speaks to the API server as the operator's own user on the other, so that the audit log tells
 * who wrote what.
 */
import { readFile, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Agent, createServer as createTlsServer, request as requestOver, type Server as TlsServer } from 'node:https';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createCertificate, type Subject } from './certificates.ts';
import type { ControlPlane } from './control-plane.ts';

/** One request of the operator, as the proxy saw it. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly isWatch: boolean;
  /** Changes something: no read, no watch, no dry run. */
  readonly isWrite: boolean;
  /** Of leader election. */
  readonly isLease: boolean;
  /** ms since the epoch. */
  readonly atMs: number;
  /** What the operator was answered; 0 while, or because, there was no answer. */
  status: number;
}

/** What happens to a request. */
export type Fault =
  /** The proxy answers in the API server's place. */
  | { readonly kind: 'answer'; readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: object }
  | { readonly kind: 'reset' }
  /** Never answered, and the connection stays open. */
  | { readonly kind: 'hang' }
  /** Passed on late. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** The API server acts at once, and its answer comes late. */
  | { readonly kind: 'lateAnswer'; readonly ms: number }
  /** The API server acts, and its answer never comes: the connection breaks. */
  | { readonly kind: 'lostAnswer' };

interface Rule {
  readonly fault: Fault;
  readonly concerns: (request: SeenRequest) => boolean;
}

interface OpenWatch {
  readonly request: SeenRequest;
  readonly response: ServerResponse;
  readonly upstream: IncomingMessage;
}

/** Starts a proxy before `plane` on a free port of 127.0.0.1, for an operator that is `subject`. */
export async function startFaultProxy(plane: ControlPlane, subject: Subject): Promise<FaultProxy> {
  const pki = join(plane.dir, 'pki');
  const name = subject.user.replace(/[^\w.-]+/g, '-');
  const direct = await plane.kubeconfigFor(subject);
  const server = await createCertificate(plane.authority, pki, `proxy-${name}`, { user: `proxy-${name}`, hosts: ['127.0.0.1'] });
  const [ca, clientCert, clientKey, cert, key] = await Promise.all(
    [plane.authority.cert, join(pki, `user-${name}.crt`), join(pki, `user-${name}.key`), server.cert, server.key].map((file) => readFile(file, 'utf8')),
  );
  const agent = new Agent({ ca, cert: clientCert, key: clientKey, keepAlive: true });
  const kubeconfig = join(plane.dir, `proxy-${name}.kubeconfig`);
  const proxy = new FaultProxy({ target: new URL(plane.url), agent, user: subject.user, kubeconfig, tls: createTlsServer({ cert, key }) });
  await proxy.comeBack();
  await writeFile(kubeconfig, (await readFile(direct, 'utf8')).replaceAll(plane.url, proxy.url), { mode: 0o600 });
  return proxy;
}

interface Parts {
  readonly target: URL;
  readonly agent: Agent;
  readonly user: string;
  readonly kubeconfig: string;
  readonly tls: TlsServer;
}

/** A running proxy. All faults begin at once, also for connections that are open, and last until they are taken back. */
export class FaultProxy {
  /** For the operator: the proxy as its API server. */
  readonly kubeconfig: string;
  /** Whom the API server sees. */
  readonly user: string;
  /** All requests so far, oldest first. */
  readonly requests: SeenRequest[] = [];
  /** Told of each write that the API server has answered, before the operator learns of it; from 1. */
  onWritten: ((count: number, request: SeenRequest) => void) | undefined;

  readonly #parts: Parts;
  readonly #sockets = new Set<Socket>();
  readonly #watches = new Set<OpenWatch>();
  readonly #silent = new WeakSet<OpenWatch>();
  #rules: Rule[] = [];
  #server: Server | undefined;
  #port = 0;
  #isHalfOpen = false;
  #written = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.kubeconfig = parts.kubeconfig;
    this.user = parts.user;
    parts.tls.on('request', (request: IncomingMessage, response: ServerResponse) => void this.#handle(request, response).catch(() => response.destroy()));
    parts.tls.on('tlsClientError', () => undefined);
    parts.tls.keepAliveTimeout = 60_000;
  }

  get url(): string {
    return `https://127.0.0.1:${this.#port}`;
  }

  /** How many watches are open. */
  get openWatches(): number {
    return this.#watches.size;
  }

  /** A rule for all requests, or for those that it concerns; the latest rule that fits counts. The answer takes it back. */
  inject(fault: Fault, concerns: Rule['concerns'] = () => true): () => void {
    const rule = { fault, concerns };
    this.#rules.unshift(rule);
    return () => {
      this.#rules = this.#rules.filter((other) => other !== rule);
    };
  }

  /** Nobody listens any more: open connections are reset, new ones refused. */
  async goAway(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (!server) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    this.resetConnections();
    await closed;
  }

  /** Listens (again), on the same port as before. */
  async comeBack(): Promise<void> {
    if (this.#server) return;
    const server = createServer((socket) => this.#accept(socket));
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(this.#port, '127.0.0.1', resolve));
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
  }

  resetConnections(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** Open connections are reset; new ones are accepted, and then nothing more happens on them. */
  halfOpen(): void {
    this.#isHalfOpen = true;
    this.resetConnections();
  }

  /** All open watches end as they do when an API server restarts, or break. */
  cutWatches(how: 'end' | 'reset'): void {
    for (const { response, upstream } of this.#watches) {
      upstream.destroy();
      if (how === 'end') response.end();
      else this.#connection(response).resetAndDestroy();
    }
  }

  /** The watches that are open now say nothing any more, for ever, and stay open; new ones work. Answers how many. */
  silenceWatches(): number {
    for (const watch of this.#watches) {
      this.#silent.add(watch);
      watch.upstream.removeAllListeners('data');
      watch.upstream.resume();
    }
    return this.#watches.size;
  }

  /** All open watches tell of this error (a Status) and end. */
  failWatches(status: object): void {
    for (const { response, upstream } of this.#watches) {
      upstream.destroy();
      response.end(`${JSON.stringify({ type: 'ERROR', object: status })}\n`);
    }
  }

  /** All faults end. What hangs goes on hanging: nobody tells the operator that its connections are dead. */
  async heal(): Promise<void> {
    this.#rules = [];
    this.#isHalfOpen = false;
    this.onWritten = undefined;
    await this.comeBack();
  }

  async stop(): Promise<void> {
    await this.goAway();
    this.#parts.agent.destroy();
  }

  /** Counts writes for `onWritten` from the beginning. */
  countAnew(): void {
    this.#written = 0;
  }

  /** The TCP connection below an answer: TLS alone says goodbye before it goes. */
  #connection({ socket }: ServerResponse): Socket {
    const found = [...this.#sockets].find(({ remotePort }) => remotePort === socket?.remotePort);
    if (!found) throw new Error('the connection is gone');
    return found;
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.#sockets.delete(socket));
    if (!this.#isHalfOpen) this.#parts.tls.emit('connection', socket);
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const seen = describe(request);
    this.requests.push(seen);
    const fault = this.#rules.find(({ concerns }) => concerns(seen))?.fault;
    response.on('error', () => undefined);
    if (fault?.kind === 'answer') answer(seen, response, fault);
    else if (fault?.kind === 'reset') this.#connection(response).resetAndDestroy();
    else if (fault?.kind !== 'hang') {
      if (fault?.kind === 'delay') await sleep(fault.ms);
      await this.#pass(seen, { request, response }, fault);
    }
  }

  async #pass(seen: SeenRequest, { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse }, fault: Fault | undefined): Promise<void> {
    const { target, agent } = this.#parts;
    const headers = { ...request.headers };
    delete headers.host;
    const upstream = await new Promise<IncomingMessage>((resolve, reject) => {
      const sent = requestOver(new URL(request.url ?? '/', target), { method: request.method, headers, agent }, resolve);
      sent.on('error', reject);
      response.on('close', () => sent.destroy());
      request.pipe(sent);
    });
    upstream.on('error', () => response.destroy());
    if (seen.isWrite) this.onWritten?.((this.#written += 1), seen);
    if (fault?.kind === 'lateAnswer') await sleep(fault.ms);
    if (fault?.kind === 'lostAnswer') {
      upstream.destroy();
      this.#connection(response).resetAndDestroy();
      return;
    }
    if (response.destroyed) return;
    seen.status = upstream.statusCode ?? 0;
    response.writeHead(seen.status, upstream.headers);
    response.flushHeaders();
    if (seen.isWatch && seen.status === 200) this.#follow({ request: seen, response, upstream });
    else upstream.pipe(response);
  }

  #follow(watch: OpenWatch): void {
    const { response, upstream } = watch;
    this.#watches.add(watch);
    upstream.on('data', (chunk: Buffer) => void response.write(chunk));
    upstream.on('end', () => this.#silent.has(watch) || response.end());
    upstream.on('close', () => this.#silent.has(watch) || response.end());
    response.on('close', () => this.#watches.delete(watch));
  }
}

/** A Status as the API server answers it. */
export function statusBody(code: number, reason: string, message: string): object {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', code, reason, message };
}

function answer(seen: SeenRequest, response: ServerResponse, { status, headers = {}, body }: Extract<Fault, { kind: 'answer' }>): void {
  seen.status = status;
  response.writeHead(status, { 'content-type': body ? 'application/json' : 'text/plain', ...headers });
  response.end(body ? JSON.stringify(body) : `answered ${status} by a fault\n`);
}

function describe(request: IncomingMessage): SeenRequest {
  const { pathname: path, searchParams: query } = new URL(request.url ?? '/', 'https://x');
  const method = request.method ?? 'GET';
  return {
    method, path, query,
    isWatch: query.get('watch') === 'true',
    isWrite: method !== 'GET' && !query.has('dryRun'),
    isLease: path.includes('/leases'),
    atMs: Date.now(),
    status: 0,
  };
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
