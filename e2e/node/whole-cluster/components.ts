import { expect } from 'chai';
import { existsSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { shown } from '../../support/shown.ts';
import { waitFor } from '../../support/wait-for.ts';
import { NAMESPACE } from './stack.ts';
import type { Sample, WholeCluster } from './world.ts';

const GROUP = 'Components';

/** Every job that comes with such a stack. */
const JOBS = [
  'alertmanager', 'annotated-ingress-probes', 'annotated-pods', 'annotated-service-probes', 'annotated-services', 'apiserver', 'blackbox-exporter', 'cadvisor', 'coredns', 'etcd', 'grafana', 'kube-controller-manager', 'kube-proxy', 'kube-scheduler', 'kube-state-metrics', 'kube-state-metrics-self',
  'kubelet', 'kubelet-probes', 'metrics-server', 'node-exporter', 'node-problem-detector', 'operator', 'prometheus', 'prometheus-adapter', 'pushgateway',
];

interface Target { readonly scrapePool: string; readonly health: string; readonly lastError: string; readonly scrapeUrl: string }

/** All that comes with a stack of scope Cluster runs, is scraped, and answers. */
export function components(cluster: WholeCluster): void {
  const kube = (...args: string[]): Promise<string> => cluster.kube(...args);
  const query = (expr: string): Promise<readonly Sample[]> => cluster.query(expr);

  describe('what comes with it', () => {
    it('runs every component, and leaves nothing out', async () => {
      const { status } = await waitFor('the stack to be Ready', async (seen) => {
        const found = await cluster.stack();
        seen([found.status, (await cluster.try('get', 'pods', '-n', NAMESPACE)).text]);
        return found.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ? found : undefined;
      }, { timeoutMs: 360_000, intervalMs: 1_000 });
      expect(status?.omitted).to.equal(undefined);
      expect(status?.components?.map(({ name }) => name).sort()).to.deep.equal([
        'alertmanager', 'blackbox-exporter', 'grafana', 'kube-state-metrics', 'metrics-server', 'node-exporter', 'node-problem-detector', 'prometheus', 'prometheus-adapter', 'pushgateway',
      ]);
      shown({ group: GROUP, what: 'every component runs', how: 'one MonitoringStack of scope Cluster with all there is; the operator in a pod with the permissions of `belfry install`', result: (status?.components ?? []).map(({ name, ready }) => `${name} ${ready}`).join(', ') });
    });

    it('has every target up, in every job', async () => {
      const targets = await waitFor('every target to be up', async (seen) => {
        const { activeTargets } = await cluster.prometheus<{ activeTargets: readonly Target[] }>('targets?state=active');
        seen(activeTargets.filter(({ health }) => health !== 'up'));
        return activeTargets.every(({ health }) => health === 'up') && JOBS.every((job) => activeTargets.some(({ scrapePool }) => scrapePool === `belfry/${job}`)) ? activeTargets : undefined;
      }, { timeoutMs: 240_000, intervalMs: 2_000 });
      const jobs = [...new Set(targets.map(({ scrapePool }) => scrapePool))].sort();
      expect(jobs.filter((job) => job.startsWith('belfry/'))).to.deep.equal(JOBS.map((job) => `belfry/${job}`));
      for (const job of ['apiserver', 'kubelet', 'kube-controller-manager', 'kube-scheduler', 'kube-proxy', 'etcd', 'coredns', 'kube-state-metrics']) {
        expect((await query(`up{job="${job}"} == 1`)).length, job).to.be.greaterThan(0);
      }
      shown({ group: GROUP, what: 'every target of every job is up', how: '`/api/v1/targets` of its Prometheus', result: `${targets.length} targets: ${jobs.map((job) => `${job.replace(/^belfry\//, '')} ${targets.filter(({ scrapePool }) => scrapePool === job).length}`).join(', ')}` });
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
        await waitFor(series, async () => (await query(`count(${series})`)).length > 0, { timeoutMs: 120_000, intervalMs: 1_000 });
      }
      expect(await query('kube_pod_info{instance!="kube-state-metrics-cluster"}'), 'a series of the cluster names the pod that told it').to.deep.equal([]);
      expect(await query('kube_lease_renew_time{namespace="kube-node-lease"}')).to.deep.equal([]);
      expect(await query('{__name__=~".+_bucket",job="kubelet",__name__!~"kubelet_.+|rest_client_.+|storage_.+"}')).to.deep.equal([]);
      expect(await query('{__tmp_belfry_drop!=""}')).to.deep.equal([]);
    });

    it('costs as much as the page on it says', async () => {
      const of = async (what: string) => (await query(`sort_desc(max by (job, metrics_path) (${what}))`)).map(({ metric, value }) => `${metric['job']}${metric['metrics_path'] ?? ''} ${value[1]}`);
      shown({ group: GROUP, what: 'series of the cluster, as shown', how: '`scrape_samples_scraped`', result: (await of('scrape_samples_scraped')).join(', ') });
      shown({ group: GROUP, what: 'series of the cluster, as kept', how: '`scrape_samples_post_metric_relabeling`', result: (await of('scrape_samples_post_metric_relabeling')).join(', ') });
      expect(Number((await query('sum(scrape_samples_post_metric_relabeling{job="apiserver"})'))[0]?.value[1])).to.be.lessThan(Number((await query('sum(scrape_samples_scraped{job="apiserver"})'))[0]?.value[1]) / 2);
    });

    it('answers kubectl top', async () => {
      const nodes = await waitFor('kubectl top node', async (seen) => {
        const { ok, text } = await cluster.try('top', 'node');
        seen(text);
        return ok ? text : undefined;
      }, { timeoutMs: 180_000, intervalMs: 2_000 });
      expect(nodes).to.match(new RegExp(`${cluster.node.name} +\\d+m`));
      // A pod has its first figures after two rounds, which may be one later than the node.
      const pods = await waitFor('kubectl top pod', async (seen) => {
        const { text } = await cluster.try('top', 'pod', '-n', NAMESPACE);
        seen(text);
        return /prometheus-cluster-0 +\d+m +\d+Mi/.test(text) ? text : undefined;
      }, { timeoutMs: 120_000, intervalMs: 2_000 });
      shown({ group: GROUP, what: 'kubectl top answers', how: 'metrics-server came with the stack; `kubectl top node`, `kubectl top pod`', result: `${line(nodes, cluster.node.name)}; ${line(pods, 'prometheus-cluster-0')}` });
    });

    it('answers autoscalers about any series', async () => {
      await waitFor('metrics of pods', async (seen) => {
        const { ok, text } = await cluster.try('get', '--raw', `/apis/custom.metrics.k8s.io/v1beta2/namespaces/${NAMESPACE}/pods/*/goroutines`);
        seen(text);
        return ok && text.includes('prometheus-cluster-0');
      }, { timeoutMs: 240_000, intervalMs: 2_000 });
      shown({ group: GROUP, what: 'the custom metrics API answers', how: '`metricsApi.custom`; `kubectl get --raw /apis/custom.metrics.k8s.io/v1beta2/...`', result: '`goroutines` of pod prometheus-cluster-0' });
    });

    it('keeps what a job pushed', async () => {
      const file = cluster.file('pushed.txt');
      await writeFile(file, '# TYPE backup_rows gauge\nbackup_rows 42\n');
      await kube('create', '--raw', `/api/v1/namespaces/${NAMESPACE}/services/pushgateway-cluster:9091/proxy/metrics/job/backup`, '-f', file);
      const found = await waitFor('the pushed sample', async () => {
        const samples = await query('backup_rows');
        return samples.length > 0 ? samples : undefined;
      }, { timeoutMs: 120_000, intervalMs: 500 });
      expect(found.map(({ metric, value }) => [metric['job'], value[1]])).to.deep.equal([['backup', '42']]);
      await waitFor('the external metric', async (seen) => {
        const { ok, text } = await cluster.try('get', '--raw', `/apis/external.metrics.k8s.io/v1beta1/namespaces/${NAMESPACE}/backup_rows`);
        seen(text);
        return ok && text.includes('"42"');
      }, { timeoutMs: 240_000, intervalMs: 2_000 });
      shown({ group: GROUP, what: 'a pushed job is there', how: '`backup_rows 42` posted to the Pushgateway', result: '`backup_rows{job="backup"} 42` in Prometheus, and from the external metrics API' });
    });

    it('runs the node exporter with every collector that the node has a use for', async () => {
      const collectors = await waitFor('the collectors\' success', async () => {
        const found = await query('node_scrape_collector_success{job="node-exporter"}');
        return found.length > 10 ? new Map(found.map(({ metric, value }) => [metric['collector'], value[1]])) : undefined;
      }, { timeoutMs: 120_000, intervalMs: 500 });
      for (const collector of ['cpu', 'meminfo', 'filesystem', 'netdev', 'loadavg']) expect(collectors.get(collector), collector).to.equal('1');
      const hasSystemd = existsSync('/run/dbus/system_bus_socket') && existsSync('/run/systemd/system');
      expect(collectors.get('systemd')).to.equal(hasSystemd ? '1' : '0');
      if (hasSystemd) expect(await query('node_systemd_unit_state')).not.to.deep.equal([]);
    });

    it('reads text files of the node, once their directory is there', async () => {
      const one = async (expr: string) => (await query(expr))[0];
      await waitFor('the node exporter to miss the directory', async (seen) => {
        const found = await one('node_textfile_scrape_error{job="node-exporter"}');
        seen(found);
        return found?.value[1] === '1';
      }, { timeoutMs: 60_000, intervalMs: 500 });
      await mkdir(cluster.textfileDirectory, { mode: 0o755 });
      const file = join(cluster.textfileDirectory, 'backup.prom');
      await writeFile(`${file}.new`, '# HELP backup_size_bytes Size of the last backup.\n# TYPE backup_size_bytes gauge\nbackup_size_bytes{volume="data"} 4711\n');
      await rename(`${file}.new`, file);
      const found = await waitFor('the series', () => one('backup_size_bytes'), { timeoutMs: 60_000, intervalMs: 500 });
      expect(found.value[1]).to.equal('4711');
      expect(found.metric).to.include({ job: 'node-exporter', instance: cluster.node.name, volume: 'data' });
      await waitFor('the error to go', async () => (await one('node_textfile_scrape_error{job="node-exporter"}'))?.value[1] === '0', { timeoutMs: 60_000, intervalMs: 500 });
      shown({
        group: GROUP, what: 'a text file on a node becomes a series', how: '`exporters.node.textfileDirectory`; at first not there on the node, then with a file `backup.prom`',
        result: `node_textfile_scrape_error 1 without the directory, then 0 and \`backup_size_bytes{instance="${cluster.node.name}",volume="data"} 4711\``,
      });
    });

    it('reads as the design says, by kubectl get', async () => {
      await kube('wait', '--for=condition=Ready', 'mstack/cluster', 'scrapetarget/kubelet-health', 'alertpolicy/pager', '-n', NAMESPACE, '--timeout=180s');
      // A scrape that times out on a busy machine is a target that is down, for a moment.
      const table = await waitFor('a table in which no target is down', async (seen) => {
        const text = await kube('get', 'mstack,scrapetarget,alertpolicy', '-A');
        seen(text);
        return [/monitoringstack\.belfry\.dev\/cluster +True +(\d+)\/\1 +4 +\d+ +0 /, /scrapetarget\.belfry\.dev\/kubelet-health +True +1 +0 /].every((row) => row.test(text)) ? text : undefined;
      }, { timeoutMs: 120_000, intervalMs: 1_000 });
      const rows = table.split('\n').map((line) => line.trim().split(/\s+/));
      const headed = (kind: string) => {
        const at = rows.findIndex((row) => row.includes(`${kind}.belfry.dev/cluster`) || row.includes(`${kind}.belfry.dev/kubelet-health`) || row.includes(`${kind}.belfry.dev/pager`));
        const heading = rows.slice(0, at).findLast(([first]) => first === 'NAMESPACE') ?? [];
        return Object.fromEntries(heading.map((column, index) => [column, rows[at]?.[index]]));
      };
      const stack = headed('monitoringstack');
      expect(Object.keys(stack)).to.deep.equal(['NAMESPACE', 'NAME', 'READY', 'CONFIG', 'TARGETS', 'UP', 'DOWN', 'AGE']);
      expect(stack).to.include({ NAMESPACE, READY: 'True', TARGETS: '4', DOWN: '0' });
      expect(stack['CONFIG']).to.match(/^(\d+)\/\1$/);
      const target = headed('scrapetarget');
      expect(Object.keys(target)).to.deep.equal(['NAMESPACE', 'NAME', 'READY', 'UP', 'DOWN', 'REASON', 'AGE']);
      expect(target).to.include({ READY: 'True', UP: '1', DOWN: '0', REASON: 'Ready' });
      const policy = headed('alertpolicy');
      expect(Object.keys(policy)).to.deep.equal(['NAMESPACE', 'NAME', 'READY', 'RULES', 'FIRING', 'AGE']);
      expect(policy).to.include({ READY: 'True', RULES: '0', FIRING: '0' });
    });
  });
}

/** The line of a table that is about something. */
function line(table: string, about: string): string {
  return (table.split('\n').find((one) => one.startsWith(about)) ?? '').replaceAll(/ +/g, ' ');
}
