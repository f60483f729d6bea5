import fc from 'fast-check';
import type { Endpoint, RelabelRuleSpec, ScrapeTargetSpec } from '../api/scrape-target.ts';
import { compact } from '../lib/compact.ts';
import type { LabelSelector } from '../api/schema.ts';

/** Text that has broken programs that write YAML, regular expressions or URLs. */
const text = fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }), fc.constantFrom('', '$1', '${1}', '$$', '|', 'yes', 'null', '0x1', ' a', '# ScrapeTarget/a/b', 'a\nb', ': ', '"', '\\', '{{x}}', '!tag', '*', '&a', '-'));
const some = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 2 });
const labelKey = fc.stringMatching(/^([a-z0-9]{1,5}\.[a-z]{1,4}\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,10}[A-Za-z0-9])?$/);
const labelValue = fc.stringMatching(/^([A-Za-z0-9]([-A-Za-z0-9_.]{0,10}[A-Za-z0-9])?)?$/);
const name = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,8}[a-z0-9])?$/);
const labelName = fc.oneof({ arbitrary: fc.stringMatching(/^[a-z_][a-zA-Z0-9_]{0,8}$/), weight: 9 }, { arbitrary: text, weight: 1 });
const duration = fc.oneof({ arbitrary: fc.constantFrom('5s', '15s', '1m', '1m30s', '500ms', '1h'), weight: 9 }, { arbitrary: fc.constantFrom('0', '0s', '300y', ''), weight: 1 });
const secretKey = fc.record({ name, key: fc.stringMatching(/^[-._a-zA-Z0-9]{1,12}$/) });

const selector: fc.Arbitrary<LabelSelector> = fc.record({
  matchLabels: some(fc.dictionary(labelKey, labelValue, { maxKeys: 3 })),
  matchExpressions: some(fc.array(fc.record({ key: labelKey, operator: fc.constantFrom('In', 'NotIn', 'Exists', 'DoesNotExist'), values: fc.array(labelValue, { minLength: 1, maxLength: 3 }) }), { maxLength: 3 })),
}).map(clean);

const rule: fc.Arbitrary<RelabelRuleSpec> = fc.record({
  action: some(fc.constantFrom('replace', 'keep', 'drop', 'keepequal', 'dropequal', 'hashmod', 'labelmap', 'labeldrop', 'labelkeep', 'lowercase', 'uppercase')),
  sourceLabels: some(fc.array(labelName, { maxLength: 3 })),
  separator: some(text),
  regex: some(fc.oneof(text, fc.constantFrom('(.+)', '(?i:a)', '(?=a)', '\\d+', '[', 'a{1,2000}', '(?P<x>.)'))),
  modulus: some(fc.nat({ max: 9 })),
  targetLabel: some(fc.oneof(labelName, fc.constantFrom('job', 'namespace', 'a_${1}', '${1}_a', '$1', '__address__'))),
  replacement: some(fc.oneof(text, labelName, fc.constantFrom('${1}'))),
}).map(clean);

const url = fc.oneof({ arbitrary: fc.webUrl({ withQueryParameters: true, withFragments: true }), weight: 4 }, { arbitrary: text.map((rest) => `http://h/${rest}`), weight: 1 }, { arbitrary: text.map((host) => `https://${host}`), weight: 1 });
const tls = fc.record({
  ca: some(fc.oneof(fc.record({ secret: secretKey }), fc.record({ configMap: secretKey }))), cert: some(secretKey), key: some(secretKey), serverName: some(text), insecureSkipVerify: some(fc.boolean()),
  minVersion: some(fc.constantFrom('TLS10', 'TLS11', 'TLS12', 'TLS13')),
}).map(clean);
const auth = fc.oneof(
  fc.record({ basic: fc.record({ username: secretKey, password: secretKey }) }),
  fc.record({ bearerToken: secretKey }),
  fc.record({ oauth2: fc.record({ clientId: fc.string({ minLength: 1 }), clientSecret: secretKey, tokenUrl: url, scopes: some(fc.array(text, { maxLength: 2 })), endpointParams: some(fc.dictionary(text, text, { maxKeys: 2 })), tls: some(tls) }).map(clean) }),
);

