import { expect } from 'chai';
import type { KubeObject, StringMap } from '../../src/api/kube-object.ts';
import { conditionOf, type BelfryResource } from '../support/belfry-resource.ts';
import { startControlPlane, type ControlPlane } from '../support/control-plane.ts';
import { kubectl, kubectlJson, kubectlOk } from '../support/kubectl.ts';
import { installOperator } from '../support/operator.ts';
import type { Program } from '../support/process.ts';
import { waitFor } from '../support/wait-for.ts';

const NAMESPACE = 'monitoring';
const STACK = { apiVersion: 'belfry.dev/v1alpha1', kind: 'MonitoringStack', metadata: { name: 'cluster', namespace: NAMESPACE }, spec: { scope: 'Cluster' } };
const OUR_LABELS = { 'app.kubernetes.io/managed-by': 'belfry', 'app.kubernetes.io/name': 'prometheus', 'belfry.dev/stack': 'cluster' };
/** A ConfigMap that somebody else's objects belong to. */
const OWNER = 'unrelated';
const RBAC = 'rbac.authorization.k8s.io/v1';
/** What comes and goes by itself. */
const PASSING = /^(event|lease|endpointslice|endpoints)s?(\.|\/)/;

const OTHER_UID = '11111111-2222-3333-4444-555555555555';

/** Objects that look like ours, each lacking one thing that would make it ours, and some that have nothing to do with us. */
function lookAlikes({ stackUid, ownerUid }: { readonly stackUid: string; readonly ownerUid: string }): readonly KubeObject[] {
  const ofAnother = { ...OUR_LABELS, 'belfry.dev/owner': OTHER_UID, 'belfry.dev/owner-namespace': NAMESPACE };
  const role = (name: string, labels: StringMap) => ({ apiVersion: RBAC, kind: 'ClusterRole', metadata: { name, labels }, rules: [] });
  const configMap = (name: string, metadata: Partial<KubeObject['metadata']>) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: NAMESPACE, ...metadata }, data: { a: 'b' } });
  return [
    role('alike-of-another-stack', ofAnother),
    role('alike-without-owner', OUR_LABELS),
    role('alike-that-nobody-manages', { 'belfry.dev/stack': 'cluster', 'belfry.dev/owner': stackUid }),
    role('unrelated', {}),
    { apiVersion: RBAC, kind: 'ClusterRoleBinding', metadata: { name: 'alike-of-another-stack', labels: ofAnother }, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'unrelated' } },
    { apiVersion: RBAC, kind: 'Role', metadata: { name: 'alike', namespace: 'kube-system', labels: OUR_LABELS }, rules: [] },
    configMap('alike-without-owner', { labels: { ...OUR_LABELS, 'belfry.dev/part': 'prometheus-config' } }),
    configMap('prometheus-cluster-config-of-mine', { labels: { 'belfry.dev/stack': 'cluster' } }),
    // An owner that is there, or Kubernetes itself would collect it.
    configMap('alike-of-another-owner', { labels: OUR_LABELS, ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: OWNER, uid: ownerUid }] }),
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'alike-without-owner', namespace: NAMESPACE, labels: OUR_LABELS } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'unrelated', namespace: NAMESPACE } },
  ];
}

