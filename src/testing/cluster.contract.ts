import { expect } from 'chai';
import { refOf, type KubeObject, type ObjectRef } from '../api/kube-object.ts';
import type { ApplyOptions, Cluster, WatchEvent } from '../kube/cluster.ts';
import { isKubeError, KubeError, type KubeErrorKind } from '../kube/errors.ts';
import { resourceType } from '../kube/resource-types.ts';

/** A cluster to be put to the test, and others who meddle with it. */
export interface ContractSubject {
  readonly cluster: Cluster;
  /** Server-side apply by another field manager. */
  applyAs(manager: string, object: KubeObject, options?: ApplyOptions): Promise<KubeObject>;
  /** Reads, changes and replaces an object as another field manager. */
  editAs(manager: string, ref: ObjectRef, change: (object: KubeObject) => object): Promise<KubeObject>;
  /** Makes the server forget its history up to now. Answers a resource version from before. */
  forgetHistory(): Promise<string>;
}

const CONFIG_MAPS = resourceType('v1', 'ConfigMap');

function configMap(name: string, namespace: string, data: object, labels?: object): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace, ...(labels ? { labels } : {}) }, data } as KubeObject;
}

function deployment(name: string, namespace: string, image = 'a:1'): KubeObject {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: 'main', image, ports: [{ containerPort: 80, name: 'http' }], args: ['--one', '--two'] }] },
      },
    },
  };
}

async function rejection(promise: Promise<unknown>, kind: KubeErrorKind): Promise<KubeError> {
  try {
    await promise;
  } catch (error) {
    if (!isKubeError(error)) throw error;
    expect(error.kind, error.message).to.equal(kind);
    return error;
  }
  throw new Error(`should have been refused: ${kind}`);
}

type Containers = { name: string; image: string; ports?: object[] }[];

function containersOf(object: KubeObject | undefined): Containers {
  return (object as unknown as { spec: { template: { spec: { containers: Containers } } } }).spec.template.spec.containers;
}

function managersOf(object: KubeObject): { manager: string; operation: string; subresource?: string; fieldsV1: object }[] {
  return (object.metadata as unknown as { managedFields: { manager: string; operation: string; fieldsV1: object }[] }).managedFields;
}

