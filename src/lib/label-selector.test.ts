import { expect } from 'chai';
import { matches, print, unmet, type LabelSelector } from './label-selector.ts';

const labels = { app: 'checkout', tier: '', zone: 'a' };

const CASES: readonly { says: string; selector: LabelSelector; fits: boolean; printed: string }[] = [
  { says: 'an empty selector selects everything', selector: {}, fits: true, printed: '' },
  { says: 'matchLabels fit exactly', selector: { matchLabels: { app: 'checkout' } }, fits: true, printed: 'app=checkout' },
  { says: 'matchLabels must all fit', selector: { matchLabels: { zone: 'b', app: 'checkout' } }, fits: false, printed: 'app=checkout,zone=b' },
  { says: 'an empty value is a value', selector: { matchLabels: { tier: '' } }, fits: true, printed: 'tier=' },
  { says: 'an absent label is not an empty one', selector: { matchLabels: { team: '' } }, fits: false, printed: 'team=' },
  { says: 'In takes any of its values', selector: { matchExpressions: [{ key: 'zone', operator: 'In', values: ['a', 'b'] }] }, fits: true, printed: 'zone in (a,b)' },
  { says: 'NotIn refuses its values', selector: { matchExpressions: [{ key: 'zone', operator: 'NotIn', values: ['a', 'b'] }] }, fits: false, printed: 'zone notin (a,b)' },
  { says: 'NotIn takes an absent label', selector: { matchExpressions: [{ key: 'team', operator: 'NotIn', values: ['a'] }] }, fits: true, printed: 'team!=a' },
  { says: 'Exists takes an empty label', selector: { matchExpressions: [{ key: 'tier', operator: 'Exists' }] }, fits: true, printed: 'tier' },
  { says: 'DoesNotExist refuses it', selector: { matchExpressions: [{ key: 'tier', operator: 'DoesNotExist' }] }, fits: false, printed: '!tier' },
  { says: 'names of Object.prototype are not labels', selector: { matchExpressions: [{ key: 'constructor', operator: 'Exists' }] }, fits: false, printed: 'constructor' },
];

describe('lib/label-selector', () => {
  for (const { says, selector, fits, printed } of CASES) {
    it(says, () => {
      expect(matches(selector, labels)).to.equal(fits);
      expect(print(selector)).to.equal(printed);
    });
  }

  it('names just the requirements that fail', () => {
    expect(unmet({ matchLabels: { app: 'checkout', zone: 'b' }, matchExpressions: [{ key: 'team', operator: 'Exists' }] }, labels)).to.deep.equal(['zone=b', 'team']);
  });
});
