import { expect } from 'chai';
import { countWrites, readAuditLog } from '../support/audit-log.ts';
import { kubectl, kubectlJson, kubectlOk } from '../support/kubectl.ts';
import { sharedNode } from '../support/shared-node.ts';
import { applyStory, type NodeWithOperator } from '../support/stack.ts';
import { waitFor } from '../support/wait-for.ts';

interface Resource {
  readonly metadata: { readonly generation: number };
  readonly status?: { readonly up?: number; readonly conditions?: readonly { readonly type: string; readonly status: string; readonly reason: string; readonly message: string }[] };
}

describe('the main job, on a real node', function () {
  this.timeout(300_000);
  let stack: NodeWithOperator;

  before(async () => {
    stack = await sharedNode();
    await applyStory(stack.kubeconfig);
  });

  const read = (kind: string, name: string): Promise<Resource> => kubectlJson<Resource>(stack.kubeconfig, ['get', kind, name, '-n', 'shop']);
  const condition = async (kind: string, name: string, type: string) => (await read(kind, name)).status?.conditions?.find((one) => one.type === type);
  const apply = (manifest: object): Promise<string> => kubectlOk(stack.kubeconfig, ['apply', '-f', '-'], { stdin: JSON.stringify(manifest) });
  const target = (name: string, spec: object) => ({ apiVersion: 'belfry.dev/v1alpha1', kind: 'ScrapeTarget', metadata: { name, namespace: 'shop' }, spec });

  it('scrapes what is asked for, and kubectl get says so', async () => {
    await waitFor('two targets up', async (seen) => {
      const { status } = await read('scrapetarget', 'checkout');
      seen(status);
      return status?.up === 2;
    }, { timeoutMs: 90_000 });
    const table = await kubectlOk(stack.kubeconfig, ['get', 'mstack,scrapetarget,alertpolicy', '-A']);
    expect(table).to.match(/NAME +READY +CONFIG +TARGETS +UP +DOWN +AGE/);
    expect(table).to.match(/NAME +READY +UP +DOWN +REASON +AGE/);
    expect(table).to.match(/NAME +READY +RULES +FIRING +AGE/);
    expect(table).to.match(/mstack|monitoringstack.belfry.dev\/shop +True +2\/2/);
  });

  it('makes a changed target live without restarting a pod, and takes a bad one out alone', async () => {
    await apply(target('bad', { service: {}, endpoints: [{ relabel: [{ action: 'drop', sourceLabels: ['a'], regex: '(?!x)' }] }] }));
    await apply(target('checkout', { service: { matchLabels: { app: 'checkout' } }, endpoints: [{ port: 'metrics', interval: '1s' }], labels: { changed: 'yes' } }));
    await kubectlOk(stack.kubeconfig, ['wait', '--for=condition=Live', 'scrapetarget/checkout', '-n', 'shop', '--timeout=90s']);
    const accepted = await waitFor('the rejection', async () => {
      const found = await condition('scrapetarget', 'bad', 'Accepted');
      return found?.status === 'False' ? found : undefined;
    }, { timeoutMs: 90_000 });
    expect(accepted.reason).to.equal('RelabelRuleInvalid');
    expect(accepted.message).to.contain('spec.endpoints[0].relabel[0].regex').and.to.contain('(?!x)');
    await kubectlOk(stack.kubeconfig, ['delete', 'scrapetarget', 'bad', '-n', 'shop']);
    const { items } = await kubectlJson<{ items: { status: { containerStatuses?: { restartCount: number }[] } }[] }>(stack.kubeconfig, ['get', 'pods', '-n', 'shop']);
    expect(items.flatMap(({ status }) => status.containerStatuses ?? []).every(({ restartCount }) => restartCount === 0)).to.equal(true);
  });

  it('writes nothing for 60 seconds at rest but the Lease', async () => {
    // Rest begins when the statuses have caught up: health is looked at every 15 s, the numbers of a stack are written at most every 15 s.
    await new Promise((resolve) => setTimeout(resolve, 45_000));
    const since = new Date();
    await new Promise((resolve) => setTimeout(resolve, 60_000));
    const entries = await readAuditLog(stack.node.controlPlane.auditLog ?? '');
    expect(countWrites(entries, { user: 'belfry', since })).to.deep.equal({});
    // The Lease shows that the operator was there, and that the log holds its writes.
    expect(Object.keys(countWrites(entries, { user: 'belfry', since, pulse: true }))).to.contain('update leases');
  });

  it('leaves nothing behind when the stack goes, and what is not ours stays', async () => {
    await kubectlOk(stack.kubeconfig, ['delete', 'mstack', 'shop', '-n', 'shop', '--timeout=180s']);
    await waitFor('our objects to go', async (seen) => {
      const { stdout } = await kubectl(stack.kubeconfig, ['get', 'all,cm,secret,sa,role,rolebinding,netpol,pdb,clusterrole,clusterrolebinding', '-A', '-l', 'app.kubernetes.io/managed-by=belfry,belfry.dev/stack=shop', '-o', 'name']);
      seen(stdout);
      return stdout.trim() === '';
    }, { timeoutMs: 180_000, intervalMs: 1_000 });
    expect(await kubectlOk(stack.kubeconfig, ['get', 'deployment', 'checkout', '-n', 'shop', '-o', 'name'])).to.contain('checkout');
  });
});
