import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import type { KubeObject } from '../api/kube-object.ts';
import type { MonitoringStackSpec } from '../api/monitoring-stack.ts';
import { aSurvey } from '../testing/build.ts';
import { stackInput, type StackCase } from '../testing/stack-case.ts';
import { renderStack } from './render-stack.ts';

const custom: MonitoringStackSpec['metricsApi'] = { custom: { rules: [{ series: 'a' }], external: [{ series: 'b' }] } };
const render = (spec: MonitoringStackSpec, rest: StackCase = {}) => renderStack(stackInput({ name: 'cluster', namespace: 'monitoring', spec: { scope: 'Cluster', ...spec }, ...rest }));
const names = (objects: readonly KubeObject[], kind: string): string[] => objects.filter((object) => object.kind === kind).map(({ metadata }) => metadata.name);
const sentences = ({ omitted }: ReturnType<typeof render>): string[] => omitted.map(({ field, why }) => `${field}: ${why}`);
const jobsOf = ({ objects }: ReturnType<typeof render>): string => JSON.stringify(objects.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'prometheus-cluster'));

describe('render/stack-parts', () => {
  it('serves every API that is asked for where nobody else does', () => {
    const { objects } = render({ metricsApi: custom }, { survey: {} });
    expect(names(objects, 'APIService')).to.deep.equal(['v1beta1.metrics.k8s.io', 'v1beta1.custom.metrics.k8s.io', 'v1beta2.custom.metrics.k8s.io', 'v1beta1.external.metrics.k8s.io']);
  });

  it('serves only what there are rules for', () => {
    expect(names(render({ metricsApi: { custom: { external: [{ series: 'b' }] } } }).objects, 'APIService')).to.deep.equal(['v1beta1.metrics.k8s.io', 'v1beta1.external.metrics.k8s.io']);
    const nothing = render({ metricsApi: { custom: {} } });
    expect(names(nothing.objects, 'Deployment')).not.to.include('prometheus-adapter-cluster');
    expect(sentences(nothing)).to.deep.equal(['metricsApi.custom: it has neither rules nor external, so there is nothing to serve: add one']);
  });

  it('says that an adapter of several shards knows a part only, unless there is a querier to ask', () => {
    expect(sentences(render({ prometheus: { shards: 3, thanos: { enabled: false } }, metricsApi: custom })).join()).to.match(/metricsApi\.custom: of 3 shards the adapter asks the first/);
    expect(sentences(render({ prometheus: { shards: 3 }, metricsApi: custom })).join()).not.to.include('metricsApi.custom');
  });

  it('leaves an API to whoever serves it, with all that would belong to it, and says so', () => {
    const rendered = render({}, { survey: { apis: { 'v1beta1.metrics.k8s.io': { service: 'kube-system/metrics-server' } } } });
    expect(rendered.objects.filter(({ metadata }) => metadata.labels?.['app.kubernetes.io/name'] === 'metrics-server')).to.deep.equal([]);
    expect(jobsOf(rendered)).not.to.include('belfry/metrics-server');
    expect(sentences(rendered)).to.include('metricsApi.resource: v1beta1.metrics.k8s.io is served by kube-system/metrics-server already, and left to it; set enabled: false here, or remove the other one');
  });

  it('takes what it serves itself for its own, and what another stack serves for somebody else\'s', () => {
    const api = (owner: string) => ({ survey: { apis: { 'v1beta1.metrics.k8s.io': { service: 'monitoring/metrics-server-cluster', owner } } } });
    expect(names(render({}, api('uid-monitoring-cluster')).objects, 'APIService')).to.deep.equal(['v1beta1.metrics.k8s.io']);
    expect(names(render({}, api('uid-of-another')).objects, 'APIService')).to.deep.equal([]);
  });

  it('keeps the APIs that are left when another has one of them', () => {
    const rendered = render({ metricsApi: custom }, { survey: { apis: { 'v1beta1.external.metrics.k8s.io': { service: 'keda/keda' } } } });
    expect(names(rendered.objects, 'APIService')).to.deep.equal(['v1beta1.metrics.k8s.io', 'v1beta1.custom.metrics.k8s.io', 'v1beta2.custom.metrics.k8s.io']);
    expect(names(rendered.objects, 'Deployment')).to.include('prometheus-adapter-cluster');
  });

  const pem = (file: string): string => readFileSync(`${import.meta.dirname}/scrape-target/testdata/tls/${file}`, 'utf8');
  const etcd = { tls: { cert: { name: 'etcd', key: 'tls.crt' }, key: { name: 'etcd', key: 'tls.key' }, insecureSkipVerify: true } };

  it('asks etcd with the certificate of a Secret', () => {
    const references = { 'Secret/monitoring/etcd/tls.crt': pem('client.crt'), 'Secret/monitoring/etcd/tls.key': pem('client.key') };
    const rendered = render({ kubernetes: { etcd } }, { references });
    expect(jobsOf(rendered)).to.include('job_name: belfry/etcd').and.to.include('cert_file: credentials/secret_monitoring_etcd_tls.crt');
    const secret = rendered.objects.find(({ metadata }) => metadata.name === 'prometheus-cluster-credentials');
    expect(Object.keys(secret?.['data'] as object)).to.have.members(['secret_monitoring_etcd_tls.crt', 'secret_monitoring_etcd_tls.key']);
  });

  it('leaves etcd alone out where that Secret is missing or does not fit, and says what to do', () => {
    const missing = render({ kubernetes: { etcd } }, { references: {} });
    expect(missing.rejections).to.deep.equal([]);
    expect(jobsOf(missing)).not.to.include('belfry/etcd');
    expect(jobsOf(missing)).to.include('belfry/apiserver');
    expect(sentences(missing).join()).to.match(/kubernetes\.etcd\.tls\.cert.*kubectl create secret generic etcd --namespace monitoring/);
    const mixed = render({ kubernetes: { etcd } }, { references: { 'Secret/monitoring/etcd/tls.crt': pem('client.crt'), 'Secret/monitoring/etcd/tls.key': pem('other.key') } });
    expect(jobsOf(mixed)).not.to.include('belfry/etcd');
  });

  it('sizes metrics-server by the number of nodes, in steps', () => {
    const requests = (nodeCount: number): unknown => {
      const found = renderStack({ ...stackInput({ spec: { scope: 'Cluster' } }), facts: { ...stackInput({}).facts, survey: aSurvey({ nodeCount }) } }).objects.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'metrics-server-shop');
      const spec = found?.['spec'] as { template: { spec: { containers: { resources: { requests: unknown } }[] } } } | undefined;
      return spec?.template.spec.containers[0]?.resources.requests;
    };
    expect(requests(1)).to.deep.equal({ cpu: '50m', memory: '100Mi' });
    expect(requests(100)).to.deep.equal(requests(1));
    expect(requests(101)).to.deep.equal({ cpu: '250m', memory: '500Mi' });
    expect(requests(240)).to.deep.equal(requests(101));
    expect(requests(5_000)).to.deep.equal({ cpu: '5000m', memory: '10000Mi' });
    expect(requests(12_000)).to.deep.equal({ cpu: '20000m', memory: '40000Mi' });
  });
});
