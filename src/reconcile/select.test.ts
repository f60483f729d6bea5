import { expect } from 'chai';
import { aPolicy, aStack, aTarget } from '../testing/build.ts';
import { stacksOfNamespace, stacksOfTarget } from './affected-stacks.ts';
import { selectResources } from './select.ts';

const namespaces = new Map([
  ['shop', { team: 'shop' }],
  ['pay', { team: 'pay', monitoring: 'shared' }],
  ['monitoring', {}],
]);
const targets = [aTarget('a'), aTarget('b', { pod: {} }, { namespace: 'pay', labels: { tier: 'gold' } })];
const policies = [aPolicy('p'), aPolicy('q', {}, { namespace: 'pay' })];

function selected(stack: ReturnType<typeof aStack>): { targets: string[]; policies: string[]; namespaces: string[] } {
  const found = selectResources(stack, { targets, policies, namespaces });
  return {
    targets: found.targets.map(({ metadata }) => metadata.name),
    policies: found.policies.map(({ metadata }) => metadata.name),
    namespaces: [...found.namespaces.keys()],
  };
}

describe('reconcile/select', () => {
  it('takes its own namespace when nothing is said', () => {
    expect(selected(aStack())).to.deep.equal({ targets: ['a'], policies: ['p'], namespaces: ['shop'] });
  });

  it('takes all namespaces when the scope is Cluster', () => {
    expect(selected(aStack('all', { scope: 'Cluster' }, { namespace: 'monitoring' }))).to.deep.equal({
      targets: ['a', 'b'], policies: ['p', 'q'], namespaces: ['shop', 'pay', 'monitoring'],
    });
  });

  it('takes the namespaces whose labels fit, and not its own where those do not', () => {
    const stack = aStack('shared', { select: { namespaces: { matchLabels: { monitoring: 'shared' } } } }, { namespace: 'monitoring' });
    expect(selected(stack)).to.deep.equal({ targets: ['b'], policies: ['q'], namespaces: ['pay'] });
  });

  it('takes the resources whose labels fit', () => {
    const stack = aStack('gold', { scope: 'Cluster', select: { targets: { matchLabels: { tier: 'gold' } } } });
    expect(selected(stack).targets).to.deep.equal(['b']);
  });

  it('knows its own namespace before the namespace has been seen', () => {
    expect([...selectResources(aStack(), { targets, policies, namespaces: new Map() }).namespaces.keys()]).to.deep.equal(['shop']);
  });
});

describe('reconcile/affected-stacks', () => {
  const stacks = [
    aStack('gold', { select: { targets: { matchLabels: { tier: 'gold' } } } }),
    aStack('all', { scope: 'Cluster' }, { namespace: 'monitoring' }),
    aStack('pay', {}, { namespace: 'pay' }),
  ];

  it('wakes the stack that a ScrapeTarget leaves, and those that select it now', () => {
    const old = aTarget('a', { pod: {} }, { labels: { tier: 'gold' } });
    const now = aTarget('a', { pod: {} }, { labels: { tier: 'silver' } });
    expect(stacksOfTarget(stacks, { old, new: now }, namespaces)).to.deep.equal(['shop/gold', 'monitoring/all']);
    expect(stacksOfTarget(stacks, { new: now }, namespaces)).to.deep.equal(['monitoring/all']);
    expect(stacksOfTarget(stacks, { old }, namespaces)).to.deep.equal(['shop/gold', 'monitoring/all']);
  });

  it('wakes the stacks that look into a namespace or did before it was relabelled', () => {
    const shared = aStack('shared', { select: { namespaces: { matchLabels: { monitoring: 'shared' } } } }, { namespace: 'monitoring' });
    const old = { name: 'pay', labels: { monitoring: 'shared' } };
    expect(stacksOfNamespace([shared, ...stacks], { old, new: { name: 'pay', labels: {} } })).to.deep.equal(['monitoring/shared', 'monitoring/all', 'pay/pay']);
  });
});
