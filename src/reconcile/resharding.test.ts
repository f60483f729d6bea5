import { expect } from 'chai';
import { ANNOTATION_SPREAD } from '../api/group.ts';
import type { KubeObject, ObjectRef } from '../api/kube-object.ts';
import type { MonitoringStackSpec } from '../api/monitoring-stack.ts';
import { aStack, aTarget } from '../testing/build.ts';
import { OperatorWorld } from '../testing/operator-world.ts';
import { targetInput } from '../testing/scrape-target-case.ts';
import { isOver, moveOf, nextSpread, parseSpread, settleTime, type Move } from './resharding.ts';

const asObject = (resource: object): KubeObject => resource as KubeObject;
const ref = (apiVersion: string, kind: string, name: string): ObjectRef => ({ apiVersion, kind, namespace: 'shop', name });
const BASE = ref('v1', 'ConfigMap', 'prometheus-shop');

/** A cluster whose kubelet starts what is asked for, and whose servers load what is written, but for those that hang. */
class Shards extends OperatorWorld {
  /** Shards whose pods do not start. */
  readonly absent = new Set<number>();
  /** Shards that load nothing new: what they show stays as it is. */
  readonly deaf = new Map<number, ReadonlySet<string>>();

  constructor(prometheus: MonitoringStackSpec['prometheus']) {
    const spec = { prometheus: prometheus ?? {}, alertmanager: { enabled: false }, grafana: { enabled: false } };
    super([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }, asObject(aStack('shop', spec)), asObject(aTarget('checkout', { static: { targets: ['10.0.0.1:80'] }, endpoints: [{ interval: '20s' }] }))]);
    this.cluster.pods = ({ pod, path }) => {
      const asked = new URL(path, 'http://x').searchParams.getAll('rule_group[]');
      const shard = Number(/-shard-(\d+)-/.exec(pod)?.[1] ?? 0);
      const shown = this.deaf.get(shard) ?? this.markers(shard);
      return { status: 200, body: JSON.stringify({ status: 'success', data: { groups: asked.filter((name) => shown.has(name)).map((name) => ({ name })) } }) };
    };
  }

  /** Lets time pass, and pods come and go with their StatefulSets. */
  async pass(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second++) {
      await this.clock.advance(1000);
      this.#kubelet();
    }
  }

  async ask(shards: number): Promise<void> {
    this.cluster.edit(ref('belfry.dev/v1alpha1', 'MonitoringStack', 'shop'), (object) => {
      const spec = object['spec'] as MonitoringStackSpec;
      return { ...object, metadata: { ...object.metadata, generation: (object.metadata.generation ?? 0) + 1 }, spec: { ...spec, prometheus: { ...spec.prometheus, shards } } };
    });
    await this.pass(3);
  }

  markers(shard: number): ReadonlySet<string> {
    return new Set(this.texts(shard).flatMap((text) => [...text.matchAll(/belfry-config\/[\w/]+/g)].map(([name]) => name)));
  }

  texts(shard: number): string[] {
    const maps = this.cluster.all('ConfigMap').filter(({ metadata }) => metadata.labels?.['belfry.dev/shard'] === String(shard));
    return maps.flatMap((object) => Object.values((object['data'] ?? {}) as Record<string, string>));
  }

  get shards(): number {
    return this.cluster.all('StatefulSet').length;
  }

  get spread(): string | undefined {
    return this.cluster.get(BASE)?.metadata.annotations?.[ANNOTATION_SPREAD];
  }

  #kubelet(): void {
    const wanted = new Map(this.cluster.all('StatefulSet').map(({ metadata }) => [`${metadata.name}-0`, metadata.labels ?? {}]));
    for (const { metadata } of this.cluster.all('Pod')) if (!wanted.has(metadata.name)) this.cluster.remove(ref('v1', 'Pod', metadata.name));
    for (const [name, labels] of wanted) {
      if (this.absent.has(Number(labels['belfry.dev/shard'])) || this.cluster.get(ref('v1', 'Pod', name))) continue;
      this.cluster.put({ apiVersion: 'v1', kind: 'Pod', metadata: { namespace: 'shop', name, uid: name, labels }, status: { phase: 'Running', podIP: '10.0.0.1', containerStatuses: [{ name: 'prometheus', containerID: name, restartCount: 0 }] } });
    }
  }
}

