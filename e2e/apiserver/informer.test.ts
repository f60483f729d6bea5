import { expect } from 'chai';
import { createServer, connect as connectTcp, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { refOf, type KubeObject } from '../../src/api/kube-object.ts';
import { connect, type Client } from '../../src/kube/client.ts';
import { Informer } from '../../src/kube/informer.ts';
import type { Change } from '../../src/kube/object-cache.ts';
import { resourceType } from '../../src/kube/resource-types.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { startControlPlane, type ControlPlane } from '../support/control-plane.ts';
import { freePorts } from '../support/process.ts';
import { waitFor } from '../support/wait-for.ts';

const CONFIG_MAPS = resourceType('v1', 'ConfigMap');

/** A wire between client and server that can be cut, and that can go dead without a word. */
class Wire {
  readonly #target: { readonly host: string; readonly port: number };
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  isDead = false;

  constructor(target: URL) {
    this.#target = { host: target.hostname, port: Number(target.port) };
    this.#server = createServer((inner) => {
      const outer = connectTcp(this.#target);
      for (const [from, to] of [[inner, outer], [outer, inner]] as const) {
        this.#sockets.add(from);
        from.on('data', (bytes: Buffer) => this.isDead || to.write(bytes));
        from.on('error', () => to.destroy());
        from.on('close', () => {
          this.#sockets.delete(from);
          to.destroy();
        });
      }
    });
  }

  async open(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  close(): void {
    this.cut();
    this.#server.close();
  }
}

describe('an informer on a real API server', function () {
  this.timeout(180_000);
  let plane: ControlPlane;
  let etcd: number;
  let cluster: Client;
  let wired: Client;
  let wire: Wire;
  let informer: Informer;
  let changes: Change[];
  const metrics = createMetrics({ process: false });

  const write = (name: string, value: string): Promise<KubeObject> =>
    cluster.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default', labels: { suite: 'informer' } }, data: { value } });
  const erase = (name: string): Promise<boolean> => cluster.delete({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name }, {});
  const valueOf = (name: string): unknown => (informer.get(`default/${name}`)?.['data'] as { value: string } | undefined)?.value;
  const restarts = async (reason: string): Promise<number> => {
    const { values } = await metrics.watchRestarts.get();
    return values.filter(({ labels }) => labels.reason === reason).reduce((sum, { value }) => sum + value, 0);
  };
  const follow = (client: Client): void => {
    changes = [];
    informer = new Informer(client, { type: CONFIG_MAPS, options: { labelSelector: 'suite=informer' }, backoff: { minMs: 50, maxMs: 500 }, metrics }, (change) => changes.push(change));
    informer.start();
  };
  /** The cache and the changes that were told must both come to what the server has. */
  const expectSame = async (): Promise<void> => {
    const { items } = await cluster.list(CONFIG_MAPS, { labelSelector: 'suite=informer' });
    const describe = (objects: Iterable<KubeObject>): string[] => [...objects].map(({ metadata, data }) => `${metadata.name} ${metadata.resourceVersion} ${JSON.stringify(data)}`).sort();
    const want = describe(items);
    await waitFor('the cache to catch up', () => JSON.stringify(describe(informer.list())) === JSON.stringify(want), { timeoutMs: 20_000 });
    const told = new Map<string, KubeObject>();
    for (const { old, new: next } of changes) {
      if (next) told.set(next.metadata.name, next);
      else if (old) told.delete(old.metadata.name);
    }
    expect(describe(told.values())).to.deep.equal(want);
  };

  before(async () => {
    const [client = 0, peer = 0, apiserver = 0] = await freePorts(3);
    etcd = client;
    plane = await startControlPlane({ ports: { etcd: client, etcdPeer: peer, apiserver } });
    cluster = await connect({ kubeconfig: plane.kubeconfig });
    wire = new Wire(new URL(plane.url));
    const port = await wire.open();
    const path = join(plane.dir, 'wire.kubeconfig');
    await writeFile(path, (await readFile(plane.kubeconfig, 'utf8')).replaceAll(plane.url, `https://127.0.0.1:${port}`));
    wired = await connect({ kubeconfig: path, watchIdleMs: 3000, timeoutMs: 3000 });
  });
  after(async () => {
    for (const client of [cluster, wired]) client?.close();
    wire?.close();
    await plane?.stop();
  });
  beforeEach(() => metrics.registry.resetMetrics());
  afterEach(async () => {
    await informer.stop();
    const { items } = await cluster.list(CONFIG_MAPS, { labelSelector: 'suite=informer', metadataOnly: true });
    for (const object of items) await cluster.delete(refOf(object), {});
  });

  it('misses nothing while its connection is cut again and again', async () => {
    follow(wired);
    await informer.synced;
    for (let round = 0; round < 10; round++) {
      await write(`cut-${round}`, 'new');
      wire.cut();
      await write('cut-0', `round ${round}`);
      if (round > 1) await erase(`cut-${round - 1}`);
    }
    await expectSame();
    expect(await restarts('error')).to.be.greaterThan(0);
  });

  it('notices that its connection is dead though nobody said so', async () => {
    follow(wired);
    await informer.synced;
    await write('silent', '1');
    await waitFor('the first event', () => valueOf('silent') === '1');
    wire.isDead = true;
    await write('silent', '2');
    await waitFor('the silence to be noticed', async () => (await restarts('silent')) > 0, { timeoutMs: 10_000 });
    wire.isDead = false;
    await waitFor('the second event', () => valueOf('silent') === '2', { timeoutMs: 15_000 });
    await expectSame();
  });

  it('lives through the death of the API server, and a frozen one', async () => {
    follow(cluster);
    await informer.synced;
    await write('death', '1');
    await waitFor('the first event', () => valueOf('death') === '1');
    await plane.apiserver.kill();
    await waitFor('the failure to be noticed', () => informer.lastError !== undefined);
    await plane.apiserver.start();
    await write('death', '2');
    await waitFor('the second event', () => valueOf('death') === '2', { timeoutMs: 20_000 });
    plane.apiserver.pause();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    plane.apiserver.resume();
    await write('death', '3');
    await expectSame();
    expect(valueOf('death')).to.equal('3');
  });

  it('lists anew after a compaction, and tells of what went meanwhile', async () => {
    await Promise.all(['stays', 'changes', 'goes'].map((name) => write(name, '1')));
    follow(wired);
    await informer.synced;
    const stays = informer.get('default/stays');
    wire.isDead = true;
    wire.cut();
    await write('changes', '2');
    await erase('goes');
    const { metadata } = await write('comes', '1');
    await compact(etcd, Number(metadata.resourceVersion));
    // Its cache of events would still answer; a new one begins at the present.
    await plane.apiserver.stop();
    await plane.apiserver.start();
    wire.isDead = false;
    wire.cut();
    await expectSame();
    expect(await restarts('gone')).to.equal(1);
    expect(informer.get('default/stays')).to.equal(stays);
    expect(changes.slice(3).map(({ old, new: next }) => `${old?.metadata.name} ${next?.metadata.name}`).sort()).to.deep.equal(['changes changes', 'goes undefined', 'undefined comes']);
    expect((await metrics.watchMissedEvents.get()).values).to.deep.equal([]);
  });

  it('lists more than a thousand objects in pages, and follows hundreds of changes', async () => {
    const names = Array.from({ length: 1100 }, (_, index) => `many-${index}`);
    await inBatches(names, (name) => write(name, '1'));
    const pages: number[] = [];
    const counted = await connect({ kubeconfig: plane.kubeconfig, onAttempt: ({ verb, code }) => verb === 'list' && pages.push(code) });
    follow(counted);
    await informer.synced;
    expect(pages).to.deep.equal([200, 200, 200]);
    expect(informer.size).to.equal(1100);
    await inBatches(names.slice(0, 300), (name) => write(name, '2'));
    await expectSame();
    expect(changes).to.have.length(1400);
    counted.close();
  });
});

async function inBatches(names: readonly string[], run: (name: string) => Promise<unknown>): Promise<void> {
  for (let i = 0; i < names.length; i += 50) await Promise.all(names.slice(i, i + 50).map(run));
}

/** Lets etcd forget everything before a revision. */
async function compact(port: number, revision: number): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}/v3/kv/compaction`, { method: 'POST', body: JSON.stringify({ revision: String(revision), physical: true }) });
  if (!response.ok) throw new Error(await response.text());
}
