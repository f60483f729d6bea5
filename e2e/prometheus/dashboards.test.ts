import { expect } from 'chai';
import { dashboardsFor } from '../../src/render/grafana/dashboards.ts';
import { ALL_COMPONENTS } from '../../src/testing/all-components.ts';
import { asSent, dashboardQueries } from '../../src/testing/dashboard-queries.ts';
import { checkRules } from './promtool.ts';

describe('dashboards', function () {
  this.timeout(60_000);
  const queries = dashboardsFor(new Set(ALL_COMPONENTS)).flatMap(({ dashboard }) => dashboardQueries(dashboard));
  const file = JSON.stringify({ groups: [{ name: 'all', rules: queries.map(({ expr }) => ({ record: 'query', expr: asSent(expr) })) }] });

  for (const version of [undefined, '2.45']) {
    it(`ask nothing that promtool ${version ?? 'of the newest release'} would refuse`, async () => {
      expect(queries.length).to.be.greaterThan(400);
      expect(await checkRules([file], version)).to.deep.equal([undefined]);
    });
  }
});
