import type { IncomingMessage } from 'node:http';
import type { KubeObject } from '../api/kube-object.ts';
import type { ResourceType, WatchEvent } from './cluster.ts';
import { errorFromStatus, errorFromTimeout, KubeError } from './errors.ts';
import { asKubeError } from './exchange.ts';
import { normalObject } from './normal-object.ts';

/** The lines of a stream, without their ends. Bytes are put together before they are decoded: a character may be cut in two. */
async function* readLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest: Buffer[] = [];
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(10, from); end !== -1; end = chunk.indexOf(10, from)) {
      rest.push(chunk.subarray(from, end));
      yield Buffer.concat(rest).toString('utf8');
      rest = [];
      from = end + 1;
    }
    if (from < chunk.length) rest.push(chunk.subarray(from));
  }
  if (rest.length > 0) yield Buffer.concat(rest).toString('utf8');
}

interface RawEvent {
  readonly type: string;
  readonly object: KubeObject;
}

/**
 * The events of a watch's answer. Ends when the server ends it. Rejects with a KubeError where the connection breaks, where
 * nothing at all (not even a bookmark, which comes about once a minute) arrives for `idleMs`, and on an ERROR event.
 */
export async function* readWatchEvents(
  response: IncomingMessage,
  options: { readonly request: string; readonly type: ResourceType; readonly idleMs: number },
): AsyncGenerator<WatchEvent> {
  const { request, type, idleMs } = options;
  response.setTimeout(idleMs, () => response.destroy(errorFromTimeout(request, idleMs)));
  try {
    for await (const line of readLines(response as AsyncIterable<Buffer>)) {
      if (line !== '') yield eventOf(request, type, parseEvent(request, line));
    }
  } catch (error) {
    throw asKubeError(request, error);
  } finally {
    response.destroy();
  }
}

function parseEvent(request: string, line: string): RawEvent {
  try {
    return JSON.parse(line) as RawEvent;
  } catch (cause) {
    throw new KubeError({ kind: 'server', request, message: `${request}: the stream ended within an event`, cause });
  }
}

function eventOf(request: string, type: ResourceType, event: RawEvent): WatchEvent {
  switch (event.type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
      return { type: event.type, object: normalObject(type, event.object) };
    case 'BOOKMARK':
      return { type: 'BOOKMARK', resourceVersion: event.object.metadata.resourceVersion ?? '' };
    default:
      throw errorFromStatus(request, event.object as Parameters<typeof errorFromStatus>[1]);
  }
}
