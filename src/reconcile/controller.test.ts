import { expect } from 'chai';
import type { Condition } from '../api/conditions.ts';
import type { KubeObject, ObjectRef } from '../api/kube-object.ts';
import { EventRecorder } from '../kube/events.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { silentLog } from '../telemetry/silent-log.ts';
import { aPolicy, aStack, aTarget } from '../testing/build.ts';
import { FakeCluster } from '../testing/fake-cluster.ts';
import { Controller } from './controller.ts';

const asObject = (resource: object): KubeObject => resource as KubeObject;
const ref = (apiVersion: string, kind: string, name: string, namespace = 'shop'): ObjectRef => ({ apiVersion, kind, namespace, name });
const configMap = (name: string): ObjectRef => ref('v1', 'ConfigMap', name);
const targetRef = (name: string): ObjectRef => ref('belfry.dev/v1alpha1', 'ScrapeTarget', name);
const stackRef = ref('belfry.dev/v1alpha1', 'MonitoringStack', 'shop');
const namespace = (name: string): KubeObject => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
const service = (name: string, app: string, ports: object[] = [{ name: 'metrics', port: 8080 }]): KubeObject => ({
  apiVersion: 'v1', kind: 'Service', metadata: { namespace: 'shop', name, labels: { app } }, spec: { ports },
});

function condition(cluster: FakeCluster, object: ObjectRef, type: string): Condition | undefined {
  const status = cluster.get(object)?.['status'] as { conditions?: Condition[] } | undefined;
  return status?.conditions?.find((one) => one.type === type);
}

