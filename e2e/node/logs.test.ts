import { expect } from 'chai';
import { kubectl, kubectlJson, kubectlOk } from '../support/kubectl.ts';
import { sharedNode } from '../support/shared-node.ts';
import { shown } from '../support/shown.ts';
import type { NodeWithOperator } from '../support/stack.ts';
import { waitFor } from '../support/wait-for.ts';

const LOKI = 'docker.io/grafana/loki:3.7.8';
const COLLECTOR = 'docker.io/otel/opentelemetry-collector-contrib:0.156.0';
const PRINTER = 'belfry.dev/demo/shop:dev';
const GROUP = 'Logs';

interface Stream { readonly stream: Readonly<Record<string, string>>; readonly values: readonly (readonly [string, string])[] }
interface Stack {
  readonly status?: {
    readonly components?: readonly { readonly name: string; readonly ready: string; readonly message?: string }[];
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly reason: string; readonly message: string }[];
  };
}

// cspell:ignore kvstore inmemory
const LOKI_CONFIG = `auth_enabled: false
server: { http_listen_port: 3100, log_level: warn }
common:
  instance_addr: 127.0.0.1
  path_prefix: /loki
  replication_factor: 1
  ring: { kvstore: { store: inmemory } }
  storage: { filesystem: { chunks_directory: /loki/chunks, rules_directory: /loki/rules } }
schema_config: { configs: [{ from: 2024-01-01, store: tsdb, object_store: filesystem, schema: v13, index: { prefix: index_, period: 24h } }] }
limits_config: { allow_structured_metadata: true }
analytics: { reporting_enabled: false }
`;

const metadata = (name: string, namespace: string) => ({ name, namespace, labels: { app: name } });

/** A Loki of one pod, and the Service in front of it. */
const LOKI_OBJECTS = [
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: metadata('loki', 'logging'), data: { 'local-config.yaml': LOKI_CONFIG } },
  { apiVersion: 'v1', kind: 'Service', metadata: metadata('loki', 'logging'), spec: { selector: { app: 'loki' }, ports: [{ name: 'http', port: 3100 }] } },
  {
    apiVersion: 'v1', kind: 'Pod', metadata: metadata('loki', 'logging'),
    spec: {
      securityContext: { runAsUser: 10_001, fsGroup: 10_001 },
      containers: [{ name: 'loki', image: LOKI, args: ['-config.file=/etc/loki/local-config.yaml'], readinessProbe: { httpGet: { path: '/ready', port: 3100 }, periodSeconds: 1 }, volumeMounts: [{ name: 'config', mountPath: '/etc/loki' }, { name: 'data', mountPath: '/loki' }] }],
      volumes: [{ name: 'config', configMap: { name: 'loki' } }, { name: 'data', emptyDir: {} }],
    },
  },
];

/** A pod that prints one line, which holds the number. */
const printer = (namespace: string, name: string, percent: number) => ({
  apiVersion: 'v1', kind: 'Pod', metadata: metadata(name, namespace),
  spec: { containers: [{ name: 'talker', image: PRINTER, env: [{ name: 'ERROR_PERCENT', value: `${percent}` }] }] },
});

const logsTo = (output: object) => ({ output, namespaces: { matchLabels: { logged: 'yes' } } });
const stackOf = (logs: object) => ({
  apiVersion: 'belfry.dev/v1alpha1', kind: 'MonitoringStack', metadata: { name: 'logs', namespace: 'logging' },
  spec: {
    scope: 'Cluster', select: { namespaces: { matchLabels: { 'kubernetes.io/metadata.name': 'logging' } } }, prometheus: { scrape: { interval: '2s', timeout: '2s' } }, alertmanager: { enabled: false }, grafana: { enabled: false },
    kubernetes: { enabled: false }, exporters: { node: { enabled: false }, kubeState: { enabled: false } }, metricsApi: { resource: { enabled: false } }, logs,
  },
});

