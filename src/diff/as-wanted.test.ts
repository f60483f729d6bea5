import { expect } from 'chai';
import type { KubeObject } from '../api/kube-object.ts';
import { isAsWanted } from './as-wanted.ts';

const desired: KubeObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'shop', labels: { app: 'a' } }, data: { file: 'text' } };
const live = { ...desired, metadata: { ...desired.metadata, uid: 'u', resourceVersion: '7', managedFields: [] } };

describe('diff/as-wanted', () => {
  const table: readonly (readonly [string, KubeObject, KubeObject, boolean])[] = [
    ['what was sent', live, desired, true],
    ['another text', { ...live, data: { file: 'other' } }, desired, false],
    ['a file more', { ...live, data: { file: 'text', more: '' } }, desired, false],
    ['a field more', { ...live, immutable: true }, desired, false],
    ['a label more, which may have been ours', { ...live, metadata: { ...live.metadata, labels: { app: 'a', old: '1' } } }, desired, false],
    ['an annotation more', { ...live, metadata: { ...live.metadata, annotations: { note: 'x' } } }, desired, false],
    ['another owner', { ...live, metadata: { ...live.metadata, ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'p', uid: 'x' }] } }, desired, false],
    ['a kind that gets defaults', { ...live, kind: 'Service' }, { ...desired, kind: 'Service' }, false],
  ];
  for (const [what, there, wanted, is] of table) it(`${is ? 'takes' : 'does not take'} ${what} for as wanted`, () => expect(isAsWanted(there, wanted)).to.equal(is));
});
