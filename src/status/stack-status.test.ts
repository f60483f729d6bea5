import { expect } from 'chai';
import fc from 'fast-check';
import type { MonitoringStack, MonitoringStackStatus } from '../api/monitoring-stack.ts';
import type { Component } from './component.ts';
import { sameStatus } from './same-status.ts';
import { stackStatus, type StackFacts } from './stack-status.ts';

const now = new Date('2026-01-01T12:00:00Z');
const stack: MonitoringStack = { apiVersion: 'belfry.dev/v1alpha1', kind: 'MonitoringStack', metadata: { namespace: 'shop', name: 'shop' }, spec: {} };
const ref = { apiVersion: 'belfry.dev/v1alpha1', kind: 'MonitoringStack', namespace: 'shop', name: 'shop' };
const prometheus: Component = { name: 'prometheus', version: 'v3.15.0', ready: 2, wanted: 2, updated: 2, waiting: [] };
const fine: StackFacts = {
  stack, generation: 3, rejections: [], failures: [], objects: 23, isSuspended: false,
  config: { hash: 'ab12', replicas: 3, confirmed: 3, missing: [] },
  components: [prometheus], targets: { selected: 4, rejected: 1, up: 9, down: 2 }, policies: { selected: 1, rejected: 0 }, drift: [], omitted: [], now,
};
const summary = (status: MonitoringStackStatus) => Object.fromEntries((status.conditions ?? []).map(({ type, status: value, reason }) => [type, `${value} ${reason}`]));
const message = (status: MonitoringStackStatus, type: string) => status.conditions?.find((item) => item.type === type)?.message;
const withComponent = (component: Partial<Component>): StackFacts => ({ ...fine, components: [{ ...prometheus, ...component }] });
const after = (facts: StackFacts, seconds: number, status: MonitoringStackStatus): StackFacts => ({ ...facts, stack: { ...stack, status }, now: new Date(now.getTime() + seconds * 1000) });
const configMap = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'x' };

