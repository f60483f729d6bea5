import { expect } from 'chai';
import { conditionOf, type BelfryResource } from '../support/belfry-resource.ts';
import { startControlPlane, type ControlPlane } from '../support/control-plane.ts';
import { kubectl, kubectlJson, kubectlOk } from '../support/kubectl.ts';
import { installOperator } from '../support/operator.ts';
import type { Program } from '../support/process.ts';
import { waitFor } from '../support/wait-for.ts';

interface StalledCase {
  readonly title: string;
  readonly name: string;
  readonly spec: object;
  readonly reason: string;
  /** Field, value and mend: each must be in the message. */
  readonly says: readonly string[];
  /** The spec that mends it; undefined where only another name does. */
  readonly mended?: object;
}

const LONG = `a-name-${'that-is-long-'.repeat(4)}`.slice(0, 55).replace(/-$/, 'x');

const CASES: readonly StalledCase[] = [
  {
    title: 'a Prometheus release that is too old', name: 'old', spec: { prometheus: { version: 'v2.30.0' } },
    reason: 'VersionUnsupported', says: ['spec.prometheus.version', 'v2.30.0', 'use v2.45.0 or newer'], mended: { prometheus: { version: 'v2.45.0' } },
  },
  {
    title: 'a name that leaves no room for those of its objects', name: LONG, spec: {},
    reason: 'NameTooLong', says: ['metadata.name', LONG, 'use a name of at most 39 characters'],
  },
  {
    title: 'a StorageClass that is not there', name: 'stored', spec: { prometheus: { storage: { size: '1Gi', className: 'fest' } } },
    reason: 'StorageClassMissing', says: ['spec.prometheus.storage.className', '"fest"', 'fast, slow', 'leave className out'], mended: { prometheus: { storage: { size: '1Gi', className: 'fast' } } },
  },
  {
    title: 'a flag that the operator sets itself', name: 'flagged', spec: { prometheus: { pod: { extraArgs: ['--config.file=/mine'] } } },
    reason: 'Invalid', says: ['spec.prometheus.pod.extraArgs[0]', '--config.file', 'remove it'], mended: { prometheus: { pod: { extraArgs: [] } } },
  },
  {
    title: 'a Thanos Secret that is not there', name: 'thanos', spec: { prometheus: { thanos: { objectStorage: { name: 'bucket', key: 'thanos.yaml' } } } },
    reason: 'SecretMissing', says: ['spec.prometheus.thanos.objectStorage', 'shop/bucket', 'thanos.yaml', 'create it'], mended: { prometheus: {} },
  },
];

