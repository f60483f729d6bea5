import { expect } from 'chai';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crdsEstablished } from '../support/crds.ts';
import { kubectl, kubectlJson, kubectlOk, runCommand } from '../support/kubectl.ts';
import { startNode, type RunningNode } from '../support/node.ts';
import { freePorts, startProgram, type Program } from '../support/process.ts';
import { waitFor } from '../support/wait-for.ts';

const NAMESPACE = 'monitoring';
const ROOT = join(import.meta.dirname, '../..');
const BELFRY = [process.execPath, join(ROOT, 'src/main.ts')];

const IMAGES = [
  'quay.io/prometheus/prometheus:v3.15.0', 'quay.io/prometheus/alertmanager:v0.31.1', 'docker.io/grafana/grafana:13.1.3', 'quay.io/prometheus/node-exporter:v1.12.1',
  'registry.k8s.io/kube-state-metrics/kube-state-metrics:v2.19.1', 'quay.io/prometheus/pushgateway:v1.11.3', 'registry.k8s.io/metrics-server/metrics-server:v0.9.0',
  'registry.k8s.io/prometheus-adapter/prometheus-adapter:v0.12.0', 'registry.k8s.io/node-problem-detector/node-problem-detector:v1.34.0',
];

/** The control plane here runs beside the node and in no pods, so the stack is told where it is. */
function stackAt(address: string, { exporters = {}, kubeState = {} }: { readonly exporters?: object; readonly kubeState?: object } = {}): object {
  const addresses = [address];
  return {
    apiVersion: 'belfry.dev/v1alpha1', kind: 'MonitoringStack', metadata: { name: 'cluster', namespace: NAMESPACE },
    spec: {
      scope: 'Cluster',
      prometheus: { scrape: { interval: '5s', timeout: '5s' }, evaluationInterval: '5s' },
      exporters: {
        kubeState: {
          metricLabels: { pods: ['app.kubernetes.io/name'] },
          customResources: [{ group: 'belfry.dev', version: 'v1alpha1', kind: 'ScrapeTarget', plural: 'scrapetargets', labelsFromPath: { name: ['metadata', 'name'] }, metrics: [{ name: 'target_info', each: { type: 'Info', info: { labelsFromPath: { uid: ['metadata', 'uid'] } } } }] }],
          ...kubeState,
        },
        pushgateway: {},
        nodeProblemDetector: { rules: [{ condition: 'BelfryTestFailed', reason: 'TestSaysSo', pattern: String.raw`belfry e2e: it failed \d+ times` }, { reason: 'BelfryTestWarned', pattern: 'belfry e2e: it warned' }] },
        ...exporters,
      },
      metricsApi: {
        custom: {
          rules: [{ series: '{__name__="go_goroutines",namespace!="",pod!=""}', as: 'goroutines' }],
          external: [{ series: 'backup_rows', namespaced: false, query: 'max(<<.Series>>{<<.LabelMatchers>>})' }],
        },
      },
      kubernetes: {
        kubelet: { insecureSkipVerify: false },
        controllerManager: { addresses }, scheduler: { addresses }, proxy: { addresses }, etcd: { addresses },
      },
    },
  };
}

/** Every job that comes with such a stack. */
const JOBS = [
  'alertmanager', 'apiserver', 'cadvisor', 'coredns', 'etcd', 'grafana', 'kube-controller-manager', 'kube-proxy', 'kube-scheduler', 'kube-state-metrics', 'kube-state-metrics-self',
  'kubelet', 'kubelet-probes', 'metrics-server', 'node-exporter', 'node-problem-detector', 'prometheus', 'prometheus-adapter', 'pushgateway',
];

interface Sample { readonly metric: Readonly<Record<string, string>>; readonly value: readonly [number, string] }
interface Target { readonly scrapePool: string; readonly health: string; readonly lastError: string; readonly scrapeUrl: string }
interface Stack {
  readonly metadata: { readonly generation: number };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly omitted?: readonly string[];
    readonly components?: readonly { readonly name: string; readonly ready: string; readonly message?: string }[];
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message: string }[];
  };
}

