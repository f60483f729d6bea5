import { expect } from 'chai';
import { existsSync } from 'node:fs';
import { kubectl, kubectlJson, kubectlOk, runCommand } from '../support/kubectl.ts';
import { conditionOf, type BelfryResource } from '../support/belfry-resource.ts';
import { FROM_BUNDLE } from '../support/operator.ts';
import { sharedNode } from '../support/shared-node.ts';
import { STORY_IMAGES, type NodeWithOperator } from '../support/stack.ts';
import { waitFor } from '../support/wait-for.ts';

const NAMESPACE = 'monitoring';
const STACK = {
  apiVersion: 'belfry.dev/v1alpha1', kind: 'MonitoringStack', metadata: { name: 'cluster', namespace: NAMESPACE },
  spec: {
    scope: 'Cluster', prometheus: { scrape: { interval: '2s', timeout: '1s' }, evaluationInterval: '2s' }, exporters: { node: { systemd: { units: 'containerd.service' } } },
    metricsApi: { resource: { enabled: false } },
  },
};
const STORY = [
  STACK,
  { apiVersion: 'belfry.dev/v1alpha1', kind: 'ScrapeTarget', metadata: { name: 'node-load', namespace: NAMESPACE }, spec: { service: { matchLabels: { 'app.kubernetes.io/name': 'node-exporter' } }, endpoints: [{ port: 'metrics', params: { 'collect[]': ['loadavg'] } }] } },
  { apiVersion: 'belfry.dev/v1alpha1', kind: 'AlertPolicy', metadata: { name: 'nodes', namespace: NAMESPACE }, spec: { alerts: [{ alert: 'NoNodes', expr: 'absent(node_load1)' }] } },
];

interface Sample { readonly metric: Readonly<Record<string, string>>; readonly value: readonly [number, string] }