describe('reconcile/resharding', () => {
  let world: Shards | undefined;
  const begin = async (prometheus: MonitoringStackSpec['prometheus']): Promise<Shards> => {
    world = new Shards(prometheus);
    await world.start();
    await world.pass(8);
    return world;
  };
  afterEach(async () => {
    await world?.stop();
    world = undefined;
  });

  it('lets a new shard scrape its part before any other lets go of it', async () => {
    const shards = await begin({ shards: 2 });
    expect([shards.shards, shards.spread]).to.deep.equal([2, '2']);
    await shards.ask(3);
    expect([shards.shards, shards.spread]).to.deep.equal([3, '2,3']);
    for (const shard of [0, 1, 2]) expect(shards.texts(shard).join('\n')).to.include(`regex: "${shard};.*|.*;${shard}"`);
    // 30 s, the stack's interval, and time to discover them.
    await shards.pass(30);
    expect(shards.spread).to.equal('2,3');
    await shards.pass(20);
    expect([shards.shards, shards.spread]).to.deep.equal([3, '3']);
    for (const shard of [0, 1, 2]) expect(shards.texts(shard).join('\n')).to.include(`modulus: 3`).and.not.include('modulus: 2,');
  });

  it('waits for a shard whose pod does not start, as long as that takes', async () => {
    const shards = await begin({ shards: 1, thanos: {} });
    shards.absent.add(1);
    await shards.ask(2);
    await shards.pass(600);
    expect([shards.shards, shards.spread]).to.deep.equal([2, '1,2']);
    shards.absent.delete(1);
    await shards.pass(60);
    expect(shards.spread).to.equal('2');
  });

  it('waits for a shard that has not loaded the config', async () => {
    const shards = await begin({ shards: 2 });
    shards.deaf.set(1, shards.markers(1));
    await shards.ask(3);
    await shards.pass(300);
    expect(shards.spread).to.equal('2,3');
    shards.deaf.delete(1);
    await shards.pass(60);
    expect(shards.spread).to.equal('3');
  });

  it('takes a shard away only after the others scrape what it had', async () => {
    const shards = await begin({ shards: 3 });
    await shards.ask(1);
    expect([shards.shards, shards.spread]).to.deep.equal([3, '3,1']);
    await shards.pass(60);
    expect([shards.shards, shards.spread]).to.deep.equal([1, undefined]);
  });

  it('goes on where it was after a restart of the operator', async () => {
    const shards = await begin({ shards: 2 });
    shards.absent.add(2);
    await shards.ask(3);
    await shards.restart();
    await shards.pass(5);
    expect([shards.shards, shards.spread]).to.deep.equal([3, '2,3']);
    shards.absent.delete(2);
    await shards.pass(60);
    expect(shards.spread).to.equal('3');
  });

  it('ends though ScrapeTargets change all the time', async () => {
    const shards = await begin({ shards: 2 });
    await shards.ask(3);
    for (let second = 0; second < 60; second += 2) {
      shards.cluster.edit(ref('belfry.dev/v1alpha1', 'ScrapeTarget', 'checkout'), (object) => ({ ...object, metadata: { ...object.metadata, generation: second + 2 }, spec: { ...(object['spec'] as object), labels: { second: String(second) } } }));
      await shards.pass(2);
    }
    expect(shards.spread).to.equal('3');
  });

  it('keeps what is scraped by any of several wishes when the wish changes on the way', async () => {
    const shards = await begin({ shards: 2 });
    shards.absent.add(2);
    await shards.ask(3);
    await shards.ask(4);
    expect([shards.shards, shards.spread]).to.deep.equal([4, '2,3,4']);
    await shards.ask(2);
    expect([shards.shards, shards.spread]).to.deep.equal([4, '3,4,2']);
    shards.absent.delete(2);
    await shards.pass(60);
    expect([shards.shards, shards.spread]).to.deep.equal([2, '2']);
  });

  it('needs no move for a new stack, and ends one at once where no Prometheus runs', async () => {
    const shards = await begin({ shards: 3, replicas: 0 });
    expect(shards.spread).to.equal('3');
    shards.absent.add(0).add(1).add(2).add(3);
    for (const { metadata } of shards.cluster.all('Pod')) shards.cluster.remove(ref('v1', 'Pod', metadata.name));
    await shards.ask(4);
    await shards.pass(3);
    expect(shards.spread).to.equal('4');
  });

  it('reads what was written', () => {
    expect(parseSpread(undefined)).to.equal(undefined);
    expect(parseSpread({})).to.deep.equal([1]);
    expect(parseSpread({ [ANNOTATION_SPREAD]: '2,3' })).to.deep.equal([2, 3]);
    for (const spread of ['', 'two', '0', '1.5', '2,,3']) expect(parseSpread({ [ANNOTATION_SPREAD]: spread })).to.deep.equal([1]);
    expect([nextSpread(undefined, 3), nextSpread([2], 2), nextSpread([2], 3), nextSpread([2, 3], 2), nextSpread([2, 3], 4)]).to.deep.equal([[3], [2], [2, 3], [3, 2], [2, 3, 4]]);
  });

  it('gives each target time to be scraped, but does not wait an hour for one that is scraped every hour', () => {
    const at = (interval: string) => targetInput({ target: { spec: { static: { targets: [] }, endpoints: [{ interval }] } } });
    expect(settleTime('30s', { targets: [] })).to.equal(40_000);
    expect(settleTime('30s', { targets: [at('5s'), at('1m')] })).to.equal(70_000);
    expect(settleTime('30s', { targets: [at('1h')] })).to.equal(130_000);
  });

  it('counts a config file as shown once it was, whatever becomes of it', () => {
    const bucket = (configMap: string) => ({ configMap, shard: 0, hash: '', marker: configMap, owners: [] });
    const move = moveOf(undefined, [1, 2], [bucket('a'), bucket('b')]) as Move;
    const shown = (live: readonly string[], nowMs: number) => isOver(move, { buckets: [bucket('a'), bucket('b')], isLive: ({ marker }) => live.includes(marker), anyRuns: true, isComplete: true, nowMs }, 100);
    expect([shown(['a'], 0), shown(['b'], 10), shown([], 109), shown([], 110)]).to.deep.equal([false, false, false, true]);
    expect(moveOf(move, [1, 2], [bucket('c')])).to.equal(move);
    expect(moveOf(move, [2], [])).to.equal(undefined);
  });
});
