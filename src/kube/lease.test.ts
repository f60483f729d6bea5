import { expect } from 'chai';
import type { KubeObject } from '../api/kube-object.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { FakeCluster } from '../testing/fake-cluster.ts';
import type { Clock } from './clock.ts';
import { Lease } from './lease.ts';

const ref = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace: 'belfry-system', name: 'belfry' };

describe('kube/lease', () => {
  let clock: FakeClock;
  let cluster: FakeCluster;
  let leases: Lease[];

  const contend = (identity: string, options: { clock?: Clock } = {}): Lease & { lost: number } => {
    const lease = Object.assign(new Lease(cluster, { namespace: 'belfry-system', name: 'belfry', identity, clock, random: () => 0.5, ...options }, () => lease.lost++), { lost: 0 });
    leases.push(lease);
    lease.start();
    return lease;
  };
  const holder = (): unknown => (cluster.get(ref)?.['spec'] as { holderIdentity?: string } | undefined)?.holderIdentity;
  const transitions = (): unknown => (cluster.get(ref)?.['spec'] as { leaseTransitions?: number } | undefined)?.leaseTransitions;

  beforeEach(() => {
    clock = new FakeClock();
    cluster = new FakeCluster();
    leases = [];
  });
  afterEach(async () => {
    await Promise.all(leases.map((lease) => lease.stop()));
    expect(clock.pending).to.equal(0);
  });

  it('is taken by the first, and by no other while that one renews', async () => {
    const a = contend('a');
    await clock.advance(0);
    const b = contend('b');
    await a.acquired;
    await clock.advance(10 * 60_000);
    expect([a.isLeader, b.isLeader, a.lost]).to.deep.equal([true, false, 0]);
    expect([holder(), b.holder, transitions()]).to.deep.equal(['a', 'a', 0]);
  });

  it('goes over soon after its holder let go', async () => {
    const a = contend('a');
    await clock.advance(0);
    const b = contend('b');
    await clock.advance(5000);
    await a.stop();
    expect(holder()).to.equal('');
    await clock.advance(3000);
    expect(b.isLeader).to.equal(true);
    expect([holder(), transitions(), a.lost]).to.deep.equal(['b', 1, 0]);
  });

  it('goes over when its holder has been silent for the whole duration, and not sooner', async () => {
    const a = contend('a');
    await clock.advance(0);
    const b = contend('b');
    await clock.advance(20_000);
    cluster.fail(({ verb, body }) => verb === 'replace' && JSON.stringify(body).includes('"holderIdentity":"a"'), 'unreachable');
    await clock.advance(9000);
    expect([a.isLeader, a.lost]).to.deep.equal([true, 0]);
    await clock.advance(3000);
    // The old one stops before the new one may begin.
    expect([a.isLeader, a.lost, b.isLeader]).to.deep.equal([false, 1, false]);
    await clock.advance(6000);
    expect([b.isLeader, holder()]).to.deep.equal([true, 'b']);
  });

  it('never has two holders, however far their clocks are apart', async () => {
    const skewed: Clock = { now: () => clock.now() + 3_600_000, wall: () => clock.wall() + 3_600_000, after: clock.after.bind(clock) };
    const a = contend('a');
    await clock.advance(0);
    const b = contend('b', { clock: skewed });
    for (let i = 0; i < 60; i++) {
      await clock.advance(1000);
      expect([a.isLeader, b.isLeader]).to.deep.equal([true, false]);
    }
  });

  it('has one winner where several begin at the same moment', async () => {
    const contenders = ['a', 'b', 'c', 'd'].map((identity) => contend(identity));
    await clock.advance(30_000);
    expect(contenders.filter(({ isLeader }) => isLeader)).to.have.length(1);
  });

  it('is lost at once when another holds it', async () => {
    const a = contend('a');
    await clock.advance(0);
    cluster.edit(ref, (object: KubeObject) => ({ ...object, spec: { ...(object['spec'] as object), holderIdentity: 'z' } }));
    await clock.advance(2000);
    expect([a.isLeader, a.lost]).to.deep.equal([false, 1]);
  });

  it('is lost in time though a request hangs', async () => {
    const a = contend('a');
    await clock.advance(1000);
    cluster.fail(({ verb }) => verb === 'read', 'hang');
    await clock.advance(10_500);
    expect([a.isLeader, a.lost]).to.deep.equal([false, 1]);
    const stopping = a.stop();
    await clock.advance(5000);
    await stopping;
    leases = [];
  });

  it('outlives a request that hangs: another is sent while there is time', async () => {
    const a = contend('a');
    await clock.advance(1000);
    for (const verb of ['read', 'replace']) {
      cluster.fail((call) => call.verb === verb, 'hang', 1);
      await clock.advance(12_000);
      expect([a.isLeader, a.lost], verb).to.deep.equal([true, 0]);
    }
  });

  it('is taken in time by one whose request hangs', async () => {
    const a = contend('a');
    await clock.advance(0);
    const b = contend('b');
    await clock.advance(20_000);
    cluster.fail(({ verb, body }) => verb === 'replace' && JSON.stringify(body).includes('"holderIdentity":"a"'), 'unreachable');
    await clock.advance(12_000);
    cluster.fail(({ verb }) => verb === 'read', 'hang', 1);
    await clock.advance(8_000);
    expect([a.isLeader, b.isLeader]).to.deep.equal([false, true]);
  });

  it('is not waited for on the way out', async () => {
    cluster.fail(({ verb }) => verb === 'read', 'hang');
    const a = contend('a');
    await clock.advance(1000);
    const stopping = a.stop();
    await clock.advance(5000);
    await stopping;
    leases = [];
    expect(a.isLeader).to.equal(false);
  });

  it('is taken again by a process that comes back under its name, without waiting', async () => {
    contend('a');
    await clock.advance(0);
    const again = contend('a');
    await clock.advance(0);
    expect(again.isLeader).to.equal(true);
  });

  it('survives conflicts and errors on the way', async () => {
    cluster.fail(({ verb }) => verb === 'create', 'server', 2);
    cluster.fail(({ verb }) => verb === 'replace', 'conflict', 2);
    const a = contend('a');
    await clock.advance(60_000);
    expect([a.isLeader, a.lost]).to.deep.equal([true, 0]);
  });

  it('goes over at the very moment it expires', async () => {
    const a = contend('a');
    await clock.advance(0);
    const b = contend('b');
    await clock.advance(20_000);
    cluster.fail(({ verb, body }) => verb === 'replace' && JSON.stringify(body).includes('"holderIdentity":"a"'), 'unreachable');
    // The last renewal was seen at most a look (1.1 s) late.
    await clock.advance(15_000 + 1_100 + 2);
    expect([a.isLeader, b.isLeader]).to.deep.equal([false, true]);
  });

  for (const [jump, ms] of [['ahead', 3_600_000], ['back', -3_600_000]] as const) {
    it(`is neither lost nor kept too long when the clock on the wall jumps an hour ${jump}`, async () => {
      const a = contend('a');
      await clock.advance(0);
      const b = contend('b');
      await clock.advance(5_000);
      clock.jump(ms);
      cluster.fail(({ verb }) => verb === 'replace', 'unreachable', 1);
      await clock.advance(5_000);
      expect([a.isLeader, a.lost, b.isLeader]).to.deep.equal([true, 0, false]);
      cluster.fail(({ verb, body }) => verb === 'replace' && JSON.stringify(body).includes('"holderIdentity":"a"'), 'unreachable');
      clock.jump(ms);
      await clock.advance(20_000);
      expect([a.isLeader, a.lost, b.isLeader]).to.deep.equal([false, 1, true]);
    });
  }

  it('lets nothing be written by a process that wakes up too late to know whether it leads', async () => {
    const a = contend('a');
    expect(a.mayWrite).to.equal(false);
    await clock.advance(5_000);
    expect(a.mayWrite).to.equal(true);
    clock.freeze(11_000);
    expect([a.isLeader, a.mayWrite]).to.deep.equal([true, false]);
    await clock.advance(2_000);
    expect(a.mayWrite).to.equal(true);
  });

  it('lets nothing be written after the machine slept, when only the clock on the wall went on', async () => {
    const a = contend('a');
    await clock.advance(5_000);
    clock.jump(60_000);
    expect(a.mayWrite).to.equal(false);
    await clock.advance(2_000);
    expect(a.mayWrite).to.equal(true);
  });
});
