import { expect } from 'chai';
import type { LogSettings } from '../../api/log-settings.ts';
import type { LabelSelector } from '../../lib/label-selector.ts';
import { namespaceSelection, type NamespaceSelection } from './namespace-selection.ts';

const NAME = 'kubernetes.io/metadata.name';
const of = (namespaces: 'Own' | LabelSelector): NamespaceSelection =>
  namespaceSelection({ collector: 'OpenTelemetry', version: '', output: { kind: 'loki', url: '' }, namespaces, files: [], pod: {} } satisfies LogSettings, { name: 'cluster', namespace: 'monitoring' });

describe('render/logs/namespace-selection', () => {
  const CASES: readonly (readonly [says: string, selector: 'Own' | LabelSelector, wanted: NamespaceSelection])[] = [
    ['takes all where nothing is said', {}, { except: [], labels: [] }],
    ['takes its own by name', 'Own', { only: ['monitoring'], except: [], labels: [] }],
    ['takes a name by the path, not by a label', { matchLabels: { [NAME]: 'shop' } }, { only: ['shop'], except: [], labels: [] }],
    ['takes the names that all requirements have', { matchLabels: { [NAME]: 'shop' }, matchExpressions: [{ key: NAME, operator: 'In', values: ['shop', 'pay'] }] }, { only: ['shop'], except: [], labels: [] }],
    ['takes none where requirements contradict', { matchLabels: { [NAME]: 'a' }, matchExpressions: [{ key: NAME, operator: 'In', values: ['b'] }] }, { only: [], except: [], labels: [] }],
    ['leaves out names', { matchExpressions: [{ key: NAME, operator: 'NotIn', values: ['b', 'a'] }] }, { except: ['a', 'b'], labels: [] }],
    ['asks for all other labels', { matchLabels: { team: 'shop' }, matchExpressions: [{ key: NAME, operator: 'Exists' }] }, { except: [], labels: [{ key: 'team', operator: 'In', values: ['shop'] }, { key: NAME, operator: 'Exists' }] }],
  ];
  for (const [says, selector, wanted] of CASES) it(says, () => expect(of(selector)).to.deep.equal(wanted));
});
