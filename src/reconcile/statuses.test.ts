import { expect } from 'chai';
import type { AlertPolicySpec } from '../api/alert-policy.ts';
import type { KubeObject } from '../api/kube-object.ts';
import { aPolicy, aStack, aTarget } from '../testing/build.ts';
import { OperatorWorld } from '../testing/operator-world.ts';

const objects = (...resources: object[]): KubeObject[] => resources as KubeObject[];
const UNKNOWN_OVERRIDE = { overrides: [{ kind: 'StatefulSet', name: 'nothing', patch: {} }] };
const TARGET = 'ScrapeTarget/shop/checkout';
const stackRef = { apiVersion: 'belfry.dev/v1alpha1', kind: 'MonitoringStack', namespace: 'shop', name: 'shop' };
const policyRef = { ...stackRef, kind: 'AlertPolicy', name: 'checkout' };

const prometheusPod = (index: number): object => ({
  apiVersion: 'v1', kind: 'Pod',
  metadata: { name: `prometheus-shop-${index}`, namespace: 'shop', uid: `pod-${index}`, labels: { 'app.kubernetes.io/managed-by': 'belfry', 'app.kubernetes.io/name': 'prometheus', 'belfry.dev/stack': 'shop' } },
  status: { phase: 'Running', podIP: `192.0.2.${index + 1}`, conditions: [{ type: 'Ready', status: 'True' }], containerStatuses: [{ name: 'prometheus', containerID: 'c' }] },
});