describe('a stack of the whole cluster, on a real node', function () {
  this.timeout(180_000);
  let running: NodeWithOperator;

  async function query(expr: string): Promise<readonly Sample[]> {
    const text = await kubectlOk(running.kubeconfig, ['get', '--raw', `/api/v1/namespaces/${NAMESPACE}/services/prometheus-cluster:9090/proxy/api/v1/query?query=${encodeURIComponent(expr)}`]);
    return (JSON.parse(text) as { data: { result: readonly Sample[] } }).data.result;
  }

  /** Images that the stack's pods ask for, whatever a cluster's stack consists of by now. */
  async function imagesAsked(): Promise<string[]> {
    const { stdout } = await runCommand([...FROM_BUNDLE, 'render', '-f', '-'], { stdin: JSON.stringify(STACK) });
    return [...new Set([...stdout.matchAll(/^\s*(?:- )?image: (\S+)$/gm)].map((match) => match[1] ?? ''))];
  }

  before(async () => {
    running = await sharedNode();
    const missing = (await imagesAsked()).filter((image) => !(STORY_IMAGES as readonly string[]).includes(image));
    await running.node.loadImages(missing);
    // The node exporter needs the node itself, which "restricted" and "baseline" do not give.
    await kubectlOk(running.kubeconfig, ['create', 'namespace', NAMESPACE]);
    await kubectlOk(running.kubeconfig, ['apply', '-f', '-'], { stdin: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: STORY }) });
  });
  after(async () => {
    if (!running) return;
    await kubectlOk(running.kubeconfig, ['delete', 'mstack', 'cluster', '-n', NAMESPACE, '--ignore-not-found', '--timeout=60s']);
    await kubectlOk(running.kubeconfig, ['delete', 'namespace', NAMESPACE, '--ignore-not-found', '--timeout=90s']);
  });

  it('runs its node exporter on the node, with a reason where that has no systemd', async () => {
    const pods = await waitFor('the DaemonSet to run everywhere', async (seen) => {
      const { status } = await kubectlJson<{ status: { desiredNumberScheduled?: number; numberReady?: number } }>(running.kubeconfig, ['get', 'daemonset', 'node-exporter-cluster', '-n', NAMESPACE]);
      const state = await kubectl(running.kubeconfig, ['get', 'pods,events', '-n', NAMESPACE]);
      seen([status, state.stdout]);
      return status.desiredNumberScheduled === 1 && status.numberReady === 1 ? status : undefined;
    }, { timeoutMs: 90_000, intervalMs: 500 });
    expect(pods).to.include({ desiredNumberScheduled: 1, numberReady: 1 });
    const collectors = await waitFor('the collectors\' success', async () => {
      const found = await query('node_scrape_collector_success{job="node-exporter"}');
      return found.length > 10 ? new Map(found.map(({ metric, value }) => [metric['collector'], value[1]])) : undefined;
    }, { timeoutMs: 60_000, intervalMs: 500 });
    for (const collector of ['cpu', 'meminfo', 'filesystem', 'netdev', 'loadavg']) expect(collectors.get(collector), collector).to.equal('1');
    const hasSystemd = existsSync('/run/dbus/system_bus_socket') && existsSync('/run/systemd/system');
    expect(collectors.get('systemd')).to.equal(hasSystemd ? '1' : '0');
    if (hasSystemd) expect(await query('node_systemd_unit_state')).not.to.deep.equal([]);
  });

  it('has all of its targets up, and every component ready', async () => {
    const stack = await waitFor('the stack to be ready, and no target down', async (seen) => {
      const found = await kubectlJson<BelfryResource>(running.kubeconfig, ['get', 'mstack', 'cluster', '-n', NAMESPACE]);
      const down = await query('up == 0');
      seen([found.status, down.map(({ metric }) => metric)]);
      return conditionOf(found, 'ComponentsReady')?.status === 'True' && conditionOf(found, 'ConfigLive')?.status === 'True' && found.status?.targets?.down === 0 && (found.status.targets.up ?? 0) > 3 && down.length === 0 ? found : undefined;
    }, { timeoutMs: 120_000, intervalMs: 1_000 });
    expect(stack.status?.components?.every(({ ready }) => ready.split('/')[0] === ready.split('/')[1])).to.equal(true);
    const jobs = (await query('count by (job) (up == 1)')).map(({ metric }) => metric['job']);
    expect(jobs).to.include.members(['prometheus', 'alertmanager', 'node-exporter', 'node-load']);
    expect(await query('prometheus_rule_evaluation_failures_total > 0')).to.deep.equal([]);
  });

  it('reads as the design says, by kubectl get', async () => {
    await kubectlOk(running.kubeconfig, ['wait', '--for=condition=Ready', 'mstack/cluster', 'scrapetarget/node-load', 'alertpolicy/nodes', '-n', NAMESPACE, '--timeout=60s']);
    const table = await kubectlOk(running.kubeconfig, ['get', 'mstack,scrapetarget,alertpolicy', '-A']);
    const rows = table.split('\n').map((line) => line.trim().split(/\s+/));
    const headed = (kind: string) => {
      const at = rows.findIndex((row) => row.includes(`${kind}.belfry.dev/cluster`) || row.includes(`${kind}.belfry.dev/node-load`) || row.includes(`${kind}.belfry.dev/nodes`));
      const heading = rows.slice(0, at).findLast(([first]) => first === 'NAMESPACE') ?? [];
      return Object.fromEntries(heading.map((column, index) => [column, rows[at]?.[index]]));
    };
    const stack = headed('monitoringstack');
    expect(Object.keys(stack)).to.deep.equal(['NAMESPACE', 'NAME', 'READY', 'CONFIG', 'TARGETS', 'UP', 'DOWN', 'AGE']);
    expect(stack).to.include({ NAMESPACE, READY: 'True', TARGETS: '1', DOWN: '0' });
    expect(stack['CONFIG']).to.match(/^(\d+)\/\1$/);
    const target = headed('scrapetarget');
    expect(Object.keys(target)).to.deep.equal(['NAMESPACE', 'NAME', 'READY', 'UP', 'DOWN', 'REASON', 'AGE']);
    expect(target).to.include({ READY: 'True', UP: '1', DOWN: '0', REASON: 'Ready' });
    const policy = headed('alertpolicy');
    expect(Object.keys(policy)).to.deep.equal(['NAMESPACE', 'NAME', 'READY', 'RULES', 'FIRING', 'AGE']);
    expect(policy).to.include({ READY: 'True', RULES: '1', FIRING: '0' });
  });
});
