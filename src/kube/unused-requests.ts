/**
 * What client-node's config.js finds in the bundle under `undici` and its own generated API classes (src/cli/bundle.ts says
 * so): they are for requests that it would make itself, and ours go through kube/transport.ts. 2 MB that every command would
 * have to read. They can be constructed, which the operator's frame does at its start, but make no request.
 */
export class Agent {}

export class ProxyAgent extends Agent {}

export class ServerConfiguration {}

/** The settings of an API class of client-node that nobody calls. */
export const createConfiguration = (): object => ({});

/** A request that client-node would make itself: a bug of ours. */
export const fetch = (): Promise<never> => Promise.reject(new Error('requests go through kube/transport.ts'));
