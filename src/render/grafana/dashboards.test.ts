import { expect } from 'chai';
import { stackSettings } from '../../api/defaults.ts';
import type { MonitoringStackSpec } from '../../api/monitoring-stack.ts';
import { dashboardJson, type Dashboard } from '../../formats/grafana/dashboard.ts';
import { promqlProblems, selectors } from '../../formats/prometheus/promql.ts';
import { ALL_COMPONENTS } from '../../testing/all-components.ts';
import { asSent, dashboardQueries } from '../../testing/dashboard-queries.ts';
import { compareWithFile } from '../../testing/golden.ts';
import { dashboardOutline } from '../../testing/dashboard-outline.ts';
import { kubernetesParts } from '../builtin-targets/kubernetes-parts.ts';
import { dashboards, dashboardsFor, DASHBOARD_IDS } from './dashboards.ts';
import type { Component } from './dashboards/components.ts';

interface PanelJson {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly collapsed?: boolean;
  readonly panels?: readonly PanelJson[];
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly refId: string; readonly expr: string; readonly datasource: unknown; readonly legendFormat?: string }[];
  readonly fieldConfig?: {
    readonly defaults: { readonly unit?: string; readonly links?: readonly { readonly url: string }[] };
    readonly overrides: readonly { readonly matcher: { readonly options: string }; readonly properties: readonly { readonly id: string; readonly value: unknown }[] }[];
  };
}

interface Json {
  readonly uid: string;
  readonly tags: readonly string[];
  readonly links: readonly { readonly title: string; readonly tags: readonly string[]; readonly asDropdown: boolean; readonly includeVars: boolean; readonly keepTime: boolean }[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string; readonly multi?: boolean; readonly includeAll?: boolean }[] };
  readonly panels: readonly PanelJson[];
}

const ALL = dashboardsFor(new Set(ALL_COMPONENTS));
const byUid = new Map(ALL.map(({ dashboard }) => [dashboard.uid, dashboard]));
const inStack = (spec: MonitoringStackSpec, { probes = false } = {}) =>
  dashboards(stackSettings({ spec }), { probes, kubernetes: kubernetesParts(stackSettings({ spec }), undefined).shown });
const ids = (...stack: Parameters<typeof inStack>) => inStack(...stack).map(({ id }) => id);
const panelsOf = ({ panels }: Json): PanelJson[] => panels.flatMap((panel) => [panel, ...(panel.panels ?? [])]);
const withQueries = (json: Json): PanelJson[] => panelsOf(json).filter(({ type }) => type !== 'row' && type !== 'text');

/** Two things in one place. */
function overlap(panels: readonly PanelJson[]): string[] {
  const taken = new Map<string, string>();
  return panels.flatMap(({ title, gridPos: { x, y, w, h } }) => {
    const cells = Array.from({ length: w * h }, (_, index) => `${x + (index % w)}/${y + Math.floor(index / w)}`);
    const under = cells.flatMap((cell) => taken.get(cell) ?? []);
    for (const cell of cells) taken.set(cell, title);
    return under.slice(0, 1).map((other) => `${title} over ${other}`);
  });
}

