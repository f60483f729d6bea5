import { expect } from 'chai';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { connect, type Client } from '../../src/kube/client.ts';
import type { WatchEvent } from '../../src/kube/cluster.ts';
import { isKubeError, type KubeError } from '../../src/kube/errors.ts';
import { resourceType } from '../../src/kube/resource-types.ts';
import { createAuthority, createCertificate, type Subject } from '../support/certificates.ts';
import type { ControlPlane } from '../support/control-plane.ts';
import { FaultProxy, startFaultProxy, statusBody } from '../support/fault-proxy.ts';
import { waitFor } from '../support/wait-for.ts';

const REF = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'a' };
const OBJECT = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'shop', resourceVersion: '1' } } as KubeObject;
const TYPE = resourceType('v1', 'ConfigMap');

/** The proxy before a plain server that stands in for the API server: what the scenarios rely on. */
describe('the proxy that breaks', function () {
  this.timeout(30_000);
  let dir: string;
  let server: Server;
  let proxy: FaultProxy;
  let client: Client;
  /** What the server was asked: method and user. */
  let asked: string[];
  /** Sends an event on every open watch of the server. */
  let tell: (event: object) => void;

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'belfry-fault-proxy-'));
    const pki = join(dir, 'pki');
    const authority = await createAuthority(pki, 'ca');
    const pair = await createCertificate(authority, pki, 'server', { user: 'server', hosts: ['127.0.0.1'] });
    const [cert, key, ca] = await Promise.all([pair.cert, pair.key, authority.cert].map((file) => readFile(file, 'utf8')));
    const watches = new Set<(event: object) => void>();
    tell = (event) => {
      for (const watch of watches) watch(event);
    };
    server = createServer({ cert: cert as string, key: key as string, ca: ca as string, requestCert: true }, (request, response) => {
      const user = (request.socket as { getPeerCertificate?: () => { subject?: { CN?: string } } }).getPeerCertificate?.().subject?.CN;
      asked.push(`${request.method} ${user}`);
      response.setHeader('content-type', 'application/json');
      if (!request.url?.includes('watch=true')) {
        response.end(JSON.stringify(OBJECT));
        return;
      }
      const send = (event: object): void => void response.write(`${JSON.stringify(event)}\n`);
      response.flushHeaders();
      watches.add(send);
      response.on('close', () => watches.delete(send));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const kubeconfigFor = async (subject: Subject): Promise<string> => {
      const mine = await createCertificate(authority, pki, `user-${subject.user}`, subject);
      const path = join(dir, 'kubeconfig');
      await writeFile(path, JSON.stringify({
        apiVersion: 'v1', kind: 'Config', 'current-context': 'c', contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
        clusters: [{ name: 'c', cluster: { server: url, 'certificate-authority': authority.cert } }],
        users: [{ name: 'u', user: { 'client-certificate': mine.cert, 'client-key': mine.key } }],
      }));
      return path;
    };
    proxy = await startFaultProxy({ url, dir, authority, kubeconfigFor } as unknown as ControlPlane, { user: 'belfry' });
  });

  after(async () => {
    await proxy?.stop();
    server?.closeAllConnections();
    server?.close();
    await rm(dir, { recursive: true, force: true });
  });

  beforeEach(async () => {
    asked = [];
    client = await connect({ kubeconfig: proxy.kubeconfig, timeoutMs: 1_000 });
  });

  afterEach(async () => {
    client.close();
    await proxy.heal();
  });

  const failure = async (work: Promise<unknown>): Promise<KubeError> => work.then(
    () => expect.fail('should have failed'),
    (error: unknown) => (isKubeError(error) ? error : expect.fail(String(error))),
  );
  /** A watch through the proxy: what it told, and how it ended. */
  const follow = (): { events: WatchEvent[]; end: Promise<unknown>; stop: AbortController } => {
    const stop = new AbortController();
    const events: WatchEvent[] = [];
    const run = async (): Promise<void> => {
      for await (const event of client.watch(TYPE, { resourceVersion: '1', signal: stop.signal })) events.push(event);
    };
    return { events, end: run().then(() => 'ended', (error: unknown) => error), stop };
  };

  it('passes on what it is asked, as the operator\'s user', async () => {
    expect((await client.read(REF))?.metadata.name).to.equal('a');
    await client.apply(OBJECT);
    expect(asked).to.deep.equal(['GET belfry', 'PATCH belfry']);
    expect(proxy.requests.slice(-2).map(({ method, isWrite, status }) => [method, isWrite, status])).to.deep.equal([['GET', false, 200], ['PATCH', true, 200]]);
  });

  it('answers in the place of the server, only to what the rule concerns, until it is taken back', async () => {
    const takeBack = proxy.inject({ kind: 'answer', status: 500, body: statusBody(500, 'InternalError', 'out of order') }, ({ isWrite }) => isWrite);
    expect((await failure(client.apply(OBJECT))).message).to.equal('out of order');
    await client.read(REF);
    takeBack();
    await client.apply(OBJECT);
    expect(asked).to.deep.equal(['GET belfry', 'PATCH belfry']);
  });

  it('resets, hangs, and loses the answer to what was done', async () => {
    proxy.inject({ kind: 'reset' });
    expect((await failure(client.create(OBJECT))).kind).to.equal('unreachable');
    await proxy.heal();
    proxy.inject({ kind: 'hang' });
    expect((await failure(client.create(OBJECT))).kind).to.equal('timeout');
    expect(asked).to.deep.equal([]);
    await proxy.heal();
    let written = 0;
    proxy.countAnew();
    proxy.onWritten = (count) => (written = count);
    proxy.inject({ kind: 'lostAnswer' });
    expect((await failure(client.create(OBJECT))).kind).to.equal('unreachable');
    expect([asked, written]).to.deep.equal([['POST belfry'], 1]);
  });

  it('is late before the server acts, or after', async () => {
    proxy.inject({ kind: 'delay', ms: 150 });
    const begun = performance.now();
    const slow = client.apply(OBJECT);
    await new Promise((resolve) => setTimeout(resolve, 75));
    expect(asked).to.deep.equal([]);
    await slow;
    expect(performance.now() - begun).to.be.at.least(145);
    await proxy.heal();
    proxy.inject({ kind: 'lateAnswer', ms: 150 });
    const late = client.apply(OBJECT);
    await waitFor('the server to act', () => asked.length === 2, { intervalMs: 5 });
    await late;
  });

  it('goes away and comes back on the same port', async () => {
    const { url } = proxy;
    await client.read(REF);
    await proxy.goAway();
    expect((await failure(client.read(REF))).message).to.contain('ECONNREFUSED');
    await proxy.comeBack();
    await client.read(REF);
    expect(proxy.url).to.equal(url);
  });

  it('accepts and says nothing, for ever on those connections', async () => {
    proxy.halfOpen();
    const waiting = client.create(OBJECT).then(() => 'answered', (error: KubeError) => error.kind);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await proxy.heal();
    expect(asked).to.deep.equal([]);
    expect(await waiting).to.equal('timeout');
    await client.read(REF);
  });

  for (const [how, expected] of [['end', 'ended'], ['reset', 'unreachable']] as const) {
    it(`cuts watches by ${how}`, async () => {
      const watch = follow();
      await waitFor('the watch', () => proxy.openWatches === 1);
      tell({ type: 'ADDED', object: OBJECT });
      await waitFor('the event', () => watch.events.length === 1);
      proxy.cutWatches(how);
      const end = await watch.end;
      expect(isKubeError(end) ? end.kind : end).to.equal(expected);
    });
  }

  it('tells open watches of an error', async () => {
    const watch = follow();
    await waitFor('the watch', () => proxy.openWatches === 1);
    proxy.failWatches(statusBody(410, 'Expired', 'too old'));
    expect(isKubeError(await watch.end, 'gone')).to.equal(true);
  });

  it('silences the watches that are open, and no other', async () => {
    const silent = follow();
    await waitFor('the watch', () => proxy.openWatches === 1);
    expect(proxy.silenceWatches()).to.equal(1);
    const other = follow();
    await waitFor('the other watch', () => proxy.openWatches === 2);
    tell({ type: 'ADDED', object: OBJECT });
    await waitFor('the event', () => other.events.length === 1);
    expect(silent.events).to.deep.equal([]);
    silent.stop.abort();
    other.stop.abort();
    await Promise.all([silent.end, other.end]);
  });
});
