import { expect } from 'chai';
import { stackSettings } from '../../api/defaults.ts';
import type { MonitoringStackSpec } from '../../api/monitoring-stack.ts';
import { relabeled, type Labels } from '../../formats/prometheus/relabel-eval.ts';
import type { ScrapeConfig } from '../../formats/prometheus/scrape-config.ts';
import { endpointSliceTargets, podTargets, type DiscoveredPod } from '../../testing/discovered.ts';
import { aSurvey } from '../../testing/build.ts';
import { allScraped } from '../../testing/scraped.ts';
import { stackOf } from '../../testing/scrape-target-case.ts';
import type { ClusterSurvey } from '../cluster-survey.ts';
import { selectorLabels } from '../labels.ts';
import { stackParts } from '../stack-parts.ts';
import { builtinTargets } from './builtin-targets.ts';

function jobs(spec: MonitoringStackSpec = {}, { probes = false, namespaces = ['shop'], survey }: { probes?: boolean; namespaces?: string[]; survey?: ClusterSurvey } = {}): Map<string, ScrapeConfig> {
  const stack = stackOf(spec);
  const facts = { namespaces: new Map(namespaces.map((name) => [name, {}])), references: undefined, ...(survey ? { survey } : {}) };
  const settings = stackSettings(stack);
  return new Map(builtinTargets(stack.metadata, settings, { facts, parts: stackParts(stack, settings, facts), operatorNamespace: 'belfry-system', probes }).map((job) => [job.job_name, job]));
}

function scrape(name: string, discovered: readonly Labels[], spec: MonitoringStackSpec = {}) {
  const job = jobs(spec).get(`belfry/${name}`);
  if (!job) throw new Error(`there is no job belfry/${name}`);
  return allScraped(job, discovered);
}

const wanted = { 'prometheus.io/scrape': 'true' };
const pod: DiscoveredPod = {
  name: 'checkout-5d4f8c7b9-x2x4z', annotations: wanted, controller: ['ReplicaSet', 'checkout-5d4f8c7b9'],
  containers: { app: [['http', 8080]], proxy: [['admin', 15000], ['dns', 53, 'UDP']], plain: [] },
};

