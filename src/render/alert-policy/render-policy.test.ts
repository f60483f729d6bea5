import { expect } from 'chai';
import { goldenText } from '../../testing/golden.ts';
import { alertmanagerConfig } from './alertmanager-config.ts';
import { renderPolicy } from './render-policy.ts';
import { policyOf, renderCase, settingsOf, stackOf, type RenderCase } from './testdata/render-case.ts';

const SPEC = {
  alerts: [{ alert: 'Down', expr: 'up == 0' }],
  receivers: [{ name: 'team', slack: { channel: '#a', webhookUrl: { name: 'slack', key: 'url' } } }],
  routes: [{ receiver: 'team', matchers: ['severity="critical"'] }],
  mute: [{ name: 'nights', times: [{ times: [{ start: '00:00', end: '06:00' }] }], matchers: ['severity="info"'] }],
  silences: [{ matchers: ['alertname=Down'], start: '2026-12-01T00:00:00Z', end: '2026-12-01T04:00:00Z' }],
};

describe('render/alert-policy/render-policy', () => {
  describe('rules', () => {
    goldenText<RenderCase>(`${import.meta.dirname}/testdata/rules`, 'yaml', (input) => {
      const { rendered } = renderCase(input);
      expect(rendered.flatMap(({ rejections }) => rejections)).to.deep.equal([]);
      for (const { piece, ruleCount } of rendered) {
        expect(piece?.text.match(/^ {4}- (alert|record):/gm)?.length).to.equal(ruleCount);
      }
      return `groups:\n${rendered.map(({ piece }) => piece?.text ?? '').join('')}`;
    });
  });

  it('gives the same object for the same policy, settings and facts, and another for others', () => {
    const [policy, settings] = [policyOf(SPEC), settingsOf(stackOf({}))];
    const first = renderPolicy({ policy, references: undefined }, settings);
    expect(renderPolicy({ policy, references: undefined }, { ...settings })).to.equal(first);
    expect(renderPolicy({ policy, references: new Map() }, settings)).not.to.equal(first);
    expect(renderPolicy({ policy, references: undefined }, { ...settings, routeScope: 'All' })).not.to.equal(first);
    expect(renderPolicy({ policy, references: undefined }, settings)).to.equal(first);
  });

  it('says what it added, and adds it to silences too', () => {
    const { injected, silences } = renderPolicy({ policy: policyOf(SPEC), references: undefined }, settingsOf(stackOf({})));
    expect(injected).to.deep.equal(['label namespace="shop" on every alert and record', 'matcher namespace="shop" on routes, silences']);
    expect(silences[0]?.matchers).to.deep.equal(['namespace="shop"', 'alertname="Down"']);
  });

  it('leaves Alertmanager out where a stack has none', () => {
    const rendered = renderPolicy({ policy: policyOf(SPEC), references: undefined }, settingsOf(stackOf({ alertmanager: { enabled: false } })));
    expect(rendered).to.include.keys('piece').and.not.include.keys('routing');
    expect(rendered.silences).to.deep.equal([]);
  });

  it('says what an older Prometheus cannot do', () => {
    const policy = policyOf({ groups: [{ name: 'a', queryOffset: '1m', rules: [{ alert: 'Down', expr: 'up == 0' }] }] });
    const { omitted } = renderPolicy({ policy, references: undefined }, settingsOf(stackOf({ prometheus: { version: 'v2.45.0' } })));
    expect(omitted).to.deep.equal([{ object: 'AlertPolicy/shop/checkout', field: 'query_offset', since: 'v2.53.0' }]);
  });

  it('says where traffic is not watched, because the stack counts no flows, and leaves no rule that could never fire', () => {
    const policy = policyOf({ traffic: [{ workload: 'checkout', from: [] }], alerts: [{ alert: 'Down', expr: 'up == 0' }] });
    const { omitted, ruleCount, rejections } = renderPolicy({ policy, references: undefined }, settingsOf(stackOf({})));
    expect({ ruleCount, rejections }).to.deep.equal({ ruleCount: 1, rejections: [] });
    expect(omitted).to.deep.equal([{ object: 'AlertPolicy/shop/checkout', field: 'spec.traffic', why: 'MonitoringStack shop/shop counts no network flows: switch on exporters.networkFlows there (scope Cluster)' }]);
    const counting = renderPolicy({ policy, references: undefined }, settingsOf(stackOf({ scope: 'Cluster', exporters: { networkFlows: {} } })));
    expect(counting).to.deep.include({ omitted: [], ruleCount: 3 });
  });

  describe('of a policy with a mistake', () => {
    const stack = stackOf({});
    const settings = settingsOf(stack);
    const good = renderPolicy({ policy: policyOf(SPEC), references: undefined }, settings);
    const bad = policyOf({ ...SPEC, routes: [{ receiver: 'teams' }] });

    it('nothing is live where nothing was', () => {
      const rendered = renderPolicy({ policy: bad, references: undefined }, settings);
      expect(rendered).not.to.have.any.keys('piece', 'routing');
      expect(rendered.rejections.map(({ object, path, reason }) => [object.name, path, reason])).to.deep.equal([['checkout', 'spec.routes[0].receiver', 'ReceiverUnknown']]);
      expect(rendered).to.deep.include({ ruleCount: 0, silences: [], injected: [] });
    });

    it('the last good version stays live, byte for byte', () => {
      const alertmanager = alertmanagerConfig(stack, good.routing ? [good.routing] : []);
      const rendered = renderPolicy({ policy: bad, references: undefined, lastGood: { rules: good.piece?.text ?? '', alertmanager } }, settings);
      expect(rendered.rejections).to.have.length(1);
      expect(rendered.piece).to.deep.equal(good.piece);
      expect(rendered.ruleCount).to.equal(good.ruleCount);
      expect(alertmanagerConfig(stack, rendered.routing ? [rendered.routing] : [])).to.equal(alertmanager);
    });
  });

  it('refuses a policy that is too large for what it is written to', () => {
    const alerts = Array.from({ length: 3000 }, (_, index) => ({ alert: `Down${index}`, expr: 'up == 0', annotations: { text: 'x'.repeat(200) } }));
    const { rejections } = renderPolicy({ policy: policyOf({ alerts }), references: undefined }, settingsOf(stackOf({})));
    expect(rejections.map(({ reason }) => reason)).to.deep.equal(['TooLarge']);
  });
});
