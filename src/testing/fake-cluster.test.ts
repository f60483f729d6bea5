import { expect } from 'chai';
import { refOf, type KubeObject } from '../api/kube-object.ts';
import { isKubeError } from '../kube/errors.ts';
import { clusterContract } from './cluster.contract.ts';
import { FakeCluster } from './fake-cluster.ts';

function configMap(name: string, rest: object = {}): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'shop', ...rest } };
}

async function kindOfRejection(promise: Promise<unknown>): Promise<string | undefined> {
  return promise.then(
    () => undefined,
    (error: unknown) => (isKubeError(error) ? error.kind : String(error)),
  );
}

describe('testing/fake-cluster', () => {
  describe('contract', () => {
    let cluster: FakeCluster;
    beforeEach(() => {
      cluster = new FakeCluster();
    });
    clusterContract(() => ({
      cluster,
      applyAs: (manager, object, options) => Promise.resolve().then(() => cluster.applyAs(manager, object, options)),
      editAs: (manager, ref, change) => Promise.resolve(cluster.edit(ref, change, manager)),
      forgetHistory: async () => {
        const { resourceVersion = '' } = cluster.put(configMap('before')).metadata;
        cluster.put(configMap('after'));
        cluster.compact();
        return Promise.resolve(resourceVersion);
      },
    }));
  });

  it('fails as often as it is told to, and logs what was asked', async () => {
    const cluster = new FakeCluster();
    cluster.fail(({ verb, name }) => verb === 'apply' && name === 'a', 'forbidden', 1);
    expect(await kindOfRejection(cluster.apply(configMap('a')))).to.equal('forbidden');
    expect(cluster.get(refOf(configMap('a')))).to.equal(undefined);
    expect(await kindOfRejection(cluster.apply(configMap('a')))).to.equal(undefined);
    await cluster.apply(configMap('a'), { dryRun: true });
    expect(cluster.writes.map(({ verb, key }) => `${verb} ${key}`)).to.deep.equal(['apply ConfigMap/shop/a', 'apply ConfigMap/shop/a']);
  });

  it('stores what it loses the answer of', async () => {
    const cluster = new FakeCluster();
    cluster.fail(({ verb }) => verb === 'apply', 'lostAnswer');
    expect(await kindOfRejection(cluster.apply(configMap('a')))).to.equal('timeout');
    expect(cluster.get(refOf(configMap('a')))?.metadata.name).to.equal('a');
  });

  it('collects what lost its last owner, and what its namespace took along', () => {
    const cluster = new FakeCluster();
    const owner = cluster.put(configMap('owner'));
    const { apiVersion, kind, metadata } = owner;
    cluster.put(configMap('child', { ownerReferences: [{ apiVersion, kind, name: 'owner', uid: metadata.uid }] }));
    cluster.put(configMap('stranger'));
    cluster.remove(refOf(owner));
    expect(cluster.all().map((object) => object.metadata.name)).to.deep.equal(['stranger']);
    cluster.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
    cluster.remove({ apiVersion: 'v1', kind: 'Namespace', name: 'shop' });
    expect(cluster.all()).to.deep.equal([]);
  });

  it('hands out copies: nobody changes what is stored by holding it', async () => {
    const cluster = new FakeCluster([{ ...configMap('a'), data: { x: '1' } }]);
    const answer = (await cluster.read(refOf(configMap('a')))) as unknown as { data: { x: string } };
    answer.data.x = '2';
    expect(cluster.get(refOf(configMap('a')))?.['data']).to.deep.equal({ x: '1' });
  });
});
