import { expect } from 'chai';
import { connect, type Client } from '../../src/kube/client.ts';
import { Lease } from '../../src/kube/lease.ts';
import { startControlPlane, type ControlPlane } from '../support/control-plane.ts';
import { waitFor } from '../support/wait-for.ts';

const TIMES = { durationMs: 3000, renewDeadlineMs: 2000, retryMs: 300 };

describe('leader election on a real API server', function () {
  this.timeout(120_000);
  let plane: ControlPlane;
  const clients: Client[] = [];
  let leases: Lease[] = [];
  let leaders = 0;

  const contend = async (name: string, identity: string): Promise<{ lease: Lease; client: Client; lost: () => number }> => {
    const client = await connect({ kubeconfig: plane.kubeconfig, timeoutMs: 1000 });
    clients.push(client);
    let lost = 0;
    const lease = new Lease(client, { namespace: 'default', name, identity, ...TIMES }, () => lost++);
    leases.push(lease);
    lease.start();
    return { lease, client, lost: () => lost };
  };

  before(async () => {
    plane = await startControlPlane();
  });
  after(async () => {
    for (const client of clients) client.close();
    await plane?.stop();
  });
  afterEach(async () => {
    await Promise.all(leases.map((lease) => lease.stop()));
    leases = [];
    leaders = 0;
  });

  it('has one leader among several, and another soon after that one lets go', async () => {
    const contenders = await Promise.all(['a', 'b', 'c'].map((identity) => contend('shared', identity)));
    const leading = (): typeof contenders => contenders.filter(({ lease }) => lease.isLeader);
    await waitFor('a leader', () => leading().length > 0);
    for (let i = 0; i < 20; i++) {
      leaders = Math.max(leaders, leading().length);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(leaders).to.equal(1);
    const [first] = leading();
    const begun = Date.now();
    await first?.lease.stop();
    await waitFor('the next leader', () => leading().length > 0);
    expect(Date.now() - begun).to.be.below(TIMES.durationMs);
    expect(contenders.map(({ lost }) => lost())).to.deep.equal([0, 0, 0]);
    const stored = await first?.client.read({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace: 'default', name: 'shared' });
    expect(stored?.['spec']).to.include({ leaseDurationSeconds: 3, leaseTransitions: 1, holderIdentity: leading()[0]?.lease.holder });
  });

  it('is lost while the API server is frozen, and taken again when it is back', async () => {
    const a = await contend('frozen', 'a');
    await a.lease.acquired;
    plane.apiserver.pause();
    await waitFor('the loss', () => a.lost() === 1, { timeoutMs: TIMES.renewDeadlineMs + 2000 });
    expect(a.lease.isLeader).to.equal(false);
    plane.apiserver.resume();
    const b = await contend('frozen', 'b');
    await waitFor('the takeover', () => b.lease.isLeader, { timeoutMs: 15_000 });
  });
});
