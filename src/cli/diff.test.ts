// cspell:ignore intervall Vjcm Xdvcm
import { expect } from 'chai';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dump } from 'js-yaml';
import type { KubeObject } from '../api/kube-object.ts';
import { EventRecorder } from '../kube/events.ts';
import { KubeError } from '../kube/errors.ts';
import { Controller } from '../reconcile/controller.ts';
import { silentLog } from '../telemetry/silent-log.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { aStack, aTarget } from '../testing/build.ts';
import { FakeCluster } from '../testing/fake-cluster.ts';
import { CommandError, type CommandIo } from './command-io.ts';
import { diffCommand, type DiffOptions } from './diff.ts';
import { permissionOf } from './refusals.ts';

const asObject = (resource: object): KubeObject => resource as KubeObject;
const namespace: KubeObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } };

async function diff(cluster: FakeCluster, options: DiffOptions = {}): Promise<{ code: number; out: string; err: string }> {
  const written = { out: '', err: '' };
  const io: CommandIo = {
    stdout: (text) => void (written.out += text), stderr: (text) => void (written.err += text),
    readStdin: () => Promise.resolve(''), colour: false, signal: new AbortController().signal,
  };
  const code = await diffCommand(options, io, cluster);
  return { code, ...written };
}

/** Brings the cluster to rest by the operator itself. */
async function settle(cluster: FakeCluster): Promise<void> {
  const controller = new Controller({
    cluster, operatorNamespace: 'belfry-system', log: silentLog, metrics: createMetrics({ process: false }), events: new EventRecorder(cluster), newPassword: () => 'hunter2-grafana',
  });
  await controller.start();
  for (let tries = 0, count = -1; tries < 100 && count !== cluster.writes.length; tries++) {
    count = cluster.writes.length;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  await controller.stop();
}

describe('cli/diff', function () {
  this.timeout(20_000);
  const settings = aTarget('checkout');
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'belfry-diff-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  function file(name: string, ...objects: object[]): string {
    const path = join(folder, name);
    writeFileSync(path, objects.map((object) => `---\n${dump(JSON.parse(JSON.stringify(object)))}`).join(''));
    return path;
  }

  it('shows everything as new before the operator has come, masked, and writes nothing', async () => {
    const cluster = new FakeCluster([namespace, asObject(aStack()), asObject(settings)]);
    cluster.clearCalls();
    const { code, out } = await diff(cluster);
    expect(code).to.equal(1);
    expect(out).to.match(/^MonitoringStack shop\/shop: \d+ to create, 0 to update, 0 to delete\n/);
    expect(out).to.include('+ scraped: ScrapeTarget shop/checkout').and.to.include('+ Secret shop/alertmanager-shop').and.not.to.match(/made-by-the-operator|alertmanager.yaml: [^*]/);
    expect(cluster.calls.filter(({ verb, dryRun }) => !dryRun && !['read', 'list'].includes(verb))).to.deep.equal([]);
  });

  describe('at rest', () => {
    let cluster: FakeCluster;
    beforeEach(async () => {
      cluster = new FakeCluster([namespace, asObject(aStack()), asObject(settings)]);
      await settle(cluster);
    });

    it('finds no difference', async () => {
      expect(await diff(cluster)).to.deep.equal({ code: 0, out: 'MonitoringStack shop/shop: no differences\n', err: '' });
    });

    it('shows what files would change, as lines of the config file, and which targets come', async () => {
      const changed = aTarget('checkout', { service: { matchLabels: { app: 'checkout' } }, endpoints: [{ interval: '7s' }] });
      const { code, out } = await diff(cluster, { files: [file('files.yaml', { ...changed, metadata: { name: 'checkout' } }, aTarget('cart'))], namespace: 'shop' });
      expect(code).to.equal(1);
      expect(out).to.match(/~ ConfigMap shop\/prometheus-shop-config-\d\d\n/).and.to.match(/\n {2}\+ +scrape_interval: 7s\n/);
      expect(out).to.include('+ scraped: ScrapeTarget shop/cart').and.not.to.include('ScrapeTarget shop/checkout\n');
    });

    it('shows what would be deleted, and which targets go', async () => {
      cluster.remove({ apiVersion: settings.apiVersion, kind: 'ScrapeTarget', namespace: 'shop', name: 'checkout' });
      const { code, out } = await diff(cluster);
      expect(code).to.equal(1);
      expect(out).to.match(/- ConfigMap shop\/prometheus-shop-config-\d\d\n/).and.to.include('- no longer scraped: ScrapeTarget shop/checkout');
    });

    it('names who changed what, and answers programs in JSON', async () => {
      cluster.edit({ apiVersion: 'apps/v1', kind: 'StatefulSet', namespace: 'shop', name: 'prometheus-shop' }, (object) => ({ ...object, spec: { ...(object['spec'] as object), replicas: 7 } }), 'kubectl-edit');
      expect((await diff(cluster)).out).to.include('~ StatefulSet shop/prometheus-shop\n  ! changed: spec.replicas by kubectl-edit\n');
      const { code, out } = await diff(cluster, { output: 'json' });
      const { stacks, permissionsMissing } = JSON.parse(out) as { stacks: { summary: object; changes: { change: string; paths: string[]; drift: string[] }[] }[]; permissionsMissing: string[] };
      expect(code).to.equal(1);
      expect(permissionsMissing).to.deep.equal([]);
      expect(stacks[0]?.summary).to.deep.equal({ create: 0, update: 1, delete: 0 });
      expect(stacks[0]?.changes[0]).to.deep.include({ change: 'update', paths: ['spec.replicas'], drift: ['spec.replicas by kubectl-edit'] });
    });

    it('never shows a password, in text or JSON', async () => {
      cluster.edit({ apiVersion: 'v1', kind: 'Secret', namespace: 'shop', name: 'alertmanager-shop' }, (object) => ({ ...object, data: { 'alertmanager.yaml': 'c2VjcmV0LXdvcmQ=' } }));
      for (const output of ['text', 'json'] as const) {
        const { out } = await diff(cluster, { output });
        expect(out).to.include('*** (changed)').and.not.to.include('c2VjcmV0LXdvcmQ=').and.not.to.include('hunter2');
      }
    });

    it('compares without a dry run where it may not ask for one, and says so', async () => {
      const refuse = new KubeError({ kind: 'forbidden', request: 'PATCH', message: 'configmaps "x" is forbidden: User "u" cannot patch resource "configmaps" in API group "" in the namespace "shop"' });
      cluster.fail(({ verb, kind }) => verb === 'apply' && kind === 'ConfigMap', refuse);
      const { code, out } = await diff(cluster);
      expect(out).to.equal('MonitoringStack shop/shop: no differences\n\nYou may not do the following, so this may be incomplete:\n  patch configmaps in shop\n');
      expect(code).to.equal(0);
    });

    it('deletes nothing in its answer that it may not read', async () => {
      cluster.fail(({ verb, kind }) => verb === 'read' && kind === 'Service', 'forbidden');
      const { out } = await diff(cluster);
      expect(out).to.include('no differences');
    });

    it('leaves Secrets out where it may not read them', async () => {
      cluster.fail(({ verb, kind }) => verb === 'read' && kind === 'Secret', 'forbidden');
      const { out, code } = await diff(cluster);
      expect(out).to.include('Secrets are not compared');
      expect(code).to.equal(0);
    });

    it('quotes what the API server would refuse, and ends with 2', async () => {
      cluster.fail(({ verb, kind }) => verb === 'apply' && kind === 'StatefulSet', new KubeError({ kind: 'invalid', request: 'PATCH', message: 'spec: Forbidden: updates to statefulset spec' }));
      const { code, out } = await diff(cluster);
      expect(code).to.equal(2);
      expect(out).to.include('! the API server refuses StatefulSet/shop/prometheus-shop: spec: Forbidden: updates to statefulset spec');
    });

    it('ends with 2 where a file cannot be used, and says where', async () => {
      const path = file('bad.yaml', aTarget('bad', { service: {}, endpoints: [{ intervall: '1s' }] } as never));
      const { code, err, out } = await diff(cluster, { files: [path] });
      expect([code, out]).to.deep.equal([2, '']);
      expect(err).to.include('bad.yaml').and.to.include('intervall');
    });

    it('shows a rejection, and that the last good version stays', async () => {
      const bad = aTarget('checkout', { service: {}, endpoints: [{ relabel: [{ action: 'drop', sourceLabels: ['a'], regex: '(' }] }] });
      const { code, out } = await diff(cluster, { files: [file('rejected.yaml', { ...bad, metadata: { name: 'checkout', namespace: 'shop' } })] });
      expect(out).to.include('ScrapeTarget/shop/checkout spec.endpoints[0].relabel[0].regex').and.not.to.include('no longer scraped');
      expect(code).to.equal(0);
    });

    it('looks at one namespace only where one is given', async () => {
      const error = await diff(cluster, { namespace: 'other' }).catch((thrown: unknown) => thrown);
      expect(error).to.be.instanceOf(CommandError);
      expect((error as CommandError).message).to.include('no MonitoringStack in namespace other');
      expect((await diff(cluster, { namespace: 'other', allNamespaces: true })).code).to.equal(0);
    });
  });

  it('shows what a stack would be that is only in a file', async () => {
    const { code, out } = await diff(new FakeCluster([namespace]), { files: [file('new.yaml', { ...aStack('fresh'), metadata: { name: 'fresh', namespace: 'shop' } })] });
    expect(code).to.equal(1);
    expect(out).to.match(/^MonitoringStack shop\/fresh: \d+ to create, 0 to update, 0 to delete\n/);
  });

  const PERMISSIONS: readonly [string, string][] = [
    ['configmaps "x" is forbidden: User "u" cannot patch resource "configmaps" in API group "" in the namespace "shop"', 'patch configmaps in shop'],
    ['statefulsets.apps is forbidden: User "u" cannot list resource "statefulsets" in API group "apps" at the cluster scope', 'list statefulsets.apps'],
    ['no', 'no'],
  ];
  for (const [message, permission] of PERMISSIONS) {
    it(`reads the permission "${permission}" out of the API server's answer`, () => {
      expect(permissionOf({ message })).to.equal(permission);
    });
  }
});
