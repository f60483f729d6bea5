import { expect } from 'chai';
import fc from 'fast-check';
import type { KubeObject } from '../api/kube-object.ts';
import { sortBy } from '../lib/sort-by.ts';
import { compare, sameValue } from './compare.ts';
import { isRecord } from './field-path.ts';

const object = (spec: unknown, metadata: object = {}): KubeObject => ({ apiVersion: 'v1', kind: 'X', metadata: { name: 'x', ...metadata }, spec });

const CASES: readonly { says: string; a: unknown; b: unknown; paths: string[] }[] = [
  { says: 'equal values', a: { x: [1, { y: null }] }, b: { x: [1, { y: null }] }, paths: [] },
  { says: 'the order of fields', a: { x: 1, y: 2 }, b: { y: 2, x: 1 }, paths: [] },
  { says: 'a changed scalar', a: { x: 1 }, b: { x: 2 }, paths: ['spec.x'] },
  { says: 'a number that became a text', a: { x: 1 }, b: { x: '1' }, paths: ['spec.x'] },
  { says: 'an added field', a: {}, b: { x: { y: 1 } }, paths: ['spec.x'] },
  { says: 'a removed field', a: { x: 0 }, b: {}, paths: ['spec.x'] },
  { says: 'named items by name', a: { c: [{ name: 'a', i: 1 }, { name: 'b', i: 1 }] }, b: { c: [{ name: 'a', i: 1 }, { name: 'b', i: 2 }] }, paths: ['spec.c[name=b].i'] },
  { says: 'a named item that is new in front', a: { c: [{ name: 'b' }] }, b: { c: [{ name: 'a' }, { name: 'b' }] }, paths: ['spec.c[name=a]'] },
  { says: 'named items in another order', a: { c: [{ name: 'a' }, { name: 'b' }] }, b: { c: [{ name: 'b' }, { name: 'a' }] }, paths: ['spec.c'] },
  { says: 'another order below a difference elsewhere', a: { a: 1, c: [{ name: 'a' }, { name: 'b' }] }, b: { a: 2, c: [{ name: 'b' }, { name: 'a' }] }, paths: ['spec.a', 'spec.c'] },
  { says: 'unnamed items by place', a: { p: ['a', 'b'] }, b: { p: ['a', 'c', 'd'] }, paths: ['spec.p[1]', 'spec.p[2]'] },
  { says: 'a list against an object', a: { p: [] }, b: { p: {} }, paths: ['spec.p'] },
  { says: 'keys with dots', a: { 'a.yml': 1 }, b: { 'a.yml': 2 }, paths: ['spec["a.yml"]'] },
];

describe('diff/compare', () => {
  for (const { says, a, b, paths } of CASES) {
    it(`${paths.length > 0 ? 'finds' : 'ignores'} ${says}`, () => {
      expect(compare(object(a), object(b))).to.deep.equal(paths);
      expect(compare(object(b), object(a))).to.deep.equal(paths);
    });
  }

  it('ignores status and what the server writes into metadata, and nothing else of it', () => {
    const live = { ...object({}, { uid: 'u', resourceVersion: '1', generation: 1, creationTimestamp: 'then', managedFields: [1], labels: { a: '1' } }), status: { ready: 1 } };
    const dry = { ...object({}, { uid: 'v', resourceVersion: '2', generation: 2, creationTimestamp: 'now', managedFields: [2], labels: { a: '2' } }), status: { ready: 2 } };
    expect(compare(live, dry)).to.deep.equal(['metadata.labels.a']);
  });

  it('finds no difference between a value and its copy, and one between unequal values', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(sameValue(value, structuredClone(value))).to.equal(true);
      }),
    );
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        expect(sameValue(a, b)).to.equal(canonical(a) === canonical(b));
      }),
    );
  });
});

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => (isRecord(item) ? Object.fromEntries(sortBy(Object.entries(item), ([key]) => key)) : item));
}
