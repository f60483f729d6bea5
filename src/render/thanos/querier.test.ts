import { expect } from 'chai';
import { load } from 'js-yaml';
import { stackSettings } from '../../api/defaults.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import type { MonitoringStackSpec } from '../../api/monitoring-stack.ts';
import { stackInput } from '../../testing/stack-case.ts';
import { renderStack } from '../render-stack.ts';
import { querierFlags } from './querier-flags.ts';

type Prometheus = NonNullable<MonitoringStackSpec['prometheus']>;

const rendered = (prometheus: Prometheus, rest: MonitoringStackSpec = {}) => renderStack(stackInput({ spec: { ...rest, prometheus } }));
const flags = (prometheus: Prometheus): string[] => querierFlags({ name: 'shop', namespace: 'shop' }, stackSettings({ spec: { prometheus } }));
const queriers = (prometheus: Prometheus): KubeObject[] => rendered(prometheus).objects.filter(({ metadata }) => metadata.name === 'thanos-querier-shop');
const kinds = (prometheus: Prometheus): string[] => queriers(prometheus).map(({ kind }) => kind);

interface Source { readonly name: string; readonly uid: string; readonly url: string; readonly isDefault: boolean; readonly jsonData: { readonly prometheusType?: string } }

function sources(prometheus: Prometheus): readonly Source[] {
  const map = rendered(prometheus).objects.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'grafana-shop-datasources');
  return (load((map?.['data'] as Record<string, string> | undefined)?.['datasources.yaml'] ?? '') as { datasources: readonly Source[] }).datasources.filter(({ uid }) => uid.startsWith('prometheus'));
}

describe('render/thanos/querier', () => {
  const ON: readonly (readonly [string, Prometheus, boolean])[] = [
    ['a single Prometheus', {}, false],
    ['one with a sidecar', { thanos: {} }, false],
    ['one that asks for it', { thanos: { querier: {} } }, true],
    ['several shards', { shards: 2 }, true],
    ['several shards that switch it off', { shards: 2, thanos: { querier: { enabled: false } } }, false],
    ['several shards without Thanos', { shards: 2, thanos: { enabled: false } }, false],
    ['agents, which answer nothing', { shards: 2, mode: 'Agent' }, false],
  ];
  for (const [says, prometheus, isOn] of ON) {
    it(`${isOn ? 'is there' : 'is not there'} for ${says}`, () => {
      expect(kinds(prometheus)).to.deep.equal(isOn ? ['ServiceAccount', 'NetworkPolicy', 'Service', 'Deployment'] : []);
    });
  }

  it('may lose one of several replicas at a time', () => {
    expect(kinds({ thanos: { querier: { replicas: 2 } } })).to.include('PodDisruptionBudget');
  });

  it('finds every sidecar by the governing Service, and what the user names', () => {
    const endpoints = flags({ thanos: { querier: { endpoints: ['store-gateway.metrics.svc:10901'] } } }).filter((flag) => flag.startsWith('--endpoint='));
    expect(endpoints).to.deep.equal(['--endpoint=dnssrv+_grpc._tcp.prometheus-shop-pods.shop.svc', '--endpoint=store-gateway.metrics.svc:10901']);
    const governing = rendered({ shards: 2 }).objects.find(({ kind, metadata }) => kind === 'Service' && metadata.name === 'prometheus-shop-pods');
    expect((governing?.['spec'] as { ports: { name: string }[] } | undefined)?.ports.map(({ name }) => name)).to.include('grpc');
  });

  const LABELS: readonly (readonly [string, Prometheus, readonly string[]])[] = [
    ['our own label', { shards: 2 }, ['prometheus_replica']],
    ['the user\'s', { shards: 2, externalLabels: { cluster: 'a', replica: '${POD_NAME}' } }, ['replica']],
    ['all that hold the name of the pod', { shards: 2, externalLabels: { a: 'x-$POD_NAME', b: '${POD_NAME}' } }, ['a', 'b']],
  ];
  for (const [says, prometheus, labels] of LABELS) {
    it(`takes replicas and shards for one by ${says}`, () => {
      expect(flags(prometheus).flatMap((flag) => /^--query\.replica-label=(.+)$/.exec(flag)?.[1] ?? [])).to.deep.equal(labels);
    });
  }

  it('is what Grafana asks, beside each shard by itself', () => {
    const found = sources({ shards: 2 });
    expect(found.map(({ name, uid, url, isDefault }) => [name, uid, url, isDefault])).to.deep.equal([
      ['Prometheus', 'prometheus', 'http://thanos-querier-shop.shop.svc:10902', true],
      ['Prometheus (shard 0)', 'prometheus-0', 'http://prometheus-shop.shop.svc:9090', false],
      ['Prometheus (shard 1)', 'prometheus-1', 'http://prometheus-shop-shard-1.shop.svc:9090', false],
    ]);
    expect(found.map(({ jsonData }) => jsonData.prometheusType)).to.deep.equal(['Thanos', undefined, undefined]);
    expect(sources({}).map(({ name, url }) => [name, url])).to.deep.equal([['Prometheus', 'http://prometheus-shop.shop.svc:9090']]);
    expect(sources({ shards: 2, thanos: { enabled: false } }).map(({ uid }) => uid)).to.deep.equal(['prometheus', 'prometheus-1']);
  });

  it('is what autoscaling asks: nothing is left out of many shards any more', () => {
    const custom: MonitoringStackSpec = { metricsApi: { custom: { rules: [{ series: 'http_requests_total' }] } }, scope: 'Cluster' };
    const adapter = (prometheus: Prometheus) => {
      const { objects, omitted } = rendered(prometheus, custom);
      const found = objects.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'prometheus-adapter-shop');
      return { args: JSON.stringify(found?.['spec']), omitted: omitted.filter(({ field }) => field === 'metricsApi.custom') };
    };
    expect(adapter({ shards: 2 }).args).to.include('--prometheus-url=http://thanos-querier-shop.shop.svc:10902/');
    expect(adapter({ shards: 2 }).omitted).to.deep.equal([]);
    expect(adapter({ shards: 2, thanos: { enabled: false } }).args).to.include('--prometheus-url=http://prometheus-shop.shop.svc:9090/');
    expect(adapter({ shards: 2, thanos: { enabled: false } }).omitted).to.have.length(1);
  });

  it('takes the user\'s flags, but none of ours again', () => {
    const problems = (flag: string) => rendered({ thanos: { querier: { pod: { extraArgs: [flag] } } } }).rejections.map(({ path }) => path);
    expect(problems('--query.timeout=1m')).to.deep.equal([]);
    expect(problems('--http-address=:80')).to.deep.equal(['spec.prometheus.thanos.querier.pod.extraArgs[0]']);
  });
});
