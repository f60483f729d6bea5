import { expect } from 'chai';
import { routesFor, type Route } from './route.ts';

const tree: Route = {
  receiver: 'root',
  routes: [
    { matchers: ['team="a"'], receiver: 'a', continue: true, routes: [{ matchers: ['severity="critical"'], receiver: 'a-pager' }, { matchers: ['severity=~"critical|warning"'] }] },
    { matchers: ['severity="critical"'], receiver: 'critical' },
    { matchers: ['severity="critical"'], receiver: 'never' },
  ],
};

describe('formats/alertmanager/route', () => {
  const cases: readonly (readonly [labels: Record<string, string>, receivers: readonly string[], why: string])[] = [
    [{}, ['root'], 'no route matches, so the root stands itself'],
    [{ team: 'b', severity: 'critical' }, ['critical'], 'the search ends at the first match'],
    [{ team: 'a' }, ['a'], 'no child matches, so the route stands itself'],
    [{ team: 'a', severity: 'warning' }, ['a'], 'a child without a receiver has its parent\'s'],
    [{ team: 'a', severity: 'critical' }, ['a-pager', 'critical'], 'a route that continues leaves the alert to the next'],
  ];
  for (const [labels, receivers, why] of cases) {
    it(`tells ${receivers.join(' and ')} of ${JSON.stringify(labels)}: ${why}`, () => {
      expect(routesFor({ route: tree }, labels).map(({ receiver }) => receiver)).to.deep.equal(receivers);
    });
  }

  it('shows the way, root first', () => {
    const [match] = routesFor({ route: tree }, { team: 'a', severity: 'critical' });
    expect(match?.path.map(({ matchers }) => matchers?.[0])).to.deep.equal([undefined, 'team="a"', 'severity="critical"']);
  });

  it('throws for a matcher that nobody checked', () => {
    expect(() => routesFor({ route: { receiver: 'x', routes: [{ matchers: ['('] }] } }, {})).to.throw('never checked');
  });
});
