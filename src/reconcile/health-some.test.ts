import { expect } from 'chai';
import type { PodRequest } from '../kube/cluster.ts';
import { aTarget } from '../testing/build.ts';
import { FakeCluster } from '../testing/fake-cluster.ts';
import { readHealth, type Health, type TargetCounts } from './health.ts';

const well = (up: number, down = 0): TargetCounts => ({ up, down, errors: [] });
const replica = { namespace: 'shop', pod: 'prometheus-shop-0', uid: '', podIp: '10.0.0.1', port: 9090, shard: 0, incarnation: '', annotations: {}, ready: true };

describe('reconcile/health: a look at a few', () => {
  it('asks for these alone, and leaves all else as it was', async () => {
    const asked: string[] = [];
    const cluster = new FakeCluster();
    cluster.pods = ({ path }: PodRequest) => {
      const query = new URL(path, 'http://x').searchParams.get('query') ?? '';
      asked.push(query);
      const result = query.endsWith('== 1)') ? [{ metric: { namespace: 'shop', job: 'check.out' }, value: [0, '3'] }] : [];
      return { status: 200, body: JSON.stringify({ status: 'success', data: { resultType: 'vector', result } }) };
    };
    const before: Health = { known: true, targets: new Map([['shop/check.out', well(2)], ['shop/other', well(5)]]), firing: new Map(), up: 9, down: 0 };
    const health = await readHealth(cluster, {
      replicas: [replica], shards: 1, agent: false, targets: [aTarget('check.out')], isAll: false, jobs: new Map(), jobText: () => undefined, before,
    });
    expect(asked).to.deep.equal(['count by (namespace, job) (up{job=~"check[.]out",namespace=~"shop"} == 1)', 'count by (namespace, job) (up{job=~"check[.]out",namespace=~"shop"} == 0)']);
    expect([...health.targets]).to.deep.equal([['shop/check.out', well(3)], ['shop/other', well(5)]]);
    expect({ up: health.up, down: health.down, known: health.known }).to.deep.equal({ up: 10, down: 0, known: true });
  });
});
