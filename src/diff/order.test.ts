import { expect } from 'chai';
import type { Change } from './change.ts';
import { inOrder, waveOf } from './order.ts';

const change = (kind: string, name: string, action: 'create' | 'delete' = 'create'): Change => {
  const ref = { apiVersion: 'v1', kind, namespace: 'shop', name };
  return action === 'delete' ? { kind: action, ref } : { kind: action, ref, object: { apiVersion: 'v1', kind, metadata: { name } } };
};

describe('diff/order', () => {
  for (const [later, earlier] of [
    ['RoleBinding', 'Role'], ['ClusterRoleBinding', 'ClusterRole'], ['StatefulSet', 'ConfigMap'], ['Deployment', 'NetworkPolicy'], ['Secret', 'ServiceAccount'],
  ] as const) {
    it(`writes a ${later} in a wave after a ${earlier}, never beside it`, () => {
      expect(waveOf(later)).to.be.greaterThan(waveOf(earlier));
    });
  }

  it('deletes last, and in the reverse order', () => {
    const changes = [change('Role', 'a', 'delete'), change('StatefulSet', 'b', 'delete'), change('Deployment', 'c'), change('ConfigMap', 'd')];
    expect(inOrder(changes).map(({ ref }) => ref.name)).to.deep.equal(['d', 'c', 'b', 'a']);
  });
});
