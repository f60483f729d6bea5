import { expect } from 'chai';
import fc from 'fast-check';
import { LABEL_MANAGED_BY, LABEL_OWNER, MANAGED_BY } from '../api/group.ts';
import type { KubeObject, ObjectMeta } from '../api/kube-object.ts';
import type { LiveObject } from './change.ts';
import { isOwned, planChanges } from './plan.ts';

const UID = 'uid-of-the-stack';
const ours = { [LABEL_MANAGED_BY]: MANAGED_BY, [LABEL_OWNER]: UID };

const object = (kind: string, name: string, rest: object = {}, metadata: Partial<ObjectMeta> = {}): KubeObject => ({
  apiVersion: kind === 'StatefulSet' || kind === 'Deployment' ? 'apps/v1' : 'v1', kind, metadata: { namespace: 'shop', name, labels: ours, ...metadata }, ...rest,
});
const inCluster = (live: KubeObject, dryRun?: KubeObject): LiveObject => ({ apiVersion: live.apiVersion, kind: live.kind, metadata: live.metadata, ...(dryRun ? { live, dryRun } : {}) });
const plan = (desired: KubeObject[], live: LiveObject[]) => planChanges({ desired, live, ownerUid: UID }).map(({ kind, ref }) => `${kind} ${ref.kind}/${ref.name}`);

describe('diff/plan', () => {
  it('creates what is missing, updates what a dry run would change, deletes what is no longer desired', () => {
    const changes = planChanges({
      desired: [object('ConfigMap', 'new'), object('ConfigMap', 'changed', { data: { a: '2' } }), object('ConfigMap', 'same')],
      live: [
        inCluster(object('ConfigMap', 'changed', { data: { a: '1' } }), object('ConfigMap', 'changed', { data: { a: '2' } })),
        inCluster(object('ConfigMap', 'same'), object('ConfigMap', 'same')),
        inCluster(object('ConfigMap', 'old', {}, { uid: 'uid-of-old' })),
      ],
      ownerUid: UID,
    });
    expect(changes).to.deep.equal([
      { kind: 'update', ref: { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'changed' }, object: object('ConfigMap', 'changed', { data: { a: '2' } }), paths: ['data.a'] },
      { kind: 'create', ref: { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'new' }, object: object('ConfigMap', 'new') },
      { kind: 'delete', ref: { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'old' }, uid: 'uid-of-old' },
    ]);
  });

  it('leaves alone what nobody looked at', () => {
    expect(plan([object('ConfigMap', 'a', { data: { a: '2' } })], [inCluster(object('ConfigMap', 'a'))])).to.deep.equal([]);
  });

  it('knows an object again under another version of its group', () => {
    const live = { ...object('Deployment', 'a'), apiVersion: 'apps/v2' };
    expect(plan([object('Deployment', 'a')], [inCluster(live)])).to.deep.equal([]);
  });

  it('writes accounts before volumes before workloads, and deletes last, in reverse', () => {
    const desired = [object('PodDisruptionBudget', 'p'), object('StatefulSet', 's'), object('Service', 'v'), object('Secret', 'c'), object('ServiceAccount', 'a')];
    const live = [inCluster(object('ServiceAccount', 'old')), inCluster(object('ConfigMap', 'old')), inCluster(object('StatefulSet', 'old'))];
    expect(plan(desired, live)).to.deep.equal([
      'create ServiceAccount/a', 'create Secret/c', 'create Service/v', 'create StatefulSet/s', 'create PodDisruptionBudget/p',
      'delete StatefulSet/old', 'delete ConfigMap/old', 'delete ServiceAccount/old',
    ]);
  });

  const OWNERSHIP: readonly { says: string; metadata: Partial<ObjectMeta>; owned: boolean }[] = [
    { says: 'our label and the owner label', metadata: { labels: ours }, owned: true },
    { says: 'our label and an owner reference', metadata: { labels: { [LABEL_MANAGED_BY]: MANAGED_BY }, ownerReferences: [{ apiVersion: 'v1', kind: 'M', name: 'm', uid: UID, controller: true }] }, owned: true },
    { says: 'our label alone', metadata: { labels: { [LABEL_MANAGED_BY]: MANAGED_BY } }, owned: false },
    { says: 'the owner label alone', metadata: { labels: { [LABEL_OWNER]: UID } }, owned: false },
    { says: 'another stack\'s uid', metadata: { labels: { ...ours, [LABEL_OWNER]: 'other' } }, owned: false },
    { says: 'labels that a controller copied to its own object', metadata: { labels: ours, ownerReferences: [{ apiVersion: 'v1', kind: 'Service', name: 's', uid: 'service', controller: true }] }, owned: false },
    { says: 'no labels', metadata: { labels: {} }, owned: false },
  ];
  for (const { says, metadata, owned } of OWNERSHIP) {
    it(`${owned ? 'owns' : 'does not own, and never deletes,'} an object with ${says}`, () => {
      expect(isOwned({ name: 'x', ...metadata }, UID)).to.equal(owned);
      expect(plan([], [inCluster(object('ConfigMap', 'x', {}, metadata))])).to.have.length(owned ? 1 : 0);
    });
  }

  it('deletes nothing that holds data, is going already, or has no owner to ask for', () => {
    expect(plan([], [inCluster(object('PersistentVolumeClaim', 'data')), inCluster(object('Namespace', 'shop')), inCluster(object('ConfigMap', 'a', {}, { deletionTimestamp: '2026-01-01T00:00:00Z' }))])).to.deep.equal([]);
    expect(planChanges({ desired: [], live: [inCluster(object('ConfigMap', 'a'))], ownerUid: undefined })).to.deep.equal([]);
  });

  it('plans nothing once the cluster holds what the plan asked for', () => {
    const names = fc.uniqueArray(fc.constantFrom<string>('a', 'b', 'c', 'd'));
    fc.assert(
      fc.property(names, names, (wanted, present) => {
        const desired = wanted.map((name) => object('ConfigMap', name, { data: { v: '1' } }));
        const live = present.map((name) => inCluster(object('ConfigMap', name, { data: { v: '0' } }), object('ConfigMap', name, { data: { v: '1' } })));
        const store = new Map(present.map((name) => [name, object('ConfigMap', name, { data: { v: '0' } })]));
        for (const change of planChanges({ desired, live, ownerUid: UID })) {
          if (change.kind === 'delete') store.delete(change.ref.name);
          else store.set(change.ref.name, change.object);
        }
        expect([...store.keys()].sort()).to.deep.equal([...wanted].sort());
        const again = [...store.values()].map((stored) => inCluster(stored, desired.find((item) => item.metadata.name === stored.metadata.name)));
        expect(planChanges({ desired, live: again, ownerUid: UID })).to.deep.equal([]);
      }),
    );
  });
});
