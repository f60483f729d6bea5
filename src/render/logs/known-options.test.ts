import { expect } from 'chai';
import type { LogCollector } from '../../api/log-settings.ts';
import type { LogsSpec } from '../../api/logs.ts';
import { stackSettings } from '../../api/defaults.ts';
import { fluentBitConfig } from './fluent-bit/config.ts';
import { fluentdConfig } from './fluentd/config.ts';
import type { Directive } from './fluentd/print.ts';

/*
 * Neither program can be run here. What can be known is whether each of them has the options that we set: these are the
 * ones listed here by hand, after docs.fluentbit.io 4.2, docs.fluentd.org 1.19 and the plugins' own pages: those that we use.
 */
const ANY_PLUGIN = ['name', 'alias', 'match', 'tag'];
const FLUENT_BIT: Readonly<Record<string, readonly string[]>> = {
  service: ['flush', 'log_level', 'http_server', 'http_listen', 'http_port', 'storage.path', 'storage.metrics', 'storage.max_chunks_up', 'storage.backlog.mem_limit'],
  tail: ['path', 'path_key', 'exclude_path', 'db', 'read_from_head', 'refresh_interval', 'skip_long_lines', 'multiline.parser', 'storage.type', 'storage.pause_on_chunks_overlimit'],
  kubernetes: ['kube_tag_prefix', 'buffer_size', 'annotations', 'namespace_labels'],
  grep: ['regex', 'exclude'],
  record_modifier: ['record'],
  loki: ['host', 'port', 'uri', 'tenant_id', 'labels', 'remove_keys', 'drop_single_key', 'http_user', 'http_passwd', 'bearer_token', 'retry_limit', 'tls', 'tls.verify', 'tls.ca_file', 'tls.crt_file', 'tls.key_file', 'tls.vhost'],
  es: ['host', 'port', 'path', 'index', 'write_operation', 'suppress_type_name', 'replace_dots', 'trace_error', 'compress', 'http_user', 'http_passwd', 'retry_limit', 'tls', 'tls.verify', 'tls.ca_file', 'tls.crt_file', 'tls.key_file', 'tls.vhost'],
};
const FLUENTD: Readonly<Record<string, readonly string[]>> = {
  system: ['log_level'],
  tail: ['path', 'path_key', 'exclude_path', 'pos_file', 'tag', 'read_from_head', 'refresh_interval'],
  regexp: ['expression', 'time_format'],
  none: ['message_key'],
  concat: ['key', 'use_partial_cri_logtag', 'partial_cri_logtag_key', 'partial_cri_stream_key'],
  kubernetes_metadata: ['watch', 'skip_labels', 'skip_master_url'],
  grep: [],
  'grep regexp': ['key', 'pattern'],
  'grep exclude': ['key', 'pattern'],
  record_transformer: [],
  prometheus: ['bind', 'port', 'metrics_path'],
  prometheus_output_monitor: ['interval'],
  prometheus_tail_monitor: ['interval'],
  elasticsearch: ['host', 'port', 'scheme', 'path', 'user', 'password', 'ssl_verify', 'ca_file', 'client_cert', 'client_key', 'index_name', 'include_timestamp', 'write_operation', 'suppress_type_name', 'reconnect_on_error', 'reload_on_failure', 'reload_connections', 'request_timeout'],
  file: ['path', 'flush_interval', 'flush_thread_count', 'chunk_limit_size', 'total_limit_size', 'overflow_action', 'retry_forever', 'retry_max_interval'],
};

const key = (name: string) => ({ name: 'output', key: name });
const rest = { tls: { ca: { secret: key('ca') }, cert: key('cert'), key: key('key'), insecureSkipVerify: true }, auth: { basic: { username: key('user'), password: key('password') } } };
const namespaces = {
  matchLabels: { team: 'shop' },
  matchExpressions: [
    { key: 'tier', operator: 'NotIn' as const, values: ['a.b', 'c'] }, { key: 'audited', operator: 'Exists' as const }, { key: 'quiet', operator: 'DoesNotExist' as const },
    { key: 'kubernetes.io/metadata.name', operator: 'NotIn' as const, values: ['kube-system'] },
  ],
};
const files = [{ hostPath: '/var/log/audit', path: '*.log' }];
const ES = { url: 'https://logs.test/at', index: 'shop', ...rest };
const CASES: readonly (readonly [collector: LogCollector, output: NonNullable<LogsSpec['output']>])[] = [
  ['FluentBit', { loki: { url: 'https://logs.test', tenant: 'shop', ...rest, tls: { ...rest.tls, serverName: 'logs' } } }], ['FluentBit', { loki: { url: 'https://logs.test', auth: { bearerToken: key('token') } } }],
  ['FluentBit', { elasticsearch: ES }], ['FluentBit', { opensearch: ES }], ['Fluentd', { elasticsearch: ES }], ['Fluentd', { opensearch: ES }],
];

