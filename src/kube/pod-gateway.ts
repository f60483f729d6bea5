import http from 'node:http';
import type { PodRequest } from './cluster.ts';
import { errorFromAnswer } from './errors.ts';
import { exchangeText } from './exchange.ts';
import type { Transport } from './transport.ts';

interface PodAnswer {
  readonly status: number;
  readonly body: string;
}

/** HTTP to pods: straight to their addresses, or through the API server's proxy where those cannot be reached from here. */
export class PodGateway {
  readonly #transport: Transport;
  readonly #access: 'direct' | 'proxy';
  readonly #agent = new http.Agent({ keepAlive: true, maxSockets: 4, maxFreeSockets: 1, maxTotalSockets: 64, timeout: 60_000 });

  constructor(transport: Transport, access: 'direct' | 'proxy') {
    this.#transport = transport;
    this.#access = access;
  }

  /** Answers whatever the pod's status is; rejects with a KubeError where the pod could not be asked. */
  request(request: PodRequest): Promise<PodAnswer> {
    const { podIp } = request;
    return this.#access === 'direct' && podIp !== undefined ? this.#direct(request, podIp) : this.#proxied(request);
  }

  close(): void {
    this.#agent.destroy();
  }

  async #direct(request: PodRequest, podIp: string): Promise<PodAnswer> {
    const host = podIp.includes(':') ? `[${podIp}]` : podIp;
    const body = textOf(request.body);
    const name = `${request.method} ${podName(request)}${request.path.split('?', 1)[0]}`;
    const { status, text } = await exchangeText({
      request: name,
      url: new URL(`http://${host}:${request.port}${request.path}`),
      options: { method: request.method, agent: this.#agent, headers: headersOf(body) },
      body,
      refusal: request.method === 'GET' ? undefined : this.#transport.refusal(name),
      timeoutMs: request.timeoutMs,
    });
    return { status, body: text };
  }

  async #proxied(request: PodRequest): Promise<PodAnswer> {
    const { namespace, pod, port, method, path, timeoutMs } = request;
    const body = textOf(request.body);
    const { status, text } = await this.#transport.sendAny({
      method,
      verb: 'proxy',
      path: `/api/v1/namespaces/${namespace}/pods/${pod}:${port}/proxy${path}`,
      resource: 'pods',
      ...(request.body === undefined ? {} : { body: request.body }),
      contentType: headersOf(body)['Content-Type'] ?? 'application/json',
      accept: '*/*',
      isIdempotent: method === 'GET',
      timeoutMs,
    });
    // The API server speaks for itself by a Status; everything else is the pod's own answer.
    if (status >= 400 && isStatus(text)) throw errorFromAnswer(`${method} ${podName(request)}`, { status, text });
    return { status, body: text };
  }
}

function podName({ namespace, pod, port }: PodRequest): string {
  return `pod ${namespace}/${pod}:${port}`;
}

function textOf(body: unknown): string | undefined {
  return body === undefined ? undefined : JSON.stringify(body);
}

function headersOf(body: string | undefined): Record<string, string> {
  return body === undefined ? {} : { 'Content-Type': 'application/json', 'Content-Length': String(Buffer.byteLength(body)) };
}

function isStatus(text: string): boolean {
  return /^\s*\{\s*"kind":\s*"Status"/.test(text);
}
