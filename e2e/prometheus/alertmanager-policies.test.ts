import { expect } from 'chai';
import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { parseAlertPolicy } from '../../src/api/parse.ts';
import { alertmanagerConfig } from '../../src/render/alert-policy/alertmanager-config.ts';
import { renderPolicy } from '../../src/render/alert-policy/render-policy.ts';
import { policyRouting } from '../../src/render/alert-policy/routing.ts';
import { policyOf, referencesOf, settingsOf, stackOf } from '../../src/render/alert-policy/testdata/render-case.ts';
import { checkAlertmanagerConfigs } from './amtool.ts';
import { policySpec, SECRETS } from '../../src/testing/alert-policy-arbitrary.ts';
import { checkRules } from './promtool.ts';

const TESTDATA = `${import.meta.dirname}/../../src/render/alert-policy/testdata`;

function goldens(folder: string): { file: string; text: string }[] {
  return readdirSync(`${TESTDATA}/${folder}`).filter((file) => file.endsWith('.out.yaml')).map((file) => ({ file, text: readFileSync(`${TESTDATA}/${folder}/${file}`, 'utf8') }));
}

describe('prometheus: what is rendered from AlertPolicies', function () {
  this.timeout(180_000);

  it('amtool takes every golden of alertmanager.yaml', async () => {
    const files = goldens('alertmanager');
    const { errors } = await checkAlertmanagerConfigs(files.map(({ text }) => text));
    expect(files.flatMap(({ file }, index) => (errors[index] === undefined ? [] : [[file, errors[index]]]))).to.deep.equal([]);
  });

  for (const release of ['3.15', '2.45']) {
    it(`promtool ${release} takes every golden of rules that is for it`, async () => {
      const files = goldens('rules').filter(({ text }) => release !== '2.45' || !/query_offset|^ {2}labels:/m.test(text));
      expect(files.length).to.be.greaterThan(1);
      const errors = await checkRules(files.map(({ text }) => text), release);
      expect(files.flatMap(({ file }, index) => (errors[index] === undefined ? [] : [[file, errors[index]]]))).to.deep.equal([]);
    });
  }

  describe('of policies with mistakes and without', () => {
    const stack = stackOf({});
    const references = referencesOf(SECRETS);
    const specs = fc.sample(policySpec, { numRuns: 3000, seed: 20261121 }).filter((spec) => fitsSchema(spec));
    const rendered = specs.map((spec) => ({ spec, ...renderPolicy({ policy: policyOf(spec), references }, settingsOf(stack)) }));

    it('amtool takes each that passes our check', async () => {
      const good = rendered.filter(({ rejections }) => rejections.length === 0);
      expect(good.length, 'that pass').to.be.greaterThan(500);
      const { errors } = await checkAlertmanagerConfigs(good.map(({ routing }) => alertmanagerConfig(stack, routing ? [routing] : [])));
      expect(good.flatMap(({ spec }, index) => (errors[index] === undefined ? [] : [{ error: errors[index], spec }]))).to.deep.equal([]);
    });

    it('amtool refuses each with one mistake, but for those that could never work', async () => {
      const single = rendered.flatMap(({ spec, rejections: [first, ...more] }) => {
        if (!first || more.length > 0 || first.reason === 'MatcherInvalid' || STRICTER.some((pattern) => pattern.test(first.message))) return [];
        const routing = policyRouting(policyOf(spec), settingsOf(stack), references);
        return routing ? [{ mistake: `${first.path}: ${first.message}`, text: alertmanagerConfig(stack, [routing]) }] : [];
      });
      expect(single.length, 'with one mistake').to.be.greaterThan(200);
      const { errors } = await checkAlertmanagerConfigs(single.map(({ text }) => text));
      expect(single.flatMap(({ mistake }, index) => (errors[index] === undefined ? [mistake] : []))).to.deep.equal([]);
    });
  });
});

/** What Alertmanager loads, and what then fails with every notification, has no effect, or never comes true. */
const STRICTER: readonly RegExp[] = [
  / set: one request signs in one way/, / needs proxyUrl beside it/, // it does not look at what e-mail has no use for
  / signs in by /, / needs alertSourceToken/, / stands under headers as well/,
  / is no name of an HTTP header/, / is no URL: /, / holds a space, a control character/, /^":25" is not host and port/, // a port of no host
  / exactly one of (url|topicArn)/, // both addresses of a webhook become one field here; sns takes all three
  /^13 is no month/, / names no time, so it would mute for ever/,
  / is too large/, / is longer than 292 years/, // Go wraps some of these round
  /^Secret .* has no key /, / of Secret \S+ is empty/, // here nothing would stand in the config
];

function fitsSchema(spec: object): boolean {
  return parseAlertPolicy({ apiVersion: 'belfry.dev/v1alpha1', kind: 'AlertPolicy', metadata: { name: 'checkout', namespace: 'shop' }, spec }).ok !== undefined;
}
