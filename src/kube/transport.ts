import type { IncomingMessage } from 'node:http';
import { backoffMs, sleep, type Clock } from './clock.ts';
import type { Access, Credentials } from './credentials.ts';
import { errorFromAnswer, KubeError, parseRetryAfter } from './errors.ts';
import { asKubeError, exchangeText, openExchange, type Answer, type Exchange } from './exchange.ts';

/** One request to the API server. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path and query, from `/api` on. */
  readonly path: string;
  /** The Kubernetes verb and the resource, for metrics. */
  readonly verb: string;
  readonly resource: string;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly accept?: string;
  /** Doing it twice is as good as once: a broken connection is then no reason to give up. */
  readonly isIdempotent: boolean;
  readonly timeoutMs?: number;
}

/** What became of one attempt, for metrics. `code` is 0 where there was no answer. */
export interface ApiAttempt {
  readonly verb: string;
  readonly resource: string;
  readonly code: number;
  readonly tookMs: number;
}

export interface TransportOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly onAttempt: (attempt: ApiAttempt) => void;
  readonly userAgent: string;
  readonly timeoutMs: number;
  /** False while another replica may be writing. */
  readonly mayWrite: () => boolean;
}

/** Reads, and the head of a watch. */
const READ_MS = 10_000;
const ATTEMPTS = 4;
const BACKOFF = { minMs: 100, maxMs: 2000 };
/** Where the server asks for more patience than this, the caller is told instead: it has a queue to wait in. */
const MAX_WAIT_MS = 10_000;

/** JSON over HTTP to the API server: authentication, timeouts, and the retries that are always right. */
export class Transport {
  readonly #credentials: Credentials;
  readonly #options: TransportOptions;
  /** Until when the API server asked us to be patient: all requests belong to the same flow, so all of them wait. */
  #patienceUntilMs = 0;

  constructor(credentials: Credentials, options: TransportOptions) {
    this.#credentials = credentials;
    this.#options = options;
  }

