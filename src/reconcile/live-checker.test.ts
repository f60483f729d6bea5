import { expect } from 'chai';
import { FakeClock } from '../testing/fake-clock.ts';
import { FakeCluster } from '../testing/fake-cluster.ts';
import { systemClock, type Clock } from '../kube/clock.ts';
import { LiveChecker } from './live-checker.ts';
import type { WantedConfig } from './wanted-config.ts';
import type { Replica } from './prometheus-api.ts';

/** The wall clock, a hundred times as fast. */
function fastClock(): Clock {
  const begun = systemClock.now();
  return { now: () => begun + (systemClock.now() - begun) * 100, wall: () => systemClock.wall(), after: (ms, run) => systemClock.after(ms / 100, run) };
}

interface Pod {
  readonly replica: Replica;
  loaded: string[];
  alertmanagerHash?: number;
  reloads: number;
  refuses?: string;
}

function aPod(name: string, shard = 0, port = 9090): Pod {
  return {
    replica: { namespace: 'shop', pod: name, uid: name, podIp: '10.0.0.1', port, shard, incarnation: `${name}/1`, annotations: {}, ready: true },
    loaded: [],
    reloads: 0,
  };
}

function setUp(pods: Pod[], clock: Clock) {
  const cluster = new FakeCluster(pods.map(({ replica }) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { namespace: 'shop', name: replica.pod } })));
  cluster.pods = ({ pod: name, path, method }) => {
    const pod = pods.find(({ replica }) => replica.pod === name);
    if (!pod) throw new Error(`no pod ${name}`);
    if (method === 'POST' && path === '/-/reload') {
      pod.reloads += 1;
      return pod.refuses ? { status: 500, body: pod.refuses } : { status: 200, body: '' };
    }
    if (path === '/metrics') return { status: 200, body: `alertmanager_config_hash ${pod.alertmanagerHash ?? 0}\n` };
    const asked = new URL(path, 'http://x').searchParams.getAll('rule_group[]');
    return { status: 200, body: JSON.stringify({ status: 'success', data: { groups: pod.loaded.filter((group) => asked.includes(group)).map((group) => ({ name: group })) } }) };
  };
  const refusals: string[] = [];
  let progress = 0;
  const live = new LiveChecker({
    cluster,
    clock,
    replicas: () => ({
      prometheus: pods.filter(({ replica }) => replica.port === 9090).map(({ replica }) => replica),
      alertmanager: pods.filter(({ replica }) => replica.port === 9093).map(({ replica }) => replica),
    }),
    onProgress: () => (progress += 1),
    onRefused: (_stack, { message }) => refusals.push(message),
  });
  return { cluster, live, refusals, progress: () => progress };
}

function wanted(markers: string[], rest: Partial<WantedConfig> = {}): WantedConfig {
  return { hashes: new Map([[0, markers.join()]]), markers: new Map([[0, markers]]), agent: false, reloadsItself: true, replicas: { prometheus: 1, alertmanager: 0 }, ...rest };
}

async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; tries < 400 && !isSo(); tries++) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(isSo(), 'what was waited for').to.equal(true);
}