describe('logs, on a real node', function () {
  this.timeout(360_000);
  let stack: NodeWithOperator;

  const kube = (...args: string[]): Promise<string> => kubectlOk(stack.kubeconfig, args);
  const apply = (manifest: object): Promise<string> => kubectlOk(stack.kubeconfig, ['apply', '-f', '-'], { stdin: JSON.stringify(manifest) });
  const read = (): Promise<Stack> => kubectlJson<Stack>(stack.kubeconfig, ['get', 'mstack', 'logs', '-n', 'logging']);
  const service = async <T>(path: string): Promise<T> => JSON.parse(await kube('get', '--raw', `/api/v1/namespaces/logging/services/${path}`)) as T;
  const logql = async (query: string): Promise<readonly Stream[]> =>
    (await service<{ data: { result: readonly Stream[] } }>(`loki:3100/proxy/loki/api/v1/query_range?limit=100&since=1h&query=${encodeURIComponent(query)}`)).data.result;
  const lines = async (query: string): Promise<string[]> => (await logql(query)).flatMap(({ values }) => values.map(([, line]) => line));
  const promql = async (expr: string) =>
    (await service<{ data: { result: readonly { metric: Readonly<Record<string, string>>; value: readonly [number, string] }[] } }>(`prometheus-logs:9090/proxy/api/v1/query?query=${encodeURIComponent(expr)}`)).data.result;
  const collector = async () => (await read()).status?.components?.find(({ name }) => name === 'otel-collector');
  const ready = (): Promise<unknown> => waitFor('the collector to be ready', async (seen) => {
    const found = await collector();
    seen([found, (await kubectl(stack.kubeconfig, ['logs', '-n', 'logging', '-l', 'app.kubernetes.io/name=otel-collector', '--tail=5'])).stdout]);
    return found?.ready === '1/1' && found.message === undefined;
  }, { timeoutMs: 120_000, intervalMs: 1_000 });

  before(async () => {
    stack = await sharedNode();
    await stack.node.loadImages([LOKI, COLLECTOR, PRINTER]);
    for (const name of ['logging', 'talks', 'whispers']) await kube('create', 'namespace', name);
    await kube('label', 'namespace', 'talks', 'logged=yes');
    for (const object of LOKI_OBJECTS) await apply(object);
    // Before there is a collector: what is in the files already counts as well.
    await apply(printer('talks', 'early', 11));
    await apply(printer('whispers', 'secretive', 22));
    await kube('wait', '--for=condition=Ready', 'pod/loki', '-n', 'logging', '--timeout=180s');
    await apply(stackOf(logsTo({ loki: { url: 'http://loki.logging:3100' } })));
  });

  after(async () => {
    if (!stack) return;
    // To the end: the next file measures rest.
    await kubectl(stack.kubeconfig, ['delete', 'mstack', 'logs', '-n', 'logging', '--timeout=180s']);
    await kubectl(stack.kubeconfig, ['delete', 'namespace', 'logging', 'talks', 'whispers', '--timeout=180s']);
  });

  it('runs the collector on the node', ready);

  it('finds a line of a pod in Loki, by its namespace, pod and container', async () => {
    const [found] = await waitFor('the line', async (seen) => {
      const streams = await logql('{k8s_namespace_name="talks", k8s_pod_name="early", k8s_container_name="talker"} |= "11% of checkouts fail"');
      seen([streams, await logql('{service_name=~".+"}')]);
      return streams.length > 0 ? streams : undefined;
    }, { timeoutMs: 120_000, intervalMs: 1_000 });
    expect(found?.values.map(([, line]) => line)).to.have.length(1);
    expect(found?.stream).to.include({ k8s_node_name: stack.node.name });
    shown({
      group: GROUP, what: 'a line that a pod printed is found in Loki', how: '`logs.output.loki`; the OpenTelemetry Collector as a DaemonSet, Loki 3.7.8 in a pod; `{k8s_namespace_name="talks", k8s_pod_name="early", k8s_container_name="talker"} |= "11% of checkouts fail"`',
      result: `${found?.values[0]?.[1]} (of node ${found?.stream['k8s_node_name']}, once)`,
    });
  });

  it('finds a line of a pod that came later', async () => {
    await apply(printer('talks', 'late', 33));
    await waitFor('the line', async () => (await lines('{k8s_namespace_name="talks"} |= "33% of checkouts fail"')).length === 1, { timeoutMs: 120_000, intervalMs: 1_000 });
  });

  it('has sent nothing of a namespace that is not selected, nor of itself', async () => {
    const streams = await logql('{service_name=~".+"}');
    expect(new Set(streams.map(({ stream }) => stream['k8s_namespace_name']))).to.deep.equal(new Set(['talks']));
    expect(await lines('{k8s_namespace_name="whispers"}')).to.deep.equal([]);
  });

  it('is a job that is up, with every series that its alerts and its dashboard ask for', async () => {
    const [up] = await waitFor('the job', async (seen) => {
      const found = await promql('up{job="otel-collector"} == 1');
      seen([found, await promql('up')]);
      return found.length > 0 ? found : undefined;
    }, { timeoutMs: 120_000, intervalMs: 1_000 });
    expect(up?.metric).to.include({ instance: stack.node.name, namespace: 'logging' });
    for (const name of ['otelcol_receiver_accepted_log_records_total', 'otelcol_exporter_sent_log_records_total', 'otelcol_exporter_queue_size', 'otelcol_exporter_queue_capacity', 'otelcol_fileconsumer_open_files']) {
      await waitFor(name, async (seen) => {
        seen(await promql('group by (__name__) ({job="otel-collector"})'));
        return (await promql(`${name}{job="otel-collector"}`)).length > 0;
      }, { timeoutMs: 90_000, intervalMs: 1_000 });
    }
    shown({ group: GROUP, what: 'the collector is a job that is up', how: '`up{job="otel-collector"}`, and each series that its alerts and its dashboard ask for', result: `otel-collector 1/1, up on ${up?.metric['instance']}` });
  });

  it('sends nothing twice after a new pod of the collector', async () => {
    await kube('delete', 'pod', '-n', 'logging', '-l', 'app.kubernetes.io/name=otel-collector', '--wait=true');
    await apply(printer('talks', 'later', 44));
    await waitFor('a line after that', async () => (await lines('{k8s_namespace_name="talks"} |= "44% of checkouts fail"')).length === 1, { timeoutMs: 120_000, intervalMs: 1_000 });
    expect(await lines('{k8s_namespace_name="talks"} |= "11% of checkouts fail"')).to.have.length(1);
    shown({ group: GROUP, what: 'a new pod of the collector goes on where the old one was', how: 'its pod deleted, then a line printed', result: 'the new line arrives, and none of before a second time' });
  });

  it('keeps what it read while Loki is away', async () => {
    await kube('delete', 'pod', 'loki', '-n', 'logging', '--wait=true');
    await apply(printer('talks', 'meanwhile', 55));
    await kube('wait', '--for=condition=Ready', 'pod/meanwhile', '-n', 'talks', '--timeout=60s').catch(() => '');
    await apply(LOKI_OBJECTS[2] ?? {});
    await kube('wait', '--for=condition=Ready', 'pod/loki', '-n', 'logging', '--timeout=180s');
    await waitFor('the line', async (seen) => {
      const found = await lines('{k8s_namespace_name="talks"} |= "55% of checkouts fail"');
      seen([found, await promql('otelcol_exporter_queue_size')]);
      return found.length === 1;
    }, { timeoutMs: 180_000, intervalMs: 1_000 });
    shown({ group: GROUP, what: 'a line that was printed while Loki was away arrives', how: 'the pod of Loki deleted, a line printed, Loki started again, empty', result: 'the line is there once' });
  });

  it('says of a missing Secret what to create, on that component, and goes on once it is there', async () => {
    const auth = { basic: { username: { name: 'loki', key: 'user' }, password: { name: 'loki', key: 'password' } } };
    await apply(stackOf(logsTo({ loki: { url: 'http://loki.logging:3100', auth } })));
    const row = await waitFor('the row to say so', async (seen) => {
      const found = await collector();
      seen(found);
      return found?.message?.includes('Secret') ? found : undefined;
    }, { timeoutMs: 120_000, intervalMs: 500 });
    expect(row.message).to.contain('spec.logs.output.loki.auth.basic.username').and.to.contain('kubectl create secret generic loki --namespace logging');
    const { components = [], conditions = [] } = (await read()).status ?? {};
    expect(components.find(({ name }) => name === 'prometheus')?.ready).to.equal('1/1');
    expect(conditions.find(({ type }) => type === 'Applied')?.status).to.equal('True');
    await kube('create', 'secret', 'generic', 'loki', '-n', 'logging', '--from-literal=user=me', '--from-literal=password=secret');
    await ready();
  });

  it('refuses a stack that does not say where lines go, or names a collector that there is not', async () => {
    const refused = async (logs: object): Promise<string> => (await kubectl(stack.kubeconfig, ['apply', '-f', '-'], { stdin: JSON.stringify(stackOf(logs)) })).stderr;
    expect(await refused({})).to.contain('say where log lines go: logs.output');
    expect(await refused({ collector: 'Logstash', output: { loki: { url: 'http://a' } } })).to.contain('Unsupported value: "Logstash"');
    await apply(stackOf({ collector: 'Fluentd', output: { loki: { url: 'http://loki.logging:3100' } } }));
    const applied = await waitFor('the stack to say so', async (seen) => {
      const found = (await read()).status?.conditions?.find(({ type }) => type === 'Applied');
      seen(found);
      return found?.status === 'False' ? found : undefined;
    }, { timeoutMs: 90_000, intervalMs: 500 });
    expect(applied.message).to.contain('spec.logs.output.loki').and.to.contain('set logs.collector to OpenTelemetry or FluentBit');
    // What ran before runs on.
    expect(await kube('get', 'daemonset', 'otel-collector-logs', '-n', 'logging', '-o', 'name')).to.contain('otel-collector-logs');
  });
});
