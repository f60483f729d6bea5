import { expect } from 'chai';
import type { KubeObject, ObjectMeta } from '../api/kube-object.ts';
import { desiredHash, fingerprint } from './fingerprint.ts';

const workload: ObjectMeta = { name: 'x', uid: 'u', generation: 1, resourceVersion: '10', labels: { a: '1', b: '2' } };
const print = (metadata: ObjectMeta) => fingerprint({ metadata });

const MOVES: readonly { says: string; metadata: Partial<ObjectMeta>; moves: boolean }[] = [
  { says: 'a status write', metadata: { resourceVersion: '11' }, moves: false },
  { says: 'labels in another order', metadata: { labels: { b: '2', a: '1' } }, moves: false },
  { says: 'a new generation', metadata: { generation: 2 }, moves: true },
  { says: 'a changed label', metadata: { labels: { a: '1', b: '3' } }, moves: true },
  { says: 'a new annotation', metadata: { annotations: { a: '1' } }, moves: true },
  { says: 'a lost owner', metadata: { ownerReferences: [{ apiVersion: 'v1', kind: 'K', name: 'n', uid: 'o' }] }, moves: true },
  { says: 'an object deleted and made anew', metadata: { uid: 'v' }, moves: true },
];

describe('diff/fingerprint', () => {
  for (const { says, metadata, moves } of MOVES) {
    it(`${moves ? 'moves with' : 'stays through'} ${says}`, () => {
      expect(print({ ...workload, ...metadata }) !== print(workload)).to.equal(moves);
    });
  }

  it('moves with the resourceVersion where there is no generation', () => {
    expect(print({ name: 'x', resourceVersion: '1' })).not.to.equal(print({ name: 'x', resourceVersion: '2' }));
  });

  it('gives equal wishes equal hashes', () => {
    const wish = (value: string): KubeObject => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' }, data: { a: value } });
    expect(desiredHash(wish('1'))).to.equal(desiredHash(wish('1')));
    expect(desiredHash(wish('1'))).not.to.equal(desiredHash(wish('2')));
    const files = (data: object): KubeObject => ({ ...wish(''), data });
    const all = [{}, { a: '' }, { ab: 'c' }, { a: 'bc' }, { a: 'b', c: '' }, { a: '1:b' }, { a: { b: 'c' } }].map((data) => desiredHash(files(data)));
    expect(new Set(all).size).to.equal(all.length);
  });
});
