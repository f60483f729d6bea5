import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';

export interface TelemetryOptions {
  /** `host:port`, `[::1]:port` or `:port` (all addresses); port 0 takes a free one. */
  readonly address: string;
  readonly registry: Registry;
  /** Why the operator is not ready; undefined while it is. */
  readonly unreadiness: () => string | undefined;
  /** Why the process should be restarted; undefined (or no function) while it is alive. */
  readonly unhealthiness?: () => string | undefined;
}

export interface TelemetryServer {
  /** `http://host:port` that it listens on. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Serves /metrics, /healthz and /readyz. Rejects where the address is taken or makes no sense. */
export async function startServer(options: TelemetryOptions): Promise<TelemetryServer> {
  const { host, port } = parseAddress(options.address);
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 10_000 }, (request, response) => void answer(options, request, response));
  await listen(server, host, port);
  const { address, family, port: actual } = server.address() as AddressInfo;
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${actual}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Host and port of an address; an empty host stands for all addresses. Throws where there is no port. */
export function parseAddress(address: string): { readonly host: string | undefined; readonly port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:]*)):(\d+)$/.exec(address);
  const port = Number(match?.[3]);
  if (!match || port > 65_535) throw new Error(`address ${address}: should be like 127.0.0.1:9464 or :9464`);
  return { host: match[1] ?? (match[2] || undefined), port };
}

function listen(server: Server, host: string | undefined, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    const done = (): void => {
      server.removeListener('error', reject);
      resolve();
    };
    if (host === undefined) server.listen(port, done);
    else server.listen(port, host, done);
  });
}

/** Never rejects. */
async function answer(options: TelemetryOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const { status, type, body } = await pageOf(options, request);
    response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) });
    response.end(request.method === 'HEAD' ? undefined : body);
  } catch (error) {
    response.writeHead(500, { 'Content-Type': 'text/plain' });
    response.end(error instanceof Error ? error.message : 'failed');
  }
}

interface Page {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

async function pageOf(options: TelemetryOptions, { method, url }: IncomingMessage): Promise<Page> {
  if (method !== 'GET' && method !== 'HEAD') return text(405, 'GET only');
  switch ((url ?? '').replace(/\?.*/, '')) {
    case '/metrics':
      return { status: 200, type: options.registry.contentType, body: await options.registry.metrics() };
    case '/healthz':
      return verdict(options.unhealthiness?.());
    case '/readyz':
      return verdict(options.unreadiness());
    default:
      return text(404, 'there are /metrics, /healthz and /readyz');
  }
}

function verdict(trouble: string | undefined): Page {
  return trouble === undefined ? text(200, 'ok') : text(503, trouble);
}

function text(status: number, body: string): Page {
  return { status, type: 'text/plain; charset=utf-8', body: `${body}\n` };
}