describe('all that looks at a cluster, on a real node', function () {
  this.timeout(300_000);
  let node: RunningNode;
  let operator: Program;

  const kube = (...args: string[]): Promise<string> => kubectlOk(node.kubeconfig, args);
  const apply = (manifest: object): Promise<string> => kubectlOk(node.kubeconfig, ['apply', '-f', '-'], { stdin: JSON.stringify(manifest) });
  const prometheus = async <T>(path: string): Promise<T> =>
    (JSON.parse(await kube('get', '--raw', `/api/v1/namespaces/${NAMESPACE}/services/prometheus-cluster:9090/proxy/api/v1/${path}`)) as { data: T }).data;
  const query = async (expr: string): Promise<readonly Sample[]> => (await prometheus<{ result: readonly Sample[] }>(`query?query=${encodeURIComponent(expr)}`)).result;
  const stack = (): Promise<Stack> => kubectlJson<Stack>(node.kubeconfig, ['get', 'mstack', 'cluster', '-n', NAMESPACE]);
  const component = async (name: string) => (await stack()).status?.components?.find((one) => one.name === name);

  /** Installed as `belfry install` says, and run with those very permissions. */
  async function install(): Promise<Program> {
    const { stdout } = await runCommand([...BELFRY, 'install']);
    await kubectlOk(node.kubeconfig, ['apply', '--server-side', '-f', '-'], { stdin: stdout });
    await kube('delete', 'deployment', 'belfry', '-n', 'belfry-system');
    await crdsEstablished(node.kubeconfig);
    // kube-state-metrics can only be given what the operator holds itself.
    await apply({
      apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'belfry-custom-resources' },
      rules: [
        { apiGroups: ['apiextensions.k8s.io'], resources: ['customresourcedefinitions'], verbs: ['list', 'watch'] },
        // From beside the node pods can only be asked through the API server.
        { apiGroups: [''], resources: ['pods/proxy'], verbs: ['get', 'create', 'delete'] },
      ],
    });
    await kube('create', 'clusterrolebinding', 'belfry-custom-resources', '--clusterrole=belfry-custom-resources', '--serviceaccount=belfry-system:belfry');
    const [port] = await freePorts(1);
    const user = await node.controlPlane.kubeconfigForServiceAccount('belfry-system', 'belfry');
    return startProgram({
      name: 'belfry',
      command: [...BELFRY, 'run', '--kubeconfig', user, '--namespace', 'belfry-system', '--metrics-address', `127.0.0.1:${port}`],
      logFile: join(node.controlPlane.dir, 'belfry.log'),
      ready: async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).ok,
    });
  }

  before(async () => {
    node = await startNode({ images: IMAGES });
    operator = await install();
    await kube('create', 'namespace', NAMESPACE);
    await apply(stackAt(node.address));
    await apply({ apiVersion: 'belfry.dev/v1alpha1', kind: 'ScrapeTarget', metadata: { name: 'kubelet-health', namespace: NAMESPACE }, spec: { static: { targets: [`${node.address}:10249`] } } });
  });

  after(async () => {
    await operator?.stop();
    await node?.stop();
  });

  it('runs every component, and leaves nothing out', async () => {
    const { status } = await waitFor('the stack to be Ready', async (seen) => {
      const found = await stack();
      const { stdout } = await kubectl(node.kubeconfig, ['get', 'pods', '-n', NAMESPACE]);
      seen([found.status, stdout]);
      return found.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ? found : undefined;
    }, { timeoutMs: 180_000, intervalMs: 1_000 });
    expect(status?.omitted).to.equal(undefined);
    expect(status?.components?.map(({ name }) => name).sort()).to.deep.equal([
      'alertmanager', 'grafana', 'kube-state-metrics', 'metrics-server', 'node-exporter', 'node-problem-detector', 'prometheus', 'prometheus-adapter', 'pushgateway',
    ]);
  });

  it('has every target up, in every job', async () => {
    const targets = await waitFor('every target to be up', async (seen) => {
      const { activeTargets } = await prometheus<{ activeTargets: readonly Target[] }>('targets?state=active');
      seen(activeTargets.filter(({ health }) => health !== 'up'));
      return activeTargets.every(({ health }) => health === 'up') && JOBS.every((job) => activeTargets.some(({ scrapePool }) => scrapePool === `belfry/${job}`)) ? activeTargets : undefined;
    }, { timeoutMs: 120_000, intervalMs: 2_000 });
    const jobs = [...new Set(targets.map(({ scrapePool }) => scrapePool))].sort();
    expect(jobs.filter((job) => job.startsWith('belfry/'))).to.deep.equal(JOBS.map((job) => `belfry/${job}`));
    for (const job of ['apiserver', 'kubelet', 'kube-controller-manager', 'kube-scheduler', 'kube-proxy', 'etcd', 'coredns', 'kube-state-metrics']) {
      expect((await query(`up{job="${job}"} == 1`)).length, job).to.be.greaterThan(0);
    }
  });

  it('reports containers, objects and latency under the names that rules use', async () => {
    const SERIES = [
      'container_cpu_usage_seconds_total{job="kubelet",metrics_path="/metrics/cadvisor",container!=""}',
      'container_memory_working_set_bytes{namespace="monitoring",pod="prometheus-cluster-0",container="prometheus"}',
      'kubelet_running_pods{job="kubelet"}', 'prober_probe_total', 'machine_memory_bytes',
      'kube_pod_info{namespace="monitoring",pod="prometheus-cluster-0"}', 'kube_pod_labels{label_app_kubernetes_io_name="prometheus"}', 'kube_lease_renew_time{namespace="belfry-system"}',
      'kube_customresource_target_info{name="kubelet-health"}',
      'kube_state_metrics_watch_total{job="kube-state-metrics",result="success"}',
      'apiserver_request_sli_duration_seconds_bucket{le=~"1(\\\\.0)?"}', 'apiserver_request_total', 'workqueue_queue_duration_seconds_bucket{job="kube-controller-manager"}',
      'scheduler_scheduling_attempt_duration_seconds_bucket', 'kubeproxy_sync_proxy_rules_duration_seconds_bucket', 'etcd_disk_wal_fsync_duration_seconds_bucket', 'coredns_dns_requests_total',
    ];
    for (const series of SERIES) {
      await waitFor(series, async () => (await query(`count(${series})`)).length > 0, { timeoutMs: 60_000, intervalMs: 1_000 });
    }
    expect(await query('kube_pod_info{instance!="kube-state-metrics-cluster"}'), 'a series of the cluster names the pod that told it').to.deep.equal([]);
    expect(await query('kube_lease_renew_time{namespace="kube-node-lease"}')).to.deep.equal([]);
    expect(await query('{__name__=~".+_bucket",job="kubelet",__name__!~"kubelet_.+|rest_client_.+|storage_.+"}')).to.deep.equal([]);
    expect(await query('{__tmp_belfry_drop!=""}')).to.deep.equal([]);
  });

  it('costs as much as the page on it says', async () => {
    const of = async (what: string) => (await query(`sort_desc(max by (job, metrics_path) (${what}))`)).map(({ metric, value }) => `${metric['job']}${metric['metrics_path'] ?? ''} ${value[1]}`);
    process.stdout.write(`      series scraped: ${(await of('scrape_samples_scraped')).join(', ')}\n      series kept: ${(await of('scrape_samples_post_metric_relabeling')).join(', ')}\n`);
    expect(Number((await query('sum(scrape_samples_post_metric_relabeling{job="apiserver"})'))[0]?.value[1])).to.be.lessThan(Number((await query('sum(scrape_samples_scraped{job="apiserver"})'))[0]?.value[1]) / 2);
  });

  it('answers kubectl top', async () => {
    const nodes = await waitFor('kubectl top node', async (seen) => {
      const { code, stdout, stderr } = await kubectl(node.kubeconfig, ['top', 'node']);
      seen(stderr);
      return code === 0 ? stdout : undefined;
    }, { timeoutMs: 90_000, intervalMs: 2_000 });
    expect(nodes).to.match(new RegExp(`${node.name} +\\d+m`));
    expect(await kube('top', 'pod', '-n', NAMESPACE)).to.match(/prometheus-cluster-0 +\d+m +\d+Mi/);
  });

  it('answers autoscalers about any series', async () => {
    await waitFor('metrics of pods', async (seen) => {
      const { code, stdout, stderr } = await kubectl(node.kubeconfig, ['get', '--raw', `/apis/custom.metrics.k8s.io/v1beta2/namespaces/${NAMESPACE}/pods/*/goroutines`]);
      seen(stdout || stderr);
      return code === 0 && stdout.includes('prometheus-cluster-0');
    }, { timeoutMs: 120_000, intervalMs: 2_000 });
  });

  it('keeps what a job pushed', async () => {
    const file = join(node.controlPlane.dir, 'pushed.txt');
    await writeFile(file, '# TYPE backup_rows gauge\nbackup_rows 42\n');
    await kube('create', '--raw', `/api/v1/namespaces/${NAMESPACE}/services/pushgateway-cluster:9091/proxy/metrics/job/backup`, '-f', file);
    const found = await waitFor('the pushed sample', async () => {
      const samples = await query('backup_rows');
      return samples.length > 0 ? samples : undefined;
    }, { timeoutMs: 30_000, intervalMs: 500 });
    expect(found.map(({ metric, value }) => [metric['job'], value[1]])).to.deep.equal([['backup', '42']]);
    await waitFor('the external metric', async (seen) => {
      const { code, stdout, stderr } = await kubectl(node.kubeconfig, ['get', '--raw', `/apis/external.metrics.k8s.io/v1beta1/namespaces/${NAMESPACE}/backup_rows`]);
      seen(stdout || stderr);
      return code === 0 && stdout.includes('"42"');
    }, { timeoutMs: 120_000, intervalMs: 2_000 });
  });

  it('makes a condition of the node, and an Event, of what the kernel says', async () => {
    await writeFile('/dev/kmsg', 'belfry e2e: it failed 3 times\n');
    await writeFile('/dev/kmsg', 'belfry e2e: it warned\n');
    const condition = await waitFor('the condition', async (seen) => {
      const { status } = await kubectlJson<{ status: { conditions: readonly { type: string; status: string; reason: string; message: string }[] } }>(node.kubeconfig, ['get', 'node', node.name]);
      seen(status.conditions.map(({ type, status: state }) => `${type}=${state}`));
      return status.conditions.find(({ type, status: state }) => type === 'BelfryTestFailed' && state === 'True');
    }, { timeoutMs: 60_000, intervalMs: 1_000 });
    expect(condition).to.include({ reason: 'TestSaysSo' });
    expect(condition.message).to.contain('it failed 3 times');
    await waitFor('the Event', async () => (await kube('get', 'events', '-A')).includes('BelfryTestWarned'), { timeoutMs: 30_000, intervalMs: 1_000 });
    await waitFor('the series', async () => (await query('problem_gauge{type="BelfryTestFailed"} == 1')).length > 0, { timeoutMs: 30_000, intervalMs: 1_000 });
  });

  it('spreads the objects over shards of kube-state-metrics, each to one of them', async () => {
    await apply(stackAt(node.address, { kubeState: { shards: 2 } }));
    await waitFor('both shards', async (seen) => {
      const found = await component('kube-state-metrics');
      seen(found);
      return found?.ready === '2/2';
    }, { timeoutMs: 90_000, intervalMs: 1_000 });
    await waitFor('each pod to be told of once, by either shard', async (seen) => {
      const tellers = (await query('count by (instance) (kube_pod_info)')).map(({ metric }) => metric['instance'] ?? '').sort();
      const twice = await query('count by (namespace, pod) (kube_pod_info) > 1');
      seen([tellers, twice]);
      return tellers.join() === 'kube-state-metrics-cluster-0,kube-state-metrics-cluster-1' && twice.length === 0;
    }, { timeoutMs: 60_000, intervalMs: 1_000 });
    await apply(stackAt(node.address));
    await waitFor('one again', async () => (await component('kube-state-metrics'))?.ready === '1/1', { timeoutMs: 60_000, intervalMs: 1_000 });
  });

  it('says of a port that is taken on the node whose it is to mend, and the rest goes on', async () => {
    await apply(stackAt(node.address, { exporters: { node: { port: 10250 } } }));
    const row = await waitFor('the component to say so', async (seen) => {
      const found = await component('node-exporter');
      seen(found);
      return found?.message?.includes('spec.exporters.node.port') ? found : undefined;
    }, { timeoutMs: 90_000, intervalMs: 1_000 });
    expect(row.message).to.contain('address already in use');
    expect(await component('kube-state-metrics')).to.include({ ready: '1/1' });
    await apply(stackAt(node.address));
    await waitFor('the component to be ready again', async () => (await component('node-exporter'))?.ready === '1/1', { timeoutMs: 90_000, intervalMs: 1_000 });
  });

  it('leaves nothing behind', async () => {
    await kube('delete', 'mstack', 'cluster', '-n', NAMESPACE, '--timeout=60s');
    await waitFor('our objects to go', async (seen) => {
      const { stdout } = await kubectl(node.kubeconfig, ['get', 'clusterrole,clusterrolebinding,apiservice', '-l', 'belfry.dev/owner', '-o', 'name']);
      seen(stdout);
      return stdout.trim() === '';
    }, { timeoutMs: 60_000, intervalMs: 1_000 });
  });
});
