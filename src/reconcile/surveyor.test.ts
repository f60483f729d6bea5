import { expect } from 'chai';
import { refOf, type KubeObject } from '../api/kube-object.ts';
import { KubeError } from '../kube/errors.ts';
import { FakeCluster } from '../testing/fake-cluster.ts';
import { Surveyor } from './surveyor.ts';

const node = (name: string, providerID = ''): KubeObject => ({
  apiVersion: 'v1', kind: 'Node', metadata: { name, labels: { 'kubernetes.io/os': 'linux' } }, spec: { providerID }, status: { nodeInfo: { kubeletVersion: 'v1.34.4' } },
});
const pod = (name: string, labels: Readonly<Record<string, string>>, command: readonly string[], ports: readonly object[] = []): KubeObject => ({
  apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'kube-system', labels }, spec: { containers: [{ name: 'c', command: command.slice(0, 1), args: command.slice(1), ports }] },
});
const api = (name: string, service: object, labels: Readonly<Record<string, string>> = {}): KubeObject => ({
  apiVersion: 'apiregistration.k8s.io/v1', kind: 'APIService', metadata: { name, labels }, spec: { service },
});

const CLUSTER: readonly KubeObject[] = [
  node('b', 'kind://docker/kind/b'), node('a', 'kind://docker/kind/a'),
  pod('kube-proxy-a', { 'k8s-app': 'kube-proxy' }, ['kube-proxy', '--hostname-override=a']),
  pod('kube-proxy-b', { 'k8s-app': 'kube-proxy' }, ['kube-proxy', '--hostname-override=b']),
  pod('kube-scheduler-a', { component: 'kube-scheduler' }, ['kube-scheduler', '--bind-address=127.0.0.1']),
  pod('coredns-x', { 'k8s-app': 'kube-dns' }, [], [{ name: 'metrics', containerPort: 9153 }]),
  pod('other', { 'k8s-app': 'other' }, ['other']),
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'kube-proxy', namespace: 'kube-system' }, data: { 'config.conf': 'kind: KubeProxyConfiguration\nmetricsBindAddress: 0.0.0.0\n', 'kubeconfig.conf': 'kind: Config' } },
  api('v1beta1.metrics.k8s.io', { namespace: 'kube-system', name: 'metrics-server' }),
  api('v1beta1.external.metrics.k8s.io', { namespace: 'monitoring', name: 'prometheus-adapter-cluster' }, { 'belfry.dev/owner': 'uid-1' }),
];

async function clusterOf(objects: readonly KubeObject[]): Promise<FakeCluster> {
  const cluster = new FakeCluster();
  for (const object of objects) {
    await cluster.create(object);
    // Creating leaves a status out, as the API server does.
    if (object['status']) cluster.edit(refOf(object), (stored) => ({ ...stored, status: object['status'] }));
  }
  return cluster;
}

