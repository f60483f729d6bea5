import { expect } from 'chai';
import type { Endpoint } from '../api/scrape-target.ts';
import type { PodRequest } from '../kube/cluster.ts';
import { aTarget } from '../testing/build.ts';
import { FakeCluster } from '../testing/fake-cluster.ts';
import { readHealth, type Health, type TargetCounts } from './health.ts';

const well = (up: number, down = 0): TargetCounts => ({ up, down, errors: [] });
const replica = { namespace: 'shop', pod: 'prometheus-shop-0', uid: '', podIp: '10.0.0.1', port: 9090, shard: 0, incarnation: '', annotations: {}, ready: true };

/** A cluster whose Prometheus answers each query with these series, and shows no targets; with the queries it was asked, and the paths of all else. */
function clusterThatAnswers(seriesOf: (query: string) => object[]): { readonly cluster: FakeCluster; readonly asked: string[] } {
  const asked: string[] = [];
  const cluster = new FakeCluster();
  cluster.pods = ({ path }: PodRequest) => {
    const { pathname, searchParams } = new URL(path, 'http://x');
    const query = searchParams.get('query');
    asked.push(query ?? pathname);
    return { status: 200, body: JSON.stringify({ status: 'success', data: { resultType: 'vector', result: seriesOf(query ?? ''), activeTargets: [] } }) };
  };
  return { cluster, asked };
}

describe('reconcile/health: a look at a few', () => {
  it('asks for these alone, and leaves all else as it was', async () => {
    const { cluster, asked } = clusterThatAnswers((query) => (query.endsWith('== 1)') ? [{ metric: { namespace: 'shop', job: 'check.out' }, value: [0, '3'] }] : []));
    const before: Health = { known: true, targets: new Map([['shop/check.out', well(2)], ['shop/other', well(5)]]), firing: new Map(), moved: [], up: 9, down: 0, squares: 54 };
    const health = await readHealth(cluster, {
      replicas: [replica], shards: 1, agent: false, targets: [aTarget('check.out')], isAll: false, jobs: new Map(), jobText: () => undefined, before,
    });
    expect(asked).to.deep.equal(['count by (namespace, job) (up{job=~"check[.]out",namespace=~"shop"} == 1)', 'count by (namespace, job) (up{job=~"check[.]out",namespace=~"shop"} == 0)']);
    expect([...health.targets]).to.deep.equal([['shop/check.out', well(3)], ['shop/other', well(5)]]);
    expect(health.moved).to.deep.equal(['shop/check.out']);
    expect(health).to.include({ known: true, up: 10, down: 0, squares: 59 });
  });

  const sums = (...lines: [string, number][]) => lines.map(([is, value]) => ({ metric: { is }, value: [0, String(value)] }));
  const cases: readonly [string, object[], boolean][] = [
    ['all are up as before', sums(['up', 9], ['squares', 81]), true],
    ['as many are up, but others', sums(['up', 9], ['squares', 41]), false],
    ['one is down', sums(['up', 8], ['down', 1]), false],
    ['one went down and up again', sums(['up', 9], ['squares', 81], ['changed', 1]), false],
    ['one came that is down', sums(['up', 9], ['squares', 81], ['down', 1]), false],
    ['one came', sums(['up', 10], ['squares', 100]), false],
    ['nothing is known', [], false],
  ];
  for (const [says, result, isEnough] of cases) {
    it(`${isEnough ? 'needs no count of each' : 'counts each'} where ${says}`, async () => {
      const { cluster, asked } = clusterThatAnswers((query) => (query.startsWith('label_replace') ? result : []));
      const before: Health = { known: true, targets: new Map([['shop/checkout', well(9)]]), firing: new Map(), moved: [], up: 9, down: 0, squares: 81 };
      await readHealth(cluster, { replicas: [replica], shards: 1, agent: false, targets: [aTarget()], mayBeAsBefore: true, jobs: new Map(), jobText: () => undefined, before });
      expect(asked.includes('count by (namespace, job) (up == 1)')).to.equal(!isEnough);
    });
  }

  it('needs no count of each of two shards, where all are up as before', async () => {
    const { cluster, asked } = clusterThatAnswers((query) => (query.startsWith('label_replace') ? sums(['up', 4], ['squares', 16]) : []));
    const before: Health = { known: true, targets: new Map([['shop/checkout', well(8)]]), firing: new Map(), moved: [], up: 8, down: 0, squares: 64 };
    const replicas = [replica, { ...replica, pod: 'prometheus-shop-shard-1-0', shard: 1 }];
    await readHealth(cluster, { replicas, shards: 2, agent: false, targets: [aTarget()], mayBeAsBefore: true, jobs: new Map(), jobText: () => undefined, before });
    expect(asked).to.not.include('count by (namespace, job) (up == 1)');
  });

  const own: readonly (readonly [NonNullable<Endpoint['relabel']>[number], boolean])[] = [
    [{ targetLabel: 'job', replacement: 'other' }, true],
    [{ sourceLabels: ['__meta_kubernetes_pod_name'], regex: '(.*)', targetLabel: 'j${1}' }, true],
    [{ action: 'labelmap', regex: '__meta_kubernetes_pod_label_(.+)' }, true],
    [{ action: 'labeldrop', regex: 'jo.' }, true],
    [{ action: 'labelmap', regex: '__meta_kubernetes_pod_label_(.+)', replacement: 'pod_$1' }, false],
    [{ targetLabel: 'team', replacement: 'shop' }, false],
  ];
  for (const [rule, mayChangeIt] of own) {
    it(`${mayChangeIt ? 'asks for the targets themselves' : 'trusts the count'} with the rule ${JSON.stringify(rule)}`, async () => {
      const { cluster, asked } = clusterThatAnswers((query) => (query.endsWith('== 1)') ? [{ metric: { namespace: 'shop', job: 'checkout' }, value: [0, '3'] }] : []));
      const target = aTarget('checkout', { pod: {}, endpoints: [{ relabel: [rule] }] });
      const jobs = new Map([['ScrapeTarget/shop/checkout', ['scrapetarget/shop/checkout/0']]]);
      const before: Health = { known: true, targets: new Map(), firing: new Map(), moved: [] };
      await readHealth(cluster, { replicas: [replica], shards: 1, agent: false, targets: [target], jobs, jobText: () => undefined, before });
      expect(asked.includes('/api/v1/targets')).to.equal(mayChangeIt);
    });
  }
});
