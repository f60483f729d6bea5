import { parser } from '@prometheus-io/lezer-promql';
import { expect } from 'chai';
import { stackSettings } from '../../api/defaults.ts';
import { dashboardJson } from '../../formats/grafana/dashboard.ts';
import { dashboards } from './dashboards.ts';

interface Json {
  readonly uid: string;
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
  readonly panels: readonly {
    readonly id: number; readonly type: string; readonly title: string; readonly description?: string;
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
    readonly targets?: readonly { readonly refId: string; readonly expr: string }[];
  }[];
}

const strict = parser.configure({ strict: true });
/** A query as Prometheus gets it: Grafana puts in the interval and the values of the variables. */
const asSent = (query: string) => query.replaceAll('$__rate_interval', '1m').replace(/\$\{?\w+\}?/g, 'value');

const ALL = dashboards(stackSettings({ spec: { scope: 'Cluster' } }));

describe('render/grafana/dashboards', () => {
  it('come with what is on', () => {
    expect(ALL.map(({ id }) => id)).to.deep.equal(['stack-overview', 'nodes']);
    expect(dashboards(stackSettings({ spec: {} })).map(({ id }) => id)).to.deep.equal(['stack-overview']);
    const rows = (enabled: boolean) => dashboards(stackSettings({ spec: { alertmanager: { enabled } } }))[0]?.dashboard.rows.map(({ title }) => title);
    expect(rows(true)).to.include('Notifications');
    expect(rows(false)).not.to.include('Notifications');
  });

  it('have ids of their own', () => {
    expect(new Set(ALL.map(({ dashboard }) => dashboard.uid)).size).to.equal(ALL.length);
  });

  for (const { id, dashboard } of ALL) {
    describe(id, () => {
      const text = dashboardJson(dashboard);
      const json = JSON.parse(text) as Json;
      const panels = json.panels.filter(({ type }) => type !== 'row');

      it('fits into a ConfigMap that kubectl apply takes', () => {
        expect(Buffer.byteLength(text)).to.be.lessThan(256 * 1024);
        expect(json.uid).to.match(/^[a-zA-Z0-9_-]{1,40}$/);
      });

      it('asks nothing that Prometheus would refuse', () => {
        for (const { title, targets = [] } of panels) {
          expect(targets, title).not.to.deep.equal([]);
          for (const { expr } of targets) expect(() => strict.parse(asSent(expr)), `${title}: ${expr}`).not.to.throw();
        }
        const variables = json.templating.list.flatMap(({ definition }) => /^label_values\((.+), \w+\)$/.exec(definition ?? '')?.[1] ?? []);
        expect(variables).to.have.length(dashboard.variables.length);
        for (const series of variables) expect(() => strict.parse(asSent(series)), series).not.to.throw();
      });

      it('uses only variables that it has, and rates over $__rate_interval', () => {
        const known = new Set(['__rate_interval', ...json.templating.list.map(({ name }) => name)]);
        for (const { targets = [] } of panels) {
          for (const { expr } of targets) {
            for (const [, name = ''] of expr.matchAll(/\$\{?(\w+)\}?/g)) expect(known, expr).to.include(name);
            for (const [, range] of expr.matchAll(/\brate\([^[]*\[([^\]]+)\]/g)) expect(range, expr).to.equal('$__rate_interval');
          }
        }
      });

      it('says what each panel shows', () => {
        for (const { title, description = '' } of panels) expect(description, title).to.match(/\.$/);
        expect(new Set(panels.map(({ title }) => title)).size).to.equal(panels.length);
        expect(new Set(json.panels.map(({ id: number }) => number)).size).to.equal(json.panels.length);
      });

      it('lays no panel over another, and none over the edge', () => {
        const taken = new Map<string, string>();
        for (const { title, gridPos: { x, y, w, h } } of json.panels) {
          expect(x + w, title).to.be.at.most(24);
          for (let column = x; column < x + w; column += 1) {
            for (let line = y; line < y + h; line += 1) {
              expect(taken.get(`${column}/${line}`), `${title} lies over`).to.equal(undefined);
              taken.set(`${column}/${line}`, title);
            }
          }
        }
      });
    });
  }
});
