import { expect } from 'chai';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KubeObject } from '../api/kube-object.ts';
import { connect, type Client, type ConnectOptions } from './client.ts';
import type { WatchEvent } from './cluster.ts';
import { isKubeError, type KubeError } from './errors.ts';
import { resourceType } from './resource-types.ts';
import type { ApiAttempt } from './transport.ts';

const CONFIG_MAPS = resourceType('v1', 'ConfigMap');
const REF = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'a' };
const OBJECT: KubeObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'shop' } };

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

type Answer = (response: ServerResponse, seen: Seen) => void;

function json(status: number, body: object, headers: Record<string, string> = {}): Answer {
  return (response) => void response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body));
}

function failure(code: number, reason: string, headers: Record<string, string> = {}, details: object = {}): Answer {
  return json(code, { kind: 'Status', apiVersion: 'v1', status: 'Failure', message: `${reason} happened`, reason, code, details }, headers);
}

const reset: Answer = (response) => void (response.socket as Socket).resetAndDestroy();

async function rejection(promise: Promise<unknown>): Promise<KubeError> {
  return promise.then(
    () => expect.fail('should have been refused'),
    (error: unknown) => (isKubeError(error) ? error : expect.fail(`not a KubeError: ${String(error)}`)),
  );
}

describe('kube/client', () => {
  let server: Server;
  let dir: string;
  let seen: Seen[];
  let answers: Answer[];
  let fallback: Answer;
  let attempts: ApiAttempt[];
  const clients: Client[] = [];

  beforeEach(async () => {
    seen = [];
    answers = [];
    attempts = [];
    fallback = json(200, OBJECT);
    dir = await mkdtemp(join(tmpdir(), 'belfry-client-'));
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const entry = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString() };
        seen.push(entry);
        (answers.shift() ?? fallback)(response, entry);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await rm(dir, { recursive: true });
  });

  const url = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const kubeconfig = async (user: object = { token: 'secret-token' }, cluster: object = {}): Promise<string> => {
    const path = join(dir, 'config');
    const config = {
      apiVersion: 'v1', kind: 'Config', 'current-context': 'main',
      clusters: [{ name: 'c', cluster: { server: url(), ...cluster } }, { name: 'd', cluster: { server: `${url()}/prefix/` } }],
      users: [{ name: 'u', user }],
      contexts: [{ name: 'main', context: { cluster: 'c', user: 'u', namespace: 'team' } }, { name: 'second', context: { cluster: 'd', user: 'u' } }],
    };
    await writeFile(path, JSON.stringify(config));
    return path;
  };
  const client = async (options: ConnectOptions = {}): Promise<Client> => {
    const created = await connect({ kubeconfig: options.kubeconfig ?? (await kubeconfig()), onAttempt: (attempt) => attempts.push(attempt), random: () => 0, ...options });
    clients.push(created);
    return created;
  };

  describe('what is sent', () => {
    it('applies JSON as it is, as belfry, strictly', async () => {
      const object = { ...OBJECT, apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', spec: { ingress: [{ from: [{ podSelector: {} }], ports: [] }], fieldOfTomorrow: { x: [1, null, true, 'a'] } } };
      await (await client()).apply(object);
      await (await client()).apply(object, { dryRun: true, force: true });
      expect(seen[0]).to.include({ method: 'PATCH', body: JSON.stringify(object) });
      expect(seen[0]?.url).to.equal('/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies/a?fieldManager=belfry&fieldValidation=Strict');
      expect(seen[0]?.headers['content-type']).to.equal('application/apply-patch+yaml');
      expect(seen[0]?.headers['authorization']).to.equal('Bearer secret-token');
      expect(seen[1]?.url).to.contain('force=true&dryRun=All');
    });

    it('has a ConfigMap read once instead of twice: the server refuses what its kind does not have anyway', async () => {
      await (await client()).apply(OBJECT);
      expect(seen[0]?.url).to.equal('/api/v1/namespaces/shop/configmaps/a?fieldManager=belfry&fieldValidation=Ignore');
    });

    it('asks for pages until there are no more', async () => {
      const page = (name: string, more?: string): Answer => json(200, { metadata: { resourceVersion: '7', ...(more ? { continue: more } : {}) }, items: [{ metadata: { name, managedFields: [{}] } }] });
      answers = [page('one', 'to/ken=1'), page('two', 'token2'), page('three')];
      const list = await (await client()).list(CONFIG_MAPS, { labelSelector: 'a in (b,c)' });
      expect(list.items.map(({ metadata }) => metadata.name)).to.deep.equal(['one', 'two', 'three']);
      expect(list.items[0]).to.deep.equal({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'one' } });
      expect(list.resourceVersion).to.equal('7');
      const queries = seen.map((request) => new URL(request.url, url()).searchParams);
      expect(queries.map((query) => query.get('continue'))).to.deep.equal([null, 'to/ken=1', 'token2']);
      expect(queries.every((query) => query.get('limit') === '500' && query.get('labelSelector') === 'a in (b,c)')).to.equal(true);
    });

    it('lists in one piece where the pages were compacted away', async () => {
      answers = [
        json(200, { metadata: { resourceVersion: '7', continue: 'x' }, items: [{ metadata: { name: 'one' } }] }),
        failure(410, 'Expired'),
        json(200, { metadata: { resourceVersion: '9' }, items: [{ metadata: { name: 'one' } }, { metadata: { name: 'two' } }] }),
      ];
      const list = await (await client()).list(CONFIG_MAPS);
      expect(list.items).to.have.length(2);
      expect(seen[2]?.url).to.equal('/api/v1/configmaps');
    });

    it('takes the context that it is told, with the path of its server and its namespace', async () => {
      const first = await client();
      const second = await client({ context: 'second' });
      await second.read(REF);
      expect(seen[0]?.url).to.equal('/prefix/api/v1/namespaces/shop/configmaps/a');
      expect([first.defaultNamespace, second.defaultNamespace]).to.deep.equal(['team', 'default']);
    });

    it('finds the path of a kind that it does not know by asking, once', async () => {
      fallback = (response, { url: path }) =>
        path === '/apis/cert.example/v1' ? json(200, { resources: [{ name: 'issuers/status', kind: 'Issuer', namespaced: true }, { name: 'issuers', kind: 'Issuer', namespaced: true }] })(response, {} as Seen) : json(200, OBJECT)(response, {} as Seen);
      const cluster = await client();
      const ref = { apiVersion: 'cert.example/v1', kind: 'Issuer', namespace: 'shop', name: 'x' };
      await cluster.read(ref);
      await cluster.read(ref);
      expect(seen.map((request) => request.url)).to.deep.equal(['/apis/cert.example/v1', '/apis/cert.example/v1/namespaces/shop/issuers/x', '/apis/cert.example/v1/namespaces/shop/issuers/x']);
    });
  });

  describe('authentication', () => {
    it('asks a plugin for a token, and keeps it until it expires', async () => {
      const plugin = join(dir, 'plugin');
      await writeFile(plugin, `#!/bin/sh\necho x >> ${dir}/calls\necho '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"from-plugin"}}'\n`);
      await chmod(plugin, 0o755);
      const cluster = await client({ kubeconfig: await kubeconfig({ exec: { apiVersion: 'client.authentication.k8s.io/v1', command: plugin, interactiveMode: 'Never' } }) });
      await cluster.read(REF);
      await cluster.read(REF);
      expect(seen.map(({ headers }) => headers.authorization)).to.deep.equal(['Bearer from-plugin', 'Bearer from-plugin']);
    });

    it('says what a plugin that fails says', async () => {
      const cluster = await client({ kubeconfig: await kubeconfig({ exec: { apiVersion: 'client.authentication.k8s.io/v1', command: '/bin/sh', args: ['-c', 'echo please log in >&2; exit 1'] } }) });
      const error = await rejection(cluster.read(REF));
      expect([error.kind, error.message]).to.deep.equal(['unauthorized', 'no credentials: please log in']);
    });

    it('reads the kubeconfig anew when it is refused, once', async () => {
      const cluster = await client();
      await kubeconfig({ token: 'renewed' });
      answers = [failure(401, 'Unauthorized')];
      await cluster.read(REF);
      expect(seen.map(({ headers }) => headers.authorization)).to.deep.equal(['Bearer secret-token', 'Bearer renewed']);
      fallback = failure(401, 'Unauthorized');
      expect((await rejection(cluster.read(REF))).kind).to.equal('unauthorized');
      expect(seen).to.have.length(3);
    });

    it('goes through a proxy', async () => {
      const proxied: string[] = [];
      const proxy = createServer((request, response) => {
        proxied.push(request.url ?? '');
        json(200, OBJECT)(response, {} as Seen);
      });
      proxy.on('connect', (request, socket: Socket) => {
        proxied.push(request.url ?? '');
        socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
      });
      await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
      const proxyUrl = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
      const cluster = await client({ kubeconfig: await kubeconfig({ token: 't' }, { 'proxy-url': proxyUrl }) });
      await cluster.read(REF).catch(() => undefined);
      proxy.closeAllConnections();
      proxy.close();
      expect(proxied.length).to.be.greaterThan(0);
      expect(seen).to.deep.equal([]);
    });

    it('goes through the proxy of the environment', async () => {
      const proxied: string[] = [];
      const proxy = createServer((request, response) => {
        proxied.push(request.url ?? '');
        json(200, OBJECT)(response, {} as Seen);
      });
      await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
      const before = process.env['HTTP_PROXY'];
      process.env['HTTP_PROXY'] = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
      try {
        const cluster = await client({ kubeconfig: await kubeconfig({ token: 't' }, { server: 'http://api.example:8080' }) });
        await cluster.read(REF);
      } finally {
        if (before === undefined) delete process.env['HTTP_PROXY'];
        else process.env['HTTP_PROXY'] = before;
        proxy.closeAllConnections();
        proxy.close();
      }
      expect(proxied.map((url) => url.split('/api/')[0])).to.deep.equal(['http://api.example:8080']);
    });

    it('says which file or context is missing', async () => {
      expect((await rejection(connect({ kubeconfig: join(dir, 'none') }))).message).to.contain(join(dir, 'none'));
      const error = await rejection(connect({ kubeconfig: await kubeconfig(), context: 'third' }));
      expect(error.message).to.equal('kubeconfig has no context third; there are: main, second');
    });
  });

  describe('when it goes wrong', () => {
    it('turns each status into a kind of error, with the server\'s words and the request, but never the token', async () => {
      const cluster = await client();
      const cases: [Answer, string][] = [
        [failure(403, 'Forbidden'), 'forbidden'],
        [failure(409, 'Conflict'), 'conflict'],
        [failure(422, 'Invalid', {}, { causes: [{ field: 'spec.x', reason: 'FieldValueRequired', message: 'Required value' }] }), 'invalid'],
        [failure(400, 'BadRequest'), 'invalid'],
        [failure(500, 'InternalError'), 'server'],
        [failure(504, 'Timeout'), 'timeout'],
        [(response) => void response.writeHead(502).end('<html>Bad Gateway</html>'), 'server'],
        [(response) => void response.writeHead(200).end('<html>Welcome'), 'server'],
      ];
      for (const [answer, kind] of cases) {
        answers = [answer];
        const error = await rejection(cluster.apply(OBJECT));
        expect(error.kind).to.equal(kind);
        expect(error.request).to.equal('PATCH /api/v1/namespaces/shop/configmaps/a');
        expect(JSON.stringify(error) + error.message + error.stack).to.not.contain('secret-token');
        if (kind === 'invalid' && error.causes.length > 0) expect(error.causes[0]).to.deep.equal({ field: 'spec.x', reason: 'FieldValueRequired', message: 'Required value' });
      }
      expect(seen).to.have.length(cases.length);
    });

    it('waits and repeats where the server is too busy, whatever the request', async () => {
      const cluster = await client();
      answers = [failure(429, 'TooManyRequests', { 'Retry-After': '0' }), failure(429, 'TooManyRequests', { 'Retry-After': '0' })];
      await cluster.create(OBJECT);
      expect(seen.map(({ method }) => method)).to.deep.equal(['POST', 'POST', 'POST']);
      expect(attempts.map(({ verb, resource, code }) => `${verb} ${resource} ${code}`)).to.deep.equal(['create configmaps 429', 'create configmaps 429', 'create configmaps 200']);
    });

    it('gives up where the server asks for more patience than a request has', async () => {
      answers = [failure(429, 'TooManyRequests', { 'Retry-After': '30' })];
      const error = await rejection((await client()).read(REF));
      expect([error.kind, error.retryAfterMs]).to.deep.equal(['throttled', 30_000]);
      expect(seen).to.have.length(1);
    });

    it('asks nothing at all, but for the lease, while the server asked for patience', async () => {
      const cluster = await client();
      answers = [failure(429, 'TooManyRequests', { 'Retry-After': '30' })];
      await rejection(cluster.apply(OBJECT));
      const others = [cluster.read(REF), cluster.list(CONFIG_MAPS), cluster.apply(OBJECT), cluster.watch(CONFIG_MAPS, { resourceVersion: '1', signal: AbortSignal.timeout(5_000) }).next()];
      for (const other of others) expect((await rejection(other)).retryAfterMs).to.be.within(29_000, 30_000);
      expect(seen).to.have.length(1);
      await cluster.read({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace: 'belfry-system', name: 'belfry' });
      expect(seen).to.have.length(2);
    });

    it('lets reads through and writes not where it is told that others may write now', async () => {
      let mayWrite = true;
      const cluster = await client({ mayWrite: () => mayWrite });
      await cluster.apply(OBJECT);
      mayWrite = false;
      const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'belfry', namespace: 'belfry-system' } };
      const before = seen.length;
      const writes = [
        cluster.apply(OBJECT), cluster.create(OBJECT), cluster.replace(OBJECT), cluster.delete(REF, {}), cluster.writeStatus(REF, {}), cluster.patchMetadata(REF, {}),
        cluster.podRequest({ namespace: 'shop', pod: 'a', podIp: '127.0.0.1', port: 1, method: 'POST', path: '/', timeoutMs: 1_000 }),
      ];
      for (const write of writes) expect((await rejection(write)).message).to.contain('not sent: another may lead');
      expect(seen).to.have.length(before);
      await cluster.read(REF);
      await cluster.apply(OBJECT, { dryRun: true });
      await cluster.replace(lease);
      expect(seen).to.have.length(before + 3);
    });

    it('sends no write that waited for a connection until others may write', async () => {
      const held: (() => void)[] = [];
      fallback = (response, entry) => void held.push(() => json(200, OBJECT)(response, entry));
      let mayWrite = true;
      const cluster = await client({ mayWrite: () => mayWrite });
      const reads = Array.from({ length: 40 }, () => cluster.read(REF));
      while (held.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      const write = rejection(cluster.apply(OBJECT));
      // It was begun by a leader; by the time there is a connection for it, that may not lead any more.
      await new Promise((resolve) => setTimeout(resolve, 100));
      mayWrite = false;
      fallback = json(200, OBJECT);
      for (const answer of held) answer();
      await Promise.all(reads);
      expect((await write).message).to.contain('not sent: another may lead');
      expect(seen.filter(({ method }) => method !== 'GET')).to.deep.equal([]);
    });

    it('repeats what may be repeated when the connection breaks, and nothing else', async () => {
      const cluster = await client();
      answers = [reset, reset];
      await cluster.apply(OBJECT);
      expect(seen).to.have.length(3);
      answers = [reset];
      expect((await rejection(cluster.create(OBJECT))).kind).to.equal('unreachable');
      answers = [reset];
      expect((await rejection(cluster.replace(OBJECT))).kind).to.equal('unreachable');
      expect(seen).to.have.length(5);
      expect(attempts.map(({ code }) => code)).to.deep.equal([0, 0, 200, 0, 0]);
    });

    it('gives up after four attempts', async () => {
      fallback = reset;
      const error = await rejection((await client()).read(REF));
      expect(error.kind).to.equal('unreachable');
      expect(error.cause).to.be.instanceOf(Error);
      expect(seen).to.have.length(4);
    });

    it('does not wait for ever: neither for the head of an answer nor for its end', async () => {
      const cluster = await client({ timeoutMs: 60 });
      answers = [() => undefined, (response) => void response.writeHead(200).write('{"half":')];
      for (let i = 0; i < 2; i++) {
        const error = await rejection(cluster.read(REF));
        expect([error.kind, error.message]).to.deep.equal(['timeout', 'GET /api/v1/namespaces/shop/configmaps/a: no answer within 60 ms']);
      }
      expect(seen).to.have.length(2);
    });

    it('renews a lease while all other requests wait for an answer', async () => {
      const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { namespace: 'belfry-system', name: 'belfry' } };
      const held: (() => void)[] = [];
      fallback = (response, entry) => (entry.url.includes('/leases/') ? json(200, lease)(response, entry) : void held.push(() => json(200, OBJECT)(response, entry)));
      const cluster = await client();
      const waiting = Array.from({ length: 100 }, () => cluster.read(REF));
      await cluster.replace(await cluster.read({ apiVersion: lease.apiVersion, kind: lease.kind, ...lease.metadata }) as KubeObject);
      expect(held.length).to.be.below(100);
      fallback = json(200, OBJECT);
      for (const answer of held) answer();
      await Promise.all(waiting);
    });

    it('says that nobody is there', async () => {
      const cluster = await client();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      const error = await rejection(cluster.read(REF));
      expect(error.kind).to.equal('unreachable');
      expect(error.message).to.contain('ECONNREFUSED');
      await new Promise<void>((resolve) => server.listen(0, resolve));
    });
  });

  describe('watching', () => {
    const watch = async (cluster: Client, signal = new AbortController().signal): Promise<WatchEvent[]> => {
      const events: WatchEvent[] = [];
      for await (const event of cluster.watch(CONFIG_MAPS, { resourceVersion: '5', signal })) events.push(event);
      return events;
    };
    const line = (type: string, object: object): string => `${JSON.stringify({ type, object })}\n`;

    it('asks for bookmarks and for an end', async () => {
      fallback = (response) => void response.writeHead(200).end();
      await watch(await client({ random: () => 0.5 }));
      const query = new URL(seen[0]?.url ?? '', url()).searchParams;
      expect(Object.fromEntries(query)).to.deep.equal({ watch: 'true', allowWatchBookmarks: 'true', resourceVersion: '5', timeoutSeconds: '450' });
    });

    it('reads events however the bytes are cut', async () => {
      const text = Buffer.from(line('ADDED', { metadata: { name: '\u4e16\u754c\ud83d\ude00' } }) + line('BOOKMARK', { metadata: { resourceVersion: '9' } }) + line('DELETED', { metadata: { name: 'x' } }));
      for (const size of [1, 3, 7, 1000]) {
        fallback = (response) => {
          response.writeHead(200);
          for (let i = 0; i < text.length; i += size) response.write(text.subarray(i, i + size));
          response.end();
        };
        const events = await watch(await client());
        expect(events).to.deep.equal([
          { type: 'ADDED', object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: '\u4e16\u754c\ud83d\ude00' } } },
          { type: 'BOOKMARK', resourceVersion: '9' },
          { type: 'DELETED', object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } } },
        ]);
      }
    });

    it('notices silence', async () => {
      fallback = (response) => {
        response.writeHead(200);
        response.write(line('BOOKMARK', { metadata: { resourceVersion: '9' } }));
      };
      const error = await rejection(watch(await client({ watchIdleMs: 50 })));
      expect([error.kind, error.request]).to.deep.equal(['timeout', 'WATCH /api/v1/configmaps']);
    });

    it('tells an error within the stream from its end, and a broken stream from both', async () => {
      const cluster = await client();
      answers = [
        (response) => void response.writeHead(200).end(line('ERROR', { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version' })),
        (response) => void response.writeHead(200).end('{"type":"ADDED","obj'),
        (response) => {
          response.writeHead(200);
          response.write(line('ADDED', OBJECT), () => setTimeout(() => (response.socket as Socket).resetAndDestroy(), 20));
        },
        failure(403, 'Forbidden'),
        failure(429, 'TooManyRequests', { 'Retry-After': '2' }),
      ];
      expect((await rejection(watch(cluster))).kind).to.equal('gone');
      expect((await rejection(watch(cluster))).kind).to.equal('server');
      expect((await rejection(watch(cluster))).kind).to.equal('unreachable');
      expect((await rejection(watch(cluster))).kind).to.equal('forbidden');
      expect((await rejection(watch(cluster))).retryAfterMs).to.equal(2000);
    });

    it('ends quietly when it is told to, before or after the first byte', async () => {
      const cluster = await client();
      fallback = () => undefined;
      expect(await watch(cluster, AbortSignal.timeout(20))).to.deep.equal([]);
      fallback = (response) => {
        response.writeHead(200);
        response.write(line('ADDED', OBJECT));
      };
      expect(await watch(cluster, AbortSignal.timeout(50))).to.have.length(1);
    });

    it('does not use up the connections of other requests', async () => {
      fallback = (response, { url: path }) => (path.includes('watch=') ? response.writeHead(200).flushHeaders() : json(200, OBJECT)(response, {} as Seen));
      const cluster = await client({ timeoutMs: 2000 });
      const abort = new AbortController();
      const watches = Array.from({ length: 40 }, () => watch(cluster, abort.signal));
      await Promise.all(Array.from({ length: 100 }, () => cluster.read(REF)));
      abort.abort();
      await Promise.all(watches);
    });
  });

  describe('pods', () => {
    it('asks a pod at its address', async () => {
      const port = (server.address() as AddressInfo).port;
      fallback = (response) => void response.writeHead(503).end('not ready');
      const cluster = await client({ podAccess: 'direct' });
      const answer = await cluster.podRequest({ namespace: 'shop', pod: 'p-0', podIp: '127.0.0.1', port, method: 'GET', path: '/-/ready?x=1', timeoutMs: 1000 });
      expect(answer).to.deep.equal({ status: 503, body: 'not ready' });
      expect(seen[0]?.url).to.equal('/-/ready?x=1');
      expect(seen[0]?.headers.authorization).to.equal(undefined);
    });

    it('asks a pod through the API server, and tells whose answer it is', async () => {
      const cluster = await client({ podAccess: 'proxy' });
      const request = { namespace: 'shop', pod: 'p-0', podIp: '10.0.0.1', port: 9093, method: 'POST', path: '/api/v2/silences', body: { a: 1 }, timeoutMs: 1000 } as const;
      answers = [(response) => void response.writeHead(404).end('404 page not found'), failure(503, 'ServiceUnavailable')];
      expect(await cluster.podRequest(request)).to.deep.equal({ status: 404, body: '404 page not found' });
      expect(seen[0]).to.include({ url: '/api/v1/namespaces/shop/pods/p-0:9093/proxy/api/v2/silences', body: '{"a":1}' });
      const error = await rejection(cluster.podRequest(request));
      expect([error.kind, error.request]).to.deep.equal(['server', 'POST pod shop/p-0:9093']);
    });

    it('does not wait for ever for a pod', async () => {
      const port = (server.address() as AddressInfo).port;
      fallback = () => undefined;
      const error = await rejection((await client()).podRequest({ namespace: 'shop', pod: 'p-0', podIp: '127.0.0.1', port, method: 'GET', path: '/', timeoutMs: 40 }));
      expect(error.kind).to.equal('timeout');
    });
  });
});
