import { expect } from 'chai';
import { refKey, refOf, type KubeObject, type ObjectRef } from '../api/kube-object.ts';
import type { Cluster } from '../kube/cluster.ts';
import { FakeCluster } from '../testing/fake-cluster.ts';
import { applyStack, type ApplyInput } from './apply.ts';
import type { AppliedObject } from './stack-state.ts';

const UID = 'uid-of-the-stack';
const wish = (value: string): KubeObject => ({
  apiVersion: 'v1', kind: 'ConfigMap',
  metadata: {
    name: 'prometheus-shop', namespace: 'shop', labels: { 'app.kubernetes.io/managed-by': 'belfry', 'belfry.dev/stack': 'shop' },
    ownerReferences: [{ apiVersion: 'belfry.dev/v1alpha1', kind: 'MonitoringStack', name: 'shop', uid: UID, controller: true }],
  },
  data: { value },
} as KubeObject);

describe('reconcile/apply', () => {
  let cluster: FakeCluster;
  let deleted: Set<string>;
  let applied: Map<string, AppliedObject>;

  /** One pass whose watches show what is in the cluster at any moment. */
  const pass = (desired: KubeObject, through: Cluster = cluster): ReturnType<typeof applyStack> => {
    const live: ApplyInput['live'] = { owned: (ref: ObjectRef) => cluster.get(ref), ownedBy: () => cluster.all('ConfigMap') };
    return applyStack(through, { stack: 'shop/shop', ownerUid: UID, desired: [desired], live, applied, deleted });
  };

  beforeEach(() => {
    cluster = new FakeCluster();
    deleted = new Set();
    applied = new Map();
  });

  it('writes once, and not again where nothing moved', async () => {
    expect((await pass(wish('1'))).created).to.have.length(1);
    expect(await pass(wish('1'))).to.deep.include({ created: [], updated: [], deleted: [], failures: [] });
    expect((await pass(wish('2'))).updated).to.have.length(1);
  });

  it('asks for no dry run of what it finds as it should be, and for one of what another has changed', async () => {
    await pass(wish('1'));
    const dryRuns = (): number => cluster.calls.filter(({ verb, dryRun }) => verb === 'apply' && dryRun === true).length;
    applied.clear();
    cluster.clearCalls();
    expect(await pass(wish('1'))).to.deep.include({ created: [], updated: [], deleted: [], failures: [] });
    expect([dryRuns(), applied.size]).to.deep.equal([0, 1]);
    cluster.edit(refOf(wish('1')), (object) => ({ ...object, data: { value: 'x' } }), 'somebody');
    expect((await pass(wish('1'))).updated).to.have.length(1);
    expect(dryRuns()).to.equal(1);
  });

  it('makes anew what somebody deleted while the answer to our write was on its way', async () => {
    await pass(wish('1'));
    // The watch tells of the deletion before the answer to the write is there.
    const late = Object.assign(Object.create(cluster) as Cluster, {
      apply: async (object: KubeObject, options: object) => {
        const stored = await cluster.apply(object, options);
        await cluster.delete(refOf(object), {});
        applied.delete(refKey(refOf(object)));
        deleted.add(stored.metadata.uid ?? '');
        return stored;
      },
    });
    await pass(wish('2'), late);
    expect(cluster.all('ConfigMap')).to.deep.equal([]);
    deleted.clear();
    expect((await pass(wish('2'))).created).to.have.length(1);
  });
});
