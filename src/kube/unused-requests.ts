/**
 * What client-node's config.js finds in the bundle under `undici` and its own generated API classes (src/cli/bundle.ts says
 * so): they are for requests that it would make itself, and ours go through kube/transport.ts. 2 MB that every command would
 * have to read.
 */
function unused(): never {
  throw new Error('requests go through kube/transport.ts');
}

export class Agent {
  constructor() {
    unused();
  }
}

export class ProxyAgent extends Agent {}

export class ServerConfiguration extends Agent {}

export const createConfiguration = unused;

export const fetch = unused;