async function until(what: string, isSo: () => boolean): Promise<void> {
  for (let tries = 0; tries < 600 && !isSo(); tries++) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(isSo(), what).to.equal(true);
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
/** All config text of the stack as the cluster has it. */
const configText = (cluster: FakeCluster): string =>
  cluster.all('ConfigMap').flatMap((object) => Object.values((object['data'] ?? {}) as Record<string, string>)).join('\n');
const writes = (cluster: FakeCluster): string[] =>
  cluster.calls.filter(({ verb, dryRun }) => !dryRun && ['apply', 'delete', 'create', 'replace', 'patchMetadata', 'writeStatus'].includes(verb)).map(({ verb, key }) => `${verb} ${key}`);

describe('reconcile/controller', () => {
  const running: Controller[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((controller) => controller.stop()));
  });

  async function begin(objects: KubeObject[]): Promise<FakeCluster> {
    const cluster = new FakeCluster([namespace('shop'), ...objects]);
    await run(cluster);
    return cluster;
  }

  async function run(cluster: FakeCluster): Promise<Controller> {
    const controller = new Controller({
      cluster, operatorNamespace: 'belfry-system', log: silentLog, metrics: createMetrics({ process: false }),
      events: new EventRecorder(cluster), newPassword: () => 'secret-password',
    });
    running.push(controller);
    await controller.start();
    return controller;
  }

  const settled = async (cluster: FakeCluster): Promise<void> => {
    await until('a status of the stack', () => condition(cluster, stackRef, 'Applied')?.status === 'True');
    await pause(400);
  };

  it('writes a whole stack from one small resource, and says so', async () => {
    const cluster = await begin([asObject(aStack()), asObject(aTarget()), service('checkout', 'checkout')]);
    await settled(cluster);
    expect(cluster.all('StatefulSet').map(({ metadata }) => metadata.name)).to.deep.equal(['alertmanager-shop', 'prometheus-shop']);
    expect(cluster.get(configMap('prometheus-shop'))).to.not.equal(undefined);
    expect(configText(cluster)).to.contain('scrapetarget/shop/checkout/0');
    expect(condition(cluster, targetRef('checkout'), 'Accepted')?.status).to.equal('True');
    expect(condition(cluster, targetRef('checkout'), 'Ready')?.status).to.equal('Unknown');
  });

  it('says so where a bug of its own keeps a stack from being rendered', async () => {
    const cluster = new FakeCluster([namespace('shop'), asObject(aStack())]);
    const controller = new Controller({
      cluster, operatorNamespace: 'belfry-system', log: silentLog, metrics: createMetrics({ process: false }), events: new EventRecorder(cluster),
      newPassword: () => {
        throw new TypeError('packs is not a function');
      },
    });
    running.push(controller);
    await controller.start();
    await until('the condition', () => condition(cluster, stackRef, 'Applied')?.status === 'False');
    const { reason, message } = condition(cluster, stackRef, 'Applied') ?? {};
    expect([reason, message]).to.deep.equal(['ApplyFailed', 'MonitoringStack/shop/shop: a bug in Belfry, please report it: packs is not a function']);
    expect(condition(cluster, stackRef, 'Ready')?.status).to.equal('False');
  });

  it('writes nothing more once all is written, not even after a restart', async () => {
    const cluster = await begin([asObject(aStack()), asObject(aTarget()), asObject(aPolicy()), service('checkout', 'checkout')]);
    await settled(cluster);
    await running.pop()?.stop();
    cluster.calls.length = 0;
    await run(cluster);
    await pause(600);
    expect(writes(cluster)).to.deep.equal([]);
  });

  it('rewrites one config object when one of many targets changes', async () => {
    const targets = Array.from({ length: 100 }, (_, index) => asObject(aTarget(`t${index}`)));
    const cluster = await begin([asObject(aStack()), ...targets]);
    await settled(cluster);
    cluster.calls.length = 0;
    cluster.edit(targetRef('t42'), (object) => ({ ...object, spec: { pod: { matchLabels: { app: 'other' } } } }));
    await until('the change', () => configText(cluster).includes('app_other') || writes(cluster).some((write) => write.startsWith('apply')));
    await pause(500);
    const applied = writes(cluster).filter((write) => write.startsWith('apply'));
    expect(applied).to.have.length(1);
    expect(applied[0]).to.match(/^apply ConfigMap\/shop\/prometheus-shop-config-\d\d$/);
  });

  it('leaves a bad target out, names field, value and mend in its status, and takes the others', async () => {
    const bad = aTarget('bad', { service: {}, endpoints: [{ relabel: [{ action: 'drop', sourceLabels: ['a'], regex: '(?!x)y' }] }] });
    const cluster = await begin([asObject(aStack()), asObject(aTarget('good')), asObject(bad)]);
    await settled(cluster);
    expect(configText(cluster)).to.contain('scrapetarget/shop/good/0').and.not.contain('scrapetarget/shop/bad/0');
    const accepted = condition(cluster, targetRef('bad'), 'Accepted');
    expect(accepted).to.include({ status: 'False', reason: 'RelabelRuleInvalid' });
    expect(accepted?.message).to.contain('spec.endpoints[0].relabel[0].regex').and.to.contain('(?!x)y');
  });

  it('keeps the last good version of a target that turned bad, also after a restart, and lets go of it when it is mended', async () => {
    const cluster = await begin([asObject(aStack()), asObject(aTarget('checkout', { pod: { matchLabels: { app: 'version-one' } } }))]);
    await settled(cluster);
    cluster.edit(targetRef('checkout'), (object) => ({ ...object, spec: { pod: {}, endpoints: [{ relabel: [{ action: 'keep', sourceLabels: ['a'], regex: '(' }] }] } }));
    await until('the rejection', () => condition(cluster, targetRef('checkout'), 'Accepted')?.status === 'False');
    expect(configText(cluster)).to.contain('version-one');
    expect(condition(cluster, targetRef('checkout'), 'Live')?.reason).to.equal('LastGoodKept');
    await running.pop()?.stop();
    await run(cluster);
    await pause(500);
    expect(configText(cluster)).to.contain('version-one');
    cluster.edit(targetRef('checkout'), (object) => ({ ...object, spec: { pod: { matchLabels: { app: 'version-two' } } } }));
    await until('the new version', () => configText(cluster).includes('version-two'));
    expect(configText(cluster)).to.not.contain('version-one');
  });

  it('keeps the credentials of the last good version with it, also when the bad one names another Secret or the Secret is gone', async () => {
    const signsIn = (secret: string) => ({ service: {}, endpoints: [{ auth: { bearerToken: { name: secret, key: 'value' } } }] });
    const secret: KubeObject = { apiVersion: 'v1', kind: 'Secret', metadata: { namespace: 'shop', name: 'token' }, data: { value: 'aGVsbG8=' } };
    const cluster = await begin([asObject(aStack()), asObject(aTarget('checkout', signsIn('token'))), secret]);
    await settled(cluster);
    const credentials = (): unknown => cluster.get(ref('v1', 'Secret', 'prometheus-shop-credentials'))?.['data'];
    const stays = (): void => {
      expect(configText(cluster)).to.contain('credentials_file: credentials/secret_shop_token_value');
      expect(credentials()).to.deep.equal({ secret_shop_token_value: 'aGVsbG8=' });
    };
    cluster.edit(targetRef('checkout'), (object) => ({ ...object, spec: signsIn('elsewhere') }));
    await until('the rejection', () => condition(cluster, targetRef('checkout'), 'Accepted')?.reason === 'SecretMissing');
    await pause(300);
    stays();
    cluster.remove(ref('v1', 'Secret', 'token'));
    await pause(300);
    stays();
    await running.pop()?.stop();
    await run(cluster);
    await pause(500);
    stays();
    expect(condition(cluster, targetRef('checkout'), 'Live')?.reason).to.equal('LastGoodKept');
  });

  it('stands still while its namespace is being deleted', async () => {
    const cluster = await begin([asObject(aStack())]);
    await settled(cluster);
    cluster.edit({ apiVersion: 'v1', kind: 'Namespace', name: 'shop' }, (object) => ({ ...object, metadata: { ...object.metadata, finalizers: ['example.test/held'], deletionTimestamp: '2026-11-21T10:00:00Z' } }));
    await pause(100);
    const before = writes(cluster).length;
    cluster.remove(ref('apps/v1', 'StatefulSet', 'prometheus-shop'));
    cluster.remove(configMap('prometheus-shop'));
    await until('the status', () => condition(cluster, stackRef, 'Applied')?.reason === 'NamespaceTerminating');
    await pause(300);
    expect(writes(cluster).slice(before).filter((write) => !write.startsWith('writeStatus') && !write.includes('Event/'))).to.deep.equal([]);
  });

  it('takes up a Secret that appears later', async () => {
    const target = aTarget('checkout', { service: {}, endpoints: [{ auth: { bearerToken: { name: 'token', key: 'value' } } }] });
    const cluster = await begin([asObject(aStack()), asObject(target)]);
    await until('the rejection', () => condition(cluster, targetRef('checkout'), 'Accepted')?.reason === 'SecretMissing');
    expect(configText(cluster)).to.not.contain('scrapetarget/shop/checkout/0');
    cluster.put({ apiVersion: 'v1', kind: 'Secret', metadata: { namespace: 'shop', name: 'token' }, data: { value: 'aGVsbG8=' } });
    await until('the job', () => configText(cluster).includes('scrapetarget/shop/checkout/0'));
    expect(configText(cluster)).to.not.contain('hello');
  });

  it('lists the ports there are when none has the name, and takes the target once one has', async () => {
    const target = aTarget('checkout', { service: { matchLabels: { app: 'checkout' } }, endpoints: [{ port: 'metrics' }] });
    const cluster = await begin([asObject(aStack()), asObject(target), service('checkout', 'checkout', [{ name: 'http', port: 80 }, { name: 'admin', port: 81 }])]);
    await until('the rejection', () => condition(cluster, targetRef('checkout'), 'Accepted')?.reason === 'PortNameUnknown');
    expect(condition(cluster, targetRef('checkout'), 'Accepted')?.message).to.contain('http').and.to.contain('admin');
    cluster.put(service('checkout', 'checkout', [{ name: 'metrics', port: 80 }]));
    await until('the job', () => configText(cluster).includes('scrapetarget/shop/checkout/0'));
  });

  it('mends what others change or delete, at once, and says who', async () => {
    const cluster = await begin([asObject(aStack()), asObject(aTarget())]);
    await settled(cluster);
    cluster.edit(configMap('prometheus-shop'), (object) => ({ ...object, data: { ...(object['data'] as object), 'prometheus.yml': 'broken' } }), 'somebody');
    await until('the mend', () => !JSON.stringify(cluster.get(configMap('prometheus-shop'))?.['data']).includes('broken'));
    await until('the report', () => JSON.stringify(cluster.get(stackRef)?.['status']).includes('somebody'));
    cluster.remove(ref('apps/v1', 'StatefulSet', 'prometheus-shop'));
    await until('the StatefulSet', () => cluster.get(ref('apps/v1', 'StatefulSet', 'prometheus-shop')) !== undefined);
  });

  it('leaves an object of the name it needs alone when another made it', async () => {
    const theirs: KubeObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'shop', name: 'prometheus-shop' }, data: { mine: 'yes' } };
    const cluster = await begin([theirs, asObject(aStack())]);
    await until('the failure', () => condition(cluster, stackRef, 'Applied')?.status === 'False');
    expect(condition(cluster, stackRef, 'Applied')?.message).to.contain('ConfigMap/shop/prometheus-shop exists and is not ours');
    expect(cluster.get(configMap('prometheus-shop'))?.['data']).to.deep.equal({ mine: 'yes' });
  });

  it('deletes nothing while a write fails, and converges when the fault ends', async () => {
    const cluster = await begin([asObject(aStack('shop', { grafana: {} }))]);
    await settled(cluster);
    const mend = cluster.fail(({ verb, kind }) => verb === 'apply' && kind === 'ConfigMap', 'server');
    cluster.edit(stackRef, (object) => ({ ...object, spec: { grafana: { enabled: false }, prometheus: { evaluationInterval: '1m' } } }));
    await until('the failure', () => condition(cluster, stackRef, 'Applied')?.status === 'False');
    expect(cluster.get(ref('apps/v1', 'Deployment', 'grafana-shop'))).to.not.equal(undefined);
    mend();
    await until('the deletion', () => cluster.get(ref('apps/v1', 'Deployment', 'grafana-shop')) === undefined);
    await until('the condition', () => condition(cluster, stackRef, 'Applied')?.status === 'True');
  }).timeout(15_000);

  it('stalls a stack that asks for what cannot be, and leaves what ran running', async () => {
    const cluster = await begin([asObject(aStack())]);
    await settled(cluster);
    const version = (): string | undefined => cluster.get(ref('apps/v1', 'StatefulSet', 'prometheus-shop'))?.metadata.resourceVersion;
    const before = version();
    cluster.edit(stackRef, (object) => ({ ...object, spec: { prometheus: { version: 'v2.10.0' } } }));
    await until('Stalled', () => condition(cluster, stackRef, 'Stalled')?.status === 'True');
    expect(condition(cluster, stackRef, 'Stalled')).to.include({ reason: 'VersionUnsupported' });
    expect(version()).to.be.a('string').and.to.equal(before);
  });

  it('takes its cluster-scoped objects along when it goes, and nobody else\'s', async () => {
    const theirs: KubeObject = {
      apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole',
      metadata: { name: 'theirs', labels: { 'app.kubernetes.io/managed-by': 'belfry', 'belfry.dev/stack': 'shop', 'belfry.dev/owner': 'another', 'belfry.dev/owner-namespace': 'shop' } },
    };
    const cluster = await begin([theirs, asObject(aStack('shop', { scope: 'Cluster' }))]);
    await settled(cluster);
    expect(cluster.all('ClusterRole').length).to.be.greaterThan(1);
    cluster.remove(stackRef);
    await until('the end', () => cluster.get(stackRef) === undefined);
    await until('the objects', () => cluster.all().every(({ kind, metadata }) => kind === 'Namespace' || kind === 'Event' || metadata.name === 'theirs'));
    expect(cluster.all('ClusterRole').map(({ metadata }) => metadata.name)).to.deep.equal(['theirs']);
  });

  it('writes nothing for a suspended stack, and says so', async () => {
    const cluster = await begin([asObject(aStack('shop', { suspend: true }))]);
    await until('the status', () => condition(cluster, stackRef, 'Applied')?.reason === 'Suspended');
    expect(cluster.all('StatefulSet')).to.deep.equal([]);
  });

  it('says why nobody selects a target', async () => {
    const cluster = await begin([namespace('pay'), asObject(aStack()), asObject(aTarget('lonely', { pod: {} }, { namespace: 'pay' }))]);
    const lonely = ref('belfry.dev/v1alpha1', 'ScrapeTarget', 'lonely', 'pay');
    await until('the status', () => condition(cluster, lonely, 'Selected')?.status === 'False');
    expect(condition(cluster, lonely, 'Selected')?.message).to.contain('MonitoringStack');
  });
});
