import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import type { Endpoint } from '../../api/scrape-target.ts';
import { settingsOf, targetInput, type ScrapeTargetCase } from '../../testing/scrape-target-case.ts';
import { check } from './check.ts';

type Case = ScrapeTargetCase & {
  readonly says: string;
  readonly path: string;
  readonly reason: string;
  readonly message: string;
};

const fixed = { static: { targets: ['10.0.0.5:9100'] } };
const withEndpoint = (endpoint: Endpoint): ScrapeTargetCase['target'] => ({ spec: { ...fixed, endpoints: [endpoint] } });
const ports = (name: string, ...named: string[]) => ({ namespace: 'shop', name, ports: named.map((port, index) => ({ name: port, port: 8080 + index })) });

const CASES: readonly Case[] = [
  // namespaces
  {
    says: 'another namespace, where the stack does not allow that',
    target: { spec: { pod: {}, namespaces: ['shop', 'web'] } },
    path: 'spec.namespaces[1]', reason: 'NamespaceNotAllowed',
    message: 'a ScrapeTarget in shop may not look into namespace web: leave it out, or have the stack allow it with spec.select.crossNamespace: true',
  },
  {
    says: 'all namespaces, where the stack does not allow that',
    target: { spec: { pod: {}, namespaces: ['*'] } },
    path: 'spec.namespaces[0]', reason: 'NamespaceNotAllowed',
    message: 'a ScrapeTarget in shop may not look into all namespaces: leave it out, or have the stack allow it with spec.select.crossNamespace: true',
  },
  {
    says: 'nodes, in a stack for namespaces',
    target: { spec: { node: {} } },
    path: 'spec.node', reason: 'NamespaceNotAllowed',
    message: 'nodes belong to no namespace, and this stack sees namespaces only: leave it out, or use a stack with spec.scope: Cluster',
  },
  {
    says: 'labels of nodes, in a stack for namespaces',
    target: { spec: { pod: {}, copyLabels: { node: ['zone'] } } },
    path: 'spec.copyLabels.node', reason: 'NamespaceNotAllowed',
    message: 'nodes belong to no namespace, and this stack sees namespaces only: leave it out, or use a stack with spec.scope: Cluster',
  },
  {
    says: 'an address that by its name is in another namespace',
    target: { spec: { static: { targets: ['api.kube-system.svc.cluster.local:443'] } } },
    path: 'spec.static.targets[0]', reason: 'NamespaceNotAllowed',
    message: '"api.kube-system.svc.cluster.local:443" is in namespace kube-system, and a ScrapeTarget in shop may not look there: move the ScrapeTarget, or have the stack allow it with spec.select.crossNamespace: true',
  },
  {
    says: 'a probed URL in another namespace',
    target: { spec: { probe: { module: 'http_2xx', of: { static: { targets: ['https://web.other.svc/health'] } } } } },
    path: 'spec.probe.of.static.targets[0]', reason: 'NamespaceNotAllowed',
    message: '"https://web.other.svc/health" is in namespace other, and a ScrapeTarget in shop may not look there: move the ScrapeTarget, or have the stack allow it with spec.select.crossNamespace: true',
  },
  {
    says: 'a relabel rule that moves a target to another namespace',
    target: withEndpoint({ relabel: [{ targetLabel: '__address__', replacement: 'web.other.svc:80' }] }),
    path: 'spec.endpoints[0].relabel[0].replacement', reason: 'NamespaceNotAllowed',
    message: '"web.other.svc:80" is in namespace other, and a ScrapeTarget in shop may not look there: move the ScrapeTarget, or have the stack allow it with spec.select.crossNamespace: true',
  },
  // addresses
  {
    says: 'a URL for an address',
    target: { spec: { static: { targets: ['https://10.0.0.5:9100/federate'] } } },
    path: 'spec.static.targets[0]', reason: 'AddressInvalid',
    message: '"https://10.0.0.5:9100/federate" is a URL or a path, not an address: write "10.0.0.5:9100", and scheme: https, path: /federate under spec.endpoints',
  },
  { says: 'an address with a path', target: { spec: { static: { targets: ['a:1', 'b:2/'] } } }, path: 'spec.static.targets[1]', reason: 'AddressInvalid', message: '"b:2/" is a URL or a path, not an address: write "b:2"' },
  { says: 'an address with a space', target: { spec: { static: { targets: ['a: 1'] } } }, path: 'spec.static.targets[0]', reason: 'AddressInvalid', message: '"a: 1" holds a space: write host:port' },
  { says: 'a port without a host', target: { spec: { static: { targets: [':9100'] } } }, path: 'spec.static.targets[0]', reason: 'AddressInvalid', message: '":9100" is no address: write host:port, an IPv6 address in brackets' },
  { says: 'IPv6 without brackets', target: { spec: { static: { targets: ['fd00::5'] } } }, path: 'spec.static.targets[0]', reason: 'AddressInvalid', message: '"fd00::5" is no address: write host:port, an IPv6 address in brackets' },
  { says: 'a port that is none', target: { spec: { static: { targets: ['a:99999'] } } }, path: 'spec.static.targets[0]', reason: 'AddressInvalid', message: '"99999" in "a:99999" is no port: write a number from 1 to 65535' },
  { says: 'a URL for discovery without a host', target: { spec: { http: { url: 'http:///x' } } }, path: 'spec.http.url', reason: 'AddressInvalid', message: '"http:///x" is no URL: write it like https://host:port/path' },
  { says: 'a proxy with a broken escape', target: withEndpoint({ proxyUrl: 'http://proxy/%zz' }), path: 'spec.endpoints[0].proxyUrl', reason: 'AddressInvalid', message: '"%zz" in the URL "http://proxy/%zz" is no escape: write %25 for a percent sign' },
  { says: 'a probed URL with a space', target: { spec: { probe: { module: 'http_2xx', of: { static: { targets: ['https://a b'] } } } } }, path: 'spec.probe.of.static.targets[0]', reason: 'AddressInvalid', message: '"https://a b" holds a space: write a URL or host:port' },
  {
    says: 'a token URL that is none',
    target: withEndpoint({ auth: { oauth2: { clientId: 'a', clientSecret: { name: 's', key: 'k' }, tokenUrl: 'https://sso:port/' } } }),
    path: 'spec.endpoints[0].auth.oauth2.tokenUrl', reason: 'AddressInvalid', message: '"https://sso:port/" is no URL: write it like https://host:port/path',
  },
  // endpoints
  { says: 'an interval of nothing', target: withEndpoint({ interval: '0s' }), path: 'spec.endpoints[0].interval', reason: 'DurationInvalid', message: 'a duration of 0s is none: use 30s, or leave it out for the default' },
  { says: 'a duration beyond all bounds', target: withEndpoint({ interval: '300y' }), path: 'spec.endpoints[0].interval', reason: 'DurationInvalid', message: 'the duration "300y" is longer than 292 years, which is more than Prometheus can hold' },
  {
    says: 'a timeout above the interval', target: withEndpoint({ interval: '5s', timeout: '10s' }), path: 'spec.endpoints[0].timeout', reason: 'DurationInvalid',
    message: 'the timeout 10s is longer than the interval 5s, which Prometheus refuses: use at most 5s, or set a longer interval',
  },
  {
    says: 'a timeout above the interval of the stack', target: withEndpoint({ timeout: '1m' }), path: 'spec.endpoints[0].timeout', reason: 'DurationInvalid',
    message: 'the timeout 1m is longer than the stack\'s interval 30s, which Prometheus refuses: use at most 30s, or set a longer interval',
  },
  { says: 'a refresh of nothing', target: { spec: { dns: { names: ['a'], refreshInterval: '0' } } }, path: 'spec.dns.refreshInterval', reason: 'DurationInvalid', message: 'a duration of 0 is none: use 30s, or leave it out for the default' },
  { says: 'TLS over http', target: withEndpoint({ scheme: 'http', tls: { insecureSkipVerify: true } }), path: 'spec.endpoints[0].scheme', reason: 'Invalid', message: 'scheme http speaks no TLS: use scheme: https, or leave tls out' },
  {
    says: 'half a client certificate', target: withEndpoint({ tls: { cert: { name: 's', key: 'tls.crt' } } }), path: 'spec.endpoints[0].tls.cert', reason: 'Invalid',
    message: 'a client certificate is a pair: set key beside cert, or leave both out',
  },
  {
    says: 'basic authentication that the release cannot do', stack: { prometheus: { version: '2.45.0' } },
    target: withEndpoint({ auth: { basic: { username: { name: 's', key: 'u' }, password: { name: 's', key: 'p' } } } }),
    path: 'spec.endpoints[0].auth.basic', reason: 'VersionUnsupported', message: 'this Prometheus cannot read a user name from a file: the stack needs v2.49.0 or newer for basic authentication',
  },
  {
    says: 'two endpoints that are one', target: { spec: { ...fixed, endpoints: [{}, { path: '/a' }, { path: '/metrics', interval: '1m' }] } }, path: 'spec.endpoints[2]', reason: 'Invalid',
    message: 'this endpoint scrapes the same as spec.endpoints[0], and would write the same series: leave one of them out',
  },
  {
    says: 'half a client certificate of a token service', path: 'spec.http.auth.oauth2.tls.key', reason: 'Invalid', message: 'a client certificate is a pair: set cert beside key, or leave both out',
    target: { spec: { http: { url: 'http://a/', auth: { oauth2: { clientId: 'a', clientSecret: { name: 's', key: 'k' }, tokenUrl: 'http://a/', tls: { key: { name: 's', key: 'k' } } } } } } },
  },
  {
    says: 'DNS records that the release does not know', stack: { prometheus: { version: '2.45.6' } }, target: { spec: { dns: { names: ['a'], type: 'NS', port: 1 } } },
    path: 'spec.dns.type', reason: 'VersionUnsupported', message: 'this Prometheus does not know DNS records of type NS: the stack needs v2.49.0 or newer',
  },
  // relabel rules
  {
    says: 'a broken regular expression', target: withEndpoint({ relabel: [{ targetLabel: 'a' }, { action: 'keep', sourceLabels: ['a'], regex: '(?=x)' }] }),
    path: 'spec.endpoints[0].relabel[1].regex', reason: 'RelabelRuleInvalid', message: '(?=x)',
  },
  { says: 'a metric relabel rule without its target', target: withEndpoint({ metricRelabel: [{ action: 'hashmod', modulus: 2 }] }), path: 'spec.endpoints[0].metricRelabel[0].targetLabel', reason: 'RelabelRuleInvalid', message: 'action hashmod needs a target label' },
  {
    says: 'a name that only Prometheus 3 takes', stack: { prometheus: { version: '2.55.1' } }, target: withEndpoint({ relabel: [{ targetLabel: 'a.b', replacement: 'x' }] }),
    path: 'spec.endpoints[0].relabel[0].targetLabel', reason: 'RelabelRuleInvalid', message: 'target label "a.b" is no label name: use letters, digits and _, not starting with a digit',
  },
  // ports
  { says: 'a number that is no port', target: { spec: { pod: {}, endpoints: [{ port: 70000 }] } }, path: 'spec.endpoints[0].port', reason: 'AddressInvalid', message: '70000 is no port: use a number from 1 to 65535, or a name' },
  { says: 'a number in quotes that is no port', target: { spec: { pod: {}, endpoints: [{ port: '0' }] } }, path: 'spec.endpoints[0].port', reason: 'AddressInvalid', message: '0 is no port: use a number from 1 to 65535, or a name' },
  { says: 'a port name for a fixed address', target: withEndpoint({ port: 'web' }), path: 'spec.endpoints[0].port', reason: 'PortNameUnknown', message: 'a fixed address has no port names: write a number instead of "web", or leave it out' },
  {
    says: 'a port name for a node', stack: { scope: 'Cluster' }, target: { spec: { node: {}, endpoints: [{ port: 'web' }] } },
    path: 'spec.endpoints[0].port', reason: 'PortNameUnknown', message: 'a node has no port names: write a number instead of "web", or leave it out',
  },
  {
    says: 'a port name that the Service does not have', target: { spec: { service: {}, endpoints: [{ port: 'metrics' }] } }, servicePorts: [ports('checkout', 'http', 'admin')],
    path: 'spec.endpoints[0].port', reason: 'PortNameUnknown', message: 'Service shop/checkout has ports http, admin; none is called metrics: name one of them, or use the number that the pod listens on',
  },
  {
    says: 'a port name that the Service almost has', target: { spec: { service: {}, endpoints: [{ port: 'metric' }] } }, servicePorts: [ports('checkout', 'metrics')],
    path: 'spec.endpoints[0].port', reason: 'PortNameUnknown', message: 'Service shop/checkout has port metrics; none is called metric: did you mean metrics?',
  },
  {
    says: 'a port name that no Service has', target: { spec: { service: {}, endpoints: [{ port: 'web' }] } }, servicePorts: [ports('a', ''), ports('b', 'metrics')],
    path: 'spec.endpoints[0].port', reason: 'PortNameUnknown', message: 'None of 2 Services has a port called web; Service shop/a has port one without a name (8080): name one of them, or use the number that the pod listens on',
  },
  // labels
  { says: 'a label of ours', target: { spec: { ...fixed, labels: { namespace: 'x' } } }, path: 'spec.labels.namespace', reason: 'LabelInvalid', message: 'the label "namespace" cannot be set: it is always the namespace that the target is in' },
  { says: 'the label job', target: { spec: { static: { ...fixed.static, labels: { job: 'x' } } } }, path: 'spec.static.labels.job', reason: 'LabelInvalid', message: 'the label "job" cannot be set: it is always the name of the ScrapeTarget; a relabel rule can change it' },
  { says: 'a label name that is none', target: { spec: { ...fixed, labels: { 'team-name': 'x' } } }, path: 'spec.labels.team-name', reason: 'LabelInvalid', message: '"team-name" is no label name: use letters, digits and _, not starting with a digit' },
  {
    says: 'a label of Prometheus', target: { spec: { ...fixed, labels: { __address__: 'x' } } }, path: 'spec.labels.__address__', reason: 'LabelInvalid',
    message: '"__address__" is Prometheus\' own: labels that start with __ are gone before a series is written; leave the underscores out',
  },
  { says: 'a label that what is selected does not have', target: { spec: { ...fixed, copyLabels: { pod: ['app'] } } }, path: 'spec.copyLabels.pod', reason: 'LabelInvalid', message: 'what this ScrapeTarget selects has no pod labels: leave copyLabels.pod out' },
  { says: 'a copied label called namespace', target: { spec: { pod: {}, copyLabels: { pod: ['app', 'namespace'] } } }, path: 'spec.copyLabels.pod[1]', reason: 'LabelInvalid', message: 'the label "namespace" cannot be set: it is always the namespace that the target is in' },
  // probes
  {
    says: 'a module that almost is there', target: { spec: { probe: { module: 'http_200', of: { ingress: {} } } } }, path: 'spec.probe.module', reason: 'Invalid',
    message: 'the stack\'s blackbox exporter has no module "http_200": did you mean http_2xx?',
  },
  {
    says: 'a probe without an exporter', stack: { exporters: { blackbox: { enabled: false } } }, target: { spec: { probe: { module: 'icmp', of: { service: {} } } } }, path: 'spec.probe', reason: 'Invalid',
    message: 'the stack has switched its blackbox exporter off: have it switch exporters.blackbox on',
  },
  {
    says: 'TLS of a probe', target: { spec: { probe: { module: 'http_2xx', of: { ingress: {} } }, endpoints: [{ tls: {} }] } }, path: 'spec.endpoints[0].tls', reason: 'Invalid',
    message: 'tls of a probe is a setting of the blackbox exporter\'s module: set it under exporters.blackbox.modules of the stack',
  },
  { says: 'the module as a parameter', target: { spec: { probe: { module: 'http_2xx', of: { ingress: {} } }, endpoints: [{ params: { module: ['x'] } }] } }, path: 'spec.endpoints[0].params.module', reason: 'Invalid', message: 'the parameter module follows from spec.probe: leave it out here' },
  {
    says: 'the path of a URL that is written out', target: { spec: { probe: { module: 'http_2xx', of: { static: { targets: ['https://a/'] } } }, endpoints: [{ path: '/b' }] } }, path: 'spec.endpoints[0].path', reason: 'Invalid',
    message: 'path is a part of what is probed: write it into spec.probe.of.static.targets',
  },
  { says: 'a size beyond all bounds', target: { spec: { ...fixed, limits: { bodySize: '99999EB' } } }, path: 'spec.limits.bodySize', reason: 'Invalid', message: '99999EB' },
  // credentials
  {
    says: 'a Secret that is not there', references: {}, target: withEndpoint({ auth: { bearerToken: { name: 'login', key: 'token' } } }), path: 'spec.endpoints[0].auth.bearerToken', reason: 'SecretMissing',
    message: 'there is no Secret shop/login with key token: kubectl create secret generic login --namespace shop --from-file=token=FILE',
  },
  {
    says: 'a key that is not there', references: { 'Secret/shop/s/pass': 'eA==', 'Secret/shop/sun/x': 'eA==', 'Secret/shop/s/user': 'eA==' }, target: withEndpoint({ auth: { bearerToken: { name: 's', key: 'token' } } }),
    path: 'spec.endpoints[0].auth.bearerToken', reason: 'SecretMissing', message: 'Secret shop/s has no key token, but pass, user: add it, or name one of those',
  },
  {
    says: 'a ConfigMap that is not there', references: {}, target: withEndpoint({ tls: { ca: { configMap: { name: 'ca', key: 'ca.crt' } } } }), path: 'spec.endpoints[0].tls.ca.configMap', reason: 'ConfigMapMissing',
    message: 'there is no ConfigMap shop/ca with key ca.crt: kubectl create configmap ca --namespace shop --from-file=ca.crt=FILE',
  },
  {
    says: 'a certificate authority that is none', references: { 'Secret/shop/ca/ca.crt': Buffer.from('not a certificate').toString('base64') }, target: withEndpoint({ tls: { ca: { secret: { name: 'ca', key: 'ca.crt' } } } }),
    path: 'spec.endpoints[0].tls.ca', reason: 'SecretInvalid', message: 'key ca.crt of Secret ca holds no certificate in PEM format: store the right files there',
  },
];

