import { expect } from 'chai';
import fc from 'fast-check';
import { routesFor, type Route } from '../../src/formats/alertmanager/route.ts';
import { receiversByAmtool } from './amtool.ts';

const matcher = fc.tuple(
  fc.constantFrom('team', 'severity', 'zone.name', 'namespace'),
  fc.constantFrom('=', '!=', '=~', '!~'),
  fc.constantFrom('a', 'b', '', 'a|b', 'a.*', '.+', 'x\ny', 'q"\\'),
).map(([name, operator, value]) => `${name.includes('.') ? JSON.stringify(name) : name}${operator}${JSON.stringify(operator.includes('~') ? value.replaceAll('\\', '\\\\') : value)}`);

const { route } = fc.letrec<{ route: Route }>((tie) => ({
  route: fc.record({
    receiver: fc.constantFrom('one', 'two', 'three', 'four'),
    matchers: fc.array(matcher, { maxLength: 2 }),
    continue: fc.boolean(),
    routes: fc.oneof({ depthSize: 'small' }, fc.constant([] as Route[]), fc.array(tie('route'), { maxLength: 4 })),
  }, { requiredKeys: [] }) as fc.Arbitrary<Route>,
}));

const config = fc.array(route, { minLength: 1, maxLength: 5 }).map((routes) => ({
  receivers: ['root', 'one', 'two', 'three', 'four'].map((name) => ({ name })),
  route: { receiver: 'root', routes },
}));
const label = fc.constantFrom('a', 'b', 'ab', 'x\ny', 'q"\\');
const labels = fc.record({ 'team': label, 'severity': label, 'zone.name': label, 'namespace': label }, { requiredKeys: [] }) as fc.Arbitrary<Record<string, string>>;

describe('prometheus: routes as amtool finds them', function () {
  this.timeout(120_000);

  it('tells the same receivers, in the same order, for 500 configs and alerts', async () => {
    const cases = fc.sample(fc.tuple(config, labels), { numRuns: 500, seed: 20261121 });
    const theirs = await receiversByAmtool(cases.map(([each, alert]) => ({ config: JSON.stringify(each), labels: alert })));
    const ours = cases.map(([each, alert]) => routesFor(each, alert).map(({ receiver }) => receiver).join(','));
    expect(ours).to.deep.equal(theirs);
    expect(ours.filter((receivers) => receivers.includes(',')).length, 'alerts that several are told of').to.be.greaterThan(50);
    expect(ours.filter((receivers) => receivers === 'root').length, 'alerts that no route takes').to.be.within(20, 400);
  });
});