describe('reconcile: statuses of resources', () => {
  const running: OperatorWorld[] = [];
  afterEach(() => Promise.all(running.splice(0).map((world) => world.stop())));

  async function begin(...resources: object[]): Promise<OperatorWorld> {
    const world = new OperatorWorld(objects(...resources));
    running.push(world);
    await world.start();
    await world.clock.advance(3_000);
    return world;
  }

  it('say that their stack is stalled, also when it was so from the beginning', async () => {
    const world = await begin(aStack('shop', UNKNOWN_OVERRIDE), aTarget());
    expect(world.condition(TARGET, 'Selected')?.status).to.equal('True');
    expect(world.condition(TARGET, 'Live')?.message).to.contain('the stack is stalled');
  });

  it('say that their stack is suspended, also when it was so from the beginning', async () => {
    const world = await begin(aStack('shop', { suspend: true }), aTarget());
    expect(world.condition(TARGET, 'Selected')?.status).to.equal('True');
    expect(world.condition(TARGET, 'Live')?.message).to.contain('the stack is suspended');
    expect(world.cluster.all('StatefulSet')).to.deep.equal([]);
  });

  it('let go of a stack that is deleted, and of one that selects others now', async () => {
    const world = await begin(aStack(), aTarget());
    world.cluster.edit(stackRef, (object) => ({ ...object, spec: { select: { targets: { matchLabels: { team: 'other' } } } } }));
    await world.clock.advance(3_000);
    expect(world.condition(TARGET, 'Selected')).to.include({ status: 'False', reason: 'LabelsNotSelected' });
    world.cluster.edit(stackRef, (object) => ({ ...object, spec: {} }));
    await world.clock.advance(3_000);
    expect(world.condition(TARGET, 'Selected')?.status).to.equal('True');
    world.cluster.remove(stackRef);
    await world.clock.advance(3_000);
    expect(world.condition(TARGET, 'Selected')).to.include({ status: 'False', reason: 'NoStack' });
  });

  it('call what is waited for a failure in time, though nothing else happens', async () => {
    const world = await begin(aStack(), aTarget());
    expect(world.condition(TARGET, 'Live')?.status).to.equal('Unknown');
    await world.clock.advance(150_000);
    expect(world.condition(TARGET, 'Live')).to.include({ status: 'False', reason: 'ConfigNotConfirmed' });
  });

  it('name only the replicas that have not confirmed a change, soon after the others have', async () => {
    const world = await begin(aStack('shop', { prometheus: { replicas: 2 }, alertmanager: { enabled: false } }), aTarget(), prometheusPod(0), prometheusPod(1));
    const answering = new Set(['prometheus-shop-0', 'prometheus-shop-1']);
    world.cluster.pods = ({ pod, path }) => {
      if (!answering.has(pod) || !path.startsWith('/api/v1/rules')) throw new Error('timeout');
      const groups = new URL(path, 'http://pod').searchParams.getAll('rule_group[]').map((name) => ({ name }));
      return { status: 200, body: JSON.stringify({ status: 'success', data: { groups } }) };
    };
    await world.clock.advance(40_000);
    expect(world.condition(TARGET, 'Live')?.status).to.equal('True');
    answering.clear();
    world.cluster.edit({ ...stackRef, kind: 'ScrapeTarget', name: 'checkout' }, (object) => ({ ...object, spec: { pod: { matchLabels: { app: 'other' } } } }));
    await world.clock.advance(3_000);
    expect(world.condition(TARGET, 'Live')?.message).to.contain('prometheus-shop-0').and.contain('prometheus-shop-1');
    answering.add('prometheus-shop-1');
    await world.clock.advance(5_000);
    expect(world.condition(TARGET, 'Live')).to.include({ status: 'Unknown' });
    expect(world.condition(TARGET, 'Live')?.message).to.contain('prometheus-shop-0').and.not.contain('prometheus-shop-1');
  });

  it('keep no last good version of what never was good', async () => {
    const world = await begin(aStack());
    world.cluster.put(aPolicy('checkout', { routes: [{ receiver: 'nobody' }] }) as unknown as KubeObject);
    await world.clock.advance(3_000);
    expect(world.condition('AlertPolicy/shop/checkout', 'Live')).to.include({ status: 'False', reason: 'NotAccepted' });
  });

  it('follow the settings of their stack', async () => {
    const world = await begin(aStack(), aPolicy('checkout', { alerts: [{ alert: 'Down', expr: 'up == 0' }] } satisfies AlertPolicySpec));
    const injected = (): unknown => (world.cluster.get(policyRef)?.['status'] as { injected?: unknown } | undefined)?.injected;
    expect(injected()).to.not.equal(undefined);
    world.cluster.edit(stackRef, (object) => ({ ...object, spec: { scope: 'Cluster' } }));
    await world.clock.advance(3_000);
    expect(injected()).to.equal(undefined);
  });

  it('name stacks in the same order whichever came first, so that a restart writes nothing', async () => {
    const world = await begin(aStack('zoo'), aTarget());
    world.cluster.put(aStack('ark') as unknown as KubeObject);
    await world.clock.advance(3_000);
    expect(world.condition(TARGET, 'Selected')?.message).to.contain('shop/ark, shop/zoo');
  });

  it('say of what does not fit its schema that no stack takes it', async () => {
    const world = await begin(aStack(), aTarget('checkout', { service: {}, pod: {} }));
    expect(world.condition(TARGET, 'Selected')).to.include({ status: 'False', reason: 'NotAccepted' });
  });

  it('do not hold a stack back that does not fit its schema any more: it can be deleted', async () => {
    const world = await begin(aStack('shop', { scope: 'Cluster' }));
    expect(world.cluster.all('ClusterRole')).to.not.deep.equal([]);
    world.cluster.edit(stackRef, (object) => ({ ...object, spec: { scope: 'Neither' } }));
    await world.clock.advance(3_000);
    world.cluster.remove(stackRef);
    await world.clock.advance(3_000);
    expect(world.cluster.get(stackRef)).to.equal(undefined);
    expect(world.cluster.all('ClusterRole')).to.deep.equal([]);
  });

  it('say of two stacks that want what a cluster has once that one has it, and never fight over it', async () => {
    const world = await begin(aStack('first', { scope: 'Cluster' }), aStack('second', { scope: 'Cluster' }));
    await world.clock.advance(10_000);
    world.cluster.clearCalls();
    await world.clock.advance(60_000);
    expect(world.writes().filter((write) => write.startsWith('apply'))).to.deep.equal([]);
    const messages = ['first', 'second'].map((name) => world.condition(`MonitoringStack/shop/${name}`, 'Applied')?.message ?? '');
    expect(messages.filter((message) => /belongs to MonitoringStack shop\/(first|second), and a cluster has one/.test(message))).to.have.length(1);
  });
});
