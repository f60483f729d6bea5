import { expect } from 'chai';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { readAuditLog, writes, type AuditEntry } from '../support/audit-log.ts';
import { startFaultProxy, type FaultProxy } from '../support/fault-proxy.ts';
import { FROM_BUNDLE, startOperator, type OperatorOptions, type RunningOperator } from '../support/operator.ts';
import { waitFor } from '../support/wait-for.ts';
import { expectRightsToSuffice, note, record, remark } from './scenario.ts';
import { NAMESPACE, scrapeTarget, sharedWorld, type World } from './world.ts';

const GROUP = 'operator';
/** More lives than this mean that it gets nowhere. */
const MOST_LIVES = 60;
const seconds = (count: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, count * 1_000));
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

  // The replicas of these tests have nobody beside them.
  beforeEach(async () => {
    world = await sharedWorld();
    await world.ensureNoOperator();
  });

  afterEach(async () => {
    for (const { operator } of replicas.values()) await operator.program.stop();
    replicas.clear();
    for (const proxy of proxies.values()) await proxy.heal();
  });

  after(async () => {
    for (const proxy of proxies.values()) await proxy.stop();
  });

  /** Starts a replica that contends, as a user of its own. */
  const contend = async (name: string, how: Partial<OperatorOptions> = {}): Promise<Replica> => {
    const proxy = proxies.get(name) ?? await startFaultProxy(world.plane, { user: `belfry-${name}`, ...GROUPS });
    proxies.set(name, proxy);
    const operator = await startOperator({ kubeconfig: proxy.kubeconfig, dir: world.plane.dir, name: `belfry-${name}`, leaderElect: true, podAccess: 'direct', ...how });
    const replica = { proxy, operator };
    replicas.set(name, replica);
    return replica;
  };
  const isLeader = async ({ operator }: Replica): Promise<boolean> => (await operator.metric('belfry_leader')) === 1;
  const leads = (replica: Replica): Promise<boolean> => waitFor('it to lead', () => isLeader(replica), { intervalMs: 50, timeoutMs: 60_000 });
  /** Resolves at the next write of a replica, Leases and Events left out. */
  const isWriting = ({ proxy }: Replica): Promise<void> => new Promise((resolve) => {
    proxy.onWritten = (_, { isLease, path }) => {
      if (!isLease && !path.includes('/events')) resolve();
    };
  });
  const audit = async (): Promise<AuditEntry[]> => readAuditLog(world.plane.auditLog ?? '');
  const writesOf = async ({ proxy }: Replica, sinceMs: number): Promise<AuditEntry[]> =>
    writes(await audit(), { user: proxy.user }).filter(({ requestReceivedTimestamp }) => Date.parse(requestReceivedTimestamp) >= sinceMs);

  /** No write of the old leader reached the API server after the first of the new one; says what the audit log has of both. */
  const expectNoDoubleWrites = async (what: string, [old, next]: readonly [Replica, Replica], { sinceMs, isBusy }: { readonly sinceMs: number; readonly isBusy: boolean }): Promise<void> => {
    const [before, after] = [await writesOf(old, sinceMs), await writesOf(next, sinceMs)];
    const [last, first] = [before.at(-1), after[0]];
    expect(first, 'a write of the new leader').to.not.equal(undefined);
    if (isBusy) expect(last, 'a write of the old leader').to.not.equal(undefined);
    const begun = receivedMs(first);
    const late = before.filter((entry) => receivedMs(entry) >= begun).map(({ verb, requestURI, requestReceivedTimestamp }) => `${requestReceivedTimestamp} ${verb} ${requestURI}`);
    expect(late).to.deep.equal([]);
    const lastOf = last ? `the last at ${timeOf(last)}, ${((begun - receivedMs(last)) / 1000).toFixed(1)} s before the first of the other` : 'none after that';
    remark(GROUP, `${what}: ${before.length} writes by the old leader, ${lastOf}; ${after.length} by the new one, the first at ${timeOf(first)}; none in between (audit log of the API server).`);
  };

  const isMade = async (seen: (value: unknown) => void = () => undefined): Promise<boolean> => {
    const status = await world.status('MonitoringStack', 'killed', 'killed');
    seen(status);
    return ['Applied', 'ConfigLive'].every((wanted) => status.conditions?.some(({ type, status: value }) => type === wanted && value === 'True'));
  };

  /** One life of the operator, ended by its first write; false for one that found nothing to write. */
  const dies = async (): Promise<boolean> => {
    const died = Promise.withResolvers<boolean>();
    let pid = 0;
    let hasWritten = false;
    const kill = (): void => {
      if (!hasWritten || pid === 0) return;
      // At this very moment: its answer must not get there.
      process.kill(pid, 'SIGKILL');
      pid = 0;
      died.resolve(true);
    };
    world.proxy.onWritten = () => {
      hasWritten = true;
      kill();
    };
    const operator = await startOperator({ kubeconfig: world.proxy.kubeconfig, dir: world.plane.dir, podAccess: 'direct', isExpectedReady: false });
    pid = operator.program.pid();
    kill();
    // Nothing left to write: the stack is made, and it stays silent.
    const isDone = waitFor('it to write, or to be done', async () => hasWritten || ((await operator.readyz()).status === 200 && await isMade()), { timeoutMs: 60_000 });
    void isDone.then(() => seconds(3), () => undefined).then(() => died.resolve(false));
    const isDead = await died.promise;
    world.proxy.onWritten = undefined;
    await operator.program.kill();
    return isDead;
  };

  it('is killed at its first write, in life after life, until nothing is left to write', async () => {
    await world.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'killed' } });
    await world.apply({
      apiVersion: 'belfry.dev/v1alpha1', kind: 'MonitoringStack', metadata: { name: 'killed', namespace: 'killed' },
      spec: { scope: 'Cluster', select: { namespaces: { matchLabels: { 'kubernetes.io/metadata.name': 'killed' } } }, prometheus: { replicas: 1 }, metricsApi: { resource: { enabled: false } } },
    });
    // Without a last breath, the answer still on its way: each life gets as far as one write (and those that go beside it) further.
    let lives = 0;
    while (lives < MOST_LIVES && await dies()) lives += 1;
    expect(lives).to.be.within(8, MOST_LIVES - 1);
    const begun = performance.now();
    await world.startOperator();
    await waitFor('the stack to be Applied', isMade);
    const tookMs = performance.now() - begun;
    await world.diffIsEmpty('killed');
    await world.change();
    await world.converged();
    record(GROUP, 'is killed (SIGKILL) at every step of making a stack', tookMs, 'last start');
    remark(GROUP, `killed at every step: it took ${lives} lives until one had nothing more to write.`);
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
    await expectNoDoubleWrites('the leader is stopped', [a, b], { sinceMs, isBusy: false });
  });

  it('writes nothing when it wakes up after another has taken over', async () => {
    const [a, b] = [await contend('a'), await contend('b')];
    await leads(a);
    const sinceMs = Date.now();
    // It has its hands full at the moment when it is frozen: in the middle of its writes.
    const busy = isWriting(a);
    await Promise.all(Array.from({ length: 40 }, (_, index) => world.apply(scrapeTarget(`busy-${index}`, { static: { targets: [world.scraped] } }))));
    await busy;
    a.operator.program.pause();
    await world.change();
    await leads(b);
    await world.converged();
    a.operator.program.resume();
    await seconds(4);
    await expectNoDoubleWrites('the leader is frozen', [a, b], { sinceMs, isBusy: true });
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
    const busy = isWriting(a);
    const writers = Promise.all(Array.from({ length: 8 }, write));
    try {
      await waitFor('half of them', () => written > 500, { timeoutMs: 120_000, intervalMs: 5 });
      await busy;
      await a.operator.program.kill();
      const killed = performance.now();
      const takenOver = leads(b).then(() => performance.now() - killed);
      await writers;
      await world.change();
      const tookMs = await takenOver;
      const led = Math.max(killed + tookMs, performance.now());
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
      await expectNoDoubleWrites('the leader is killed amid 1,000 changes', [a, b], { sinceMs, isBusy: true });
    } finally {
      written = names.length;
      await writers;
      await world.deleteTargets('load-');
    }
    await world.change();
    await world.converged(60_000);
  });

  it('takes no notice when somebody sets the clock: an hour ahead, right again, a day back', async () => {
    const shift = join(world.plane.dir, 'clock-shift');
    await writeFile(shift, '0');
    const clock = { command: [process.execPath, '--import', join(import.meta.dirname, 'settable-clock.ts'), ...FROM_BUNDLE.slice(1)], env: { BELFRY_CLOCK_SHIFT: shift } };
    const [a, b] = [await contend('a', clock), await contend('b')];
    await leads(a);
    const pid = a.operator.program.pid();
    for (const [hours, jump] of [[1, 'an hour ahead'], [0, 'right again'], [-24, 'a day back']] as const) {
      await writeFile(shift, String(hours * 3_600_000));
      a.operator.program.signal('SIGUSR2');
      await world.change();
      record(GROUP, `its clock on the wall is set ${jump}`, await world.converged(45_000), 'jump');
      // It believes in the new time: that is what it writes into its lease.
      const lease = await world.read({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace: 'belfry-system', name: 'belfry' });
      const { renewTime = '' } = (lease?.['spec'] ?? {}) as { renewTime?: string };
      expect((Date.parse(renewTime) - Date.now()) / 3_600_000).to.be.closeTo(hours, 0.1);
      expect([await isLeader(a), await isLeader(b), a.operator.program.pid()]).to.deep.equal([true, false, pid]);
    }
  });

  expectRightsToSuffice();
});

function receivedMs(entry: AuditEntry | undefined): number {
  return Date.parse(entry?.requestReceivedTimestamp ?? '');
}

function timeOf(entry: AuditEntry | undefined): string {
  return entry?.requestReceivedTimestamp.slice(11, 23) ?? '';
}

function isLive(object: KubeObject): boolean {
  const { conditions = [] } = (object['status'] ?? {}) as { conditions?: readonly { type: string; status: string; observedGeneration?: number }[] };
  return conditions.some(({ type, status, observedGeneration }) => type === 'Live' && status === 'True' && observedGeneration === object.metadata.generation);
}

/** How many scrape pools of the load a Prometheus has. */
async function poolsAt(url: string): Promise<number> {
  const { data } = await (await fetch(`${url}/api/v1/scrape_pools`)).json() as { data: { scrapePools: string[] } };
  return data.scrapePools.filter((pool) => pool.includes('/load-')).length;
}
