import { expect } from 'chai';
import type { KubeObject } from '../api/kube-object.ts';
import { mergePatch, overridden } from './overrides.ts';

const OBJECTS: readonly KubeObject[] = [
  { apiVersion: 'v1', kind: 'Service', metadata: { name: 'grafana-shop', labels: { 'belfry.dev/stack': 'shop' } }, spec: { ports: [{ port: 3000 }] } },
  { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'grafana-shop' }, spec: { replicas: 1 } },
];

describe('render/overrides', () => {
  // The examples of RFC 7396, appendix A.
  const RFC: readonly (readonly [unknown, unknown, unknown])[] = [
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [['a', 'b'], ['c', 'd'], ['c', 'd']],
    [{ a: 'b' }, ['c'], ['c']],
    [{ a: 'foo' }, null, null],
    [{ a: 'foo' }, 'bar', 'bar'],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ];
  it('merges as RFC 7396 says', () => {
    for (const [target, patch, wanted] of RFC) expect(mergePatch(target, patch), JSON.stringify([target, patch])).to.deep.equal(wanted);
  });

  it('does not take a name of Object.prototype for a field that is there', () => {
    expect(mergePatch({}, JSON.parse('{"constructor": {"a": 1}}'))).to.deep.equal({ constructor: { a: 1 } });
  });

  it('patches the object of that kind and name, and no other, one patch after the other', () => {
    const { objects, problems } = overridden(OBJECTS, [
      { kind: 'Service', name: 'grafana-shop', patch: { spec: { type: 'NodePort' } } },
      { kind: 'Service', name: 'grafana-shop', patch: { spec: { type: 'LoadBalancer' }, metadata: { annotations: { a: 'b' } } } },
    ]);
    expect(problems).to.deep.equal([]);
    expect(objects[0]).to.deep.equal({
      apiVersion: 'v1', kind: 'Service', metadata: { name: 'grafana-shop', labels: { 'belfry.dev/stack': 'shop' }, annotations: { a: 'b' } },
      spec: { ports: [{ port: 3000 }], type: 'LoadBalancer' },
    });
    expect(objects[1]).to.equal(OBJECTS[1]);
  });

  it('says which object is nearest to one that there is not', () => {
    const { objects, problems } = overridden(OBJECTS, [{ kind: 'Deployment', name: 'graphana-shop', patch: {} }]);
    expect(problems).to.deep.equal([
      { path: 'spec.overrides[0]', reason: 'Invalid', message: 'the stack has no Deployment called "graphana-shop"; the nearest is Deployment/grafana-shop: correct kind and name, or remove the override' },
    ]);
    expect(objects).to.deep.equal(OBJECTS);
  });

  const IDENTITY: readonly (readonly [string, Record<string, unknown>])[] = [
    ['kind', { kind: 'Secret' }],
    ['apiVersion', { apiVersion: 'v2' }],
    ['status', { status: {} }],
    ['metadata', { metadata: null }],
    ['metadata.name', { metadata: { name: 'other' } }],
    ['metadata.namespace', { metadata: { namespace: 'kube-system' } }],
    ['metadata.ownerReferences', { metadata: { ownerReferences: null } }],
    ['metadata.labels', { metadata: { labels: null } }],
    ['metadata.labels.belfry.dev/owner', { metadata: { labels: { 'belfry.dev/owner': 'me' } } }],
  ];
  for (const [field, patch] of IDENTITY) {
    it(`does not let a patch touch ${field}`, () => {
      const { objects, problems } = overridden(OBJECTS, [{ kind: 'Service', name: 'grafana-shop', patch }]);
      expect(problems.map(({ path }) => path)).to.deep.equal([`spec.overrides[0].patch.${field}`]);
      expect(objects).to.deep.equal(OBJECTS);
    });
  }
});
