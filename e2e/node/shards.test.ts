import { expect } from 'chai';
import { kubectl, kubectlJson, kubectlOk } from '../support/kubectl.ts';
import { conditionOf, type BelfryResource } from '../support/belfry-resource.ts';
import { sharedNode } from '../support/shared-node.ts';
import { shown } from '../support/shown.ts';
import type { NodeWithOperator } from '../support/stack.ts';
import { waitFor } from '../support/wait-for.ts';

const NAMESPACE = 'wide';
const INTERVAL_S = 2;
// So many that none of two shards is left without any: by their addresses they fall as coins do.
const PODS = 12;
const THANOS = 'quay.io/thanos/thanos:v0.41.0';
const GROUP = 'Shards behind a Thanos querier';

interface List<T> { readonly items: readonly T[] }
interface Series { readonly metric: Readonly<Record<string, string>>; readonly values?: readonly (readonly [number, string])[]; readonly value?: readonly [number, string] }

const stack = (shards: number): object => ({
  apiVersion: 'belfry.dev/v1alpha1', kind: 'MonitoringStack', metadata: { name: 'wide', namespace: NAMESPACE },
  spec: {
    prometheus: { shards, thanos: {}, scrape: { interval: `${INTERVAL_S}s`, timeout: '1s' }, evaluationInterval: '5s' },
    alertmanager: { enabled: false }, grafana: { enabled: false }, discovery: { annotations: { enabled: false } },
  },
});
const shop = (index: number): object => ({
  apiVersion: 'v1', kind: 'Pod', metadata: { name: `shop-${index}`, namespace: NAMESPACE, labels: { app: 'shop' } },
  spec: {
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [{ name: 'shop', image: 'belfry.dev/demo/shop:dev', ports: [{ name: 'metrics', containerPort: 8080 }], securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } }],
  },
});
const TARGET = { apiVersion: 'belfry.dev/v1alpha1', kind: 'ScrapeTarget', metadata: { name: 'shop', namespace: NAMESPACE }, spec: { pod: { matchLabels: { app: 'shop' } }, endpoints: [{ port: 'metrics' }] } };

