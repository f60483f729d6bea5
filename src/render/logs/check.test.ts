import { expect } from 'chai';
import { stackSettings } from '../../api/defaults.ts';
import type { LogsSpec } from '../../api/logs.ts';
import { checkLogs } from './check.ts';

function problems(logs: LogsSpec, scope: 'Cluster' | 'Namespace' = 'Cluster'): string[] {
  const spec = { scope, logs };
  const settings = stackSettings({ spec }).logs;
  return settings ? checkLogs(spec, settings).map(({ path, message }) => `${path}: ${message}`) : ['off'];
}

const loki = { loki: { url: 'https://loki.test' } };
const basic = { basic: { username: { name: 'a', key: 'b' }, password: { name: 'a', key: 'c' } } };
const bearerToken = { name: 'a', key: 'token' };

describe('render/logs/check', () => {
  const GOOD: readonly (readonly [says: string, logs: LogsSpec, scope?: 'Namespace'])[] = [
    ['an output alone', { output: loki }],
    ['a namespace of its own', { output: loki }, 'Namespace'],
    ['every sign-in with OpenTelemetry', { output: { opensearch: { url: 'https://os.test', auth: { bearerToken }, tls: { serverName: 'os' } } }, files: [{ volume: 'logs', path: '*.log' }] }],
    ['Fluent Bit with a token at Loki', { collector: 'FluentBit', output: { loki: { ...loki.loki, auth: { bearerToken } } } }],
    ['Fluentd with a password at OpenSearch', { collector: 'Fluentd', output: { opensearch: { url: 'http://os.test', auth: basic } }, files: [{ hostPath: '/var/log/audit', path: '*' }] }],
  ];
  for (const [says, logs, scope] of GOOD) it(`takes ${says}`, () => expect(problems(logs, scope)).to.deep.equal([]));

  const BAD: readonly (readonly [says: string, logs: LogsSpec, message: RegExp, scope?: 'Namespace'])[] = [
    ['other namespaces in scope Namespace', { output: loki, namespaces: {} }, /^spec\.logs\.namespaces: .*own namespace only: remove logs\.namespaces, or set scope: Cluster$/, 'Namespace'],
    ['files of the nodes in scope Namespace', { output: loki, files: [{ hostPath: '/etc', path: '*' }] }, /^spec\.logs\.files: .*set that, or remove logs\.files$/, 'Namespace'],
    ['Loki with Fluentd', { collector: 'Fluentd', output: loki }, /no output for Loki: set logs\.collector to OpenTelemetry or FluentBit/],
    ['a token at Elasticsearch with Fluent Bit', { collector: 'FluentBit', output: { elasticsearch: { url: 'http://es.test', auth: { bearerToken } } } }, /elasticsearch\.auth\.bearerToken: FluentBit signs in .* by name and password only/],
    ['a server name with Fluentd', { collector: 'Fluentd', output: { opensearch: { url: 'https://os.test', tls: { serverName: 'os' } } } }, /tls\.serverName: .*put it there/],
    ['volumes with Fluent Bit', { collector: 'FluentBit', output: loki, files: [{ hostPath: '/a', path: '*' }, { volume: 'logs', path: '*' }] }, /files\[1\]\.volume: .*"logs"/],
    ['TLS without https', { output: { loki: { url: 'http://loki.test', tls: { insecureSkipVerify: true } } } }, /tls needs an https URL, not http:\/\/loki\.test/],
    ['a certificate without its key', { output: { loki: { url: 'https://loki.test', tls: { cert: bearerToken } } } }, /set both tls\.cert and tls\.key/],
  ];
  for (const [says, logs, message, scope] of BAD) {
    it(`does not take ${says}`, () => {
      const [first = '', ...more] = problems(logs, scope);
      expect(first).to.match(message);
      expect(more).to.deep.equal([]);
    });
  }

  it('asks nothing of what is off', () => expect(problems({ enabled: false, output: loki, namespaces: {} }, 'Namespace')).to.deep.equal(['off']));
});
