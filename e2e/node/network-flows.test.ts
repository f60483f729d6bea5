import { expect } from 'chai';
import { kubectlJson, kubectlOk } from '../support/kubectl.ts';
import type { RunningNode } from '../support/node.ts';
import { NODE_NETWORK } from '../support/node-config.ts';
import { sharedNode } from '../support/shared-node.ts';
import { shown } from '../support/shown.ts';
import { waitFor } from '../support/wait-for.ts';

const NAMESPACE = 'flows';
const SHOP = 'market';
const EXPORTER = 'docker.io/grafana/beyla:3.33.0';
const GROUP = 'Network flows';
const HOW = process.env['BELFRY_BEYLA'] ? 'Beyla itself' : 'a stand-in for Beyla, which loads an eBPF program of its own';

interface Sample { readonly metric: Readonly<Record<string, string>>; readonly value: readonly [number, string] }
interface Stack {
  readonly status?: {
    readonly components?: readonly { readonly name: string; readonly ready: string; readonly message?: string }[];
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message: string }[];
  };
}

/** Flows and what scrapes them, and nothing else; `overrides` for a kernel that is not as it should be. */
function stack(overrides: readonly object[] = []): object {
  return {
    apiVersion: 'belfry.dev/v1alpha1', kind: 'MonitoringStack', metadata: { name: 'cluster', namespace: NAMESPACE },
    spec: {
      scope: 'Cluster', select: { namespaces: { matchLabels: { 'kubernetes.io/metadata.name': SHOP } } },
      prometheus: { scrape: { interval: '2s', timeout: '2s' }, evaluationInterval: '2s' },
      alertmanager: { enabled: false }, grafana: { enabled: false }, kubernetes: { enabled: false }, metricsApi: { resource: { enabled: false } },
      // The control plane runs in no pods here, which would tell where pods have their addresses.
      exporters: { node: { enabled: false }, kubeState: { enabled: false }, networkFlows: { podCidrs: [NODE_NETWORK.clusterCidr] } },
      overrides,
    },
  };
}

const workload = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: SHOP } },
  {
    apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'checkout', namespace: SHOP },
    spec: {
      selector: { matchLabels: { app: 'checkout' } },
      template: {
        metadata: { labels: { app: 'checkout' } },
        spec: { containers: [{ name: 'checkout', image: 'belfry.dev/demo/shop:dev', ports: [{ name: 'metrics', containerPort: 8080 }], readinessProbe: { httpGet: { path: '/metrics', port: 'metrics' }, periodSeconds: 1 } }] },
      },
    },
  },
  { apiVersion: 'v1', kind: 'Service', metadata: { name: 'checkout', namespace: SHOP, labels: { app: 'checkout' } }, spec: { selector: { app: 'checkout' }, ports: [{ name: 'metrics', port: 8080, targetPort: 'metrics' }] } },
  { apiVersion: 'belfry.dev/v1alpha1', kind: 'ScrapeTarget', metadata: { name: 'checkout', namespace: SHOP }, spec: { service: { matchLabels: { app: 'checkout' } }, endpoints: [{ port: 'metrics' }] } },
  {
    apiVersion: 'belfry.dev/v1alpha1', kind: 'AlertPolicy', metadata: { name: 'checkout', namespace: SHOP },
    spec: { traffic: [{ workload: 'checkout', from: [{ namespace: NAMESPACE, workload: 'prometheus-cluster' }], to: [] }] },
  },
];
const probe = { apiVersion: 'belfry.dev/v1alpha1', kind: 'ScrapeTarget', metadata: { name: 'checkout-probe', namespace: SHOP }, spec: { probe: { module: 'http_2xx', of: { service: { matchLabels: { app: 'checkout' } } } } } };

/** The exporter with an empty folder where the kernel tells of its types. */
const withoutBtf = {
  kind: 'DaemonSet', name: 'network-flows-cluster',
  patch: { spec: { template: { spec: { volumes: [{ name: 'config', configMap: { name: 'network-flows-cluster' } }, { name: 'no-btf', emptyDir: {} }] } } } },
};

