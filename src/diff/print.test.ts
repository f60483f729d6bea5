import { expect } from 'chai';
import { goldenText } from '../testing/golden.ts';
import type { KubeObject } from '../api/kube-object.ts';
import { printObjectDiff, summaryLine, type DiffPalette, type ObjectDiff } from './print.ts';

const plain = (text: string): string => text;
const palette: DiffPalette = { added: plain, removed: plain, changed: plain, dim: plain };
const configMap = (text: string): KubeObject => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'shop', name: 'x' }, data: { 'a.yml': text } });
const update = (before: KubeObject, after: KubeObject): ObjectDiff => ({ kind: 'update', ref: { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'x' }, before, after });

describe('diff/print', () => {
  goldenText<ObjectDiff>(`${import.meta.dirname}/testdata/print`, 'txt', (diff) => printObjectDiff(diff, { palette }));

  it('paints what comes, what goes, and what surrounds it', () => {
    const marked: DiffPalette = { added: (text) => `A${text}`, removed: (text) => `R${text}`, changed: (text) => `C${text}`, dim: (text) => `D${text}` };
    expect(printObjectDiff(update(configMap('a\nb'), configMap('a\nc')), { palette: marked, context: 1 })).to.equal('C~ ConfigMap shop/x\nD  @ data["a.yml"]\n        a\nR  -     b\nA  +     c\n');
  });

  it('shows a change in a dashboard that is one line of JSON as the line of its field', () => {
    const dashboard = (title: string) => configMap(JSON.stringify({ panels: Array.from({ length: 30 }, (_, id) => ({ id, title: id === 7 ? title : 'same' })) }));
    expect(printObjectDiff(update(dashboard('old'), dashboard('new')), { palette, context: 0 })).to.equal('~ ConfigMap shop/x\n  @ data["a.yml"]\n  -           "title": "old"\n  +           "title": "new"\n');
  });

  it('counts what is too much to show', () => {
    const long = Array.from({ length: 50 }, (_, index) => `line ${index}`).join('\n');
    expect(printObjectDiff({ ...update(configMap(''), configMap(long)), kind: 'create' }, { palette, lineLimit: 3 }).split('\n').at(-2)).to.match(/^ {2}\.\.\. \d+ more lines$/);
  });

  it('says so where all that changes is masked to the same', () => {
    const swap = (a: string, b: string) => configMap(`x:\n  - password: ${a}\n  - password: ${b}\n`);
    expect(printObjectDiff(update(swap('1', '2'), swap('2', '1')), { palette })).to.equal('~ ConfigMap shop/x\n  only masked values change\n');
  });

  it('does not search for the shortest difference between texts that have nothing in common', () => {
    // It would take minutes; mocha's timeout is the judge.
    const text = (mark: string) => Array.from({ length: 20_000 }, (_, index) => `${mark} ${index}`).join('\n');
    expect(printObjectDiff(update(configMap(text('a')), configMap(text('b'))), { palette })).to.match(/lines replaced by/);
  });

  it('sums up', () => {
    expect(summaryLine([{ kind: 'create' }, { kind: 'create' }, { kind: 'delete' }])).to.equal('2 to create, 0 to update, 1 to delete');
  });
});
