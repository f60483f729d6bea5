import http, { type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { errorFromNetwork, errorFromTimeout } from './errors.ts';

/** One HTTP request, ready to go. */
export interface Exchange {
  /** Verb and path for error messages. */
  readonly request: string;
  readonly url: URL;
  readonly options: RequestOptions;
  readonly body?: string | undefined;
  readonly timeoutMs: number;
  /** How long a connection may take to be there, TLS included; a connection kept alive is there already. */
  readonly connectMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Asked first, and again at the moment when there is a connection to send it on, which may be long after; an error keeps it from being sent. */
  readonly refusal?: (() => Error | undefined) | undefined;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

const CONNECT_MS = 5_000;
/** An answer longer than this is not read to its end: nothing we ask for comes near. */
const MAX_ANSWER_BYTES = 256 * 1024 * 1024;
/** Shorter than the minute after which load balancers forget a silent connection. */
const KEEP_ALIVE_MS = 30_000;

/** Sends a request and answers once the head of the answer is there; the caller reads or destroys the body. */
export function openExchange(exchange: Exchange): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { request: name, url, options, body, timeoutMs, connectMs = CONNECT_MS, signal, refusal } = exchange;
    const refused = refusal?.();
    if (refused) throw refused;
    const send = url.protocol === 'https:' ? https.request : http.request;
    const request = send(url, signal ? { ...options, signal } : options);
    const timer = setTimeout(() => request.destroy(errorFromTimeout(name, timeoutMs)), timeoutMs);
    request.on('socket', (socket) => {
      limitConnecting(socket, () => request.destroy(errorFromNetwork(name, new Error(`no connection within ${connectMs} ms`))), connectMs);
      if (refusal) whenConnected(socket, () => sendUnless(refusal(), request, body));
    });
    request.on('error', (error) => {
      clearTimeout(timer);
      reject(asKubeError(name, error));
    });
    request.on('response', (response) => {
      clearTimeout(timer);
      resolve(response);
    });
    request.setSocketKeepAlive(true, KEEP_ALIVE_MS);
    if (!refusal) sendUnless(undefined, request, body);
  });
}

/** A socket takes bytes many times faster than a long string, which it would make bytes of piece by piece. */
function sendUnless(refused: Error | undefined, request: ClientRequest, body: string | undefined): void {
  if (refused) request.destroy(refused);
  else request.end(body === undefined ? undefined : Buffer.from(body));
}

function whenConnected(socket: Socket, then: () => void): void {
  if (socket.connecting) socket.once(connectedEvent(socket), then);
  else then();
}

function connectedEvent(socket: Socket): string {
  return socket instanceof TLSSocket ? 'secureConnect' : 'connect';
}

/**
 * A machine that is gone, or one that accepts and says nothing, is noticed long before an answer would be late. The request
 * was not begun then, so it may be repeated whatever it is.
 */
function limitConnecting(socket: Socket, give: () => void, limitMs: number): void {
  if (!socket.connecting) return;
  const timer = setTimeout(give, limitMs);
  const stop = (): void => clearTimeout(timer);
  socket.once(connectedEvent(socket), stop).once('close', stop);
}

/** Sends a request and reads the whole answer, whatever its status. Rejects with a KubeError where there is none. */
export async function exchangeText(exchange: Exchange): Promise<Answer> {
  const deadline = performance.now() + exchange.timeoutMs;
  const response = await openExchange(exchange);
  const late = (): void => void response.destroy(errorFromTimeout(exchange.request, exchange.timeoutMs));
  const timer = setTimeout(late, Math.max(0, deadline - performance.now()));
  try {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > MAX_ANSWER_BYTES) throw new Error('the answer is too long');
    }
    return { status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString('utf8') };
  } catch (error) {
    throw asKubeError(exchange.request, error);
  } finally {
    clearTimeout(timer);
    response.destroy();
  }
}

/** What Node threw, as a KubeError; those that we destroyed the connection with come back as they are. */
export function asKubeError(request: string, error: unknown): Error {
  return error instanceof Error && error.name === 'KubeError' ? error : errorFromNetwork(request, error);
}