describe('render/builtin-targets', () => {
  it('names a job for each component that is on', () => {
    const own = ['belfry/prometheus', 'belfry/alertmanager', 'belfry/grafana'];
    const annotated = ['belfry/annotated-pods', 'belfry/annotated-services'];
    const cluster = ['kube-state-metrics', 'kube-state-metrics-self', 'metrics-server', 'apiserver', 'kubelet', 'cadvisor', 'kubelet-probes', 'kube-controller-manager', 'kube-scheduler', 'kube-proxy', 'etcd', 'coredns'].map((name) => `belfry/${name}`);
    expect([...jobs().keys()]).to.deep.equal([...annotated, ...own]);
    const probed = ['belfry/annotated-service-probes', 'belfry/annotated-ingress-probes'];
    expect([...jobs({ scope: 'Cluster' }, { probes: true }).keys()]).to.deep.equal([...annotated, ...probed, ...own, 'belfry/blackbox-exporter', 'belfry/operator', 'belfry/node-exporter', ...cluster]);
    expect([...jobs({ alertmanager: { enabled: false }, grafana: { enabled: false }, discovery: { annotations: { enabled: false } }, exporters: { blackbox: {} } }).keys()]).to.deep.equal(['belfry/prometheus', 'belfry/blackbox-exporter']);
    expect([...jobs({ exporters: { blackbox: { enabled: false } } }, { probes: true }).keys()]).not.to.include('belfry/blackbox-exporter');
  });

  it('scrapes the operator itself for a stack of the whole cluster: its pods, at the port of its metrics', () => {
    const operator: DiscoveredPod = { name: 'belfry-7c9-x', namespace: 'belfry-system', labels: { 'app.kubernetes.io/name': 'belfry' }, containers: { belfry: [['metrics', 9464], ['debug', 9229]] } };
    const other: DiscoveredPod = { ...operator, name: 'other', labels: { 'app.kubernetes.io/name': 'other' } };
    const found = scrape('operator', [...podTargets(operator), ...podTargets(other)], { scope: 'Cluster' });
    expect(found.map(({ url, labels }) => [new URL(url).port, new URL(url).pathname, labels['job'], labels['namespace'], labels['pod'], labels['container']])).to.deep.equal([['9464', '/metrics', 'belfry', 'belfry-system', 'belfry-7c9-x', 'belfry']]);
    expect(jobs({ scope: 'Cluster' }).get('belfry/operator')?.kubernetes_sd_configs?.map((sd) => sd.namespaces?.names)).to.deep.equal([['belfry-system']]);
    expect([...jobs().keys()]).not.to.include('belfry/operator');
  });

  it('looks into the namespaces of the stack only, and nowhere where it selects none', () => {
    const namespacesOf = (spec: MonitoringStackSpec, namespaces: string[]) => jobs(spec, { namespaces }).get('belfry/annotated-pods')?.kubernetes_sd_configs?.map((sd) => sd.namespaces?.names);
    expect(namespacesOf({}, ['monitoring', 'shop'])).to.deep.equal([['monitoring']]);
    expect(namespacesOf({ select: { namespaces: { matchLabels: { a: 'b' } } } }, ['web', 'shop'])).to.deep.equal([['shop', 'web']]);
    expect(namespacesOf({ select: { namespaces: { matchLabels: { a: 'b' } } } }, [])).to.equal(undefined);
    expect(namespacesOf({ scope: 'Cluster' }, ['shop'])).to.deep.equal([undefined]);
  });

  it('takes an address in the network of pods that is no pod\'s for a node, where it talks', () => {
    const { metric_relabel_configs: rules = [] } = jobs({ scope: 'Cluster', exporters: { networkFlows: {} } }).get('belfry/network-flows') ?? {};
    const flow = (labels: Labels) => relabeled(rules, { __name__: 'beyla_network_flow_bytes_total', ...labels });
    const source = (labels: Labels) => [flow(labels)?.['k8s_src_owner_type'], flow(labels)?.['k8s_src_owner_name']];
    expect(source({ src_cidr: '10.244.0.0/16' })).to.deep.equal(['Node', '10.244.0.0/16']);
    expect(source({ src_cidr: '10.244.0.0/16', k8s_src_owner_type: 'Deployment', k8s_src_owner_name: 'web' })).to.deep.equal(['Deployment', 'web']);
    expect(source({})).to.deep.equal([undefined, undefined]);
  });

  describe('annotated pods', () => {
    const ofPod = { job: 'checkout', namespace: 'shop', pod: pod.name, node: 'node-1' };

    it('are scraped on every declared TCP port, and named after their Deployment', () => {
      expect(scrape('annotated-pods', podTargets(pod))).to.deep.equal([
        { url: 'http://10.1.0.7:8080/metrics', labels: { ...ofPod, container: 'app', instance: '10.1.0.7:8080' } },
        { url: 'http://10.1.0.7:15000/metrics', labels: { ...ofPod, container: 'proxy', instance: '10.1.0.7:15000' } },
      ]);
    });

    it('are scraped once on an annotated port, path and scheme, declared or not', () => {
      const annotations = { ...wanted, 'prometheus.io/port': '7777', 'prometheus.io/path': 'stats', 'prometheus.io/scheme': 'https' };
      expect(scrape('annotated-pods', podTargets({ ...pod, annotations }))).to.deep.equal([{ url: 'https://10.1.0.7:7777/stats', labels: { ...ofPod, instance: '10.1.0.7:7777' } }]);
      const six = podTargets({ ...pod, annotations, ip: 'fd00::7' });
      expect(scrape('annotated-pods', six).map(({ url }) => url)).to.deep.equal(['https://[fd00::7]:7777/stats']);
    });

    it('are left alone where they do not ask, or have ended', () => {
      expect(scrape('annotated-pods', podTargets({ ...pod, annotations: {} }))).to.deep.equal([]);
      expect(scrape('annotated-pods', podTargets({ ...pod, annotations: { 'prometheus.io/scrape': 'false' } }))).to.deep.equal([]);
      expect(scrape('annotated-pods', podTargets({ ...pod, phase: 'Succeeded' }))).to.deep.equal([]);
    });

    it('may ask by a prefix of the stack\'s own', () => {
      const targets = podTargets({ ...pod, annotations: { 'metrics.example.com/scrape': 'true' } });
      expect(scrape('annotated-pods', targets)).to.have.length(0);
      expect(scrape('annotated-pods', targets, { discovery: { annotations: { prefix: 'metrics.example.com' } } })).to.have.length(2);
    });

    const NAMES: readonly { says: string; change: Partial<DiscoveredPod>; job: string }[] = [
      { says: 'the recommended label', change: { labels: { app: 'a', 'app.kubernetes.io/name': 'best' } }, job: 'best' },
      { says: 'the common label', change: { labels: { app: 'a' } }, job: 'a' },
      { says: 'what runs them', change: { controller: ['StatefulSet', 'db'] }, job: 'db' },
    ];
    for (const { says, change, job } of NAMES) {
      it(`are named after ${says}`, () => expect(scrape('annotated-pods', podTargets({ ...pod, ...change }))[0]?.labels['job']).to.equal(job));
    }
  });

  it('scrapes the endpoints of annotated Services, and names them after those', () => {
    const service = { name: 'checkout', annotations: wanted, ports: { web: 8080 }, pods: [{ ...pod, annotations: {} }] };
    const labels = { job: 'checkout', namespace: 'shop', service: 'checkout', pod: pod.name, node: 'node-1' };
    expect(scrape('annotated-services', endpointSliceTargets(service))).to.deep.equal([{ url: 'http://10.1.0.7:8080/metrics', labels: { ...labels, container: 'app', instance: '10.1.0.7:8080' } }]);
    const onPort = endpointSliceTargets({ ...service, annotations: { ...wanted, 'prometheus.io/port': '9999' } });
    expect(scrape('annotated-services', onPort)).to.deep.equal([{ url: 'http://10.1.0.7:9999/metrics', labels: { ...labels, instance: '10.1.0.7:9999' } }]);
  });

  it('scrapes the pods of this very stack, and no namesakes', () => {
    const own = { namespace: 'monitoring', name: 'prometheus-main-0', labels: selectorLabels({ name: 'main', namespace: 'monitoring' }, 'prometheus'), containers: { prometheus: [['web', 9090]], 'thanos-sidecar': [['grpc', 10901]] } } as const;
    const other = { ...own, labels: selectorLabels({ name: 'other', namespace: 'monitoring' }, 'prometheus') };
    expect(scrape('prometheus', [...podTargets(own), ...podTargets(other), ...podTargets({ ...own, phase: 'Failed' })])).to.deep.equal([
      { url: 'http://10.1.0.7:9090/metrics', labels: { job: 'prometheus', namespace: 'monitoring', pod: 'prometheus-main-0', container: 'prometheus', node: 'node-1', instance: '10.1.0.7:9090' } },
    ]);
  });

  it('scrapes the Thanos sidecar in the pods of Prometheus, where there is one', () => {
    const own = { namespace: 'monitoring', name: 'prometheus-main-0', labels: selectorLabels({ name: 'main', namespace: 'monitoring' }, 'prometheus'), containers: { prometheus: [['web', 9090]], 'thanos-sidecar': [['grpc', 10901], ['thanos-http', 10902]] } } as const;
    expect(scrape('thanos-sidecar', podTargets(own), { prometheus: { thanos: {} } })).to.deep.equal([
      { url: 'http://10.1.0.7:10902/metrics', labels: { job: 'thanos-sidecar', namespace: 'monitoring', pod: 'prometheus-main-0', container: 'thanos-sidecar', node: 'node-1', instance: '10.1.0.7:10902' } },
    ]);
    expect([...jobs().keys()]).not.to.include('belfry/thanos-sidecar');
  });

  it('names a node exporter\'s targets after the node', () => {
    const own = { namespace: 'monitoring', name: 'node-exporter-main-abcde', labels: selectorLabels({ name: 'main', namespace: 'monitoring' }, 'node-exporter'), containers: { 'node-exporter': [['metrics', 9200]] } } as const;
    expect(scrape('node-exporter', podTargets(own), { scope: 'Cluster', exporters: { node: { port: 9200 } } })).to.deep.equal([
      { url: 'http://10.1.0.7:9200/metrics', labels: { job: 'node-exporter', namespace: 'monitoring', pod: own.name, container: 'node-exporter', node: 'node-1', instance: 'node-1' } },
    ]);
  });

  describe('of a whole cluster', () => {
    const ownPod = (component: string, container: string, ports: readonly (readonly [string, number])[]): Labels[] =>
      podTargets({ namespace: 'monitoring', name: `${component}-main-0`, labels: selectorLabels({ name: 'main', namespace: 'monitoring' }, component), containers: { [container]: ports } });
    const cluster: MonitoringStackSpec = { scope: 'Cluster' };

    it('the state of objects carries no label of the pod that tells it', () => {
      const found = ownPod('kube-state-metrics', 'kube-state-metrics', [['metrics', 8080], ['self', 8081]]);
      expect(scrape('kube-state-metrics', found, cluster)).to.deep.equal([{ url: 'http://10.1.0.7:8080/metrics', labels: { job: 'kube-state-metrics', instance: 'kube-state-metrics-main' } }]);
      expect(scrape('kube-state-metrics', found, { ...cluster, exporters: { kubeState: { shards: 2 } } })[0]?.labels).to.deep.equal({ job: 'kube-state-metrics', instance: 'kube-state-metrics-main-0' });
      expect(scrape('kube-state-metrics-self', found, cluster)).to.deep.equal([
        { url: 'http://10.1.0.7:8081/metrics', labels: { job: 'kube-state-metrics', namespace: 'monitoring', pod: 'kube-state-metrics-main-0', container: 'kube-state-metrics', node: 'node-1', instance: '10.1.0.7:8081' } },
      ]);
    });

    it('a kubelet is asked at three paths, and called after its node', () => {
      const found = [{ __address__: '10.0.0.4:10250', instance: 'node-1', __meta_kubernetes_node_name: 'node-1' }];
      for (const [name, path] of Object.entries({ kubelet: '/metrics', cadvisor: '/metrics/cadvisor', 'kubelet-probes': '/metrics/probes' })) {
        expect(scrape(name, found, cluster)).to.deep.equal([{ url: `https://10.0.0.4:10250${path}`, labels: { job: 'kubelet', metrics_path: path, node: 'node-1', instance: 'node-1' } }]);
      }
    });

    it('each API server is asked by its own address, and no other Service of its namespace', () => {
      const slice = (service: string, port: string): Labels[] => endpointSliceTargets({ namespace: 'default', name: service, ports: { [port]: 6443 }, pods: [{ name: '', ip: '10.0.0.4', containers: {} }] });
      expect(scrape('apiserver', [...slice('kubernetes', 'https'), ...slice('shop', 'https'), ...slice('kubernetes', 'other')], cluster)).to.deep.equal([
        { url: 'https://10.0.0.4:6443/metrics', labels: { job: 'apiserver', instance: '10.0.0.4:6443' } },
      ]);
    });

    it('pods of kube-system are asked once on the port that matters, whatever they declare', () => {
      const coredns = { namespace: 'kube-system', name: 'coredns-x', labels: { 'k8s-app': 'kube-dns' }, containers: { coredns: [['dns', 53, 'UDP'], ['metrics', 9153], ['probe', 8181]] } } as const;
      const labels = { job: 'coredns', namespace: 'kube-system', pod: 'coredns-x', node: 'node-1' };
      expect(scrape('coredns', podTargets(coredns), cluster)).to.deep.equal([{ url: 'http://10.1.0.7:9153/metrics', labels: { ...labels, instance: '10.1.0.7:9153' } }]);
      expect(scrape('coredns', podTargets({ ...coredns, ip: 'fd00::7' }), cluster)[0]?.url).to.equal('http://[fd00::7]:9153/metrics');
      expect(scrape('coredns', podTargets({ ...coredns, labels: { 'k8s-app': 'other' } }), cluster)).to.deep.equal([]);
      const manager = { namespace: 'kube-system', name: 'kube-controller-manager-a', labels: { component: 'kube-controller-manager' }, containers: { 'kube-controller-manager': [] } };
      expect(scrape('kube-controller-manager', podTargets(manager), cluster)[0]?.url).to.equal('https://10.1.0.7:10257/metrics');
      expect(scrape('kube-controller-manager', podTargets({ ...manager, labels: { component: '', 'k8s-app': 'kube-controller-manager' } }), cluster)).to.have.length(1);
      expect(scrape('kube-controller-manager', podTargets(coredns), cluster)).to.deep.equal([]);
    });

    it('what is pushed keeps its labels, but for the namespace where there is only one', () => {
      const found = ownPod('pushgateway', 'pushgateway', [['web', 9091]]);
      const pushing = { exporters: { pushgateway: {} } };
      expect(scrape('pushgateway', found, pushing)).to.deep.equal([{ url: 'http://10.1.0.7:9091/metrics', labels: { job: 'pushgateway', namespace: 'monitoring', instance: 'pushgateway-main' } }]);
      expect(jobs(pushing).get('belfry/pushgateway')).to.deep.include({ honor_labels: true, metric_relabel_configs: [{ target_label: 'namespace', replacement: 'monitoring' }] });
      expect(jobs({ ...cluster, ...pushing }).get('belfry/pushgateway')).not.to.have.property('metric_relabel_configs');
    });

    it('the token goes to Kubernetes\' own parts and to our own API servers, and to nobody else', () => {
      const all = jobs({ ...cluster, exporters: { pushgateway: {}, nodeProblemDetector: {} }, metricsApi: { custom: { rules: [{ series: 'a' }] } } });
      const trusted = [...all.values()].filter((job) => JSON.stringify(job).includes('serviceaccount/token')).map(({ job_name }) => job_name);
      expect(trusted).to.deep.equal(['metrics-server', 'prometheus-adapter', 'apiserver', 'kubelet', 'cadvisor', 'kubelet-probes', 'kube-controller-manager', 'kube-scheduler'].map((name) => `belfry/${name}`));
      for (const name of trusted) expect(all.get(name)?.scheme, name).to.equal('https');
    });

    it('each shard has its part of every job', () => {
      for (const job of jobs({ ...cluster, prometheus: { shards: 2 } }).values()) expect(job.relabel_configs?.at(-1), job.job_name).to.include({ action: 'keep', regex: '0' });
    });

    it('a part that the platform hides has no job', () => {
      const names = [...jobs(cluster, { survey: aSurvey({ version: 'v1.33.5-gke.1080000' }) }).keys()];
      expect(names).to.include.members(['belfry/apiserver', 'belfry/kubelet']);
      expect(names).not.to.include('belfry/etcd');
      expect(names.filter((name) => /scheduler|controller|proxy|coredns/.test(name))).to.deep.equal([]);
    });
  });
});
