import { expect } from 'chai';
import type { KubeObject } from '../api/kube-object.ts';
import { compare } from './compare.ts';
import { standIn } from './stand-in.ts';

const object = (spec: object): KubeObject => ({ apiVersion: 'v1', kind: 'X', metadata: { name: 'x' }, spec });

const CASES: readonly { says: string; live: object; desired: object; paths: string[] }[] = [
  { says: 'a default of the server', live: { replicas: 1, policy: 'Always' }, desired: { replicas: 1 }, paths: [] },
  { says: 'a default in a named item', live: { containers: [{ name: 'a', image: 'i', pull: 'Always' }] }, desired: { containers: [{ name: 'a', image: 'i' }] }, paths: [] },
  { says: 'a default in an unnamed item', live: { rules: [{ verbs: ['get'], x: 1 }] }, desired: { rules: [{ verbs: ['get'] }] }, paths: [] },
  { says: 'another\'s container', live: { containers: [{ name: 'a' }, { name: 'sidecar' }] }, desired: { containers: [{ name: 'a' }] }, paths: [] },
  { says: 'a changed field', live: { replicas: 1 }, desired: { replicas: 2 }, paths: ['spec.replicas'] },
  { says: 'a new item', live: { containers: [{ name: 'a' }] }, desired: { containers: [{ name: 'b' }, { name: 'a' }] }, paths: ['spec.containers[name=b]'] },
  { says: 'a shorter list of plain values', live: { args: ['a', 'b'] }, desired: { args: ['a'] }, paths: ['spec.args[1]'] },
];

describe('diff/stand-in', () => {
  for (const { says, live, desired, paths } of CASES) {
    it(`${paths.length > 0 ? 'shows' : 'takes for no difference'} ${says}`, () => {
      expect(compare(object(live), standIn(object(live), object(desired)))).to.deep.equal(paths);
    });
  }
});