const fixture = (file: string): string => readFileSync(`${import.meta.dirname}/testdata/tls/${file}`).toString('base64');

describe('render/scrape-target/check', () => {
  for (const { says, path, reason, message, ...input } of CASES) {
    it(`refuses ${says}`, () => {
      const problems = check(targetInput(input), settingsOf(input));
      expect(problems.map((problem) => ({ path: problem.path, reason: problem.reason }))).to.deep.equal([{ path, reason }]);
      expect(problems[0]?.message).to.contain(message);
    });
  }

  const FINE: readonly (ScrapeTargetCase & { readonly says: string })[] = [
    { says: 'other namespaces where the stack allows it', stack: { select: { crossNamespace: true } }, target: { spec: { pod: {}, namespaces: ['web', '*'] } } },
    { says: 'an address in its own namespace', target: { spec: { static: { targets: ['api.shop.svc:443', 'svc.example.com:80', 'localhost', '[fd00::5]:9100'] } } } },
    { says: 'nodes, in a stack for the cluster', stack: { scope: 'Cluster' }, target: { spec: { node: {}, endpoints: [{ port: 9100 }] } } },
    { says: 'a port name that one of the Services has', target: { spec: { service: {}, endpoints: [{ port: 'metrics' }] } }, servicePorts: [ports('a', 'http'), ports('b', 'metrics')] },
    { says: 'a port name where nobody looked, or no Service matches', target: { spec: { service: {}, endpoints: [{ port: 'metrics' }] } }, servicePorts: [] },
    { says: 'Secrets where nobody looked', target: withEndpoint({ auth: { bearerToken: { name: 's', key: 'k' } } }) },
    { says: 'a module of the stack\'s own', stack: { exporters: { blackbox: { modules: { mine: { prober: 'http' } } } } }, target: { spec: { probe: { module: 'mine', of: { ingress: {} } } } } },
    { says: 'a name that Prometheus 3 takes', target: withEndpoint({ relabel: [{ targetLabel: 'a.b', replacement: 'x' }] }) },
    {
      says: 'certificates that are some',
      target: withEndpoint({ tls: { ca: { secret: { name: 's', key: 'ca' } }, cert: { name: 's', key: 'crt' }, key: { name: 's', key: 'key' } } }),
      references: { 'Secret/shop/s/ca': fixture('client.crt'), 'Secret/shop/s/crt': fixture('client.crt'), 'Secret/shop/s/key': fixture('client.key') },
    },
  ];
  for (const { says, ...input } of FINE) {
    it(`takes ${says}`, () => expect(check(targetInput(input), settingsOf(input))).to.deep.equal([]));
  }

  it('refuses a certificate and a key that are no pair', () => {
    const input: ScrapeTargetCase = {
      target: withEndpoint({ tls: { cert: { name: 's', key: 'crt' }, key: { name: 's', key: 'key' } } }),
      references: { 'Secret/shop/s/crt': fixture('client.crt'), 'Secret/shop/s/key': fixture('other.key') },
    };
    const [problem] = check(targetInput(input), settingsOf(input));
    expect(problem).to.deep.equal({
      path: 'spec.endpoints[0].tls.cert',
      reason: 'SecretInvalid',
      message: 'key crt of Secret s and key key of Secret s are no certificate and its unencrypted private key, both in PEM format: store the right files there',
    });
  });
});