describe('render/grafana/dashboards', () => {
  it('come with what is on', () => {
    const stackOnly = ['alerts', 'stack-overview', 'prometheus', 'alertmanager', 'grafana'];
    expect(ids({})).to.deep.equal(stackOnly);
    expect(ids({}, { probes: true })).to.have.members([...stackOnly, 'probes']);
    expect(ids({ alertmanager: { enabled: false } })).to.have.members(stackOnly.filter((id) => id !== 'alertmanager'));
    expect(ids({ prometheus: { remoteWrite: [{ url: 'http://far.test' }] } })).to.have.members([...stackOnly, 'remote-write']);
    expect(ids({ scope: 'Cluster' })).to.have.members(DASHBOARD_IDS.filter((id) => !['probes', 'remote-write', 'network-flows', 'thanos'].includes(id) && !id.startsWith('logs')));
    expect(ids({ logs: { output: { loki: { url: 'http://loki.test' } } } })).to.have.members([...stackOnly, 'logs']);
    expect(ids({ scope: 'Cluster', kubernetes: { etcd: { enabled: false } }, exporters: { kubeState: { enabled: false } } })).to.include('api-server').and.not.include.members(['etcd', 'pod']);
    expect(ids({ scope: 'Cluster', exporters: { node: { enabled: false } } })).not.to.include('nodes');
    expect(ALL.map(({ id }) => id)).to.deep.equal(DASHBOARD_IDS);
  });

  const needs: Readonly<Record<Component, readonly string[]>> = {
    alertmanager: ['alertmanager'], grafana: ['grafana'], remoteWrite: ['remote-write'], querier: ['thanos'], probes: ['probes'], nodeExporter: ['nodes', 'node'],
    kubeState: ['cluster', 'namespace', 'workload', 'pod'], kubelet: ['kubelet', 'volumes', 'network'], networkFlows: ['network-flows'], apiServer: ['api-server'],
    controllerManager: ['controller-manager'], scheduler: ['scheduler'], proxy: ['proxy'], etcd: ['etcd'], dns: ['dns'], operator: ['operator'],
    otelCollector: ['logs'], fluentBit: ['logs-fluent-bit'], fluentd: ['logs-fluentd'],
  };
  for (const [component, own] of Object.entries(needs)) {
    it(`bring ${own.join(', ')} with ${component}, and nothing else, and ask then only what is on`, () => {
      const on = dashboardsFor(new Set([component as Component]));
      expect(on.map(({ id }) => id).filter((id) => !['alerts', 'stack-overview', 'prometheus'].includes(id))).to.have.members(own);
      const jobs = on.flatMap(({ dashboard }) => dashboardQueries(dashboard)).flatMap(({ at, expr }) =>
        selectors(asSent(expr)).flatMap(({ matchers }) => matchers.filter(({ name, value }) => name === 'job' && value !== '.*').map(({ value }) => `${value}, ${at}`)),
      );
      const known: Readonly<Partial<Record<Component, string>>> = {
        nodeExporter: 'node-exporter', networkFlows: 'network-flows', kubeState: 'kube-state-metrics', apiServer: 'apiserver', controllerManager: 'kube-controller-manager',
        scheduler: 'kube-scheduler', proxy: 'kube-proxy', dns: 'coredns', remoteWrite: 'prometheus', querier: 'thanos-querier', probes: 'blackbox-exporter', operator: 'belfry', otelCollector: 'otel-collector', fluentBit: 'fluent-bit',
      };
      const expected = ['prometheus', ...(component === 'querier' ? ['thanos-sidecar'] : []), known[component as Component] ?? component];
      expect(jobs.filter((job) => !expected.includes(job.split(',')[0] ?? ''))).to.deep.equal([]);
    });
  }

  it('are the same objects as long as the same is on', () => {
    expect(inStack({})[0]).to.equal(inStack({ suspend: true })[0]);
  });

  it('have uids of their own, that never change: links and bookmarks have them', () => {
    expect(ALL.map(({ dashboard }) => dashboard.uid)).to.deep.equal(DASHBOARD_IDS.map((id) => `belfry-${id}`));
    expect(new Set(ALL.map(({ dashboard }) => dashboard.uid)).size).to.equal(ALL.length);
    expect(new Set(ALL.map(({ dashboard }) => dashboard.title)).size).to.equal(ALL.length);
    for (const { dashboard } of ALL) expect(dashboard.uid).to.match(/^[a-zA-Z0-9_-]{1,40}$/);
  });

  it('link only to dashboards that are there', () => {
    const links = (all: readonly { dashboard: Dashboard }[]) => all.flatMap(({ dashboard }) => dashboard.rows.flatMap(({ panels }) => panels.flatMap(({ links: own }) => own.map(({ to }) => to))));
    expect(links(dashboardsFor(new Set(['kubeState'])))).to.include('belfry-pod').and.not.include('belfry-node');
    for (const component of ALL_COMPONENTS) {
      const all = dashboardsFor(new Set([component]));
      expect(all.map(({ dashboard }) => dashboard.uid)).to.include.members([...new Set(links(all))]);
    }
  });

  it('link by labels that the series have, to variables that are there', () => {
    const linked = ALL.flatMap(({ dashboard }) =>
      dashboard.rows.flatMap(({ panels }) => panels.flatMap(({ title, links, queries }) => links.map((link) => ({ at: `${dashboard.uid}: ${title} to ${link.to}`, link, queries })))),
    );
    for (const { at, link: { to, labels, column = '' }, queries } of linked) {
      expect(byUid.get(to)?.variables.map(({ name }) => name), at).to.include.members([...labels]);
      for (const label of [...labels, column]) expect(queries.every(({ expr }) => label === '' || new RegExp(`\\b${label}\\b`).test(expr)), `${at}, ${label}`).to.equal(true);
    }
  });

  it('reach each of them from the menus', () => {
    for (const { dashboard } of ALL) {
      const json = JSON.parse(dashboardJson(dashboard)) as Json;
      const tags = json.links.flatMap((link) => link.tags);
      for (const other of ALL) expect(other.dashboard.tags.filter((tag) => tags.includes(tag)), other.id).to.have.length(1);
      expect(json.links.every(({ asDropdown, includeVars, keepTime }) => asDropdown && includeVars && keepTime)).to.equal(true);
    }
  });

  it('are JSON as Grafana\'s SDK makes it', () => {
    const pod = byUid.get('belfry-pod');
    compareWithFile(`${import.meta.dirname}/testdata/pod.json`, `${JSON.stringify(JSON.parse(dashboardJson(pod as Dashboard)), undefined, 1)}\n`);
  });

  for (const { id, dashboard } of ALL) {
    describe(id, () => {
      const text = dashboardJson(dashboard);
      const json = JSON.parse(text) as Json;
      const panels = withQueries(json);

      it('is what was reviewed', () => compareWithFile(`${import.meta.dirname}/testdata/${id}.txt`, dashboardOutline(dashboard, text)));

      it('fits into a ConfigMap that kubectl apply takes', () => {
        expect(Buffer.byteLength(text)).to.be.lessThan(256 * 1024);
      });

      it('asks nothing that Prometheus would refuse, from the oldest release on', () => {
        for (const { at, expr } of dashboardQueries(dashboard)) {
          for (const version of [[2, 45, 0], [3, 15, 0]] as const) expect(promqlProblems(asSent(expr), version), `${at}: ${expr}`).to.deep.equal([]);
        }
        expect(panels.flatMap(({ targets = [] }) => targets).length).to.equal(dashboard.rows.flatMap(({ panels: own }) => own).flatMap(({ queries }) => queries).length);
        for (const { title, targets = [] } of panels) expect(targets, title).not.to.deep.equal([]);
      });

      it('asks of the chosen cluster only, and of one job', () => {
        for (const { at, expr } of dashboardQueries(dashboard)) {
          if (at.endsWith('variable cluster')) continue;
          for (const { name = '', matchers } of selectors(expr.replaceAll('$__rate_interval', '1m'))) {
            const own = new Map(matchers.map((matcher) => [matcher.name, matcher.value]));
            const isOfPrometheus = /^(scrape_|ALERTS)/.test(name);
            if (!isOfPrometheus || own.has('cluster')) expect(own.get('cluster'), `${at}: ${expr}`).to.equal('$cluster');
            if (!isOfPrometheus) expect(own.has('job') || at.includes('variable'), `${at}: ${expr}`).to.equal(true);
          }
        }
      });

      it('uses only variables that it has, and rates over $__rate_interval', () => {
        const known = new Set(['__rate_interval', ...json.templating.list.map(({ name }) => name)]);
        expect([...known]).to.include.members(['datasource', 'cluster']);
        for (const { expr } of dashboardQueries(dashboard)) {
          for (const [, name = ''] of expr.matchAll(/\$(?!\d)\{?(\w+)\}?/g)) expect(known, expr).to.include(name);
          for (const [, range] of expr.matchAll(/\bi?rate\([^[]*\[([^\]]+)\]/g)) expect(range, expr).to.equal('$__rate_interval');
        }
      });

      it('lets one choose many where "All" makes sense, and one where it does not', () => {
        for (const { name, multi = false, includeAll = false } of json.templating.list.filter((variable) => variable.name !== 'datasource')) {
          expect(multi, name).to.equal(includeAll);
          const isCompared = dashboardQueries(dashboard).some(({ expr }) => new RegExp(`[^~]="\\$${name}"`).test(expr));
          if (multi) expect(isCompared, `${name} has "All" and is compared by =`).to.equal(false);
        }
      });

      it('begins with whether it is fine: at most six tiles, some with limits', () => {
        const [first] = dashboard.rows;
        expect(first?.title).to.equal('Is it fine?');
        expect(first?.collapsed).not.to.equal(true);
        expect(first?.panels.map(({ type }) => type)).to.deep.equal(Array.from({ length: first?.panels.length ?? 0 }, () => 'stat'));
        expect(first?.panels.length).to.be.within(3, 6);
        const limited = first?.panels.filter(({ look }) => [look.warnFrom, look.alarmFrom, look.warnBelow, look.alarmBelow].some((limit) => limit !== undefined));
        expect(limited?.length).to.be.at.least(2);
      });

      it('says what each row tells and what each panel shows, in which unit', () => {
        for (const { title, text: words = '' } of dashboard.rows) expect(words, title).to.match(/\S[.:]$/);
        for (const { title, description = '', fieldConfig } of panels) {
          expect(title).to.match(/^\S.*[^.]$/);
          expect(description, title).to.match(/\S\.$/);
          expect(fieldConfig?.defaults.unit, title).to.match(/^\w+$/);
        }
        const titles = panels.map(({ title }) => title);
        expect(titles.filter((title, index) => titles.indexOf(title) !== index)).to.deep.equal([]);
        expect(new Set(panelsOf(json).map(({ id: number }) => number)).size).to.equal(panelsOf(json).length);
      });

      it('names each line by labels that its query leaves', () => {
        for (const { title, type, queries } of dashboard.rows.flatMap(({ panels: own }) => own)) {
          if (type !== 'timeseries' && type !== 'state-timeline') continue;
          for (const { legend = '', expr } of queries) {
            expect(legend, title).not.to.equal('');
            const [, by] = /^-?(?:topk\(\d+, |clamp_min\()?(?:sum|max|min|count|avg) by \(([^)]*)\)/.exec(expr) ?? [];
            if (by === undefined || expr.includes('group_right')) continue;
            for (const [, label = ''] of legend.matchAll(/\{\{(\w+)\}\}/g)) expect(by.split(', '), `${title}: ${legend}`).to.include(label);
          }
        }
      });

      it('lays no panel over another, and none over the edge', () => {
        for (const { title, gridPos: { x, w } } of panelsOf(json)) expect(x + w, title).to.be.at.most(24);
        expect(overlap(json.panels)).to.deep.equal([]);
        for (const row of json.panels.filter(({ collapsed }) => collapsed === true)) expect(overlap(row.panels ?? [])).to.deep.equal([]);
      });

      it('leaves no gap in a line of panels', () => {
        for (const { title, panels: own } of dashboard.rows) {
          const width = own.reduce((sum, panel) => sum + panel.width, 0);
          expect(width <= 24 || width % 24 === 0, `${title}: ${width}`).to.equal(true);
        }
      });
    });
  }
});
