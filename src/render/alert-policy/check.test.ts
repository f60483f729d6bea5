import { expect } from 'chai';
import { policyOf, referencesOf, settingsOf, stackOf } from './testdata/render-case.ts';
import { checkPolicy } from './check.ts';

const settings = settingsOf(stackOf({}));
const SECRETS = referencesOf({ 'shop/slack/url': 'https://hooks.slack.example/x', 'shop/slack/empty': '\n', 'shop/slack/text': 'no address' });
const webhook = { name: 'team', webhook: { url: 'http://x' } };
const slack = (key: string, more: object = {}): object => ({ receivers: [{ name: 'team', slack: { webhookUrl: { name: 'slack', key }, ...more } }] });
const times = [{ weekdays: ['saturday'] }];
const silence = (more: object): object => ({ silences: [{ matchers: ['a="b"'], start: '2026-12-01T00:00:00Z', end: '2026-12-02T00:00:00Z', ...more }] });
const slo = (more: object): object => ({ slos: [{ name: 'up', objective: '99', errors: { bad: 'rate(bad[$window])', total: 'rate(all[$window])' }, ...more }] });

/** Each mistake, and what its user is told: where, which reason, which sentence. */
const MISTAKES: Readonly<Record<string, readonly (readonly [spec: object, path: string, reason: string, message: string])[]>> = {
  receivers: [
    [slack('missing'), 'spec.receivers[0].slack.webhookUrl', 'SecretMissing', 'Secret shop/slack has no key missing, but empty, text, url: add it, or name one of those'],
    [slack('empty'), 'spec.receivers[0].slack.webhookUrl', 'SecretInvalid', 'key empty of Secret slack is empty: store the value there'],
    [slack('text'), 'spec.receivers[0].slack.webhookUrl', 'SecretInvalid', 'key text of Secret slack does not hold an address: store a URL there that starts with https://'],
    [{ receivers: [{ name: 'team', slack: { channel: '#x' } }] }, 'spec.receivers[0].slack', 'ReceiverInvalid', 'set exactly one of webhookUrl and appToken'],
    [slack('url', { actions: [{ type: 'button', text: 'x' }] }), 'spec.receivers[0].slack.actions[0]', 'ReceiverInvalid', 'an action needs url or name'],
    [slack('url', { timeout: '300y' }), 'spec.receivers[0].slack.timeout', 'DurationInvalid', 'the duration "300y" is longer than 292 years, which is more than Prometheus can hold'],
    [{ receivers: [{ name: 'team', webhook: { url: 'pager.ops/hook' } }] }, 'spec.receivers[0].webhook.url', 'ReceiverInvalid', '"pager.ops/hook" is no address that Alertmanager can call: write a URL that starts with http:// or https://'],
    [{ receivers: [{ name: 'team', webhook: { url: 'http://x/{{ toUpper .CommonLabels.a }}' } }] }, 'spec.receivers[0].webhook.url', 'ReceiverInvalid', '"http://x/{{ toUpper .CommonLabels.a }}" holds a template that is not understood: in addresses use {{ .CommonLabels.name }} or {{ .CommonLabels.name | urlquery }}'],
    [{ receivers: [{ name: 'team', email: { to: 'a@b', from: 'c@d', smarthost: 'mail' } }] }, 'spec.receivers[0].email.smarthost', 'ReceiverInvalid', '"mail" is not host and port: write it like mail.example:587'],
    [{ receivers: [{ name: 'team', email: { to: 'a@b', from: 'c@d', smarthost: 'm:25', headers: { subject: 'a', Subject: 'b' } } }] }, 'spec.receivers[0].email.headers.Subject', 'ReceiverInvalid', 'the header Subject stands there twice, for case does not count: keep one'],
    [{ receivers: [{ ...webhook, http: { headers: { authorization: 'x' } } }] }, 'spec.receivers[0].http.headers.authorization', 'ReceiverInvalid', 'Alertmanager sets the header authorization itself: leave it out (for Authorization use basic, bearerToken or oauth2)'],
    [{ receivers: [{ ...webhook, http: { noProxy: 'x' } }] }, 'spec.receivers[0].http.noProxy', 'ReceiverInvalid', 'noProxy needs proxyUrl beside it'],
    [{ receivers: [webhook, { name: 'b' }, webhook] }, 'spec.receivers[2].name', 'ReceiverInvalid', 'spec.receivers[0] is called "team" as well: choose another name'],
  ],
  routes: [
    [{ receivers: [webhook], routes: [{ receiver: 'teams' }] }, 'spec.routes[0].receiver', 'ReceiverUnknown', 'spec.receivers has no "teams": did you mean "team"?'],
    [{ routes: [{ receiver: 'team' }] }, 'spec.routes[0].receiver', 'ReceiverUnknown', 'spec.receivers has no "team": define it there, or leave receiver out for the one of the route above'],
    [{ routes: [{ routes: [{ matchers: ['a="b"', 'critical'] }] }] }, 'spec.routes[0].routes[0].matchers[1]', 'MatcherInvalid', '"critical" is no matcher: write label, operator and value, like severity="critical"'],
    [{ routes: [{ matchers: ['latency>=5'] }] }, 'spec.routes[0].matchers[0]', 'MatcherInvalid', '"latency>=5" would look at a label called "latency>": labels are text, only =, !=, =~ and !~ compare them'],
    [{ routes: [{ matchers: ['a==b'] }] }, 'spec.routes[0].matchers[0]', 'MatcherInvalid', '"a==b" would look for the value "=b": write one = where two stand'],
    [{ routes: [{ matchers: ["a='b'"] }] }, 'spec.routes[0].matchers[0]', 'MatcherInvalid', '"a=\'b\'" would look for a value with the quotes in it: put the value in double quotes'],
    [{ routes: [{ groupBy: ['...', 'a'] }] }, 'spec.routes[0].groupBy[0]', 'RouteInvalid', '"..." means every label, so it must stand alone'],
    [{ routes: [{ groupBy: ['a', 'a'] }] }, 'spec.routes[0].groupBy[1]', 'RouteInvalid', '"a" stands there twice: leave one out'],
    [{ routes: [{ repeatInterval: '0s' }] }, 'spec.routes[0].repeatInterval', 'RouteInvalid', 'repeatInterval must not be 0: leave it out for Alertmanager\'s default'],
    [{ mute: [{ name: 'nights', times }], routes: [{ muteTimes: ['night'] }] }, 'spec.routes[0].muteTimes[0]', 'TimeIntervalInvalid', 'spec.mute has no "night": did you mean "nights"?'],
    [{ inhibit: [{ sourceMatchers: ['a'], targetMatchers: ['b="c"'] }] }, 'spec.inhibit[0].sourceMatchers[0]', 'MatcherInvalid', '"a" is no matcher: write label, operator and value, like severity="critical"'],
  ],
  mute: [
    [{ mute: [{ name: 'x', times: [{ daysOfMonth: ['0'] }] }] }, 'spec.mute[0].times[0].daysOfMonth[0]', 'TimeIntervalInvalid', '0 is no day of the month: write 1 to 31, or -1 to -31 counted from the end'],
    [{ mute: [{ name: 'x', times: [{ weekdays: [], location: 'UTC' }] }] }, 'spec.mute[0].times[0]', 'TimeIntervalInvalid', 'it names no time, so it would mute for ever: set times, weekdays, daysOfMonth, months or years (for good, use a silence or drop the alert)'],
    [{ mute: ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => ({ name, times, matchers: [`x=${name}`] })) }, 'spec.mute', 'TimeIntervalInvalid', '6 mutes have matchers, and at most 5 may: name the others under muteTimes of the routes they are for'],
  ],
  silences: [
    [silence({ end: '2026-11-30T00:00:00Z' }), 'spec.silences[0].end', 'SilenceInvalid', 'the silence ends at 2026-11-30T00:00:00Z, which is not after its start 2026-12-01T00:00:00Z'],
    [silence({ start: '2026-02-30T00:00:00Z' }), 'spec.silences[0].start', 'SilenceInvalid', '"2026-02-30T00:00:00Z" is no moment: write it like 2026-12-01T00:00:00Z'],
    [silence({ matchers: [] }), 'spec.silences[0].matchers', 'SilenceInvalid', 'the matchers fit every alert: name at least one label with a value that is not empty'],
    [silence({ matchers: ['a'] }), 'spec.silences[0].matchers[0]', 'MatcherInvalid', '"a" is no matcher: write label, operator and value, like severity="critical"'],
  ],
  rules: [
    [{ alerts: [{ alert: 'A', expr: 'up', labels: { namespace: 'other' } }] }, 'spec.alerts[0].labels.namespace', 'LabelInvalid', 'the label namespace is "shop" on everything from this policy, not "other": leave it out, or use another label'],
    [{ alerts: [{ alert: 'A', expr: 'up' }], groups: [{ name: 'alerts', rules: [] }] }, 'spec.groups[0].name', 'RuleInvalid', 'spec.alerts makes a group "alerts" already: choose another name'],
    [{ alerts: [{ alert: 'A', expr: 'rate(up) > 1' }] }, 'spec.alerts[0].expr', 'ExpressionInvalid', 'rate() takes a range vector, not an instant vector: add a range, like [5m] (at up) > 1)'],
    [{ records: [{ record: 'a', expr: 'up' }, { record: 'b', expr: 'foo(' }] }, 'spec.records[1].expr', 'ExpressionInvalid', 'a ( has no closing ) (at the end of foo()'],
    [{ groups: [{ name: 'g', rules: [{ record: 'b', expr: 'foo(' }] }] }, 'spec.groups[0].rules[0].expr', 'ExpressionInvalid', 'a ( has no closing ) (at the end of foo()'],
    [slo({ errors: { bad: 'rate(bad[$window]', total: 'rate(all[$window])' } }), 'spec.slos[0].errors.bad', 'ExpressionInvalid', 'a ( has no closing ) (at the end of rate(bad[5m])'],
    [slo({ errors: { bad: 'scalar(rate(bad[$window]))', total: 'rate(all[$window])' } }), 'spec.slos[0].errors.bad', 'ExpressionInvalid', 'it must give series, like sum(rate(http_requests_total[$window])), and gives a number'],
    [slo({ errors: { bad: 'rate(bad[5m])', total: 'rate(all[$window])' } }), 'spec.slos[0].errors.bad', 'ExpressionInvalid', 'the range must be written as $window, like rate(http_requests_total[$window]): the alerts look at several'],
    [slo({ window: '1h' }), 'spec.slos[0].window', 'DurationInvalid', 'a window of 1h is too short to alert on how fast its budget burns: use 1d or more'],
    [{ traffic: [{ workload: 'a', from: [] }, { workload: 'a', to: [] }] }, 'spec.traffic[1].workload', 'RuleInvalid', 'spec.traffic[0] has the traffic of this workload already: put both into one'],
    [{ traffic: [{ workload: 'a', from: [], labels: { namespace: 'b' } }] }, 'spec.traffic[0].labels.namespace', 'LabelInvalid', 'the label namespace is "shop" on everything from this policy, not "b": leave it out, or use another label'],
    [slo({ objective: '0.0' }), 'spec.slos[0].objective', 'RuleInvalid', 'an objective of 0 percent is always met: write the share that must be good, like 99.9'],
  ],
};

