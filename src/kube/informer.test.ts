import { expect } from 'chai';
import { setImmediate } from 'node:timers/promises';
import { refOf, type KubeObject } from '../api/kube-object.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { FakeCluster } from '../testing/fake-cluster.ts';
import { KubeError } from './errors.ts';
import { Informer, type InformerSpec } from './informer.ts';
import type { Change } from './object-cache.ts';
import { resourceType } from './resource-types.ts';

const type = resourceType('v1', 'ConfigMap');

function configMap(name: string, data: object = {}, metadata: object = {}): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'shop', ...metadata }, data };
}

function describeChange({ old, new: next }: Change): string {
  const name = (next ?? old)?.metadata.name;
  const value = (object: KubeObject | undefined): string => JSON.stringify(object?.['data']);
  return !old ? `+${name} ${value(next)}` : !next ? `-${name}` : `~${name} ${value(old)} ${value(next)}`;
}

describe('kube/informer', () => {
  let clock: FakeClock;
  let cluster: FakeCluster;
  let informer: Informer;
  let changes: string[];
  const metrics = createMetrics({ process: false });

  const start = async (spec: Partial<InformerSpec> = {}, onChange?: (change: Change) => void): Promise<void> => {
    informer = new Informer(cluster, { type, clock, random: () => 0.5, metrics, ...spec }, (change) => {
      changes.push(describeChange(change));
      onChange?.(change);
    });
    informer.start();
    await clock.advance(0);
  };
  const restarts = async (reason: string): Promise<number> => {
    const { values } = await metrics.watchRestarts.get();
    return values.find(({ labels }) => labels.reason === reason)?.value ?? 0;
  };

  beforeEach(() => {
    clock = new FakeClock();
    cluster = new FakeCluster([configMap('a', { v: '1' }), configMap('b', { v: '1' })]);
    changes = [];
    metrics.registry.resetMetrics();
  });
  afterEach(() => informer.stop());

  it('lists, then follows', async () => {
    await start();
    await informer.synced;
    expect(informer.hasSynced).to.equal(true);
    expect(changes).to.deep.equal(['+a {"v":"1"}', '+b {"v":"1"}']);
    cluster.put(configMap('a', { v: '2' }));
    cluster.put(configMap('c', { v: '1' }));
    cluster.remove(refOf(configMap('b')));
    await clock.advance(0);
    expect(changes.slice(2)).to.deep.equal(['~a {"v":"1"} {"v":"2"}', '+c {"v":"1"}', '-b']);
    expect(informer.get('shop/a')?.['data']).to.deep.equal({ v: '2' });
    expect([...informer.byNamespace('shop')].map(({ metadata }) => metadata.name)).to.deep.equal(['a', 'c']);
    expect([...informer.byNamespace('other')]).to.deep.equal([]);
    expect(informer.lastContactMs).to.equal(clock.now());
  });

  it('goes on where a watch ended, without a list', async () => {
    await start();
    for (let i = 0; i < 3; i++) {
      cluster.put(configMap('a', { v: `${i + 2}` }));
      await clock.advance(0);
      cluster.dropWatches();
      await clock.advance(1000);
    }
    cluster.put(configMap('a', { v: 'last' }));
    await clock.advance(0);
    expect(changes).to.include('~a {"v":"4"} {"v":"last"}');
    expect(cluster.calls.filter(({ verb }) => verb === 'list')).to.have.length(1);
    expect(await restarts('ended')).to.equal(3);
  });

  it('misses nothing that happened between two watches', async () => {
    await start();
    const heal = cluster.fail(({ verb }) => verb === 'watch', 'unreachable');
    cluster.dropWatches('unreachable');
    await clock.advance(0);
    cluster.put(configMap('a', { v: '2' }));
    cluster.remove(refOf(configMap('b')));
    await clock.advance(60_000);
    expect(changes).to.have.length(2);
    expect(informer.lastError).to.be.instanceOf(KubeError);
    heal();
    await clock.advance(60_000);
    expect(changes.slice(2)).to.deep.equal(['~a {"v":"1"} {"v":"2"}', '-b']);
    expect(informer.lastError).to.equal(undefined);
  });

  it('lists anew where its version is forgotten, and tells what changed meanwhile, deletions included', async () => {
    await start();
    const untouched = informer.get('shop/a');
    const heal = cluster.fail(({ verb }) => verb === 'watch', 'unreachable');
    cluster.dropWatches('unreachable');
    await clock.advance(0);
    cluster.remove(refOf(configMap('b')));
    cluster.put(configMap('c', { v: '1' }));
    cluster.compact();
    heal();
    await clock.advance(60_000);
    expect(changes.slice(2)).to.deep.equal(['+c {"v":"1"}', '-b']);
    expect(informer.get('shop/a')).to.equal(untouched);
    expect(await restarts('gone')).to.equal(1);
    expect((await metrics.watchMissedEvents.get()).values).to.deep.equal([]);
  });

  it('tells of an object that was deleted and made anew as of two', async () => {
    await start();
    const heal = cluster.fail(({ verb }) => verb === 'watch', 'unreachable');
    cluster.dropWatches('unreachable');
    await clock.advance(0);
    cluster.remove(refOf(configMap('b')));
    cluster.put(configMap('b', { v: 'new' }));
    cluster.compact();
    heal();
    await clock.advance(60_000);
    expect(changes.slice(2)).to.deep.equal(['-b', '+b {"v":"new"}']);
  });

  it('keeps the version of a bookmark, so that a quiet watch need not list again', async () => {
    await start();
    cluster.put({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', namespace: 'shop' } });
    cluster.bookmark();
    await clock.advance(0);
    cluster.compact();
    cluster.dropWatches();
    await clock.advance(5000);
    expect(cluster.calls.filter(({ verb }) => verb === 'list')).to.have.length(1);
    expect(cluster.openWatches).to.equal(1);
  });

  it('begins again at once after a silent watch', async () => {
    await start();
    cluster.fail(
      ({ verb }) => verb === 'watch',
      new KubeError({ kind: 'timeout', request: 'WATCH /api/v1/configmaps', message: 'silent' }),
      1,
    );
    await clock.advance(2000);
    cluster.dropWatches();
    await clock.advance(0);
    expect(cluster.openWatches).to.equal(1);
    expect(await restarts('silent')).to.equal(1);
  });

  it('waits as long as the server asks', async () => {
    await start();
    cluster.fail(
      ({ verb }) => verb === 'watch',
      new KubeError({ kind: 'throttled', request: 'WATCH', message: 'slow down', retryAfterMs: 40_000 }),
      1,
    );
    await clock.advance(2000);
    cluster.dropWatches();
    await clock.advance(39_000);
    expect(cluster.openWatches).to.equal(0);
    await clock.advance(10_000);
    expect(cluster.openWatches).to.equal(1);
    expect(await restarts('throttled')).to.equal(1);
  });

  it('waits longer each time while the server fails, never more than the limit, and does not spin on watches that end at once', async () => {
    await start({ backoff: { minMs: 100, maxMs: 1000 } });
    const heal = cluster.fail(({ verb }) => verb === 'watch', 'server');
    cluster.dropWatches('server');
    await clock.advance(0);
    cluster.clearCalls();
    await clock.advance(10_000);
    expect(cluster.calls.length).to.be.within(10, 25);
    heal();
    await clock.advance(2000);
    cluster.clearCalls();
    for (let i = 0; i < 100; i++) {
      cluster.dropWatches();
      await clock.advance(10);
    }
    expect(cluster.calls.length).to.be.below(20);
  });

  it('keeps trying where the first list fails, and is not synced before', async () => {
    const heal = cluster.fail(({ verb }) => verb === 'list', 'forbidden');
    await start();
    await clock.advance(120_000);
    expect(informer.hasSynced).to.equal(false);
    heal();
    await clock.advance(60_000);
    expect(informer.hasSynced).to.equal(true);
    expect(changes).to.have.length(2);
  });

  it('lists from time to time all the same, and counts what no watch had told', async () => {
    await start({ relistMs: 10_000 });
    // A watch that says nothing of what happens: its feed is of another kind.
    const deaf = cluster.watch.bind(cluster);
    cluster.watch = (_type, options) => deaf(resourceType('v1', 'Secret'), options);
    cluster.dropWatches();
    await clock.advance(1000);
    cluster.put(configMap('a', { v: 'unheard' }));
    cluster.bookmark();
    await clock.advance(20_000);
    expect(changes).to.have.length(2);
    cluster.dropWatches();
    await clock.advance(0);
    expect(changes.slice(2)).to.deep.equal(['~a {"v":"1"} {"v":"unheard"}']);
    expect((await metrics.watchMissedEvents.get()).values[0]?.value).to.equal(1);
  });

  it('survives a handler that throws', async () => {
    await start({}, () => {
      throw new Error('bug');
    });
    cluster.put(configMap('c'));
    await clock.advance(0);
    expect(changes).to.have.length(3);
    expect(informer.get('shop/c')).to.not.equal(undefined);
  });

  it('keeps of metadata what we use', async () => {
    const annotations = { 'belfry.dev/paused': 'true', 'kubectl.kubernetes.io/last-applied-configuration': '{"long":true}' };
    cluster.put(configMap('meta', { big: 'value' }, { labels: { a: 'b' }, annotations }));
    await start({ options: { metadataOnly: true } });
    const kept = informer.get('shop/meta');
    expect(kept).to.have.all.keys('apiVersion', 'kind', 'metadata');
    expect(kept?.metadata).to.include.all.keys('name', 'namespace', 'uid', 'resourceVersion', 'labels');
    expect(kept?.metadata.annotations).to.deep.equal({ 'belfry.dev/paused': 'true' });
    expect(kept?.metadata).to.not.have.any.keys('managedFields', 'creationTimestamp');
  });

  it('finds by index, also after a change and a deletion', async () => {
    await start({ indexes: { value: ({ data }) => Object.values(data as Record<string, string>) } });
    const found = (value: string): string[] => [...informer.byIndex('value', value)].map(({ metadata }) => metadata.name);
    expect(found('1')).to.deep.equal(['a', 'b']);
    cluster.put(configMap('a', { v: '2' }));
    cluster.remove(refOf(configMap('b')));
    await clock.advance(0);
    expect(found('1')).to.deep.equal([]);
    expect(found('2')).to.deep.equal(['a']);
    expect(() => [...informer.byIndex('none', '')]).to.throw('no such index');
  });

  it('stops at once, during a pause too, and tells nothing afterwards', async () => {
    cluster.fail(({ verb }) => verb === 'list', 'unreachable');
    await start();
    await clock.advance(5000);
    await informer.stop();
    expect(clock.pending).to.equal(0);
    await informer.synced;
    expect(informer.hasSynced).to.equal(false);

    cluster = new FakeCluster();
    cluster.fail(({ verb }) => verb === 'list', 'hang');
    await start();
    await informer.stop();

    cluster = new FakeCluster([configMap('a')]);
    changes = [];
    await start();
    await informer.stop();
    cluster.put(configMap('z'));
    await setImmediate();
    expect(changes).to.deep.equal(['+a {}']);
    expect(cluster.openWatches).to.equal(0);
  });

  it('counts what a list found and no watch had told of, deletions too, and nothing that a watch tells a moment later', async () => {
    const missed = async (): Promise<number> => (await metrics.watchMissedEvents.get()).values[0]?.value ?? 0;
    await start({ relistMs: 60_000 });
    cluster.loseEvents(2);
    cluster.put(configMap('a', { v: '2' }));
    cluster.remove(refOf(configMap('b')));
    cluster.put(configMap('c', { v: '1' }));
    await clock.advance(70_000);
    expect(changes.slice(2)).to.deep.equal(['+c {"v":"1"}']);
    cluster.dropWatches();
    await clock.advance(10_000);
    expect(changes.slice(3)).to.have.members(['~a {"v":"1"} {"v":"2"}', '-b']);
    expect(await missed()).to.equal(2);
    // Deleted between the end of a watch and the list that follows: the list is first, and nothing was missed.
    await clock.advance(70_000);
    cluster.fail(({ verb }) => verb === 'watch', 'unreachable', 1);
    cluster.dropWatches();
    cluster.remove(refOf(configMap('c')));
    await clock.advance(70_000);
    cluster.dropWatches();
    await clock.advance(10_000);
    expect(changes.at(-1)).to.equal('-c');
    expect(await missed()).to.equal(2);
  });
});