describe('a stack of the whole cluster that is deleted', function () {
  this.timeout(180_000);
  let plane: ControlPlane;
  let operator: Program;
  let atFirst: readonly string[];

  const apply = (...objects: readonly object[]): Promise<string> => kubectlOk(plane.kubeconfig, ['apply', '-f', '-'], { stdin: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }) });

  /** Every object there is, of every kind that can be listed. */
  async function everything(): Promise<string[]> {
    const kinds = (await kubectlOk(plane.kubeconfig, ['api-resources', '--verbs=list', '-o', 'name'])).trim().split('\n');
    const names = await kubectlOk(plane.kubeconfig, ['get', kinds.join(','), '-A', '--ignore-not-found', '-o', 'jsonpath={range .items[*]}{.kind}/{.metadata.namespace}/{.metadata.name}{"\\n"}{end}']);
    return [...new Set(names.trim().split('\n').filter((name) => !PASSING.test(name.toLowerCase())))].sort();
  }

  const stackOf = (name = 'cluster'): Promise<BelfryResource> => kubectlJson<BelfryResource>(plane.kubeconfig, ['get', 'mstack', name, '-n', NAMESPACE]);
  const written = (name = 'cluster'): Promise<BelfryResource> => waitFor(`stack ${name} to be written`, async (seen) => {
    const stack = await stackOf(name);
    seen(stack.status);
    return conditionOf(stack, 'Applied')?.status === 'True' ? stack : undefined;
  }, { timeoutMs: 60_000, intervalMs: 300 });

  before(async () => {
    plane = await startControlPlane({ withControllers: true });
    operator = await installOperator(plane);
    await kubectlOk(plane.kubeconfig, ['create', 'namespace', NAMESPACE]);
    await waitFor('what Kubernetes puts into a namespace', async () => (await everything()).includes(`ServiceAccount/${NAMESPACE}/default`) && (await everything()).includes(`ConfigMap/${NAMESPACE}/kube-root-ca.crt`));
    atFirst = await everything();
  });
  after(async () => {
    await operator?.stop();
    await plane?.stop();
  });

  it('leaves nothing behind, in the cluster or in a namespace', async () => {
    await apply(STACK);
    await written();
    const during = (await everything()).filter((name) => !atFirst.includes(name));
    expect(during).to.include.members(['ClusterRole//belfry-prometheus-monitoring-cluster', 'ClusterRoleBinding//belfry-prometheus-monitoring-cluster']);
    expect(during.length).to.be.greaterThan(25);

    await kubectlOk(plane.kubeconfig, ['delete', 'mstack', 'cluster', '-n', NAMESPACE, '--timeout=60s']);
    await waitFor('everything of it to go', async (seen) => {
      const left = (await everything()).filter((name) => !atFirst.includes(name));
      seen(left);
      return left.length === 0;
    }, { timeoutMs: 60_000, intervalMs: 1_000 });
    expect(await everything()).to.deep.equal(atFirst);
  });

  it('leaves alone what only looks like its own, while it lives and when it goes', async () => {
    await apply(STACK);
    const { metadata: { uid: stackUid } } = await written();
    await apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: OWNER, namespace: NAMESPACE } });
    const { metadata: { uid: ownerUid } } = await kubectlJson<BelfryResource>(plane.kubeconfig, ['get', 'configmap', OWNER, '-n', NAMESPACE]);
    const impostors = lookAlikes({ stackUid, ownerUid });
    await apply(...impostors);
    const names = [`ConfigMap/${NAMESPACE}/${OWNER}`, ...impostors.map(({ kind, metadata: { name, namespace = '' } }) => `${kind}/${namespace}/${name}`)];

    // A pass with a deletion in it: the second shard goes away again.
    await apply({ ...STACK, spec: { scope: 'Cluster', prometheus: { shards: 2 } } });
    await written();
    expect(await everything()).to.include(`StatefulSet/${NAMESPACE}/prometheus-cluster-shard-1`);
    await apply(STACK);
    await written();
    await waitFor('the second shard to go', async () => !(await everything()).includes(`StatefulSet/${NAMESPACE}/prometheus-cluster-shard-1`));
    expect(await everything()).to.include.members(names);

    await kubectlOk(plane.kubeconfig, ['delete', 'mstack', 'cluster', '-n', NAMESPACE, '--timeout=60s']);
    await waitFor('everything but the look-impostors to go', async (seen) => {
      const left = (await everything()).filter((name) => !atFirst.includes(name) && !names.includes(name));
      seen(left);
      return left.length === 0;
    }, { timeoutMs: 60_000, intervalMs: 1_000 });
    expect(await everything()).to.deep.equal([...atFirst, ...names].sort());
  });

  it('does not take another stack of the same name along', async () => {
    await kubectlOk(plane.kubeconfig, ['create', 'namespace', 'elsewhere']);
    // A cluster has one API of metrics: only one of the two stacks can have it.
    await apply(STACK, { ...STACK, metadata: { name: 'cluster', namespace: 'elsewhere' }, spec: { scope: 'Cluster', metricsApi: { resource: { enabled: false } } } });
    await written();
    await waitFor('the other stack to be written', async () => conditionOf(await kubectlJson<BelfryResource>(plane.kubeconfig, ['get', 'mstack', 'cluster', '-n', 'elsewhere']), 'Applied')?.status === 'True', { timeoutMs: 60_000 });
    const theirs = (await everything()).filter((name) => name.includes('/elsewhere/') || name.includes('elsewhere-cluster'));
    await kubectlOk(plane.kubeconfig, ['delete', 'mstack', 'cluster', '-n', NAMESPACE, '--timeout=60s']);
    await waitFor('the first to go', async () => !(await everything()).includes(`StatefulSet/${NAMESPACE}/prometheus-cluster`), { timeoutMs: 60_000 });
    expect(await everything()).to.include.members(theirs.filter((name) => !name.startsWith('Pod/')));
    expect((await kubectl(plane.kubeconfig, ['get', 'clusterrole', 'belfry-prometheus-elsewhere-cluster'])).code).to.equal(0);
  });
});