function settingsOf(collector: LogCollector, output: NonNullable<LogsSpec['output']>) {
  const { logs } = stackSettings({ spec: { scope: 'Cluster', logs: { collector, output, namespaces, files } } });
  if (!logs) throw new Error('logs are off');
  return logs;
}

/** Options of a part of Fluent Bit's config that are not in the list. */
function unknownOf(part: string, options: object): string[] {
  const plugin = part === 'opensearch' ? 'es' : part;
  return Object.keys(options).filter((option) => !(FLUENT_BIT[plugin] ?? []).includes(option) && !(plugin !== 'service' && ANY_PLUGIN.includes(option))).map((option) => `${part}: ${option}`);
}

/** The same for Fluentd's directives, and those within. */
function unknownParameters({ name, set, inside = [] }: Directive, around = ''): string[] {
  const type = set['@type'] === undefined ? (around === '' ? name : `${around} ${name}`) : String(set['@type']);
  const known = FLUENTD[type === 'opensearch' ? 'elasticsearch' : type];
  // The fields of a record are the user's own.
  const own = name === 'record' ? [] : Object.keys(set).filter((parameter) => !parameter.startsWith('@') && !(known ?? []).includes(parameter)).map((parameter) => `${type}: ${parameter}`);
  return [...(known === undefined && name !== 'record' ? [`no ${type}`] : []), ...own, ...inside.flatMap((one) => unknownParameters(one, type))];
}

interface FluentBit {
  readonly service: object;
  readonly pipeline: Readonly<Record<'inputs' | 'filters' | 'outputs', readonly { readonly name: string }[]>>;
}

describe('render/logs, what Fluent Bit and Fluentd are told', () => {
  const stack = { name: 'cluster', namespace: 'monitoring' };
  for (const [collector, output] of CASES) {
    it(`is in options that they have: ${collector} to ${Object.keys(output).join()}`, () => {
      const settings = settingsOf(collector, output);
      if (collector === 'Fluentd') return expect(fluentdConfig(stack, settings).flatMap((one) => unknownParameters(one))).to.deep.equal([]);
      const { service, pipeline } = fluentBitConfig(stack, settings) as FluentBit;
      return expect([...unknownOf('service', service), ...Object.values(pipeline).flat().flatMap((plugin) => unknownOf(plugin.name, plugin))]).to.deep.equal([]);
    });
  }

  it('has every requirement on namespaces as a condition of its own', () => {
    const bit = (fluentBitConfig(stack, settingsOf('FluentBit', { elasticsearch: ES })) as FluentBit).pipeline.filters.filter(({ name }) => name === 'grep');
    expect(bit.map(({ name: _name, ...condition }) => condition)).to.deep.equal([
      { match: 'kube.*', regex: '$kubernetes_namespace[\'labels\'][\'team\'] ^(shop)$' },
      { match: 'kube.*', exclude: '$kubernetes_namespace[\'labels\'][\'tier\'] ^(a\\.b|c)$' },
      { match: 'kube.*', regex: '$kubernetes_namespace[\'labels\'][\'audited\'] ^.*$' },
      { match: 'kube.*', exclude: '$kubernetes_namespace[\'labels\'][\'quiet\'] ^.*$' },
    ]);
    const [filter] = fluentdConfig(stack, settingsOf('Fluentd', { elasticsearch: ES })).filter(({ set }) => set['@type'] === 'grep');
    expect(filter?.inside?.map(({ name, set }) => [name, set['pattern']])).to.deep.equal([['regexp', '/^(shop)$/'], ['exclude', '/^(a\\.b|c)$/'], ['regexp', '/./'], ['exclude', '/./']]);
  });
});