describe('reconcile/surveyor', () => {
  it('sees nodes, the pods of Kubernetes\' own parts, kube-proxy\'s config and who serves which API', async () => {
    const survey = await new Surveyor(await clusterOf(CLUSTER), () => 0).survey();
    expect(survey.nodeCount).to.equal(2);
    expect(survey.nodes.map(({ providerId, kubeletVersion }) => [providerId, kubeletVersion])).to.deep.equal([['kind://docker/kind/a', 'v1.34.4'], ['kind://docker/kind/b', 'v1.34.4']]);
    expect(survey.pods.proxy?.map(({ name }) => name), 'one of those that are started alike').to.deep.equal(['kube-proxy-a']);
    expect(survey.pods.scheduler).to.deep.equal([{ name: 'kube-scheduler-a', command: ['kube-scheduler', '--bind-address=127.0.0.1'], ports: [] }]);
    expect(survey.pods.dns?.[0]?.ports).to.deep.equal([{ name: 'metrics', port: 9153 }]);
    expect(survey.pods.etcd).to.deep.equal([]);
    expect(survey.proxyConfig).to.include('metricsBindAddress');
    expect([...survey.apis]).to.deep.equal([
      ['v1beta1.metrics.k8s.io', { service: 'kube-system/metrics-server' }],
      ['v1beta1.external.metrics.k8s.io', { service: 'monitoring/prometheus-adapter-cluster', owner: 'uid-1' }],
    ]);
    expect(survey.refused).to.deep.equal([]);
  });

  it('asks again after five minutes, and gives the same object where nothing moved', async () => {
    const cluster = await clusterOf(CLUSTER);
    let now = 0;
    const surveyor = new Surveyor(cluster, () => now);
    const [first, beside] = await Promise.all([surveyor.survey(), surveyor.survey()]);
    expect(beside).to.equal(first);
    await cluster.create(node('c'));
    expect(await surveyor.survey()).to.equal(first);
    now = 5 * 60_000;
    const second = await surveyor.survey();
    expect(second.nodeCount).to.equal(3);
    now = 10 * 60_000;
    expect(await surveyor.survey()).to.equal(second);
  });

  it('follows the number of nodes up at once, and down when a third has gone', async () => {
    const cluster = await clusterOf(Array.from({ length: 9 }, (_, index) => node(`n${index}`)));
    let now = 0;
    const surveyor = new Surveyor(cluster, () => now);
    const later = async (): Promise<number> => {
      now += 5 * 60_000;
      return (await surveyor.survey()).nodeCount;
    };
    expect(await later()).to.equal(9);
    for (const name of ['n0', 'n1']) await cluster.delete({ apiVersion: 'v1', kind: 'Node', name }, {});
    expect(await later()).to.equal(9);
    for (const name of ['n2', 'n3']) await cluster.delete({ apiVersion: 'v1', kind: 'Node', name }, {});
    expect(await later()).to.equal(5);
    await cluster.create(node('n9'));
    expect(await later()).to.equal(6);
  });

  it('does not forget a part whose last pod has gone: that is when it is looked for', async () => {
    const cluster = await clusterOf(CLUSTER);
    let now = 0;
    const surveyor = new Surveyor(cluster, () => now);
    const first = await surveyor.survey();
    await cluster.delete({ apiVersion: 'v1', kind: 'Pod', namespace: 'kube-system', name: 'coredns-x' }, {});
    now = 5 * 60_000;
    expect((await surveyor.survey()).pods.dns).to.deep.equal(first.pods.dns);
    await cluster.create(pod('coredns-y', { 'k8s-app': 'kube-dns' }, [], [{ name: 'tcp-9153', containerPort: 9153 }]));
    now = 10 * 60_000;
    expect((await surveyor.survey()).pods.dns?.map(({ name }) => name)).to.deep.equal(['coredns-y']);
  });

  it('says what it may not look at, and goes on with what it saw when the API server fails', async () => {
    const cluster = await clusterOf(CLUSTER);
    let now = 0;
    let answer: 'ok' | 'forbidden' | 'timeout' = 'forbidden';
    const fail = (): never => {
      throw new KubeError({ kind: answer as 'timeout', request: 'GET', message: answer });
    };
    const surveyor = new Surveyor(
      {
        list: (type, options) => (answer !== 'ok' && type.kind === 'Pod' ? fail() : cluster.list(type, options)),
        read: (ref) => (answer !== 'ok' && ref.kind === 'APIService' ? fail() : cluster.read(ref)),
        serverVersion: () => cluster.serverVersion(),
      },
      () => now,
    );
    const refused = await surveyor.survey();
    expect(refused.refused).to.deep.equal(['get apiservices', 'list pods in kube-system']);
    expect(refused.pods).to.deep.equal({});
    answer = 'timeout';
    now = 5 * 60_000;
    expect(await surveyor.survey()).to.equal(refused);
    answer = 'ok';
    expect((await surveyor.survey()).refused).to.deep.equal([]);
  });

  it('fails where there is nothing to go on with', async () => {
    const broken = (): Promise<never> => Promise.reject(new KubeError({ kind: 'timeout', request: 'GET', message: 'late' }));
    const surveyor = new Surveyor({ list: broken, read: broken, serverVersion: broken }, () => 0);
    expect(await surveyor.survey().then(() => 'fine', (error: unknown) => (error as Error).message)).to.equal('late');
  });
});