describe('shards behind a Thanos querier, on a real node', function () {
  this.timeout(600_000);
  let running: NodeWithOperator;

  const here = (args: readonly string[], stdin?: object): Promise<string> => kubectlOk(running.kubeconfig, ['-n', NAMESPACE, ...args], stdin ? { stdin: JSON.stringify(stdin) } : {});
  const apply = (...items: readonly object[]): Promise<string> => here(['apply', '-f', '-'], { apiVersion: 'v1', kind: 'List', items });

  async function ask(service: string, query: string, more = ''): Promise<readonly Series[]> {
    const text = await here(['get', '--raw', `/api/v1/namespaces/${NAMESPACE}/services/${service}/proxy/api/v1/query?query=${encodeURIComponent(query)}${more}`]);
    return (JSON.parse(text) as { data: { result: readonly Series[] } }).data.result;
  }
  const askQuerier = (query: string, more = ''): Promise<readonly Series[]> => ask('thanos-querier-wide:10902', query, more);
  const pods = (series: readonly Series[]): string[] => series.map(({ metric }) => metric['pod'] ?? '').sort();
  const shardsOf = async (count: number): Promise<string[][]> => Promise.all(Array.from({ length: count }, async (_, shard) => pods(await ask(`prometheus-wide${shard === 0 ? '' : `-shard-${shard}`}:9090`, 'up{job="shop"} == 1'))));
  const ALL = Array.from({ length: PODS }, (_, index) => `shop-${index}`).sort();

  const untilSpread = (spread: string | undefined, timeoutMs: number): Promise<unknown> => waitFor(`targets to be spread over ${spread}`, async (seen) => {
    const { metadata } = await kubectlJson<{ metadata: { annotations?: Record<string, string> } }>(running.kubeconfig, ['get', 'configmap', 'prometheus-wide', '-n', NAMESPACE]);
    seen(metadata.annotations);
    return (metadata.annotations?.['belfry.dev/spread'] ?? '1') === spread;
  }, { timeoutMs, intervalMs: 500 });
  const untilLive = (): Promise<unknown> => waitFor('the stack to be ready', async (seen) => {
    const found = await kubectlJson<BelfryResource>(running.kubeconfig, ['get', 'mstack', 'wide', '-n', NAMESPACE]);
    seen([found.status, (await kubectl(running.kubeconfig, ['get', 'pods', '-n', NAMESPACE])).stdout]);
    return conditionOf(found, 'ComponentsReady')?.status === 'True' && conditionOf(found, 'ConfigLive')?.status === 'True';
  }, { timeoutMs: 300_000, intervalMs: 500 });

  const longest = (times: readonly number[]): number => Math.max(0, ...times.slice(1).map((time, index) => time - (times[index] ?? time)));

  /**
   * The longest times between two samples, in seconds, as the querier has them over the last so many seconds: of each target, whoever scraped it (`targets`),
   * and of any one series, that is of a target at one shard (`series`).
   */
  async function largestGaps(seconds: number, dedup: boolean): Promise<{ readonly targets: ReadonlyMap<string, number>; readonly series: number }> {
    const found = await askQuerier(`up{job="shop"}[${seconds}s]`, `&dedup=${dedup}`);
    const end = Date.now() / 1000;
    const scraped = ({ values = [] }: Series): number[] => values.filter(([, value]) => value === '1').map(([time]) => time);
    const targets = [...Map.groupBy(found, ({ metric }) => metric['pod'] ?? '')]
      .map(([pod, parts]) => [pod, longest([...parts.flatMap(scraped), end - 1].sort((a, b) => a - b))] as const);
    return { targets: new Map(targets), series: Math.max(...found.map((one) => longest(scraped(one)))) };
  }

  before(async () => {
    running = await sharedNode();
    await running.node.loadImages([THANOS]);
    await kubectlOk(running.kubeconfig, ['create', 'namespace', NAMESPACE]);
    await apply(stack(2), ...ALL.map((_, index) => shop(index)), TARGET);
  });
  after(async () => {
    if (!running) return;
    await here(['delete', 'mstack', 'wide', '--ignore-not-found', '--timeout=180s']);
    await waitFor('its pods to go', async () => (await here(['get', 'pods', '-l', 'belfry.dev/stack=wide', '-o', 'name'])).trim() === '', { timeoutMs: 180_000, intervalMs: 1_000 });
    await kubectlOk(running.kubeconfig, ['delete', 'namespace', NAMESPACE, '--ignore-not-found', '--timeout=180s']);
  });

  it('each scrape a part of the targets, and the querier shows all of them once', async () => {
    await untilLive();
    const parts = await waitFor('every target to be up somewhere', async (seen) => {
      const found = await shardsOf(2);
      seen(found);
      return found.flat().length >= PODS ? found : undefined;
    }, { timeoutMs: 180_000, intervalMs: 500 });
    expect(parts.flat().sort(), 'disjoint, and nothing is missing').to.deep.equal(ALL);
    for (const part of parts) expect(part.length, JSON.stringify(parts)).to.be.greaterThan(0);
    const merged = await waitFor('the querier to show all', async (seen) => {
      const found = await askQuerier('up{job="shop"} == 1');
      seen(found.map(({ metric }) => metric));
      return found.length >= PODS ? found : undefined;
    }, { timeoutMs: 180_000, intervalMs: 500 });
    expect(pods(merged)).to.deep.equal(ALL);
    expect(merged.flatMap(({ metric }) => metric['prometheus_replica'] ?? []), 'replicas are taken for one').to.deep.equal([]);
    const apart = await askQuerier('up{job="shop"}', '&dedup=false');
    expect(new Set(apart.map(({ metric }) => metric['prometheus_replica']))).to.deep.equal(new Set(['prometheus-wide-0', 'prometheus-wide-shard-1-0']));
    shown({ group: GROUP, what: 'each shard scrapes a part, and the querier shows the whole', how: `\`prometheus: { shards: 2, thanos: {} }\`, and ${PODS} pods`, result: `${parts.map((part) => part.length).join(' + ')} targets; ${merged.length} at the querier, each once` });
  });

  it('are themselves watched over: sidecars and querier are up, and their series are those that rules ask for', async () => {
    const up = await waitFor('sidecars and querier to be scraped', async (seen) => {
      const found = await askQuerier('up{job=~"thanos-.+"} == 1');
      seen(found.map(({ metric }) => metric));
      return found.length >= 3 ? found : undefined;
    }, { timeoutMs: 180_000, intervalMs: 500 });
    expect(up.map(({ metric }) => metric['job'] ?? '').sort()).to.deep.equal(['thanos-querier', 'thanos-sidecar', 'thanos-sidecar']);
    const series = [
      'thanos_sidecar_prometheus_up{job="thanos-sidecar"}', 'thanos_store_nodes_grpc_connections{job="thanos-querier",store_type="sidecar"}', 'http_requests_total{job="thanos-querier",handler="query"}',
      'http_request_duration_seconds_bucket{job="thanos-querier",handler="query"}', 'thanos_query_concurrent_gate_queries_max{job="thanos-querier"}', 'thanos_query_concurrent_gate_queries_in_flight{job="thanos-querier"}',
      'grpc_client_handled_total{job="thanos-querier",grpc_code="OK"}', 'grpc_client_started_total{job="thanos-querier"}', 'thanos_query_endpoints_dns_lookups_total{job="thanos-querier"}', 'thanos_query_endpoints_dns_failures_total{job="thanos-querier"}',
    ];
    // Some are there from the first question on, that is from the scrape after it.
    for (const one of series) await waitFor(one, async () => (await askQuerier(one)).length > 0, { timeoutMs: 120_000, intervalMs: 1_000 });
    await waitFor('the querier to say that it has both', async (seen) => {
      const connections = await askQuerier('sum(thanos_store_nodes_grpc_connections{job="thanos-querier",store_type="sidecar"})');
      seen(connections);
      return connections[0]?.value?.[1] === '2';
    }, { timeoutMs: 120_000, intervalMs: 1_000 });
    shown({ group: GROUP, what: 'sidecars and querier are jobs that are up', how: '`up{job=~"thanos-.+"}`, and each series that their rules ask for', result: Object.entries(Object.groupBy(up, ({ metric }) => metric['job'] ?? '')).map(([job, members]) => `${job} ${members?.length}/${members?.length}`).join(', ') });
  });

  for (const [from, to] of [[2, 3], [3, 2]] as const) {
    it(`pass targets on when there are ${to} instead of ${from}, and none is left out for longer than two scrape intervals`, async () => {
      const begun = Date.now();
      // The first scrapes of new pods are no gaps.
      await new Promise((resolve) => setTimeout(resolve, 5_000));
      await apply(stack(to));
      await untilSpread(`${from},${to}`, 90_000);
      await untilSpread(`${to}`, 240_000);
      const movedMs = Date.now() - begun - 5_000;
      const parts = await waitFor('the targets to have moved', async (seen) => {
        const found = await shardsOf(to);
        seen(found);
        // Series of targets that were let go are stale after two intervals and a little.
        return found.flat().length === PODS ? found : undefined;
      }, { timeoutMs: 180_000, intervalMs: 500 });
      expect(parts.flat().sort()).to.deep.equal(ALL);
      await new Promise((resolve) => setTimeout(resolve, 3 * INTERVAL_S * 1000));
      const seconds = Math.ceil((Date.now() - begun) / 1000);
      const { targets: gaps, series: withinOne } = await largestGaps(seconds, false);
      const largest = Math.max(...gaps.values());
      // Where one shard's samples end, deduplication passes over the first samples of the next one's, for twice the time between the last two that it took, or 5 s at
      // the first (Thanos, pkg/dedup/iter.go: the penalty): it cannot know that they are no repetition. Then it takes the next that comes. All samples are there.
      const seam = Math.max(...(await largestGaps(seconds, true)).targets.values());
      const seamAtMost = Math.max(5, 2 * withinOne) + withinOne;
      process.stdout.write(`      ${from} to ${to} shards in ${Math.round(movedMs / 1000)} s; largest gap of ${gaps.size} targets: ${largest.toFixed(3)} s, at an interval of ${INTERVAL_S} s (deduplicated: ${seam.toFixed(3)} s, of at most ${seamAtMost.toFixed(3)} s)\n`);
      shown({ group: GROUP, what: `from ${from} to ${to} shards without a gap`, how: `\`shards: ${to}\` applied, targets scraped every ${INTERVAL_S} s`, result: `after ${Math.round(movedMs / 1000)} s; the largest gap of any of ${gaps.size} targets was ${largest.toFixed(1)} s` });
      expect([...gaps.keys()].sort()).to.deep.equal(ALL);
      expect(largest, JSON.stringify([...gaps])).to.be.at.most(2 * INTERVAL_S + 0.1);
      expect(seam, 'deduplicated').to.be.at.most(seamAtMost + 0.1);
      const sets = (await kubectlJson<List<{ metadata: { name: string } }>>(running.kubeconfig, ['get', 'statefulset', '-n', NAMESPACE])).items;
      expect(sets).to.have.length(to);
    });
  }
});
