import { expect } from 'chai';
import type { KubeObject } from '../api/kube-object.ts';
import { objectCounts } from './object-counts.ts';

const resource = (conditions?: Readonly<Record<string, string>>): KubeObject => ({
  apiVersion: 'belfry.dev/v1alpha1', kind: 'any', metadata: { name: 'x' },
  ...(conditions ? { status: { conditions: Object.entries(conditions).map(([type, status]) => ({ type, status })) } } : {}),
});

describe('reconcile/object-counts', () => {
  it('counts each resource in one state, by its own status', () => {
    const all = {
      ScrapeTarget: [resource(), resource({ Accepted: 'False', Live: 'False' }), resource({ Accepted: 'True', Live: 'Unknown' }), resource({ Accepted: 'True', Live: 'True' }), resource({ Accepted: 'True', Live: 'True' })],
      MonitoringStack: [resource({ Stalled: 'True', ConfigLive: 'True' }), resource({ Stalled: 'False', ConfigLive: 'False' }), resource({ Stalled: 'False', ConfigLive: 'True' })],
      AlertPolicy: [],
    };
    const counts = objectCounts((kind) => all[kind]).filter(({ count }) => count > 0).map(({ kind, state, count }) => `${kind} ${state} ${count}`);
    expect(counts).to.have.members([
      'ScrapeTarget pending 1', 'ScrapeTarget rejected 1', 'ScrapeTarget accepted 1', 'ScrapeTarget live 2',
      'MonitoringStack rejected 1', 'MonitoringStack accepted 1', 'MonitoringStack live 1',
    ]);
    expect(objectCounts((kind) => all[kind])).to.have.length(12);
  });
});
