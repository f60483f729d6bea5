// cspell:ignore rrect
import { expect } from 'chai';
import fc from 'fast-check';
import type { KubeObject } from '../api/kube-object.ts';
import { isCredentialName } from './credential.ts';
import { maskPair } from './mask.ts';
import { maskText } from './mask-text.ts';

const secret = (data: Record<string, string>): KubeObject => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x' }, data });
const mask = (text: string) => maskText(text, (_hint, _value) => '***');

const NAMES: readonly [string, boolean][] = [
  ['password', true], ['GF_SECURITY_ADMIN_PASSWORD', true], ['bearer_token', true], ['credentials', true], ['Authorization', true], ['api_key', true], ['routingKey', true], ['client_secret', true],
  ['password_file', false], ['credentials_file', false], ['tokenUrl', false], ['token_url', false], ['secretName', false], ['tokenExpirationSeconds', false], ['username', false], ['key', false], ['imagePullSecrets', false], ['regex', false],
];

const TEXTS: readonly { says: string; text: string; masked: string }[] = [
  { says: 'a YAML value', text: 'basic_auth:\n  username: u\n  password: hunter2\n', masked: 'basic_auth:\n  username: u\n  password: ***\n' },
  { says: 'the first key of a list item', text: '- token: abc\n  a: 1', masked: '- token: ***\n  a: 1' },
  { says: 'a block of lines', text: 'private_key: |\n  line1\n\n  line2\nnext: 1', masked: 'private_key: |\n  ***\n\n  ***\nnext: 1' },
  { says: 'JSON on one line', text: '{"a":"b","password":"hunter2","x":1}', masked: '{"a":"b","password":"***","x":1}' },
  { says: 'YAML on one line', text: 'auth: {username: u, password: hunter2, x: 1}', masked: 'auth: {username: u, password: ***, x: 1}' },
  { says: 'a flag', text: '--web.token=abc --storage=1', masked: '--web.token=*** --storage=1' },
  { says: 'a header', text: 'curl -H "X: Bearer abcdef123" http://x', masked: 'curl -H "X: Bearer ***" http://x' },
  { says: 'what stands before the host of a URL', text: 'url: https://user:pass@example/x', masked: 'url: https://***@example/x' },
  { says: 'a webhook that is its own credential', text: 'api_url: https://hooks.slack.com/services/T0/B0/xyz', masked: 'api_url: https://hooks.slack.com/services/***' },
  { says: 'an environment file', text: 'API_TOKEN=abc\nPORT=1', masked: 'API_TOKEN=***\nPORT=1' },
  { says: 'nothing in a file\'s name', text: 'credentials_file: /etc/x\npassword_file: /etc/y', masked: 'credentials_file: /etc/x\npassword_file: /etc/y' },
  { says: 'nothing in PromQL', text: '  expr: rate(token_requests_total{path=~"/secret.*"}[5m]) > 1', masked: '  expr: rate(token_requests_total{path=~"/secret.*"}[5m]) > 1' },
];

describe('diff/mask', () => {
  for (const [name, expected] of NAMES) {
    it(`${expected ? 'takes' : 'does not take'} ${name} for the name of a credential`, () => {
      expect(isCredentialName(name)).to.equal(expected);
    });
  }
  for (const { says, text, masked } of TEXTS) {
    it(`masks ${says}`, () => {
      expect(mask(text)).to.equal(masked);
    });
  }

  it('masks all of a Secret, and shows which values change', () => {
    const { before, after } = maskPair({ before: secret({ a: 'MQ==', b: 'Mg==', gone: 'Mw==' }), after: secret({ a: 'MQ==', b: 'NA==', new: 'NQ==' }) });
    expect(before?.['data']).to.deep.equal({ a: '***', b: '***', gone: '***' });
    expect(after?.['data']).to.deep.equal({ a: '***', b: '*** (changed)', new: '*** (changed)' });
  });

  it('says changed of values that only changed places', () => {
    const { after } = maskPair({ before: secret({ a: 'MQ==', b: 'Mg==' }), after: secret({ a: 'Mg==', b: 'MQ==' }) });
    expect(after?.['data']).to.deep.equal({ a: '*** (changed)', b: '*** (changed)' });
  });

  it('says nothing of a change where the object is new', () => {
    expect(maskPair({ after: secret({ a: 'MQ==' }) }).after?.['data']).to.deep.equal({ a: '***' });
  });

  it('shows that a credential in a config file changed, and what else did', () => {
    const config = (text: string): KubeObject => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' }, data: { 'a.yml': text } });
    const { before, after } = maskPair({ before: config('url: a\npassword: one\n'), after: config('url: b\npassword: two\n') });
    expect([before?.['data'], after?.['data']]).to.deep.equal([{ 'a.yml': 'url: a\npassword: ***\n' }, { 'a.yml': 'url: b\npassword: *** (changed)\n' }]);
  });

  it('masks variables and headers by their own name, and drops what kubectl keeps of a Secret', () => {
    const object: KubeObject = {
      apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x', annotations: { 'kubectl.kubernetes.io/last-applied-configuration': 'all of it', keep: 'me' } },
      spec: { containers: [{ name: 'a', env: [{ name: 'TOKEN', value: 'abc' }, { name: 'PORT', value: '1' }, { name: 'KEY', valueFrom: { secretKeyRef: { name: 's', key: 'password' } } }] }] },
    };
    expect(maskPair({ after: object }).after).to.deep.equal({
      ...object, metadata: { name: 'x', annotations: { keep: 'me' } },
      spec: { containers: [{ name: 'a', env: [{ name: 'TOKEN', value: '***' }, { name: 'PORT', value: '1' }, { name: 'KEY', valueFrom: { secretKeyRef: { name: 's', key: 'password' } } }] }] },
    });
  });

  it('lets no credential through, wherever it stands', () => {
    const credential = 'c0rrect-h0rse';
    const where = fc.constantFrom(
      (): KubeObject => secret({ 'alertmanager.yaml': credential }),
      (): KubeObject => ({ ...secret({}), stringData: { x: credential } }),
      (): KubeObject => ({ ...secret({}), kind: 'ConfigMap', data: { 'a.yml': `a:\n    - b:\n        password: "${credential}"\n` } }),
      (): KubeObject => ({ ...secret({}), kind: 'ConfigMap', data: { 'a.json': JSON.stringify({ auth: { api_key: credential } }, null, 2) } }),
      (): KubeObject => ({ ...secret({}), kind: 'Deployment', spec: { args: [`--api-token=${credential}`, `--url=https://u:${credential}@h/`] } }),
    );
    fc.assert(
      fc.property(where, where, (before, after) => {
        expect(JSON.stringify(maskPair({ before: before(), after: after() }))).not.to.include(credential);
      }),
    );
  });
});
