import { expect } from 'chai';
import fc from 'fast-check';
import type { KubeObject } from '../api/kube-object.ts';
import { matches, type LabelSelector } from '../lib/label-selector.ts';
import { ServiceIndex } from './service-index.ts';
import { trimService } from './trim.ts';

const labels = fc.dictionary(fc.constantFrom('app', 'tier'), fc.constantFrom('a', 'b'));
const service = (name: string, its: Record<string, string>): KubeObject => trimService({ apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'shop', labels: its } });

describe('reconcile/service-index', () => {
  it('finds the Services that a selector selects, as a look at each of them would, whatever changed before', () => {
    const selector: fc.Arbitrary<LabelSelector> = fc.record({
      matchLabels: labels,
      matchExpressions: fc.array(fc.record({ key: fc.constant('tier'), operator: fc.constantFrom('Exists', 'DoesNotExist') }), { maxLength: 1 }),
    }, { requiredKeys: [] });
    fc.assert(fc.property(fc.array(labels, { maxLength: 8 }), labels, selector, (all, changed, asked) => {
      const services = new Map(all.map((its, index) => [`s${index}`, service(`s${index}`, its)]));
      const index = new ServiceIndex(() => services.values());
      index.matching('shop', asked);
      const old = services.get('s0');
      const now = service('s0', changed);
      services.set('s0', now);
      index.take({ ...(old ? { old } : {}), new: now });
      expect(index.matching('shop', asked).map(({ name }) => name)).to.deep.equal([...services.values()].filter(({ metadata }) => matches(asked, metadata.labels ?? {})).map(({ metadata }) => metadata.name));
    }));
  });

  it('goes by what it has until something changes that matters to ScrapeTargets', () => {
    let looks = 0;
    const its = { app: 'a' };
    const index = new ServiceIndex(() => [service('s0', its)].map((one) => ((looks += 1), one)));
    const look = (): number => {
      index.matching('shop', { matchLabels: its });
      return looks;
    };
    const old = service('s0', its);
    expect([look(), look()]).to.deep.equal([1, 1]);
    const status = { loadBalancer: { ingress: [{ ip: '10.0.0.1' }] } };
    expect(index.take({ old, new: { ...old, metadata: { ...old.metadata, resourceVersion: '2' }, status } })).to.equal(undefined);
    expect([look(), index.version('shop'), index.moves]).to.deep.equal([1, 0, 0]);
    expect(index.take({ old, new: service('s0', { app: 'b' }) })).not.to.equal(undefined);
    expect([look(), index.version('shop'), index.moves]).to.deep.equal([2, 1, 1]);
    index.take({ old: service('s0', { app: 'b' }) });
    expect([look(), index.version('shop'), index.version('other')]).to.deep.equal([3, 2, 0]);
  });
});