describe('status/stack-status', () => {
  it('is Ready with everything written, live and running, and has its numbers', () => {
    const status = stackStatus(fine);
    expect(summary(status)).to.deep.equal({
      Applied: 'True Applied', ComponentsReady: 'True ComponentsReady', ConfigLive: 'True ConfigConfirmed', Ready: 'True Ready', Reconciling: 'False Ready', Stalled: 'False Ready',
    });
    expect(status).to.deep.include({
      observedGeneration: 3, components: [{ name: 'prometheus', version: 'v3.15.0', ready: '2/2' }],
      config: { hash: 'ab12', replicas: 3, confirmed: 3, live: '3/3' }, targets: { selected: 4, rejected: 1, up: 9, down: 2 }, policies: { selected: 1, rejected: 0 },
    });
    expect(status).not.to.have.any.keys('drift', 'omitted');
  });

  it('is Unknown, never False, while a first rollout is under way', () => {
    const starting = { ...withComponent({ ready: 0, updated: 0, waiting: [{ name: 'prometheus-shop-0', reason: 'ContainerCreating' }] }), config: { hash: 'ab12', replicas: 2, confirmed: 0, missing: ['prometheus-shop-0'] } };
    const status = stackStatus(starting);
    expect(summary(status)).to.include({ ComponentsReady: 'Unknown Progressing', ConfigLive: 'Unknown ConfigNotConfirmed', Ready: 'Unknown Progressing', Reconciling: 'True Progressing', Stalled: 'False Progressing' });
    expect(message(status, 'Ready')).to.equal('prometheus 0/2: prometheus-shop-0: ContainerCreating');
    expect(summary(stackStatus(after(starting, 300, status)))).to.include({ ConfigLive: 'Unknown ConfigNotConfirmed', Ready: 'Unknown Progressing' });
    expect(summary(stackStatus(after(starting, 600, status)))).to.include({ ComponentsReady: 'False ComponentNotReady', Ready: 'False ComponentNotReady' });
    expect(summary(stackStatus({ ...fine, components: [], config: undefined }))).to.include({ Applied: 'True Applied', Ready: 'Unknown Progressing' });
  });

  it('is False at once where time mends nothing, and says what the pod says', () => {
    const status = stackStatus(withComponent({ ready: 1, waiting: [{ name: 'prometheus-shop-0', reason: 'PodInitializing' }, { name: 'prometheus-shop-1', reason: 'ImagePullBackOff', message: 'no such image' }] }));
    expect(summary(status)).to.include({ ComponentsReady: 'False ComponentNotReady', Ready: 'False ComponentNotReady', Reconciling: 'False ComponentNotReady' });
    const why = 'prometheus-shop-1: ImagePullBackOff: no such image (the image cannot be had: name a mirror in spec.images.registry, or Secrets to pull with in spec.images.pullSecrets)';
    expect(message(status, 'Ready')).to.equal(`prometheus 1/2: ${why}`);
    expect(status.components?.[0]).to.deep.equal({ name: 'prometheus', version: 'v3.15.0', ready: '1/2', message: why });
  });

  it('waits for an API that cannot be reached yet, and fails in time', () => {
    const facts = withComponent({ unavailable: 'v1beta1.metrics.k8s.io cannot be reached by the API server: FailedDiscoveryCheck' });
    const status = stackStatus(facts);
    expect(summary(status)).to.include({ ComponentsReady: 'Unknown Progressing' });
    expect(status.components?.[0]).to.include({ ready: '2/2', message: 'v1beta1.metrics.k8s.io cannot be reached by the API server: FailedDiscoveryCheck' });
    expect(summary(stackStatus(after(facts, 600, status)))).to.include({ ComponentsReady: 'False ComponentNotReady' });
  });

  it('says of a component that has not all of its objects why, though its pods run', () => {
    const status = stackStatus(withComponent({ refused: 'APIService/v1beta1.metrics.k8s.io: forbidden' }));
    expect(status.components?.[0]).to.include({ ready: '2/2', message: 'APIService/v1beta1.metrics.k8s.io: forbidden' });
    const none = stackStatus(withComponent({ ready: 0, refused: 'namespace shop enforces pod security "restricted"' }));
    expect(summary(none)).to.include({ ComponentsReady: 'False ComponentNotReady' });
    expect(message(none, 'Ready')).to.include('pod security "restricted"');
  });

  it('counts a replica of an old template as not ready', () => {
    expect(message(stackStatus(withComponent({ updated: 1 })), 'ComponentsReady')).to.equal('prometheus 2/2: 1 of 2 replaced by the newest template');
  });

  it('names the replica that has not confirmed, and turns False after 90 seconds', () => {
    const lagging = { ...fine, config: { hash: 'ab12', replicas: 3, confirmed: 2, missing: ['prometheus-shop-1'], since: now, error: 'timeout' } };
    const status = stackStatus(lagging);
    expect(message(status, 'ConfigLive')).to.equal('2 of 3 replicas: prometheus-shop-1 has not confirmed config ab12 written at 12:00:00Z: timeout');
    expect(summary(status)).to.include({ ConfigLive: 'Unknown ConfigNotConfirmed', Ready: 'Unknown ConfigNotConfirmed' });
    expect(summary(stackStatus(after(lagging, 90, status)))).to.include({ ConfigLive: 'False ConfigNotConfirmed', Ready: 'False ConfigNotConfirmed' });
  });

  it('quotes the program that refuses the config', () => {
    expect(summary(stackStatus({ ...fine, config: { hash: 'ab12', replicas: 1, confirmed: 0, missing: ['a'], refused: 'line 3: bad' } }))).to.include({ ConfigLive: 'False ConfigRefused', Ready: 'False ConfigRefused', Stalled: 'False ConfigRefused' });
  });

  const FAILURES: readonly { says: string; kind: string; answer: string; reason: string; stalled: boolean }[] = [
    { says: 'a missing permission', kind: 'forbidden', answer: 'cannot patch resource "configmaps"', reason: 'PermissionMissing', stalled: false },
    { says: 'a namespace that goes away', kind: 'forbidden', answer: 'unable to create new content in namespace shop because it is being terminated', reason: 'NamespaceTerminating', stalled: false },
    { says: 'a field that nobody may change', kind: 'invalid', answer: 'updates to statefulset spec for fields other than \'replicas\', ... are forbidden', reason: 'ImmutableField', stalled: true },
    { says: 'anything else', kind: 'timeout', answer: 'no answer in 30 s', reason: 'ApplyFailed', stalled: false },
  ];
  for (const { says, kind, answer, reason, stalled } of FAILURES) {
    it(`is False with ${reason} for ${says}, and ${stalled ? '' : 'not '}stalled`, () => {
      const status = stackStatus({ ...fine, failures: [{ object: configMap, kind, message: answer }] });
      expect(summary(status)).to.include({ Applied: `False ${reason}`, Ready: `False ${reason}`, Stalled: `${stalled ? 'True' : 'False'} ${reason}` });
      expect(message(status, 'Ready')).to.equal(`ConfigMap/shop/x: ${answer}${reason === 'PermissionMissing' ? ' (apply what `belfry install` prints, or grant the operator this permission)' : ''}`);
    });
  }

  it('quotes the first three failures and counts the rest', () => {
    const failures = ['a', 'b', 'c', 'd', 'e'].map((name) => ({ object: { ...configMap, name }, kind: 'conflict', message: 'no' }));
    expect(message(stackStatus({ ...fine, failures }), 'Applied')).to.equal('ConfigMap/shop/a: no; ConfigMap/shop/b: no; ConfigMap/shop/c: no; and 2 more');
  });

  it('is stalled by a mistake in its own spec', () => {
    const status = stackStatus({ ...fine, rejections: [{ object: ref, path: 'spec.prometheus.version', reason: 'VersionUnsupported', message: 'v1.0.0 is too old' }] });
    expect(summary(status)).to.include({ Applied: 'False VersionUnsupported', Ready: 'False VersionUnsupported', Stalled: 'True VersionUnsupported', Reconciling: 'False VersionUnsupported' });
    expect(message(status, 'Stalled')).to.equal('spec.prometheus.version: v1.0.0 is too old');
  });

  it('neither works nor fails while it is suspended', () => {
    expect(summary(stackStatus({ ...fine, isSuspended: true }))).to.include({ Applied: 'Unknown Suspended', Ready: 'Unknown Suspended', Reconciling: 'False Suspended', Stalled: 'False Suspended' });
  });

  it('waits where something else must come first', () => {
    expect(summary(stackStatus({ ...fine, waitingFor: 'StorageClass fast is not there' }))).to.include({ Applied: 'Unknown Waiting', Ready: 'Unknown Waiting', Reconciling: 'True Progressing' });
  });

  it('stays Ready with fields left to others, and lists them first', () => {
    const drift = [{ object: 'Deployment/shop/a', path: 'spec.x', manager: 'kubectl-edit' }, { object: 'Deployment/shop/b', path: 'spec.replicas', manager: 'hpa', yielded: true }];
    const status = stackStatus({ ...fine, drift });
    expect(summary(status)).to.include({ Applied: 'True DriftYielded', Ready: 'True Ready' });
    expect(message(status, 'Applied')).to.equal('all is written but what others keep changing: spec.replicas of Deployment/shop/b is left to hpa');
    expect(status.drift).to.deep.equal([{ object: 'Deployment/shop/b', path: 'spec.replicas', manager: 'hpa', yielded: true }, { object: 'Deployment/shop/a', path: 'spec.x', manager: 'kubectl-edit' }]);
  });

  it('says what the release cannot do, once each', () => {
    const omission = { object: 'ScrapeTarget/shop/a', field: 'enable_http2', since: 'v2.35.0' };
    expect(stackStatus({ ...fine, omitted: [omission, omission, { object: '', field: 'x', since: 'v3.0.0' }] }).omitted).to.deep.equal(['ScrapeTarget/shop/a: enable_http2 needs v2.35.0', 'x needs v3.0.0']);
  });

  it('lists at most 20 drifts and omissions', () => {
    const drift = Array.from({ length: 99 }, (_, index) => ({ object: 'o', path: `p${index}`, manager: 'm' }));
    const omitted = drift.map(({ path }) => ({ object: 'o', field: path, since: 'v3.0.0' }));
    const status = stackStatus({ ...fine, drift, omitted });
    expect([status.drift?.length, status.omitted?.length]).to.deep.equal([20, 20]);
  });

  const small = fc.nat(2);
  const component: fc.Arbitrary<Component> = fc.record({ name: fc.string(), ready: small, wanted: small, updated: small, waiting: fc.array(fc.record({ name: fc.string(), reason: fc.constantFrom('CrashLoopBackOff', 'ContainerCreating') }), { maxLength: 2 }) });
  const anyFacts: fc.Arbitrary<StackFacts> = fc.record(
    {
      stack: fc.constant(stack), generation: small, now: fc.constant(now), objects: small, isSuspended: fc.boolean(), waitingFor: fc.string(),
      rejections: fc.array(fc.constant({ object: ref, path: 'spec', reason: 'VersionUnsupported', message: 'm' } as const), { maxLength: 1 }),
      failures: fc.array(fc.constantFrom(...FAILURES.map(({ kind, answer }) => ({ object: configMap, kind, message: answer }))), { maxLength: 2 }),
      config: fc.option(fc.record({ hash: fc.string(), replicas: small, confirmed: small, missing: fc.array(fc.string()), refused: fc.string() }, { requiredKeys: ['hash', 'replicas', 'confirmed', 'missing'] }), { nil: undefined }),
      components: fc.array(component, { maxLength: 3 }), targets: fc.record({ selected: small, rejected: small }), policies: fc.record({ selected: small, rejected: small }),
      drift: fc.array(fc.record({ object: fc.string(), path: fc.string(), manager: fc.string(), yielded: fc.boolean() }), { maxLength: 3 }),
      omitted: fc.array(fc.record({ object: fc.string(), field: fc.string(), since: fc.string() }), { maxLength: 3 }),
    },
    { requiredKeys: ['stack', 'generation', 'now', 'objects', 'isSuspended', 'rejections', 'failures', 'config', 'components', 'targets', 'policies', 'drift', 'omitted'] },
  );

  it('is never Ready with another condition bad, and never Stalled and Ready, or Stalled and Reconciling, at once', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const said = summary(stackStatus(facts));
        const statusOf = (type: string) => said[type]?.split(' ')[0];
        expect(statusOf('Ready') === 'True').to.equal(['Applied', 'ConfigLive', 'ComponentsReady'].every((type) => statusOf(type) === 'True'));
        if (statusOf('Stalled') === 'True') expect([statusOf('Ready'), statusOf('Reconciling')]).to.deep.equal(['False', 'False']);
      }),
    );
  });

  it('gives the same again for the same facts, also when its own status is the current one', () => {
    fc.assert(
      fc.property(anyFacts, anyFacts, fc.nat(900), (before, facts, seconds) => {
        const then = after(facts, seconds, stackStatus(before));
        const status = stackStatus(then);
        expect(stackStatus(then)).to.deep.equal(status);
        expect(sameStatus(status, stackStatus({ ...then, stack: { ...stack, status } }))).to.equal(true);
      }),
    );
  });
});
