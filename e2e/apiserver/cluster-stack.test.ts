import { expect } from 'chai';
import { load } from 'js-yaml';
import { join } from 'node:path';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { startControlPlane, type ControlPlane } from '../support/control-plane.ts';
import { crdsEstablished } from '../support/crds.ts';
import { kubectl, kubectlJson, kubectlOk, runCommand } from '../support/kubectl.ts';
import { FROM_SOURCE } from '../support/operator.ts';
import { freePorts, startProgram, type Program } from '../support/process.ts';
import { waitFor } from '../support/wait-for.ts';

interface Rule { readonly apiGroups?: readonly string[] }
interface Stack {
  readonly status?: {
    readonly omitted?: readonly string[];
    readonly components?: readonly { readonly name: string; readonly ready: string; readonly message?: string }[];
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly reason: string; readonly message: string }[];
  };
}

const NAMESPACE = 'monitoring';
const STACK = { apiVersion: 'belfry.dev/v1alpha1', kind: 'MonitoringStack', metadata: { name: 'cluster', namespace: NAMESPACE }, spec: { scope: 'Cluster' } };

describe('a stack of the whole cluster, with the permissions of an installation', function () {
  this.timeout(120_000);
  let plane: ControlPlane;
  let operator: Program | undefined;
  let installed: KubeObject[];

  const apply = (...items: readonly object[]): Promise<string> =>
    kubectlOk(plane.kubeconfig, ['apply', '--server-side', '--force-conflicts', '-f', '-'], { stdin: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) });
  const stack = (): Promise<Stack> => kubectlJson<Stack>(plane.kubeconfig, ['get', 'mstack', 'cluster', '-n', NAMESPACE]);
  const found = async (...args: string[]): Promise<string> => (await kubectl(plane.kubeconfig, ['get', ...args, '--ignore-not-found', '-o', 'name'])).stdout.trim();

  /** The operator as its own service account. Without the rules for `withoutGroup`, where one is named. */
  async function startWith(withoutGroup?: string): Promise<Program> {
    const items = installed.filter(({ kind }) => kind !== 'Deployment').map((object) =>
      object.kind === 'ClusterRole' ? { ...object, rules: (object['rules'] as Rule[]).filter(({ apiGroups = [] }) => withoutGroup === undefined || !apiGroups.includes(withoutGroup)) } : object,
    );
    await apply(...items);
    const [port] = await freePorts(1);
    const user = await plane.kubeconfigForServiceAccount('belfry-system', 'belfry');
    return startProgram({
      name: 'belfry',
      command: [...FROM_SOURCE, 'run', '--kubeconfig', user, '--namespace', 'belfry-system', '--metrics-address', `127.0.0.1:${port}`, '--leader-elect=false'],
      logFile: join(plane.dir, 'belfry.log'),
      ready: async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).ok,
    });
  }

  before(async () => {
    plane = await startControlPlane();
    const { stdout } = await runCommand([...FROM_SOURCE, 'install']);
    installed = stdout.split(/^---$/m).filter((text) => text.trim() !== '').map((text) => load(text) as KubeObject);
    await apply(...installed.filter(({ kind }) => kind === 'CustomResourceDefinition' || kind === 'Namespace'));
    await crdsEstablished(plane.kubeconfig);
    await kubectlOk(plane.kubeconfig, ['create', 'namespace', NAMESPACE]);
  });

  after(async () => {
    await operator?.stop();
    await plane?.stop();
  });

  it('says which component lacks which permission, and how the operator gets it; the rest goes on', async () => {
    operator = await startWith('apiregistration.k8s.io');
    await apply(STACK);
    const { status } = await waitFor('the stack to say so', async (seen) => {
      const now = await stack();
      seen(now.status);
      return now.status?.components?.find(({ name }) => name === 'metrics-server')?.message?.includes('APIService') ? now : undefined;
    }, { timeoutMs: 60_000 });
    const row = status?.components?.find(({ name }) => name === 'metrics-server');
    expect(row?.message).to.match(/APIService\/v1beta1\.metrics\.k8s\.io: .*forbidden.*belfry install/);
    expect(status?.conditions?.find(({ type }) => type === 'Applied')).to.include({ status: 'False', reason: 'PermissionMissing' });
    expect(await found('deployment', 'kube-state-metrics-cluster', '-n', NAMESPACE)).to.contain('kube-state-metrics');
    expect(await found('daemonset', 'node-exporter-cluster', '-n', NAMESPACE)).to.contain('node-exporter');
    expect(await found('deployment', 'metrics-server-cluster', '-n', NAMESPACE)).to.contain('metrics-server');
  });

  it('goes on by itself once the permission is there', async () => {
    await apply(...installed.filter(({ kind }) => kind === 'ClusterRole'));
    await waitFor('the APIService', async () => (await found('apiservice', 'v1beta1.metrics.k8s.io')) !== '', { timeoutMs: 60_000, intervalMs: 500 });
    await waitFor('the stack to be applied', async () => (await stack()).status?.conditions?.some(({ type, status }) => type === 'Applied' && status === 'True'), { timeoutMs: 30_000 });
    expect((await stack()).status?.omitted?.join('\n')).to.match(/kubernetes\.scheduler: there are no pods of it in kube-system: name its addresses in spec\.kubernetes\.scheduler\.addresses/);
  });

  it('takes all of it away with the stack, APIs first', async () => {
    await kubectlOk(plane.kubeconfig, ['delete', 'mstack', 'cluster', '-n', NAMESPACE, '--timeout=60s']);
    expect(await found('apiservice,clusterrole,clusterrolebinding', '-l', 'belfry.dev/owner')).to.equal('');
    expect(await found('rolebinding', '-n', 'kube-system', '-l', 'belfry.dev/owner')).to.equal('');
  });

  it('leaves an API to whoever serves it, and says so', async () => {
    await operator?.stop();
    // Nobody collects here what owner references hold: no controllers run.
    await kubectlOk(plane.kubeconfig, ['delete', 'deployment', '--all', '-n', NAMESPACE]);
    const theirs = {
      apiVersion: 'apiregistration.k8s.io/v1', kind: 'APIService', metadata: { name: 'v1beta1.metrics.k8s.io', labels: { theirs: 'yes' } },
      spec: { group: 'metrics.k8s.io', version: 'v1beta1', groupPriorityMinimum: 100, versionPriority: 100, insecureSkipTLSVerify: true, service: { name: 'metrics-server', namespace: 'kube-system', port: 443 } },
    };
    await apply(theirs);
    operator = await startWith();
    await apply(STACK);
    const { status } = await waitFor('the stack to say so', async (seen) => {
      const now = await stack();
      seen(now.status?.omitted);
      return now.status?.omitted?.some((sentence) => sentence.startsWith('metricsApi.resource')) ? now : undefined;
    }, { timeoutMs: 60_000 });
    expect(status?.omitted?.join('\n')).to.include('v1beta1.metrics.k8s.io is served by kube-system/metrics-server already');
    expect(await found('deployment', 'metrics-server-cluster', '-n', NAMESPACE)).to.equal('');
    const { metadata } = await kubectlJson<KubeObject>(plane.kubeconfig, ['get', 'apiservice', 'v1beta1.metrics.k8s.io']);
    expect(metadata.labels).to.deep.equal({ theirs: 'yes' });
  });
});