describe('reconcile/live-checker', () => {
  const running: LiveChecker[] = [];
  const begin = (pods: Pod[], clock: Clock = fastClock()) => {
    const set = setUp(pods, clock);
    running.push(set.live);
    return set;
  };
  afterEach(() => {
    for (const live of running.splice(0)) live.stop();
  });

  it('lets a replica that does not answer hold up no other', async () => {
    const [quick, frozen] = [aPod('a'), aPod('b')];
    const { cluster, live, progress } = begin([quick, frozen]);
    const { podRequest } = cluster;
    cluster.podRequest = (request) => (request.pod === 'b' ? new Promise(() => undefined) : podRequest.call(cluster, request));
    live.want('shop/shop', wanted(['m/1'], { replicas: { prometheus: 2, alertmanager: 0 } }));
    quick.loaded = ['m/1'];
    await until(() => live.report('shop/shop')?.confirmed === 1);
    await until(() => progress() > 0);
    expect(live.report('shop/shop')?.missing.map(({ pod }) => pod)).to.deep.equal(['b']);
  });

  it('is live only once every replica shows every marker', async () => {
    const pods = [aPod('prometheus-shop-0'), aPod('prometheus-shop-1')];
    const { live } = begin(pods);
    live.want('shop/shop', wanted(['m1', 'm2'], { replicas: { prometheus: 2, alertmanager: 0 } }));
    (pods[0] as Pod).loaded = ['m1', 'm2'];
    await until(() => live.report('shop/shop')?.confirmed === 1);
    expect(live.report('shop/shop')).to.deep.include({ isLive: false, replicas: 2 });
    expect(live.markerReport('shop/shop', 0, 'm1')).to.deep.equal({ isLive: false, confirmed: 1, missing: ['prometheus-shop-1'] });
    (pods[1] as Pod).loaded = ['m1'];
    await until(() => live.markerReport('shop/shop', 0, 'm1').isLive);
    expect(live.report('shop/shop')?.isLive).to.equal(false);
    (pods[1] as Pod).loaded = ['m1', 'm2'];
    await until(() => live.report('shop/shop')?.isLive === true);
  });

  it('puts the hash on the pod before it asks, so that the kubelet refreshes the volume at once', async () => {
    const { live, cluster } = begin([aPod('prometheus-shop-0')], new FakeClock());
    live.want('shop/shop', wanted(['m1']));
    await until(() => cluster.calls.some(({ verb }) => verb === 'podRequest'));
    expect(cluster.calls[0]).to.deep.include({ verb: 'patchMetadata', key: 'Pod/shop/prometheus-shop-0' });
    expect(cluster.get({ apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'prometheus-shop-0' })?.metadata.annotations).to.deep.equal({ 'belfry.dev/config-hash': 'm1' });
  });

  it('rests once all is confirmed, and asks nothing until something changes', async () => {
    const pod = aPod('prometheus-shop-0');
    pod.loaded = ['m1'];
    const { live, cluster } = begin([pod]);
    live.want('shop/shop', wanted(['m1']));
    await until(() => live.report('shop/shop')?.isLive === true);
    const calls = cluster.calls.length;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(cluster.calls.length).to.equal(calls);
  });

  it('takes nothing for confirmed that was confirmed by an earlier life of the pod', async () => {
    const pod = aPod('prometheus-shop-0');
    pod.loaded = ['m1'];
    const { live } = begin([pod]);
    live.want('shop/shop', wanted(['m1']));
    await until(() => live.report('shop/shop')?.isLive === true);
    Object.assign(pod.replica, { incarnation: 'prometheus-shop-0/2' });
    pod.loaded = [];
    expect(live.report('shop/shop')?.isLive).to.equal(false);
  });

  it('asks anew when the wish goes away and comes back', async () => {
    const pod = aPod('prometheus-shop-0');
    pod.loaded = ['a'];
    const { live } = begin([pod]);
    live.want('shop/shop', wanted(['a']));
    await until(() => live.report('shop/shop')?.isLive === true);
    live.want('shop/shop', wanted(['b']));
    pod.loaded = ['b'];
    live.want('shop/shop', wanted(['a']));
    expect(live.report('shop/shop')?.isLive).to.equal(false);
  });

  it('is not live while a replica is missing, and says so', async () => {
    const pod = aPod('prometheus-shop-0');
    pod.loaded = ['m1'];
    const { live } = begin([pod]);
    live.want('shop/shop', wanted(['m1'], { replicas: { prometheus: 2, alertmanager: 0 } }));
    await until(() => live.report('shop/shop')?.confirmed === 1);
    expect(live.report('shop/shop')?.missing).to.deep.equal([{ pod: '', trouble: '1 of 2 replicas do not run' }]);
  });

  it('passes on in its own words why a Prometheus refuses a config', async () => {
    const pod = aPod('prometheus-shop-0');
    pod.refuses = 'failed to reload config: bad things in scrape-07.yaml';
    const { live, refusals } = begin([pod]);
    live.want('shop/shop', wanted(['m1']));
    await until(() => refusals.length > 0);
    expect(refusals[0]).to.equal('failed to reload config: bad things in scrape-07.yaml');
    expect(live.report('shop/shop')?.missing[0]?.trouble).to.match(/refuses it: failed to reload/);
  });

  it('asks a release that does not read changed files by itself to reload', async () => {
    const pod = aPod('prometheus-shop-0');
    const { live } = begin([pod]);
    live.want('shop/shop', wanted(['m1'], { reloadsItself: false }));
    await until(() => pod.reloads > 0);
  });

  it('asks Alertmanager to reload until it shows the hash of what was written', async () => {
    const pods = [aPod('prometheus-shop-0'), aPod('alertmanager-shop-0', 0, 9093)];
    (pods[0] as Pod).loaded = ['m1'];
    const { live } = begin(pods);
    live.want('shop/shop', wanted(['m1'], { alertmanager: { hash: 42, annotation: 'x' }, replicas: { prometheus: 1, alertmanager: 1 } }));
    await until(() => (pods[1] as Pod).reloads > 0);
    expect(live.alertmanagerIsLive('shop/shop')).to.equal(false);
    (pods[1] as Pod).alertmanagerHash = 42;
    await until(() => live.report('shop/shop')?.isLive === true);
    expect(live.alertmanagerIsLive('shop/shop')).to.equal(true);
  });
});
