import { expect } from 'chai';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { everyRule } from '../../src/testing/every-rule.ts';
import { ExposedSeries, seriesAskedFor } from '../prometheus/exposed-series.ts';
import { expectOk } from '../support/expect-ok.ts';
import { kubectlOk } from '../support/kubectl.ts';
import { freePorts, startProgram, type Program } from '../support/process.ts';
import { sharedNode } from '../support/shared-node.ts';
import type { NodeWithOperator } from '../support/stack.ts';
import { ensureTool } from '../support/tools.ts';
import { waitFor } from '../support/wait-for.ts';

const NAMESPACE = 'rule-metrics';
const POD = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'app', image: 'nowhere.test/app:1', imagePullPolicy: 'Never', resources: { requests: { cpu: '1m', memory: '1Mi' }, limits: { cpu: '1', memory: '1Gi' } } }] } };
const SELECTOR = { matchLabels: { app: 'web' } };
const of = (apiVersion: string, kind: string, name: string, spec: object) => ({ apiVersion, kind, metadata: { name, namespace: NAMESPACE }, spec });

/** One of each kind that rules are about; their image does not exist, which is a state too. */
const OBJECTS = [
  of('apps/v1', 'Deployment', 'web', { replicas: 1, selector: SELECTOR, template: POD }),
  of('apps/v1', 'StatefulSet', 'db', { replicas: 1, serviceName: 'db', selector: SELECTOR, template: POD }),
  of('apps/v1', 'DaemonSet', 'agent', { selector: SELECTOR, template: POD }),
  of('v1', 'Pod', 'starts', { ...POD.spec, initContainers: POD.spec.containers.map((container) => ({ ...container, name: 'init' })) }),
  of('batch/v1', 'Job', 'late', { activeDeadlineSeconds: 1, template: { spec: { ...POD.spec, restartPolicy: 'Never' } } }),
  of('batch/v1', 'CronJob', 'nightly', { schedule: '0 0 1 1 *', jobTemplate: { spec: { template: { spec: { ...POD.spec, restartPolicy: 'Never' } } } } }),
  of('autoscaling/v2', 'HorizontalPodAutoscaler', 'web', {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, minReplicas: 1, maxReplicas: 2,
    metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } }],
  }),
  of('policy/v1', 'PodDisruptionBudget', 'web', { minAvailable: 1, selector: SELECTOR }),
  of('v1', 'ResourceQuota', 'team', { hard: { pods: '50' } }),
  of('v1', 'PersistentVolumeClaim', 'data', { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Mi' } }, storageClassName: '', volumeName: 'rule-metrics' }),
  { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: 'rule-metrics' }, spec: { capacity: { storage: '1Mi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/tmp' } } },
  of('coordination.k8s.io/v1', 'Lease', 'kube-scheduler', { holderIdentity: 'x', leaseDurationSeconds: 15, renewTime: '2026-01-01T00:00:00.000000Z' }),
];

/** Packs about Kubernetes; the others have tests in e2e/prometheus. */
const GROUPS = everyRule().filter(({ name }) => /^belfry\/(kube|apiserver)/.test(name));

/** Series that there are only once what they tell of has happened, or on other machines; each was read in the source of its program. */
const ONLY_THEN = new RegExp(`^(${[
  'kube_pod_container_status_last_terminated_(reason|timestamp)', 'kube_cronjob_status_last_successful_time', 'kube_node_spec_taint',
  'aggregator_unavailable_apiservice(_total)?', 'apiserver_request_terminations_total', 'kubelet_evictions', 'kubelet_server_expiration_renew_errors',
  'kubelet_volume_stats_(available_bytes|capacity_bytes|inodes|inodes_free)', // no volume of a claim is mounted here
  'kubelet_(certificate_manager|server)_.+', // certificates are not renewed here
  'kube_persistentvolumeclaim_labels', // where labels are asked for
  'kube_state_metrics_list_total', // its client lists by watching, where the API server can
  'container_memory_swap', 'container_cpu_cfs_(throttled_)?periods_total',
].join('|')})$`);

describe('rules about Kubernetes, on a real node', function () {
  this.timeout(480_000);
  const series = new ExposedSeries();
  let kubeState: Program | undefined;
  let directory: string;
  let node: NodeWithOperator;

  const raw = (path: string): Promise<string> => kubectlOk(node.kubeconfig, ['get', '--raw', path]);

  before(async () => {
    node = await sharedNode();
    directory = await mkdtemp(join(tmpdir(), 'belfry-rule-series-'));
    await kubectlOk(node.kubeconfig, ['create', 'namespace', NAMESPACE]);
    await kubectlOk(node.kubeconfig, ['apply', '--server-side', '--force-conflicts', '-f', '-'], { stdin: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: OBJECTS }) });
    const [port, own] = await freePorts(2);
    kubeState = await startProgram({
      name: 'kube-state-metrics', logFile: join(directory, 'kube-state-metrics.log'), ready: () => expectOk(`http://127.0.0.1:${own}/metrics`),
      command: [await ensureTool('kube-state-metrics'), '--kubeconfig', node.kubeconfig, '--host', '127.0.0.1', '--port', `${port}`, '--telemetry-host', '127.0.0.1', '--telemetry-port', `${own}`],
    });
    series.add(await raw('/metrics'));
    const [{ metadata: { name = '' } = {} } = {}] = (JSON.parse(await raw('/api/v1/nodes')) as { items: { metadata?: { name: string } }[] }).items;
    for (const path of ['metrics', 'metrics/cadvisor']) series.add(await raw(`/api/v1/nodes/${name}/proxy/${path}`));
    const states = ['kube_pod_container_status_waiting_reason', 'kube_pod_init_container_status_waiting_reason', 'kube_job_failed', 'kube_horizontalpodautoscaler_status_condition'];
    await waitFor('states of pods, Jobs and autoscalers', async (seen) => {
      for (const one of [port, own]) series.add(await (await fetch(`http://127.0.0.1:${one}/metrics`)).text());
      const missing = states.filter((state) => !series.has(state));
      seen(missing);
      return missing.length === 0;
    }, { timeoutMs: 240_000, intervalMs: 1000 });
  });

  after(async () => {
    await kubeState?.stop();
    if (!node) return;
    await kubectlOk(node.kubeconfig, ['delete', 'namespace', NAMESPACE, '--ignore-not-found', '--timeout=180s']);
    await kubectlOk(node.kubeconfig, ['delete', 'pv', 'rule-metrics', '--ignore-not-found', '--timeout=90s']);
    await rm(directory, { recursive: true, force: true });
  });

  it('ask only for series that the programs have', () => {
    const names = seriesAskedFor(GROUPS).filter((name) => !name.startsWith('scheduler_'));
    expect(names.length).to.be.greaterThan(70);
    expect(names.filter((name) => !series.has(name) && !ONLY_THEN.test(name))).to.deep.equal([]);
  });

  it('ask only for labels that these series have', () => {
    expect(series.unknownLabels(GROUPS)).to.deep.equal([]);
  });
});
