import { expect } from 'chai';
import { isSelected, stackSelection, whyNotSelected, type SelectableResource } from './why-not-selected.ts';

const target: SelectableResource = { kind: 'ScrapeTarget', namespace: 'shop', labels: { team: 'b' } };
const stack = (namespace: string, name: string, spec: Parameters<typeof stackSelection>[1]['spec']) => stackSelection('ScrapeTarget', { metadata: { namespace, name }, spec });

const CASES: readonly { says: string; stacks: ReturnType<typeof stack>[]; namespaceLabels?: Record<string, string>; reason?: string; message?: string }[] = [
  {
    says: 'no stack at all',
    stacks: [],
    reason: 'NoStack',
    message: 'there is no MonitoringStack in shop: create one there, with spec {}, or let another select the namespace by spec.select.namespaces',
  },
  {
    says: 'stacks that mind their own namespace',
    stacks: [stack('ops', 'a', {})],
    reason: 'NoStack',
    message: 'ops/a takes only its own namespace; there is no MonitoringStack in shop: create one there, with spec {}, or let another select the namespace by spec.select.namespaces',
  },
  {
    says: 'a namespace with the wrong label',
    stacks: [stack('monitoring', 'cluster', { scope: 'Cluster', select: { namespaces: { matchLabels: { monitoring: 'shared', env: 'prod' } } } })],
    namespaceLabels: { monitoring: 'own', env: 'prod' },
    reason: 'NamespaceNotSelected',
    message: 'MonitoringStack monitoring/cluster wants monitoring=shared of the namespace; shop has monitoring=own',
  },
  {
    says: 'a namespace without the label',
    stacks: [stack('monitoring', 'cluster', { select: { namespaces: { matchLabels: { monitoring: 'shared' } } } })],
    reason: 'NamespaceNotSelected',
    message: 'MonitoringStack monitoring/cluster wants monitoring=shared of the namespace; shop has no label monitoring',
  },
  {
    says: 'labels of the resource',
    stacks: [stack('shop', 'shop', { select: { targets: { matchLabels: { team: 'a' } } } }), stack('monitoring', 'x', { select: { namespaces: { matchLabels: { a: 'b' } } } })],
    reason: 'LabelsNotSelected',
    message: 'MonitoringStack shop/shop wants team=a of the ScrapeTarget, which has team=b',
  },
  { says: 'a stack of the same namespace', stacks: [stack('shop', 'shop', {})] },
  { says: 'a stack of scope Cluster', stacks: [stack('monitoring', 'cluster', { scope: 'Cluster' })] },
];

describe('status/why-not-selected', () => {
  for (const { says, stacks, namespaceLabels = {}, reason, message } of CASES) {
    it(reason ? `says ${reason} for ${says}` : `says nothing for ${says}`, () => {
      expect(whyNotSelected(target, namespaceLabels, stacks)).to.deep.equal(reason ? { reason, message } : undefined);
      expect(stacks.some((item) => isSelected(item, target, namespaceLabels))).to.equal(reason === undefined);
    });
  }

  it('takes the selector of policies for an AlertPolicy', () => {
    const spec = { select: { policies: { matchLabels: { team: 'a' } } } };
    const selection = stackSelection('AlertPolicy', { metadata: { namespace: 'shop', name: 'shop' }, spec });
    expect(isSelected(selection, { kind: 'AlertPolicy', namespace: 'shop', labels: { team: 'a' } }, {})).to.equal(true);
    expect(isSelected(selection, { kind: 'AlertPolicy', namespace: 'shop', labels: {} }, {})).to.equal(false);
  });
});
