import { expect } from 'chai';
import { LAST_WORDS_METRIC } from '../render/names.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { FakeCluster } from '../testing/fake-cluster.ts';
import { readLastWords } from './last-words.ts';

const replica = { namespace: 'monitoring', pod: 'prometheus-cluster-0', uid: '', podIp: '10.0.0.1', port: 9090, shard: 0, incarnation: '', annotations: {}, ready: true };
const crashed = (name: string, status: object) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'shop' }, spec: {}, status });
const ended = (message: string) => ({ terminated: { exitCode: 3, message } });

describe('reconcile/last-words', () => {
  /** A cluster with these pods, whose Prometheus says that the containers named crash. */
  function clusterWhere(crashing: readonly string[], pods: readonly ReturnType<typeof crashed>[]): FakeCluster {
    const cluster = new FakeCluster();
    for (const pod of pods) cluster.put(pod);
    cluster.pods = () => {
      const result = crashing.map((one) => one.split('/')).map(([namespace, pod, container]) => ({ metric: { namespace, pod, container }, value: [0, '1'] }));
      return { status: 200, body: JSON.stringify({ status: 'success', data: { resultType: 'vector', result } }) };
    };
    return cluster;
  }

  it('are the last line of what the container that crashes left, now or before', async () => {
    const cluster = clusterWhere(['shop/web-1/app', 'shop/web-2/init'], [
      crashed('web-1', { containerStatuses: [{ name: 'sidecar', lastState: ended('not me') }, { name: 'app', state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: ended('starting\ncannot open the ledger\n') }] }),
      crashed('web-2', { initContainerStatuses: [{ name: 'init', state: ended('no such table'), lastState: ended('older') }] }),
    ]);
    expect(await readLastWords(cluster, [replica])).to.deep.equal([{ of: 'shop/web-1/app', words: 'cannot open the ledger' }, { of: 'shop/web-2/init', words: 'no such table' }]);
  });

  it('are none where it left nothing, and where the pod is gone', async () => {
    const cluster = clusterWhere(['shop/silent/app', 'shop/gone/app'], [crashed('silent', { containerStatuses: [{ name: 'app', lastState: { terminated: { exitCode: 137 } } }] })]);
    expect(await readLastWords(cluster, [replica])).to.deep.equal([]);
  });

  it('are few and short, however many crash and however much they say', async () => {
    const names = Array.from({ length: 50 }, (_, index) => `web-${index}`);
    const cluster = clusterWhere(names.map((name) => `shop/${name}/app`), names.map((name) => crashed(name, { containerStatuses: [{ name: 'app', lastState: ended('x'.repeat(4_000)) }] })));
    const all = await readLastWords(cluster, [replica]);
    expect(all).to.have.length(20);
    expect(all.every(({ words }) => words.length === 200)).to.equal(true);
  });

  it('are shown under the name that the alert asks for', () => {
    expect(createMetrics({ process: false }).registry.getSingleMetric(LAST_WORDS_METRIC)).not.to.equal(undefined);
  });
});