describe('render/alert-policy/check', () => {
  for (const [part, cases] of Object.entries(MISTAKES)) {
    describe(part, () => {
      for (const [spec, path, reason, message] of cases) {
        it(message, () => {
          expect(checkPolicy({ policy: policyOf(spec), references: SECRETS }, settings)).to.deep.equal([{ path, reason, message }]);
        });
      }
    });
  }

  it('never shows what a Secret holds', () => {
    const problems = checkPolicy({ policy: policyOf(slack('text')), references: SECRETS }, settings);
    expect(JSON.stringify(problems)).not.to.include('no address');
  });

  it('takes every Secret for there where nobody looked', () => {
    expect(checkPolicy({ policy: policyOf(slack('missing')), references: undefined }, settings)).to.deep.equal([]);
  });

  it('takes a silence of everything only where its namespace is added', () => {
    const policy = policyOf(silence({ matchers: ['a=~".*"'] }));
    expect(checkPolicy({ policy, references: undefined }, settings)).to.deep.equal([]);
    expect(checkPolicy({ policy, references: undefined }, { ...settings, routeScope: 'All' }).map(({ reason }) => reason)).to.deep.equal(['SilenceInvalid']);
  });

  it('lets the platform\'s own policy label as it likes', () => {
    const policy = policyOf({ alerts: [{ alert: 'A', expr: 'up', labels: { namespace: 'kube-system' } }] });
    expect(checkPolicy({ policy, references: undefined }, { ...settings, scope: 'Cluster' })).to.deep.equal([]);
    expect(checkPolicy({ policy, references: undefined }, { ...settings, scope: 'Cluster', stackNamespace: 'monitoring' })).to.have.length(1);
  });
});