describe('network flows, on a real node', function () {
  this.timeout(480_000);
  let node: RunningNode;

  const apply = (...manifests: object[]): Promise<string> => kubectlOk(node.kubeconfig, ['apply', '-f', '-'], { stdin: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: manifests }) });
  const query = async (expr: string): Promise<readonly Sample[]> => {
    const path = `/api/v1/namespaces/${NAMESPACE}/services/prometheus-cluster:9090/proxy/api/v1/query?query=${encodeURIComponent(expr)}`;
    return (JSON.parse(await kubectlOk(node.kubeconfig, ['get', '--raw', path])) as { data: { result: readonly Sample[] } }).data.result;
  };
  const found = (expr: string, timeoutMs = 120_000): Promise<readonly Sample[]> => waitFor(expr, async (seen) => {
    const samples = await query(expr);
    seen(await query('beyla_network_flow_bytes_total{direction="request"}'));
    return samples.length > 0 ? samples : undefined;
  }, { timeoutMs, intervalMs: 1_000 });
  const flowsComponent = async () => (await kubectlJson<Stack>(node.kubeconfig, ['get', 'mstack', 'cluster', '-n', NAMESPACE])).status?.components?.find(({ name }) => name === 'network-flows');

  before(async () => {
    ({ node } = await sharedNode());
    await node.loadImages([EXPORTER]);
    await kubectlOk(node.kubeconfig, ['create', 'namespace', NAMESPACE]);
    await apply(stack(), ...workload);
  });

  after(async () => {
    if (!node) return;
    await kubectlOk(node.kubeconfig, ['delete', 'mstack', 'cluster', '-n', NAMESPACE, '--ignore-not-found', '--timeout=180s']);
    await kubectlOk(node.kubeconfig, ['delete', 'namespace', NAMESPACE, SHOP, '--ignore-not-found', '--timeout=180s']);
  });

  it('runs the exporter with three capabilities, and scrapes it', async () => {
    await waitFor('the exporter to be ready', async (seen) => {
      const component = await flowsComponent();
      seen(component);
      return component?.ready === '1/1';
    }, { timeoutMs: 180_000, intervalMs: 1_000 });
    const [up] = await found('up{job="network-flows"} == 1');
    shown({ group: GROUP, what: 'the exporter is a job that is up', how: `\`exporters.networkFlows\`; ${HOW}, as root with BPF, NET_RAW and PERFMON`, result: `network-flows 1/1, up on ${up?.metric['instance']}` });
  });

  it('shows who talks to whom, by workload', async () => {
    const [flow] = await found(`beyla_network_flow_bytes_total{direction="request",k8s_src_namespace="${NAMESPACE}",k8s_src_owner_name="prometheus-cluster",k8s_dst_namespace="${SHOP}",k8s_dst_owner_name="checkout"}`, 120_000);
    expect(flow?.metric).to.include({ job: 'network-flows', k8s_src_owner_type: 'StatefulSet', k8s_dst_owner_type: 'Deployment', node: node.name, instance: node.name });
    expect(await query('{job="network-flows",src_address!=""} or {job="network-flows",dst_port!=""}')).to.deep.equal([]);
    shown({ group: GROUP, what: 'who talks to whom, by workload', how: 'Prometheus scrapes a Deployment', result: `${flow?.metric['k8s_src_owner_type']} ${NAMESPACE}/prometheus-cluster to ${flow?.metric['k8s_dst_owner_type']} ${SHOP}/checkout` });
  });

  it('is silent about traffic that a policy declares, and fires on what it does not', async () => {
    await waitFor('the policy to be live', async () => (await kubectlOk(node.kubeconfig, ['get', 'alertpolicy', 'checkout', '-n', SHOP, '-o', 'jsonpath={.status.conditions[?(@.type=="Live")].status}'])) === 'True', { timeoutMs: 120_000 });
    // Of a pod that has just started nobody knows the address, and it looks like the outside for that long: what goes on is what counts.
    await waitFor('the kubelet to probe as a node, and nobody from outside', async (seen) => {
      const by = await query(`sum by (k8s_src_owner_type) (increase(beyla_network_flow_bytes_total{direction="request",k8s_dst_namespace="${SHOP}",k8s_dst_owner_name="checkout",k8s_dst_owner_type="Deployment"}[30s])) > 0`);
      const kinds = by.map(({ metric }) => metric['k8s_src_owner_type'] ?? '').sort();
      seen(by);
      return kinds.join() === 'Node,StatefulSet';
    }, { timeoutMs: 180_000, intervalMs: 1_000 });
    expect(await query('ALERTS{alertname="UnexpectedTraffic",peer="inside"} or ALERTS{alertname="UnexpectedTraffic",alertstate="firing"}')).to.deep.equal([]);
    await apply(probe);
    const fired = await found('ALERTS{alertname="UnexpectedTraffic",alertstate="firing"}', 180_000);
    expect(fired.map(({ metric }) => metric)).to.deep.equal([{
      __name__: 'ALERTS', alertname: 'UnexpectedTraffic', alertstate: 'firing', namespace: SHOP, severity: 'warning', workload: 'checkout', traffic: 'from', peer: 'inside',
      k8s_src_namespace: NAMESPACE, k8s_src_owner_name: 'blackbox-exporter-cluster', k8s_src_owner_type: 'Deployment',
    }]);
    shown({ group: GROUP, what: 'traffic that nobody declared fires, and what is declared does not', how: '`traffic: [{ workload: checkout, from: [{ namespace, workload: prometheus-cluster }] }]`, and a kubelet that probes; later a ScrapeTarget that probes', result: `UnexpectedTraffic once: to checkout from ${NAMESPACE}/blackbox-exporter-cluster` });
  });

  it('says what a kernel lacks on the component, and how to mend it, while all else goes on', async () => {
    const { spec } = await kubectlJson<{ spec: { template: { spec: { containers: [{ volumeMounts: object[] }] } } } }>(node.kubeconfig, ['get', 'daemonset', 'network-flows-cluster', '-n', NAMESPACE]);
    const [container] = spec.template.spec.containers;
    const { volumes } = withoutBtf.patch.spec.template.spec;
    const containers = [{ ...container, volumeMounts: [...container.volumeMounts, { name: 'no-btf', mountPath: '/sys/kernel/btf' }] }];
    await apply(stack([{ ...withoutBtf, patch: { spec: { template: { spec: { volumes, containers } } } } }]));
    const component = await waitFor('the component to say so', async (seen) => {
      const now = await flowsComponent();
      seen(now);
      return now?.message?.includes('BTF') ? now : undefined;
    }, { timeoutMs: 180_000, intervalMs: 1_000 });
    expect(component.ready).to.equal('0/1');
    expect(component.message).to.contain('kernel does not support BTF').and.to.contain('spec.exporters.networkFlows.pod');
    expect(await found('up{job="checkout"} == 1')).to.have.length(1);
    shown({ group: GROUP, what: 'a kernel that cannot do it', how: 'an empty /sys/kernel/btf in the pod of the exporter', result: `network-flows ${component.ready}: ${component.message}; Prometheus goes on` });
  });
});