/** The contract of a Cluster: what the fake and the real one have in common. `subject` is asked anew for each test. */
export function clusterContract(subject: () => ContractSubject): void {
  let cluster: Cluster;
  let namespace: string;
  let count = 0;

  beforeEach(async () => {
    cluster = subject().cluster;
    namespace = `contract-${process.pid}-${++count}`;
    await cluster.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  });

  const ref = (kind: string, name: string): ObjectRef =>
    kind === 'Deployment' ? { apiVersion: 'apps/v1', kind, namespace, name } : { apiVersion: 'v1', kind, namespace, name };

  describe('reading', () => {
    it('answers undefined for what is not there', async () => {
      expect(await cluster.read(ref('ConfigMap', 'none'))).to.equal(undefined);
      expect(await cluster.read({ apiVersion: 'nobody.example/v1', kind: 'Nothing', namespace, name: 'x' })).to.equal(undefined);
    });

    it('answers with what was stored, character for character', async () => {
      const data = { 'a.yaml': 'tab\there\nline\r\n"quotes" \\ back, \u00e4\u4e16\ud83d\ude00 end  ', empty: '' };
      await cluster.apply(configMap('bytes', namespace, data));
      const stored = await cluster.read(ref('ConfigMap', 'bytes'));
      expect(stored).to.include({ apiVersion: 'v1', kind: 'ConfigMap' });
      expect(stored?.['data']).to.deep.equal(data);
    });

    it('lists by label and by field, without managedFields, with apiVersion and kind', async () => {
      await cluster.apply(configMap('one', namespace, { a: '1' }, { app: 'x', tier: 'a' }));
      await cluster.apply(configMap('two', namespace, { a: '2' }, { app: 'x', tier: 'b' }));
      await cluster.apply(configMap('three', namespace, { a: '3' }, { app: 'y' }));
      const names = async (options: object): Promise<string[]> =>
        (await cluster.list(CONFIG_MAPS, { namespace, ...options })).items.map((item) => item.metadata.name).filter((name) => name !== 'kube-root-ca.crt').sort();
      expect(await names({})).to.deep.equal(['one', 'three', 'two']);
      expect(await names({ labelSelector: 'app=x' })).to.deep.equal(['one', 'two']);
      expect(await names({ labelSelector: 'app=x,tier!=a' })).to.deep.equal(['two']);
      expect(await names({ labelSelector: 'tier in (a,b),app' })).to.deep.equal(['one', 'two']);
      expect(await names({ labelSelector: '!tier,app' })).to.deep.equal(['three']);
      expect(await names({ labelSelector: 'app,tier notin (b)' })).to.deep.equal(['one', 'three']);
      expect(await names({ fieldSelector: 'metadata.name=two' })).to.deep.equal(['two']);
      const list = await cluster.list(CONFIG_MAPS, { namespace, labelSelector: 'app=y' });
      expect(list.resourceVersion).to.match(/^\d+$/);
      expect(list.items[0]).to.include({ apiVersion: 'v1', kind: 'ConfigMap' });
      expect(list.items[0]?.metadata).to.not.have.property('managedFields');
      expect(list.items[0]?.['data']).to.deep.equal({ a: '3' });
    });

    it('lists metadata alone', async () => {
      await cluster.apply(configMap('meta', namespace, { a: '1' }, { app: 'meta' }));
      const { items } = await cluster.list(CONFIG_MAPS, { namespace, labelSelector: 'app=meta', metadataOnly: true });
      expect(items).to.have.length(1);
      expect(items[0]).to.include({ apiVersion: 'v1', kind: 'ConfigMap' });
      expect(items[0]).to.not.have.property('data');
      expect(items[0]?.metadata).to.include({ name: 'meta', namespace }).and.not.have.property('managedFields');
    });

    it('knows its version and its resource types', async () => {
      expect(await cluster.serverVersion()).to.match(/^v1\.\d+\.\d+/);
      expect(await cluster.resourceTypes('apps/v1')).to.deep.include(resourceType('apps/v1', 'StatefulSet'));
      expect(await cluster.resourceTypes('nobody.example/v1')).to.deep.equal([]);
    });
  });

  describe('server-side apply', () => {
    it('creates what is not there, and changes nothing when repeated', async () => {
      const first = await cluster.apply(configMap('twice', namespace, { a: '1' }));
      expect(first.metadata.uid).to.be.a('string');
      expect(managersOf(first)).to.have.length(1);
      expect(managersOf(first)[0]).to.include({ manager: 'belfry', operation: 'Apply' });
      expect(managersOf(first)[0]?.fieldsV1).to.deep.equal({ 'f:data': { 'f:a': {} } });
      const second = await cluster.apply(configMap('twice', namespace, { a: '1' }));
      expect(second.metadata.resourceVersion).to.equal(first.metadata.resourceVersion);
    });

    it('removes what is applied no longer, and leaves what others own', async () => {
      await cluster.apply(configMap('fields', namespace, { a: '1', b: '2' }, { x: 'y' }));
      await subject().applyAs('other', configMap('fields', namespace, { c: '3' }));
      const after = await cluster.apply(configMap('fields', namespace, { a: '1' }));
      expect(after['data']).to.deep.equal({ a: '1', c: '3' });
      expect(after.metadata.labels ?? {}).to.deep.equal({});
    });

    it('keeps a field that two apply until both let go', async () => {
      await cluster.apply(configMap('shared', namespace, { a: '1', b: '2' }));
      await subject().applyAs('other', configMap('shared', namespace, { a: '1' }));
      expect((await cluster.apply(configMap('shared', namespace, { b: '2' })))['data']).to.deep.equal({ a: '1', b: '2' });
      expect((await subject().applyAs('other', configMap('shared', namespace, {})))['data']).to.deep.equal({ b: '2' });
    });

    it('refuses to take a field over without force, and names it and its owner', async () => {
      await subject().applyAs('other', configMap('conflict', namespace, { a: '1' }));
      const error = await rejection(cluster.apply(configMap('conflict', namespace, { a: '2' })), 'conflict');
      expect(error.causes).to.have.length(1);
      expect(error.causes[0]).to.include({ reason: 'FieldManagerConflict', field: '.data.a' });
      expect(error.causes[0]?.message).to.contain('conflict with "other"');
      const taken = await cluster.apply(configMap('conflict', namespace, { a: '2' }), { force: true });
      expect(taken['data']).to.deep.equal({ a: '2' });
      expect(managersOf(taken).map(({ manager }) => manager)).to.deep.equal(['belfry']);
    });

    it('loses a field to an edit, and is told on the next apply', async () => {
      await cluster.apply(configMap('edited', namespace, { a: '1', b: '2' }));
      await subject().editAs('somebody', ref('ConfigMap', 'edited'), (object) => ({ ...object, data: { a: 'edited', b: '2' } }));
      const live = await cluster.read(ref('ConfigMap', 'edited'));
      const ours = managersOf(live as KubeObject).find(({ manager }) => manager === 'belfry');
      expect(ours?.fieldsV1).to.deep.equal({ 'f:data': { 'f:b': {} } });
      const error = await rejection(cluster.apply(configMap('edited', namespace, { a: '1', b: '2' })), 'conflict');
      expect(error.causes[0]?.field).to.equal('.data.a');
      // Not applying the field any more yields it.
      const yielded = await cluster.apply(configMap('edited', namespace, { b: '2' }));
      expect(yielded['data']).to.deep.equal({ a: 'edited', b: '2' });
    });

    it('stores nothing on a dry run, and answers what would be', async () => {
      const ghost = await cluster.apply(configMap('ghost', namespace, { a: '1' }), { dryRun: true });
      expect(ghost['data']).to.deep.equal({ a: '1' });
      expect(await cluster.read(ref('ConfigMap', 'ghost'))).to.equal(undefined);
      const stored = await cluster.apply(configMap('real', namespace, { a: '1', b: '2' }));
      const dry = await cluster.apply(configMap('real', namespace, { a: '9' }), { dryRun: true });
      expect(dry['data']).to.deep.equal({ a: '9' });
      expect(await cluster.read(ref('ConfigMap', 'real'))).to.deep.equal(stored);
    });

    it('merges lists by key and replaces the others', async () => {
      await cluster.apply(deployment('lists', namespace));
      await subject().editAs('mesh', ref('Deployment', 'lists'), (object) => {
        containersOf(object).push({ name: 'sidecar', image: 'b:1' });
        return object;
      });
      const after = await cluster.apply(deployment('lists', namespace, 'a:2'));
      expect(containersOf(after).map(({ name, image }) => `${name} ${image}`)).to.deep.equal(['main a:2', 'sidecar b:1']);
      const changed = deployment('lists', namespace, 'a:2');
      Object.assign(containersOf(changed)[0] ?? {}, { args: ['--three'], ports: [{ containerPort: 81 }] });
      const main = containersOf(await cluster.apply(changed))[0] as unknown as { args: string[]; ports: { containerPort: number }[] };
      expect(main.args).to.deep.equal(['--three']);
      expect(main.ports.map(({ containerPort }) => containerPort)).to.deep.equal([81]);
    });

    it('writes ownership in the words of managedFields', async () => {
      const stored = await cluster.apply(deployment('owned', namespace));
      expect(managersOf(stored)[0]?.fieldsV1).to.deep.equal({
        'f:spec': {
          'f:replicas': {},
          'f:selector': {},
          'f:template': {
            'f:metadata': { 'f:labels': { 'f:app': {} } },
            'f:spec': {
              'f:containers': {
                'k:{"name":"main"}': {
                  '.': {},
                  'f:args': {},
                  'f:image': {},
                  'f:name': {},
                  'f:ports': { 'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {}, 'f:name': {} } },
                },
              },
            },
          },
        },
      });
    });

    it('counts a generation for each change of what is wanted, and for nothing else', async () => {
      const first = await cluster.apply(deployment('generation', namespace));
      expect(first.metadata.generation).to.equal(1);
      const labelled = await cluster.patchMetadata(refOf(first), { labels: { a: 'b' } });
      expect(labelled.metadata.generation).to.equal(1);
      const changed = await cluster.apply(deployment('generation', namespace, 'a:2'));
      expect(changed.metadata.generation).to.equal(2);
    });

    it('counts annotations of Deployments as wanted', async () => {
      const first = await cluster.apply(deployment('annotated', namespace));
      expect((await cluster.patchMetadata(refOf(first), { annotations: { a: 'b' } })).metadata.generation).to.equal(2);
    });

    it('says what cannot be changed, as invalid', async () => {
      await cluster.apply(deployment('immutable', namespace));
      const changed = deployment('immutable', namespace) as unknown as { spec: { selector: object; template: { metadata: object } } };
      changed.spec.selector = { matchLabels: { app: 'other' } };
      changed.spec.template.metadata = { labels: { app: 'other' } };
      const error = await rejection(cluster.apply(changed as unknown as KubeObject), 'invalid');
      expect(error.causes.map(({ field }) => field)).to.include('spec.selector');
    });

    it('refuses managedFields in what is applied', async () => {
      const stored = await cluster.apply(configMap('managed', namespace, { a: '1' }));
      await rejection(cluster.apply(stored), 'invalid');
    });

    it('does not apply over another object of the same name', async () => {
      const { uid: _uid, ...metadata } = (await cluster.apply(configMap('again', namespace, { a: '1' }))).metadata;
      await rejection(cluster.apply({ ...configMap('again', namespace, { a: '2' }), metadata: { name: 'again', namespace, resourceVersion: '1' } }), 'conflict');
      expect(metadata.name).to.equal('again');
    });
  });

  describe('other writes', () => {
    it('creates once, under a given or a generated name', async () => {
      await cluster.create(configMap('created', namespace, { a: '1' }));
      const error = await rejection(cluster.create(configMap('created', namespace, { a: '2' })), 'conflict');
      expect(error.reason).to.equal('AlreadyExists');
      const generated = await cluster.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: '', generateName: 'gen-', namespace } as KubeObject['metadata'] });
      expect(generated.metadata.name).to.match(/^gen-.+/);
    });

    it('replaces what it has seen and nothing newer', async () => {
      const first = await cluster.create(configMap('replaced', namespace, { a: '1' }));
      const second = await cluster.replace({ ...first, data: { b: '2' } });
      expect(second['data']).to.deep.equal({ b: '2' });
      await rejection(cluster.replace({ ...first, data: { c: '3' } }), 'conflict');
      await rejection(cluster.replace({ ...first, metadata: { name: 'absent', namespace, resourceVersion: first.metadata.resourceVersion ?? '' } }), 'notFound');
    });

    it('replaces the status as a whole, and nothing beside it', async () => {
      const stored = await cluster.apply({ ...deployment('status', namespace), status: { replicas: 7 } } as KubeObject);
      expect(stored['status'] ?? {}).to.deep.equal({});
      const conditions = [{ type: 'Available', status: 'True', reason: 'Fine', message: 'yes', lastTransitionTime: '2026-01-01T00:00:00Z', lastUpdateTime: '2026-01-01T00:00:00Z' }];
      const first = await cluster.writeStatus(refOf(stored), { observedGeneration: 1, replicas: 2, conditions });
      expect(first['status']).to.deep.equal({ observedGeneration: 1, replicas: 2, conditions });
      const second = await cluster.writeStatus(refOf(stored), { observedGeneration: 1, conditions });
      expect(second['status']).to.deep.equal({ observedGeneration: 1, conditions });
      expect(second.metadata.generation).to.equal(1);
      const third = await cluster.writeStatus(refOf(stored), { observedGeneration: 1, conditions });
      expect(third.metadata.resourceVersion).to.equal(second.metadata.resourceVersion);
      await rejection(cluster.writeStatus(ref('Deployment', 'absent'), {}), 'notFound');
    });

    it('merges metadata, and removes what is null', async () => {
      const stored = await cluster.apply(configMap('patched', namespace, { a: '1' }, { keep: 'me' }));
      const first = await cluster.patchMetadata(refOf(stored), { annotations: { one: '1', two: '2' } });
      expect(first.metadata.annotations).to.deep.equal({ one: '1', two: '2' });
      const second = await cluster.patchMetadata(refOf(stored), { annotations: { one: null } });
      expect(second.metadata.annotations).to.deep.equal({ two: '2' });
      expect(second.metadata.labels).to.deep.equal({ keep: 'me' });
      const { resourceVersion } = first.metadata;
      await rejection(cluster.patchMetadata(refOf(stored), { resourceVersion, annotations: { three: '3' } }), 'conflict');
      await rejection(cluster.patchMetadata(ref('ConfigMap', 'absent'), { annotations: {} }), 'notFound');
    });

    it('deletes the one that was meant', async () => {
      const stored = await cluster.apply(configMap('deleted', namespace, {}));
      await rejection(cluster.delete(refOf(stored), { uid: '00000000-0000-0000-0000-000000000000' }), 'conflict');
      expect(await cluster.delete(refOf(stored), { uid: stored.metadata.uid ?? '' })).to.equal(true);
      expect(await cluster.delete(refOf(stored), {})).to.equal(false);
      expect(await cluster.read(refOf(stored))).to.equal(undefined);
    });

    it('holds an object until its finalizers are gone', async () => {
      const held = configMap('held', namespace, {});
      const stored = await cluster.apply({ ...held, metadata: { ...held.metadata, finalizers: ['belfry.dev/cleanup'] } });
      expect(await cluster.delete(refOf(stored), {})).to.equal(true);
      expect((await cluster.read(refOf(stored)))?.metadata.deletionTimestamp).to.be.a('string');
      await cluster.patchMetadata(refOf(stored), { finalizers: null });
      expect(await cluster.read(refOf(stored))).to.equal(undefined);
    });
  });

  describe('watching', () => {
    const collect = async (options: object, until: (events: WatchEvent[]) => boolean, act: () => Promise<unknown>): Promise<WatchEvent[]> => {
      const { resourceVersion } = await cluster.list(CONFIG_MAPS, { namespace });
      const abort = new AbortController();
      const events: WatchEvent[] = [];
      const acting = act();
      for await (const event of cluster.watch(CONFIG_MAPS, { namespace, ...options, resourceVersion, signal: abort.signal })) {
        if (event.type !== 'BOOKMARK' && event.object.metadata.name === 'kube-root-ca.crt') continue;
        if (event.type !== 'BOOKMARK') events.push(event);
        if (until(events)) break;
      }
      await acting;
      return events;
    };
    const told = (events: readonly WatchEvent[]): string[] => events.map((event) => (event.type === 'BOOKMARK' ? event.type : `${event.type} ${event.object.metadata.name}`));

    it('tells of everything after the given version, in order', async () => {
      const events = await collect({}, (seen) => seen.length === 4, async () => {
        await cluster.apply(configMap('w1', namespace, { a: '1' }));
        await cluster.apply(configMap('w1', namespace, { a: '2' }));
        await cluster.apply(configMap('w2', namespace, {}));
        await cluster.delete(ref('ConfigMap', 'w1'), {});
      });
      expect(told(events)).to.deep.equal(['ADDED w1', 'MODIFIED w1', 'ADDED w2', 'DELETED w1']);
      const [, modified] = events;
      expect(modified?.type === 'MODIFIED' && modified.object['data']).to.deep.equal({ a: '2' });
      expect(modified?.type === 'MODIFIED' && modified.object.metadata).to.not.have.property('managedFields');
      expect(modified?.type === 'MODIFIED' && modified.object).to.include({ apiVersion: 'v1', kind: 'ConfigMap' });
    });

    it('tells an object that stops to match as DELETED, one that begins to as ADDED', async () => {
      const events = await collect({ labelSelector: 'app=x' }, (seen) => seen.length === 3, async () => {
        await cluster.apply(configMap('l1', namespace, { a: '1' }));
        await cluster.apply(configMap('l1', namespace, { a: '1' }, { app: 'x' }));
        await cluster.apply(configMap('l1', namespace, { a: '2' }, { app: 'x' }));
        await cluster.apply(configMap('l1', namespace, { a: '2' }, { app: 'y' }));
      });
      expect(told(events)).to.deep.equal(['ADDED l1', 'MODIFIED l1', 'DELETED l1']);
    });

    it('watches metadata alone', async () => {
      const [event] = await collect({ metadataOnly: true }, (seen) => seen.length === 1, () => cluster.apply(configMap('m1', namespace, { a: '1' }, { x: 'y' })));
      expect(event?.type === 'ADDED' && event.object).to.include({ apiVersion: 'v1', kind: 'ConfigMap' }).and.not.have.property('data');
      expect(event?.type === 'ADDED' && event.object.metadata.labels).to.deep.equal({ x: 'y' });
    });

    it('ends without an error when it is asked to', async () => {
      const { resourceVersion } = await cluster.list(CONFIG_MAPS, { namespace });
      const abort = new AbortController();
      const seen: string[] = [];
      setTimeout(() => abort.abort(), 50);
      for await (const event of cluster.watch(CONFIG_MAPS, { namespace: 'nobody-here', resourceVersion, signal: abort.signal })) seen.push(event.type);
      expect(seen.filter((type) => type !== 'BOOKMARK')).to.deep.equal([]);
    });

    it('answers gone for a version that is forgotten', async function () {
      this.timeout(60_000);
      const resourceVersion = await subject().forgetHistory();
      const watch = async (): Promise<void> => {
        for await (const _ of cluster.watch(CONFIG_MAPS, { namespace, resourceVersion, signal: AbortSignal.timeout(5000) })) break;
      };
      await rejection(watch(), 'gone');
    });
  });
}
