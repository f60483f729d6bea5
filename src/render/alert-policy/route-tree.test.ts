import { expect } from 'chai';
import fc from 'fast-check';
import { routesFor, type Route } from '../../formats/alertmanager/route.ts';
import { DEFAULT_RECEIVER, NO_RECEIVER, routeTree } from './route-tree.ts';
import type { Mute, PolicyRouting } from './routing.ts';

type Labels = Record<string, string>;

const matchers = fc.array(fc.constantFrom('a="1"', 'a!="1"', 'b=~"1|2"', 'c="1"', 'namespace="x"'), { maxLength: 2 });
const routes = (prefix: string): fc.Arbitrary<Route[]> => fc.array(fc.record({
  receiver: fc.constantFrom(`${prefix}one`, `${prefix}two`),
  matchers,
  continue: fc.boolean(),
  routes: fc.array(fc.record({ matchers, receiver: fc.constant(`${prefix}deep`), continue: fc.boolean() }), { maxLength: 2 }),
}), { maxLength: 3 });
const mutes = (prefix: string): fc.Arbitrary<Mute[]> => fc.array(matchers.filter(({ length }) => length > 0), { maxLength: 2 })
  .map((all) => all.map((each, index) => ({ matchers: each, time_interval: `${prefix}mute${index}` })));

const policy = (index: number): fc.Arbitrary<PolicyRouting> => fc.constantFrom('x', 'y', undefined).chain((namespace) => {
  const prefix = `${namespace ?? 'all'}/p${index}/`;
  return fc.record({
    owner: fc.constant(`AlertPolicy/${prefix.slice(0, -1)}`), namespace: fc.constant(namespace), routes: routes(prefix), mutes: mutes(prefix),
    receivers: fc.constant([]), inhibit_rules: fc.constant([]), time_intervals: fc.constant([]),
  }).map(({ namespace: confined, ...rest }) => (confined === undefined ? rest : { ...rest, namespace: confined }));
});
const policies = fc.tuple(policy(0), policy(1), policy(2));
const labels: fc.Arbitrary<Labels> = fc.record({ a: fc.constantFrom('', '1'), b: fc.constantFrom('1', '3'), c: fc.constantFrom('', '1'), namespace: fc.constantFrom('x', 'y', 'z'), alertname: fc.constant('A') });

function tree(all: readonly PolicyRouting[]): Route {
  return { receiver: DEFAULT_RECEIVER, routes: routeTree(all, 'MonitoringStack/a/b').flatMap(({ items }) => [...items]) };
}

/** Whom a policy's own routes tell, as if it were alone; nothing where none of its routes takes the alert. */
function told({ namespace, routes: own }: PolicyRouting, alert: Labels): string[] {
  if (namespace !== undefined && namespace !== alert['namespace']) return [];
  return routesFor({ route: { receiver: 'nobody', routes: own } }, alert).map(({ receiver }) => receiver).filter((receiver) => receiver !== 'nobody');
}

function fits({ matchers: texts }: Mute, alert: Labels): boolean {
  return routesFor({ route: { receiver: 'no', routes: [{ matchers: texts, receiver: 'yes' }] } }, alert)[0]?.receiver === 'yes';
}

describe('render/alert-policy/route-tree', () => {
  it('tells each receiver of a policy exactly as if the policy were alone, and the default receiver once, of what no policy takes', () => {
    fc.assert(fc.property(policies, labels, (all, alert) => {
      const receivers = routesFor({ route: tree(all) }, alert).map(({ receiver }) => receiver).filter((receiver) => receiver !== NO_RECEIVER);
      const expected = all.flatMap((each) => told(each, alert));
      expect(receivers).to.deep.equal(expected.length > 0 ? expected : [DEFAULT_RECEIVER]);
    }), { numRuns: 2000 });
  });

  it('mutes what a policy\'s mutes fit at their times, for its own receivers and for the default one, and nothing else', () => {
    fc.assert(fc.property(policies, labels, (all, alert) => {
      for (const { receiver, path } of routesFor({ route: tree(all) }, alert)) {
        if (receiver === NO_RECEIVER) continue;
        const asked = all
          .filter(({ owner, namespace }) => receiver === DEFAULT_RECEIVER ? namespace === undefined || namespace === alert['namespace'] : receiver.startsWith(`${owner.replace('AlertPolicy/', '')}/`))
          .flatMap((each) => each.mutes.filter((mute) => fits(mute, alert)).map((mute) => mute.time_interval));
        expect([...(path.at(-1)?.mute_time_intervals ?? [])].sort(), receiver).to.deep.equal([...asked].sort());
      }
    }), { numRuns: 2000 });
  });

  it('tells nobody of Watchdog and InfoInhibitor unless a route asks for them', () => {
    const quiet: PolicyRouting = { owner: 'AlertPolicy/x/p', namespace: 'x', routes: [{ matchers: ['a="1"'], receiver: 'x/p/one' }], mutes: [], receivers: [], inhibit_rules: [], time_intervals: [] };
    const receivers = (all: readonly PolicyRouting[], alert: Labels): string[] => [...new Set(routesFor({ route: tree(all) }, alert).map(({ receiver }) => receiver))];
    for (const all of [[], [quiet], [quiet, { ...quiet, owner: 'AlertPolicy/x/q' }]]) {
      expect(receivers(all, { alertname: 'Watchdog', namespace: 'x' })).to.deep.equal([NO_RECEIVER]);
      expect(receivers(all, { alertname: 'InfoInhibitor' })).to.deep.equal([NO_RECEIVER]);
    }
    expect(receivers([quiet], { alertname: 'Watchdog', namespace: 'x', a: '1' })).to.deep.equal([NO_RECEIVER, 'x/p/one']);
  });
});
