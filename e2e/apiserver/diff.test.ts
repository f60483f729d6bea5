import { expect } from 'chai';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KubeObject, ObjectRef } from '../../src/api/kube-object.ts';
import type { CommandIo } from '../../src/cli/command-io.ts';
import { diffCommand, type DiffOptions } from '../../src/cli/diff.ts';
import { nextFights, NO_FIGHTS, yieldedFields, yieldPaths, type Fights } from '../../src/diff/breaker.ts';
import { compare } from '../../src/diff/compare.ts';
import { driftOf } from '../../src/diff/drift.ts';
import { planChanges } from '../../src/diff/plan.ts';
import { EventRecorder } from '../../src/kube/events.ts';
import { connect, type Client } from '../../src/kube/client.ts';
import { Controller } from '../../src/reconcile/controller.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { silentLog } from '../../src/telemetry/silent-log.ts';
import { startControlPlane, type ControlPlane } from '../support/control-plane.ts';
import { crdsEstablished } from '../support/crds.ts';
import { kubectlOk } from '../support/kubectl.ts';
import { waitFor } from '../support/wait-for.ts';

const ROOT = join(import.meta.dirname, '../..');
const ref: ObjectRef = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' };
const labels = { app: 'web' };
const desired: KubeObject = {
  apiVersion: 'apps/v1', kind: 'Deployment', metadata: { namespace: 'shop', name: 'web', labels: { team: 'a' } },
  spec: {
    replicas: 1, selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'a:1', args: ['--one'], ports: [{ name: 'http', containerPort: 80 }], resources: { requests: { cpu: '1000m' } } }] } },
  },
};