describe('a MonitoringStack that only its user can help', function () {
  this.timeout(120_000);
  let plane: ControlPlane;
  let operator: Program;

  const apply = (name: string, spec: object): Promise<string> => kubectlOk(plane.kubeconfig, ['apply', '-f', '-'], {
    stdin: JSON.stringify({ apiVersion: 'belfry.dev/v1alpha1', kind: 'MonitoringStack', metadata: { name, namespace: 'shop' }, spec }),
  });
  const read = (name: string): Promise<BelfryResource> => kubectlJson<BelfryResource>(plane.kubeconfig, ['get', 'mstack', name, '-n', 'shop']);
  const until = (name: string, type: string, status: string): Promise<BelfryResource> => waitFor(`${name} to be ${type}=${status}`, async (seen) => {
    const stack = await read(name);
    seen(stack.status);
    return conditionOf(stack, type)?.status === status ? stack : undefined;
  }, { intervalMs: 200 });

  /** What kstatus asks of conditions, and what we promise of ours. */
  function expectKstatus({ metadata, status = {} }: BelfryResource): void {
    const { conditions = [] } = status;
    const statusOf = (type: string) => conditions.find((condition) => condition.type === type)?.status;
    expect(status.observedGeneration).to.equal(metadata.generation);
    expect(conditions.map(({ type }) => type)).to.include.members(['Ready', 'Reconciling', 'Stalled', 'Applied', 'ConfigLive', 'ComponentsReady']);
    for (const condition of conditions) {
      expect(condition.observedGeneration, condition.type).to.equal(metadata.generation);
      expect(condition.status, condition.type).to.be.oneOf(['True', 'False', 'Unknown']);
      expect(condition.reason, condition.type).to.match(/^[A-Z][A-Za-z]+$/);
      expect(Number.isNaN(Date.parse(condition.lastTransitionTime)), condition.type).to.equal(false);
    }
    expect([statusOf('Reconciling'), statusOf('Stalled')]).not.to.deep.equal(['True', 'True']);
    if (statusOf('Stalled') === 'True') expect([statusOf('Ready'), statusOf('Reconciling')]).to.deep.equal(['False', 'False']);
  }

  before(async () => {
    plane = await startControlPlane({ audit: true });
    operator = await installOperator(plane);
    await kubectlOk(plane.kubeconfig, ['create', 'namespace', 'shop']);
    for (const name of ['slow', 'fast']) {
      await kubectlOk(plane.kubeconfig, ['apply', '-f', '-'], { stdin: JSON.stringify({ apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name }, provisioner: 'disks.example' }) });
    }
  });
  after(async () => {
    await operator?.stop();
    await plane?.stop();
  });

  for (const { title, name, spec, reason, says, mended } of CASES) {
    it(`${title}: says field, value and mend, writes nothing${mended ? ', and goes on once it is mended' : ''}`, async () => {
      await apply(name, spec);
      const stalled = await until(name, 'Stalled', 'True');
      expectKstatus(stalled);
      for (const type of ['Stalled', 'Ready', 'Applied']) {
        const condition = conditionOf(stalled, type);
        expect(condition?.reason, type).to.equal(reason);
        for (const part of says) expect(condition?.message, type).to.include(part);
      }
      const { stdout } = await kubectl(plane.kubeconfig, ['get', 'all,cm,secret', '-n', 'shop', '-l', `belfry.dev/stack=${name}`, '-o', 'name']);
      expect(stdout).to.equal('');
      expect((await kubectl(plane.kubeconfig, ['wait', `mstack/${name}`, '-n', 'shop', '--for=condition=Stalled', '--timeout=1s'])).code).to.equal(0);
      if (!mended) return;
      await apply(name, mended);
      const working = await until(name, 'Applied', 'True');
      expectKstatus(working);
      expect(conditionOf(working, 'Stalled')?.status).to.equal('False');
      // Nobody runs its pods here, so it stays under way.
      expect([conditionOf(working, 'Ready')?.status, conditionOf(working, 'Reconciling')?.status]).to.deep.equal(['Unknown', 'True']);
    });
  }

  it('a field that Kubernetes lets nobody change: says which, and what to do; the old one runs on', async () => {
    await apply('grown', { prometheus: { storage: { size: '1Gi' } } });
    await until('grown', 'Applied', 'True');
    await apply('grown', { prometheus: { storage: { size: '2Gi' } } });
    const stalled = await until('grown', 'Stalled', 'True');
    expectKstatus(stalled);
    expect(conditionOf(stalled, 'Stalled')?.reason).to.equal('ImmutableField');
    expect(conditionOf(stalled, 'Stalled')?.message).to.include('StatefulSet/shop/prometheus-grown').and.include('spec');
    const size = await kubectlOk(plane.kubeconfig, ['get', 'statefulset', 'prometheus-grown', '-n', 'shop', '-o', 'jsonpath={.spec.volumeClaimTemplates[0].spec.resources.requests.storage}']);
    expect(size).to.equal('1Gi');
    await apply('grown', { prometheus: { storage: { size: '1Gi' } } });
    expectKstatus(await until('grown', 'Applied', 'True'));
  });

  it('a mistake in a stack that runs keeps what runs', async () => {
    await apply('kept', {});
    await until('kept', 'Applied', 'True');
    const args = ['get', 'statefulset,deployment,configmap,secret,service', '-n', 'shop', '-l', 'belfry.dev/stack=kept', '-o', 'jsonpath={range .items[*]}{.kind}/{.metadata.name} {.metadata.resourceVersion}{"\\n"}{end}'];
    const earlier = await kubectlOk(plane.kubeconfig, args);
    await apply('kept', { prometheus: { version: 'v2.30.0' } });
    expectKstatus(await until('kept', 'Stalled', 'True'));
    expect(await kubectlOk(plane.kubeconfig, args)).to.equal(earlier);
  });
});
