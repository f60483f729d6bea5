// cspell:ignore componnent checkou
import { expect } from 'chai';
import { explainSelection, type Candidate } from './discovery.ts';

const service = (name: string, labels: Record<string, string>): Candidate => ({ namespace: 'shop', name, labels });

const CASES: readonly { says: string; selector: Parameters<typeof explainSelection>[0]; candidates: Candidate[]; nearest?: { name: string; label: string } }[] = [
  {
    says: 'the nearest value under the same key',
    selector: { matchLabels: { app: 'checkout' } },
    candidates: [service('cart', { app: 'cart' }), service('checkout-api', { app: 'checkout-api' }), service('payment', { app: 'payment' })],
    nearest: { name: 'checkout-api', label: 'app=checkout-api' },
  },
  {
    says: 'the same value under another key',
    selector: { matchLabels: { app: 'checkout' } },
    candidates: [service('checkout', { 'app.kubernetes.io/name': 'checkout' })],
    nearest: { name: 'checkout', label: 'app.kubernetes.io/name=checkout' },
  },
  {
    says: 'a misspelt key',
    selector: { matchExpressions: [{ key: 'component', operator: 'Exists' }] },
    candidates: [service('checkout', { componnent: 'x' })],
    nearest: { name: 'checkout', label: 'componnent=x' },
  },
  {
    says: 'the one that fails the fewest requirements',
    selector: { matchLabels: { app: 'checkout', tier: 'web' } },
    candidates: [service('a', { app: 'checkou', tier: 'we' }), service('b', { app: 'checkout', tier: 'front' })],
    nearest: { name: 'b', label: 'tier=front' },
  },
  {
    says: 'what an exclusion excludes',
    selector: { matchLabels: { app: 'checkout' }, matchExpressions: [{ key: 'legacy', operator: 'DoesNotExist' }] },
    candidates: [service('old', { app: 'checkout', legacy: 'true' })],
    nearest: { name: 'old', label: 'legacy=true' },
  },
  { says: 'nothing where nothing is near', selector: { matchLabels: { app: 'checkout' } }, candidates: [service('x', { zone: 'a' }), service('y', { app: 'mail' })] },
  { says: 'nothing where there is nothing', selector: { matchLabels: { app: 'checkout' } }, candidates: [] },
];

describe('status/discovery', () => {
  for (const { says, selector, candidates, nearest } of CASES) {
    it(`names ${says}`, () => {
      expect(explainSelection(selector, candidates)).to.deep.equal({ matched: 0, total: candidates.length, names: [], ...(nearest ? { nearest } : {}) });
    });
  }

  it('counts what matches, names the first, and looks for nothing nearer', () => {
    const candidates = [service('b', { app: 'x' }), service('a', { app: 'x' }), service('c', { app: 'y' })];
    expect(explainSelection({ matchLabels: { app: 'x' } }, candidates)).to.deep.equal({ matched: 2, total: 3, names: ['a', 'b'] });
  });
});