describe('Differences and drift on a real API server', function () {
  this.timeout(180_000);
  let plane: ControlPlane;
  let cluster: Client;

  before(async () => {
    plane = await startControlPlane();
    cluster = await connect({ kubeconfig: plane.kubeconfig });
    await kubectlOk(plane.kubeconfig, ['create', 'namespace', 'shop']);
    await kubectlOk(plane.kubeconfig, ['apply', '-k', join(ROOT, 'crds')]);
    await crdsEstablished(plane.kubeconfig);
  });
  after(async () => {
    cluster?.close();
    await plane?.stop();
  });

  async function look(object = desired): Promise<{ live: KubeObject; dryRun: KubeObject }> {
    const dryRun = await cluster.apply(object, { dryRun: true, force: true });
    const live = await cluster.read(ref);
    if (!live) throw new Error('it is not there');
    return { live, dryRun };
  }

  const patch = (manager: string, change: object): Promise<string> =>
    kubectlOk(plane.kubeconfig, ['patch', '-n', 'shop', 'deployment', 'web', `--field-manager=${manager}`, '-p', JSON.stringify(change)]);
  const drift = async (isDesiredUnchanged = true): Promise<string[]> => driftOf({ ...(await look()), isDesiredUnchanged }).map(({ path, manager }) => `${path} by ${manager}`);

  describe('of one object', () => {
    beforeEach(async () => {
      await cluster.apply(desired, { force: true });
    });
    afterEach(async () => {
      await kubectlOk(plane.kubeconfig, ['delete', '-n', 'shop', 'deployment', 'web']);
    });

    it('takes the server\'s defaults and its way of writing quantities for no difference', async () => {
      const { live, dryRun } = await look();
      expect(compare(live, dryRun)).to.deep.equal([]);
      expect(planChanges({ desired: [desired], live: [{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: live.metadata, live, dryRun }], ownerUid: 'u' })).to.deep.equal([]);
    });

    it('names who changed a field in a list that is keyed', async () => {
      await patch('kubectl-edit', { spec: { template: { spec: { containers: [{ name: 'main', image: 'a:2' }] } } } });
      expect(await drift()).to.deep.equal(['spec.template.spec.containers[name=main].image by kubectl-edit']);
      const { live, dryRun } = await look();
      expect(compare(live, dryRun)).to.deep.equal(['spec.template.spec.containers[name=main].image']);
    });

    it('names who changed a list that is one field', async () => {
      await patch('vpa', { spec: { template: { spec: { containers: [{ name: 'main', args: ['--two'] }] } } } });
      expect(await drift()).to.deep.equal(['spec.template.spec.containers[name=main].args by vpa']);
    });

    it('names who scaled it through the scale subresource', async () => {
      await kubectlOk(plane.kubeconfig, ['scale', '-n', 'shop', 'deployment', 'web', '--replicas=3']);
      expect(await drift()).to.deep.equal(['spec.replicas by kubectl']);
    });

    it('sees a label that somebody removed', async () => {
      await patch('kubectl-edit', { metadata: { labels: { team: null } } });
      expect(await drift()).to.deep.equal(['metadata.labels.team by unknown']);
      expect(await drift(false)).to.deep.equal([]);
    });

    it('leaves what others add, and what we change ourselves, out of it', async () => {
      await patch('istio', { metadata: { annotations: { mesh: 'on' } }, spec: { template: { spec: { containers: [{ name: 'sidecar', image: 's:1' }] } } } });
      expect(await drift()).to.deep.equal([]);
      const wish: KubeObject = { ...desired, spec: { ...(desired['spec'] as object), replicas: 2 } };
      expect(driftOf({ ...(await look(wish)), isDesiredUnchanged: false })).to.deep.equal([]);
      const { live, dryRun } = await look(wish);
      expect(compare(live, dryRun)).to.deep.equal(['spec.replicas']);
    });

    it('yields a field after three rounds: the other one\'s value stays, and our applies change nothing', async () => {
      let fights: Fights = NO_FIGHTS;
      const applied = (): KubeObject => yieldPaths(desired, yieldedFields(fights, desired, new Date()));
      for (let round = 1; round <= 3; round++) {
        await patch('other', { spec: { template: { spec: { containers: [{ name: 'main', image: `b:${round}`, resources: { requests: { cpu: `${round}00m` } } }] } } } });
        const seen = await look(applied());
        fights = nextFights(fights, desired, driftOf({ ...seen, isDesiredUnchanged: true }), new Date());
        await cluster.apply(applied(), { force: true });
      }
      const { live, dryRun } = await look(applied());
      expect(compare(live, dryRun)).to.deep.equal([]);
      const { template } = live['spec'] as { template: { spec: { containers: { image: string; resources: object }[] } } };
      expect(template.spec.containers[0]).to.deep.include({ image: 'b:3', resources: { requests: { cpu: '300m' } } });
    });
  });

  describe('of a whole stack, by belfry diff', () => {
    async function diff(options: DiffOptions = {}, as: Client = cluster): Promise<{ code: number; out: string }> {
      let out = '';
      const io: CommandIo = { stdout: (text) => void (out += text), stderr: (text) => void (out += text), readStdin: () => Promise.resolve(''), colour: false, signal: new AbortController().signal };
      return { code: await diffCommand(options, io, as), out };
    }

    before(async () => {
      const resources = [
        { apiVersion: 'belfry.dev/v1alpha1', kind: 'MonitoringStack', metadata: { namespace: 'shop', name: 'shop' }, spec: {} },
        { apiVersion: 'belfry.dev/v1alpha1', kind: 'ScrapeTarget', metadata: { namespace: 'shop', name: 'checkout' }, spec: { service: { matchLabels: { app: 'checkout' } } } },
        { apiVersion: 'belfry.dev/v1alpha1', kind: 'AlertPolicy', metadata: { namespace: 'shop', name: 'checkout' }, spec: { alerts: [{ alert: 'Down', expr: 'up == 0' }] } },
      ];
      await kubectlOk(plane.kubeconfig, ['apply', '-f', '-'], { stdin: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: resources }) });
    });

    it('shows all of it as new, then no difference once the operator has been there, defaults and all', async () => {
      const first = await diff();
      expect(first.code).to.equal(1);
      expect(first.out).to.match(/^MonitoringStack shop\/shop: \d+ to create, 0 to update, 0 to delete\n {2}\+ scraped: ScrapeTarget shop\/checkout\n/);

      const controller = new Controller({
        cluster, operatorNamespace: 'belfry-system', log: silentLog, metrics: createMetrics({ process: false }), events: new EventRecorder(cluster), newPassword: () => 'secret-password',
      });
      await controller.start();
      await waitFor('belfry diff to find nothing', async (seen) => {
        const { code, out } = await diff();
        seen(out);
        return code === 0;
      });
      await controller.stop();
    });

    it('says what a user may not do, and answers all the same', async () => {
      const rules = ['--verb=get,list', '--resource=monitoringstacks.belfry.dev,scrapetargets.belfry.dev,alertpolicies.belfry.dev,configmaps,services,serviceaccounts,statefulsets.apps,deployments.apps'];
      await kubectlOk(plane.kubeconfig, ['create', 'role', '-n', 'shop', 'reader', ...rules]);
      await kubectlOk(plane.kubeconfig, ['create', 'rolebinding', '-n', 'shop', 'reader', '--role=reader', '--user=developer']);
      const developer = await connect({ kubeconfig: await plane.kubeconfigFor({ user: 'developer' }) });
      try {
        const { code, out } = await diff({ namespace: 'shop' }, developer);
        expect(out).to.include('MonitoringStack shop/shop: no differences\n').and.to.include('Secrets are not compared');
        expect(out).to.include('\n  patch configmaps in shop\n').and.to.include('\n  get secrets in shop\n').and.to.include('\n  list namespaces\n');
        expect(code).to.equal(0);
      } finally {
        developer.close();
      }
    });

    it('shows what an installation would make, before the CRDs are there', async () => {
      const bare = await startControlPlane();
      const other = await connect({ kubeconfig: bare.kubeconfig });
      const folder = mkdtempSync(join(tmpdir(), 'belfry-diff-'));
      const file = join(folder, 'stack.yaml');
      try {
        writeFileSync(file, 'apiVersion: belfry.dev/v1alpha1\nkind: MonitoringStack\nmetadata: { name: first, namespace: default }\nspec: {}\n');
        const { code, out } = await diff({ files: [file] }, other);
        expect(out).to.match(/^MonitoringStack default\/first: \d+ to create, 0 to update, 0 to delete\n/).and.not.to.include('the API server refuses');
        expect(code).to.equal(1);
      } finally {
        rmSync(folder, { recursive: true });
        other.close();
        await bare.stop();
      }
    });
  });
});