const endpoint: fc.Arbitrary<Endpoint> = fc.record({
  port: some(fc.oneof(fc.integer({ min: 1, max: 70_000 }), name)),
  path: some(text.map((rest) => `/${rest}`)),
  scheme: some(fc.constantFrom('http', 'https')),
  interval: some(duration),
  timeout: some(duration),
  params: some(fc.dictionary(text, fc.array(text, { maxLength: 2 }), { maxKeys: 3 })),
  tls: some(tls),
  auth: some(auth),
  proxyUrl: some(url),
  relabel: some(fc.array(rule, { maxLength: 3 })),
  metricRelabel: some(fc.array(rule, { maxLength: 3 })),
  honorLabels: some(fc.boolean()),
  honorTimestamps: some(fc.boolean()),
  followRedirects: some(fc.boolean()),
  enableHttp2: some(fc.boolean()),
  fallbackScrapeProtocol: some(fc.constantFrom('PrometheusProto', 'PrometheusText0.0.4')),
}).map(clean);

const address = fc.oneof({ arbitrary: fc.tuple(fc.oneof(fc.ipV4(), fc.domain(), fc.ipV6().map((ip) => `[${ip}]`)), fc.integer({ min: 1, max: 65_535 })).map((parts) => parts.join(':')), weight: 6 }, { arbitrary: text, weight: 1 });
const fixed = (target: fc.Arbitrary<string>) => fc.record({ targets: fc.array(target, { minLength: 1, maxLength: 3 }), labels: some(fc.dictionary(labelName, text, { maxKeys: 2 })) }).map(clean);

const selection: fc.Arbitrary<ScrapeTargetSpec> = fc.oneof(
  fc.record({ service: selector }),
  fc.record({ pod: selector }),
  fc.record({ node: selector }),
  fc.record({ ingress: selector }),
  fc.record({ static: fixed(address) }),
  fc.record({ http: fc.record({ url, refreshInterval: some(duration), auth: some(auth), tls: some(tls) }).map(clean) }),
  fc.record({ dns: fc.record({ names: fc.array(fc.domain(), { minLength: 1, maxLength: 2 }), type: fc.constantFrom('A', 'AAAA', 'MX', 'NS', 'SRV'), port: fc.integer({ min: 1, max: 65_535 }), refreshInterval: some(duration) }).map(clean) }),
  fc.record({ probe: fc.record({ module: fc.constantFrom('http_2xx', 'tcp_connect', 'icmp', 'none'), of: fc.oneof(fc.record({ service: selector }), fc.record({ ingress: selector }), fc.record({ static: fixed(fc.oneof(url, address)) })) }) }),
);

/** Any spec that fits the schema of a ScrapeTarget, mistakes included. */
export const scrapeTargetSpecs: fc.Arbitrary<ScrapeTargetSpec> = fc
  .tuple(
    selection,
    fc.record({
      endpoints: some(fc.array(endpoint, { minLength: 1, maxLength: 3 })),
      labels: some(fc.dictionary(labelName, text, { maxKeys: 3 })),
      copyLabels: some(fc.record({ service: some(fc.array(labelKey, { maxLength: 2 })), pod: some(fc.array(labelKey, { maxLength: 2 })), node: some(fc.array(labelKey, { maxLength: 1 })), ingress: some(fc.array(labelKey, { maxLength: 1 })) }).map(clean)),
      limits: some(fc.record({ samples: some(fc.integer({ min: 1 })), targets: some(fc.integer({ min: 1 })), bodySize: some(fc.constantFrom('50MB', '1.5GiB', '99999EB', '0B')) }).map(clean)),
    }),
  )
  .map(([selected, rest]) => clean({ ...selected, ...rest }));

/** Without the properties that were not drawn. */
function clean<T extends object>(value: T): Compacted<T> {
  return compact(value) as Compacted<T>;
}

type Optional<T> = { [K in keyof T]: undefined extends T[K] ? K : never }[keyof T];
type Compacted<T> = { [K in Exclude<keyof T, Optional<T>>]: T[K] } & { [K in Optional<T>]?: Exclude<T[K], undefined> };
