import { expect } from 'chai';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { readAuditLog, writes, type AuditEntry } from '../support/audit-log.ts';
import { startFaultProxy, type FaultProxy } from '../support/fault-proxy.ts';
import { startOperator, type RunningOperator } from '../support/operator.ts';
import { waitFor } from '../support/wait-for.ts';
import { note, record } from './scenario.ts';
import { NAMESPACE, scrapeTarget, sharedWorld, type World } from './world.ts';

const GROUP = 'operator';
const GROUPS = { groups: ['belfry:operators'] };

interface Replica {
  readonly proxy: FaultProxy;
  readonly operator: RunningOperator;
}

describe('faults of the operator itself', function () {
  this.timeout(240_000);
  let world: World;
  const replicas = new Map<string, Replica>();
  const proxies = new Map<string, FaultProxy>();

  before(async () => {
    world = await sharedWorld();
    await world.ensureCalm();
  });

  // The replicas of these tests have nobody beside them.
  beforeEach(() => world.stopOperator());

  afterEach(async () => {
    for (const { operator } of replicas.values()) await operator.program.stop();
    replicas.clear();
    for (const proxy of proxies.values()) await proxy.heal();
  });

  after(async () => {
    for (const proxy of proxies.values()) await proxy.stop();
  });

  /** Starts a replica that contends, as a user of its own. */
  const contend = async (name: string): Promise<Replica> => {
    const proxy = proxies.get(name) ?? await startFaultProxy(world.plane, { user: `belfry-${name}`, ...GROUPS });
    proxies.set(name, proxy);
    const operator = await startOperator({ kubeconfig: proxy.kubeconfig, dir: world.plane.dir, name: `belfry-${name}`, leaderElect: true, podAccess: 'direct' });
    const replica = { proxy, operator };
    replicas.set(name, replica);
    return replica;
  };
  const isLeader = async ({ operator }: Replica): Promise<boolean> => (await operator.metric('belfry_leader')) === 1;
  const leads = (replica: Replica): Promise<boolean> => waitFor('it to lead', () => isLeader(replica), { intervalMs: 50 });
  const audit = async (): Promise<AuditEntry[]> => readAuditLog(world.plane.auditLog ?? '');
  const writesOf = async ({ proxy }: Replica, sinceMs: number): Promise<AuditEntry[]> =>
    writes(await audit(), { user: proxy.user }).filter(({ requestReceivedTimestamp }) => Date.parse(requestReceivedTimestamp) >= sinceMs);

  /** No write of the old leader reached the API server after the first of the new one. */
  const expectNoDoubleWrites = async (old: Replica, next: Replica, sinceMs: number): Promise<void> => {
    const first = (await writesOf(next, sinceMs))[0];
    expect(first, 'a write of the new leader').to.not.equal(undefined);
    const begun = Date.parse(first?.requestReceivedTimestamp ?? '');
    const late = (await writesOf(old, begun)).map(({ verb, requestURI, requestReceivedTimestamp }) => `${requestReceivedTimestamp} ${verb} ${requestURI}`);
    expect(late).to.deep.equal([]);
  };

  it('is killed after each of its first writes, and ends where it would have ended', async () => {
    // Without a last breath, in the middle of making a stack: after the 1st, 2nd ... write of each life.
    const slowest: number[] = [];
    await world.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'killed' } });
    await world.apply({
      apiVersion: 'belfry.dev/v1alpha1', kind: 'MonitoringStack', metadata: { name: 'killed', namespace: 'killed' },
      spec: { scope: 'Cluster', select: { namespaces: { matchLabels: { 'kubernetes.io/metadata.name': 'killed' } } }, prometheus: { replicas: 1 }, metricsApi: { resource: { enabled: false } } },
    });
    for (const count of [1, 2, 3, 5, 8, 13, 21]) {
      const died = Promise.withResolvers<void>();
      let pid = 0;
      world.proxy.countAnew();
      world.proxy.onWritten = (written) => {
        if (written >= count && pid !== 0) {
          process.kill(pid, 'SIGKILL');
          died.resolve();
        }
      };
      const operator = await startOperator({ kubeconfig: world.proxy.kubeconfig, dir: world.plane.dir, podAccess: 'direct', isExpectedReady: false });
      pid = operator.program.pid();
      await Promise.race([died.promise, new Promise((resolve) => setTimeout(resolve, 6_000))]);
      await operator.program.kill();
    }
    world.proxy.onWritten = undefined;
    const begun = performance.now();
    await world.startOperator();
    await waitFor('the stack to be Applied', async (seen) => {
      const status = await world.status('MonitoringStack', 'killed', 'killed');
      seen(status);
      return ['Applied', 'ConfigLive'].every((wanted) => status.conditions?.some(({ type, status: value }) => type === wanted && value === 'True'));
    });
    slowest.push(performance.now() - begun);
    await world.diffIsEmpty('killed');
    await world.change();
    await world.converged();
    record(GROUP, 'is killed (SIGKILL) after the 1st, 2nd, 3rd, 5th, 8th, 13th, 21st write of a life', Math.max(...slowest), 'last start');
    await world.admin.delete({ apiVersion: 'belfry.dev/v1alpha1', kind: 'MonitoringStack', namespace: 'killed', name: 'killed' }, {});
    await waitFor('its cluster-wide objects to go', async () => (await world.admin.list({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', plural: 'clusterroles', namespaced: false }, { labelSelector: 'belfry.dev/stack=killed' })).items.length === 0);
    await world.expectIntact();
    await world.stopOperator();
  });

  it('hands over within 3 s when it is stopped', async () => {
    const [a, b] = [await contend('a'), await contend('b')];
    await leads(a);
    const sinceMs = Date.now();
    const begun = performance.now();
    const stopped = a.operator.program.stop();
    await leads(b);
    const tookMs = performance.now() - begun;
    await stopped;
    await world.change();
    await world.converged();
    expect(tookMs).to.be.below(3_000);
    record(GROUP, 'the leader is stopped: another leads', tookMs, 'SIGTERM');
    await expectNoDoubleWrites(a, b, sinceMs);
  });

  it('writes nothing when it wakes up after another has taken over', async () => {
    const [a, b] = [await contend('a'), await contend('b')];
    await leads(a);
    const sinceMs = Date.now();
    // It has its hands full at the moment when it is frozen.
    await Promise.all(Array.from({ length: 40 }, (_, index) => world.apply(scrapeTarget(`busy-${index}`, { static: { targets: [world.scraped] } }))));
    a.operator.program.pause();
    await world.change();
    await leads(b);
    await world.converged();
    a.operator.program.resume();
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    await expectNoDoubleWrites(a, b, sinceMs);
    expect(await isLeader(b)).to.equal(true);
    // It stands by again, without a restart, and takes over in its turn.
    expect(await isLeader(a)).to.equal(false);
    const begun = performance.now();
    await b.operator.program.stop();
    await leads(a);
    record(GROUP, 'the leader is frozen, followed, wakes up, and leads again later', performance.now() - begun, 'SIGTERM of the follower');
    await world.change();
    await world.converged();
    await world.deleteTargets('busy-');
  });

  it('stands by while the API server is away for longer than a lease, and leads again without a restart', async () => {
    const a = await contend('a');
    await leads(a);
    const pid = a.operator.program.pid();
    await a.proxy.goAway();
    await waitFor('it to step down', async () => !(await isLeader(a)), { timeoutMs: 15_000 });
    await world.change();
    await a.proxy.comeBack();
    record(GROUP, 'the way to the API server is cut for longer than a lease', await world.converged(45_000));
    expect(a.operator.program.pid()).to.equal(pid);
    expect(await isLeader(a)).to.equal(true);
  });

  it('is killed amid a thousand changes, followed within 20 s, and every one of them is live', async () => {
    const [a, b] = [await contend('a'), await contend('b')];
    await leads(a);
    const sinceMs = Date.now();
    const names = Array.from({ length: 1_000 }, (_, index) => `load-${index}`);
    let written = 0;
    const write = async (): Promise<void> => {
      for (let name = names[written++]; name !== undefined; name = names[written++]) {
        await world.apply(scrapeTarget(name, { static: { targets: [world.scraped] }, labels: { load: name }, endpoints: [{ interval: '5m' }] }));
      }
    };
    const writers = Promise.all(Array.from({ length: 8 }, write));
    await waitFor('half of them', () => written > 500, { timeoutMs: 60_000, intervalMs: 5 });
    await a.operator.program.kill();
    const killed = performance.now();
    const takenOver = leads(b).then(() => performance.now() - killed);
    await writers;
    await world.change();
    const tookMs = await takenOver;
    const led = Math.max(killed + tookMs, performance.now());
    try {
      expect(tookMs).to.be.below(20_000);
      record(GROUP, 'the leader is killed: another leads', tookMs, 'SIGKILL');
      const pools = await waitFor('all jobs in every Prometheus', async (seen) => {
        const counts = await Promise.all(world.kubelet.pods('prometheus', `${NAMESPACE}/`).map(({ url }) => poolsAt(url)));
        seen(counts);
        return counts.every((count) => count >= 1_000) ? counts : undefined;
      }, { timeoutMs: 45_000, intervalMs: 500 });
      expect(pools).to.have.length(2);
      record(GROUP, 'the leader is killed amid 1,000 changes: all live', performance.now() - led, 'takeover');
      await waitFor('all statuses to say so', async (seen) => {
        const { items } = await world.admin.list({ apiVersion: 'belfry.dev/v1alpha1', kind: 'ScrapeTarget', plural: 'scrapetargets', namespaced: true }, { namespace: NAMESPACE });
        const waiting = items.filter((item) => !isLive(item));
        seen(`${waiting.length}, e.g. ${JSON.stringify(waiting[0]?.['status'])}`);
        return waiting.length === 0;
      }, { timeoutMs: 90_000, intervalMs: 500 });
      note(GROUP, 'the same: all 1,000 statuses say so (at most 100 writes a second)', performance.now() - led, 'takeover');
      await expectNoDoubleWrites(a, b, sinceMs);
    } finally {
      await world.deleteTargets('load-');
    }
    await world.change();
    await world.converged(60_000);
  });
});

function isLive(object: KubeObject): boolean {
  const { conditions = [] } = (object['status'] ?? {}) as { conditions?: readonly { type: string; status: string; observedGeneration?: number }[] };
  return conditions.some(({ type, status, observedGeneration }) => type === 'Live' && status === 'True' && observedGeneration === object.metadata.generation);
}

/** How many scrape pools of the load a Prometheus has. */
async function poolsAt(url: string): Promise<number> {
  const { data } = await (await fetch(`${url}/api/v1/scrape_pools`)).json() as { data: { scrapePools: string[] } };
  return data.scrapePools.filter((pool) => pool.includes('/load-')).length;
}