  /** Sends a request; answers with the body of a success, which nobody checks to be a `T`; rejects with a KubeError otherwise. */
  async json<T>(request: ApiRequest): Promise<T> {
    const answer = await this.sendAny(request);
    const error = errorOf(request, answer, this.#options.clock.wall());
    if (error) throw error;
    return parsed(requestName(request), answer.text) as T;
  }

  /** Sends a request; answers whatever the status, once retries are used up. */
  async sendAny(request: ApiRequest): Promise<Answer> {
    for (let attempt = 1; ; attempt++) {
      await this.#bePatient(request);
      const { answer, error } = await this.#attempt(request);
      const failure = error ?? errorOf(request, answer, this.#options.clock.wall());
      if (failure) this.#heed(request, failure);
      const waitMs = failure && attempt < ATTEMPTS ? await this.#waitBefore(request, failure, attempt) : undefined;
      if (waitMs === undefined) {
        if (error) throw error;
        return answer;
      }
      await sleep(this.#options.clock, waitMs);
    }
  }

  /** Opens a watch; answers once its head is there. */
  async open(request: ApiRequest, signal: AbortSignal): Promise<IncomingMessage> {
    const begun = this.#options.clock.now();
    let code = 0;
    try {
      await this.#bePatient(request);
      const exchange = await this.#exchange(request, 'watch');
      const response = await openExchange({ ...exchange, signal });
      code = response.statusCode ?? 0;
      if (code < 400) return response;
      const text = await readAll(exchange.request, response);
      const error = errorOf(request, { status: code, headers: response.headers, text }, this.#options.clock.wall());
      if (error) this.#heed(request, error);
      if (error?.kind === 'unauthorized') await this.#credentials.reload();
      if (error) throw error;
      return response;
    } finally {
      this.#report(request, code, begun);
    }
  }

  /** The error of a write (by its verb and path) while this replica is not sure to lead; to be asked at the moment it is sent. */
  refusal(name: string): () => KubeError | undefined {
    const { mayWrite } = this.#options;
    return () => (mayWrite() ? undefined : new KubeError({ kind: 'server', request: name, message: `${name}: not sent: another may lead` }));
  }

  /** Remembers how long the API server asks to wait. What a pod asks for behind it concerns that pod alone. */
  #heed({ verb }: ApiRequest, { kind, retryAfterMs = 0 }: KubeError): void {
    if (kind !== 'throttled' || verb === 'proxy') return;
    this.#patienceUntilMs = Math.max(this.#patienceUntilMs, this.#options.clock.now() + retryAfterMs);
  }

  /** Waits as long as it was asked for, or rejects at once where that is too long. A lease that is not renewed would be lost. */
  async #bePatient(request: ApiRequest): Promise<void> {
    const { clock, random } = this.#options;
    const leftMs = this.#patienceUntilMs - clock.now();
    if (leftMs <= 0 || request.resource === 'leases') return;
    if (leftMs > MAX_WAIT_MS) throw throttledError(requestName(request), leftMs);
    await sleep(clock, leftMs * (1 + 0.2 * random()));
  }

  async #attempt(request: ApiRequest): Promise<{ answer: Answer; error?: undefined } | { answer?: undefined; error: KubeError }> {
    const begun = this.#options.clock.now();
    let code = 0;
    try {
      const answer = await exchangeText(await this.#exchange(request, 'request'));
      code = answer.status;
      return { answer };
    } catch (error) {
      return { error: asKubeError(requestName(request), error) as KubeError };
    } finally {
      this.#report(request, code, begun);
    }
  }

  /** How long to wait before another attempt; undefined where there should be none. */
  async #waitBefore(request: ApiRequest, failure: KubeError, attempt: number): Promise<number | undefined> {
    const { random } = this.#options;
    if (failure.kind === 'unauthorized') return failure.status === 401 && (await this.#credentials.reload()) ? 0 : undefined;
    // A throttled request was never begun; one that met a closed connection may have been.
    const mayRepeat = failure.kind === 'throttled' || (request.isIdempotent && isPassing(failure));
    if (!mayRepeat) return undefined;
    if (failure.retryAfterMs === undefined) return backoffMs(attempt, BACKOFF, random);
    return failure.retryAfterMs > MAX_WAIT_MS ? undefined : failure.retryAfterMs * (1 + 0.2 * random());
  }

  async #exchange(request: ApiRequest, use: 'request' | 'watch'): Promise<Exchange> {
    const access = await this.#credentials.access();
    const name = requestName(request);
    const body = request.body === undefined ? undefined : JSON.stringify(request.body);
    return {
      request: name,
      url: new URL(this.#credentials.server + request.path),
      options: {
        method: request.method,
        agent: agentOf(access, request, use),
        headers: {
          ...access.headers,
          'User-Agent': this.#options.userAgent,
          Accept: request.accept ?? 'application/json',
          ...(body === undefined
            ? {}
            : { 'Content-Type': request.contentType ?? 'application/json', 'Content-Length': Buffer.byteLength(body) }),
        },
      },
      body,
      refusal: changes(request) ? this.refusal(name) : undefined,
      timeoutMs: request.timeoutMs ?? (request.method === 'GET' ? Math.min(READ_MS, this.#options.timeoutMs) : this.#options.timeoutMs),
    };
  }

  #report(request: ApiRequest, code: number, begun: number): void {
    const { verb, resource } = request;
    this.#options.onAttempt({ verb, resource, code, tookMs: this.#options.clock.now() - begun });
  }
}

function throttledError(name: string, retryAfterMs: number): KubeError {
  const message = `${name}: not sent, the API server asked for ${Math.ceil(retryAfterMs / 1000)} s of patience`;
  return new KubeError({ kind: 'throttled', request: name, message, retryAfterMs });
}

function agentOf({ agent, watchAgent, leaseAgent }: Access, { resource }: ApiRequest, use: 'request' | 'watch'): Access['agent'] {
  if (use === 'watch') return watchAgent;
  return resource === 'leases' ? leaseAgent : agent;
}

/** Whether a request changes what other replicas write as well. */
function changes({ method, verb, resource }: ApiRequest): boolean {
  return method !== 'GET' && verb !== 'dryrun' && resource !== 'leases';
}

/** Verb and path, without the query: it says nothing to a reader, and may hold a continue token. */
export function requestName({ method, path, verb }: Pick<ApiRequest, 'method' | 'path' | 'verb'>): string {
  return `${verb === 'watch' ? 'WATCH' : method} ${path.split('?', 1)[0]}`;
}

function isPassing(error: KubeError): boolean {
  return error.kind === 'unreachable' || (error.kind === 'server' && error.retryAfterMs !== undefined);
}

function errorOf(request: ApiRequest, answer: Answer, now: number): KubeError | undefined {
  const { status, headers, text } = answer;
  if (status < 400) return undefined;
  return errorFromAnswer(requestName(request), { status, text, retryAfterMs: parseRetryAfter(headers['retry-after'], now) });
}

function parsed(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new KubeError({ kind: 'server', request: name, message: `${name}: the answer is not JSON`, cause });
  }
}

async function readAll(name: string, response: IncomingMessage): Promise<string> {
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
    return Buffer.concat(chunks).toString('utf8');
  } catch (error) {
    throw asKubeError(name, error);
  }
}

