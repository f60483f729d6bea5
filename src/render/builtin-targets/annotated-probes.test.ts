import { expect } from 'chai';
import { stackSettings } from '../../api/defaults.ts';
import type { MonitoringStackSpec } from '../../api/monitoring-stack.ts';
import { relabelProblems } from '../../formats/prometheus/relabel-problems.ts';
import type { Labels } from '../../formats/prometheus/relabel-eval.ts';
import type { ScrapeConfig } from '../../formats/prometheus/scrape-config.ts';
import { ingressTargets, serviceTargets } from '../../testing/discovered.ts';
import { allScraped, type Scraped } from '../../testing/scraped.ts';
import { stackOf } from '../../testing/scrape-target-case.ts';
import { stackParts } from '../stack-parts.ts';
import { builtinTargets } from './builtin-targets.ts';

const SERVICES = 'belfry/annotated-service-probes';
const INGRESSES = 'belfry/annotated-ingress-probes';
const EXPORTER = 'http://blackbox-exporter-main.monitoring.svc:9115/probe';
const PROBING: MonitoringStackSpec = { scope: 'Cluster', exporters: { blackbox: { modules: { knock: { prober: 'tcp' }, lookup: { prober: 'dns' }, 'echo.v6': { prober: 'icmp' }, page: { prober: 'http' } } } } };

interface Surroundings { readonly probes?: boolean; readonly namespaces?: readonly string[] }

function jobs(spec: MonitoringStackSpec = PROBING, { probes = false, namespaces = ['shop'] }: Surroundings = {}): Map<string, ScrapeConfig> {
  const stack = stackOf(spec);
  const facts = { namespaces: new Map(namespaces.map((name) => [name, {}])), references: undefined };
  const settings = stackSettings(stack);
  const all = builtinTargets(stack.metadata, settings, { facts, parts: stackParts(stack, settings, facts), operatorNamespace: 'belfry-system', probes });
  return new Map(all.filter(({ job_name: name }) => name.endsWith('-probes') && name.includes('annotated')).map((job) => [job.job_name, job]));
}

function probed(name: string, discovered: readonly Labels[], spec = PROBING): Scraped[] {
  const job = jobs(spec).get(name);
  if (!job) throw new Error(`there is no job ${name}`);
  return allScraped(job, discovered);
}

/** What the exporter is asked. */
const asked = (found: readonly Scraped[]): string[] => found.map(({ url }) => url.replace(`${EXPORTER}?`, ''));

type Ports = Parameters<typeof serviceTargets>[0]['ports'];
const WEB: Ports = [['http', 80], ['admin', 8081], ['dns', 53, 'UDP']];

function service(annotations: Labels = {}, ports: Ports = WEB, prefix = 'prometheus.io'): Labels[] {
  return serviceTargets({ name: 'web', annotations: withPrefix(prefix, { probe: 'true', ...annotations }), ports });
}

function ingress(annotations: Labels = {}, hosts: Readonly<Record<string, readonly string[]>> = { 'shop.example': ['/'] }, scheme = 'https'): Labels[] {
  return ingressTargets({ name: 'web', annotations: withPrefix('prometheus.io', { probe: 'true', ...annotations }), hosts, scheme });
}

function withPrefix(prefix: string, annotations: Labels): Labels {
  return Object.fromEntries(Object.entries(annotations).map(([name, value]) => [`${prefix}/${name}`, value]));
}

describe('render/builtin-targets, probes by annotation', () => {
  const WHEN: readonly { says: string; spec: MonitoringStackSpec; around?: Surroundings; found: boolean }[] = [
    { says: 'the stack asks for a blackbox exporter', spec: { exporters: { blackbox: {} } }, found: true },
    { says: 'a ScrapeTarget brings one', spec: {}, around: { probes: true }, found: true },
    { says: 'there is none', spec: {}, found: false },
    { says: 'it is switched off', spec: { exporters: { blackbox: { enabled: false } } }, around: { probes: true }, found: false },
    { says: 'nothing is found by annotation', spec: { exporters: { blackbox: {} }, discovery: { annotations: { enabled: false } } }, found: false },
    { says: 'no namespace is selected', spec: { exporters: { blackbox: {} }, select: { namespaces: { matchLabels: { a: 'b' } } } }, around: { namespaces: [] }, found: false },
  ];
  for (const { says, spec, around, found } of WHEN) {
    it(`are ${found ? 'made' : 'not made'} where ${says}`, () => expect([...jobs(spec, around).keys()]).to.deep.equal(found ? [SERVICES, INGRESSES] : []));
  }

  it('look into the namespaces of the stack only', () => {
    const sd = (spec: MonitoringStackSpec, namespaces: string[]) => [...jobs({ ...spec, exporters: { blackbox: {} } }, { namespaces }).values()].flatMap(({ kubernetes_sd_configs: configs = [] }) => configs);
    expect(sd({}, ['monitoring', 'shop'])).to.deep.equal([{ role: 'service', namespaces: { names: ['monitoring'] } }, { role: 'ingress', namespaces: { names: ['monitoring'] } }]);
    expect(sd({ select: { namespaces: { matchLabels: { a: 'b' } } } }, ['web', 'shop'])).to.deep.equal([{ role: 'service', namespaces: { names: ['shop', 'web'] } }, { role: 'ingress', namespaces: { names: ['shop', 'web'] } }]);
    expect(sd({ scope: 'Cluster' }, ['shop'])).to.deep.equal([{ role: 'service' }, { role: 'ingress' }]);
  });

  it('have rules that Prometheus takes, the oldest too', () => {
    for (const job of jobs({ ...PROBING, prometheus: { shards: 3 } }).values()) {
      for (const rule of job.relabel_configs ?? []) expect(relabelProblems(rule, 'legacy', [2, 45, 0]), JSON.stringify(rule)).to.deep.equal([]);
    }
  });

  it('leave no label behind but those that name what is probed', () => {
    expect(probed(SERVICES, service({ 'probe-port': 'http' }))).to.deep.equal([
      { url: `${EXPORTER}?module=http_2xx&target=http://web.shop.svc:80`, labels: { job: 'service/web', namespace: 'shop', service: 'web', endpoint: 'http', instance: 'http://web.shop.svc:80' } },
    ]);
    expect(probed(INGRESSES, ingress())).to.deep.equal([
      { url: `${EXPORTER}?module=http_2xx&target=https://shop.example/`, labels: { job: 'ingress/web', namespace: 'shop', ingress: 'web', instance: 'https://shop.example/' } },
    ]);
  });

  const OF_SERVICES: readonly { says: string; annotations: Labels; ports?: Ports; targets: readonly string[]; endpoints?: readonly (string | undefined)[] }[] = [
    { says: 'every TCP port, where none is named', annotations: {}, targets: ['module=http_2xx&target=http://web.shop.svc:80', 'module=http_2xx&target=http://web.shop.svc:8081'], endpoints: ['http', 'admin'] },
    { says: 'the only port, without a name', annotations: {}, ports: [['', 80]], targets: ['module=http_2xx&target=http://web.shop.svc:80'], endpoints: [undefined] },
    { says: 'the port of a name', annotations: { 'probe-port': 'admin' }, targets: ['module=http_2xx&target=http://web.shop.svc:8081'], endpoints: ['admin'] },
    { says: 'the port of a name with digits', annotations: { 'probe-port': 'h2' }, ports: [['h2', 2], ['h3', 3]], targets: ['module=http_2xx&target=http://web.shop.svc:2'], endpoints: ['h2'] },
    { says: 'no port, where none has the name', annotations: { 'probe-port': 'https' }, targets: [] },
    { says: 'the port of a number, once', annotations: { 'probe-port': '8081' }, targets: ['module=http_2xx&target=http://web.shop.svc:8081'], endpoints: ['8081'] },
    { says: 'the port of a number that the Service does not declare, so that the probe says so', annotations: { 'probe-port': '9999' }, targets: ['module=http_2xx&target=http://web.shop.svc:9999'], endpoints: ['9999'] },
    { says: 'a path', annotations: { 'probe-port': '80', 'probe-path': '/healthz?deep=1' }, targets: ['module=http_2xx&target=http://web.shop.svc:80/healthz?deep=1'] },
    { says: 'a path without its slash', annotations: { 'probe-port': '80', 'probe-path': 'healthz' }, targets: ['module=http_2xx&target=http://web.shop.svc:80/healthz'] },
    { says: 'a scheme', annotations: { 'probe-port': '80', 'probe-scheme': 'https' }, targets: ['module=http_2xx&target=https://web.shop.svc:80'] },
    { says: 'http, where the scheme is neither', annotations: { 'probe-port': '80', 'probe-scheme': 'gopher' }, targets: ['module=http_2xx&target=http://web.shop.svc:80'] },
    { says: 'a URL, for an own module of HTTP', annotations: { 'probe-port': '80', 'probe-module': 'page' }, targets: ['module=page&target=http://web.shop.svc:80'] },
    { says: 'host and port, for TCP', annotations: { 'probe-port': '80', 'probe-module': 'tcp_connect', 'probe-path': '/x', 'probe-scheme': 'https' }, targets: ['module=tcp_connect&target=web.shop.svc:80'], endpoints: ['80'] },
    { says: 'host and port, for an own module of TCP', annotations: { 'probe-module': 'knock' }, targets: ['module=knock&target=web.shop.svc:80', 'module=knock&target=web.shop.svc:8081'], endpoints: ['http', 'admin'] },
    { says: 'ports of UDP too, for DNS', annotations: { 'probe-module': 'lookup', 'probe-port': 'dns' }, targets: ['module=lookup&target=web.shop.svc:53'], endpoints: ['dns'] },
    { says: 'ports of UDP unasked, for DNS', annotations: { 'probe-module': 'dns_udp' }, ports: [['dns', 53, 'UDP']], targets: ['module=dns_udp&target=web.shop.svc:53'] },
    { says: 'the host once, for ICMP', annotations: { 'probe-module': 'icmp' }, targets: ['module=icmp&target=web.shop.svc'], endpoints: [undefined] },
    { says: 'the host once, for ICMP with a port', annotations: { 'probe-module': 'icmp', 'probe-port': '80' }, targets: ['module=icmp&target=web.shop.svc'], endpoints: [undefined] },
    { says: 'the host once, for an own module of ICMP whose name has a dot', annotations: { 'probe-module': 'echo.v6' }, targets: ['module=echo.v6&target=web.shop.svc'] },
    { says: 'a URL, by a module that nobody knows', annotations: { 'probe-port': '80', 'probe-module': 'echo_v6' }, targets: ['module=echo_v6&target=http://web.shop.svc:80'] },
    { says: 'nothing, where the answer is no', annotations: { probe: 'false' }, targets: [] },
  ];
  for (const { says, annotations, ports, targets, endpoints } of OF_SERVICES) {
    it(`probe of a Service ${says}`, () => {
      const found = probed(SERVICES, service(annotations, ports));
      expect(asked(found)).to.deep.equal(targets);
      if (endpoints) expect(found.map(({ labels }) => labels['endpoint'])).to.deep.equal(endpoints);
      for (const { url, labels } of found) expect(url.endsWith(`&target=${labels['instance']}`), url).to.equal(true);
    });
  }

  const OF_INGRESSES: readonly { says: string; annotations: Labels; hosts?: Readonly<Record<string, readonly string[]>>; scheme?: string; targets: readonly string[] }[] = [
    { says: 'each path of each host', annotations: {}, hosts: { a: ['/', '/x'], b: ['/'] }, targets: ['module=http_2xx&target=https://a/', 'module=http_2xx&target=https://a/x', 'module=http_2xx&target=https://b/'] },
    { says: 'no host that is none', annotations: {}, hosts: { '*': ['/'], '*.shop.example': ['/'], 'shop.example': ['/'] }, targets: ['module=http_2xx&target=https://shop.example/'] },
    { says: 'by the scheme of its own', annotations: {}, scheme: 'http', targets: ['module=http_2xx&target=http://shop.example/'] },
    { says: 'by the annotated scheme, for TLS that ends before it', annotations: { 'probe-scheme': 'https' }, scheme: 'http', targets: ['module=http_2xx&target=https://shop.example/'] },
    { says: 'the annotated path below its own', annotations: { 'probe-path': '/healthz' }, hosts: { a: ['/', '/x', '/y//'] }, targets: ['module=http_2xx&target=https://a/healthz', 'module=http_2xx&target=https://a/x/healthz', 'module=http_2xx&target=https://a/y/healthz'] },
    { says: 'at the annotated port', annotations: { 'probe-port': '8443' }, targets: ['module=http_2xx&target=https://shop.example:8443/'] },
    { says: 'host and the scheme\'s port, for TCP', annotations: { 'probe-module': 'tcp_connect' }, targets: ['module=tcp_connect&target=shop.example:443'] },
    { says: 'host and the annotated scheme\'s port, for TCP', annotations: { 'probe-module': 'tcp_connect', 'probe-scheme': 'http' }, targets: ['module=tcp_connect&target=shop.example:80'] },
    { says: 'host and the annotated port, for TCP', annotations: { 'probe-module': 'knock', 'probe-port': '22' }, targets: ['module=knock&target=shop.example:22'] },
    { says: 'the host, for ICMP', annotations: { 'probe-module': 'icmp' }, hosts: { a: ['/', '/x'] }, targets: ['module=icmp&target=a'] },
    { says: 'nothing, where it is not asked', annotations: { probe: '' }, targets: [] },
  ];
  for (const { says, annotations, hosts, scheme, targets } of OF_INGRESSES) {
    it(`probe of an Ingress ${says}`, () => expect(asked(probed(INGRESSES, ingress(annotations, hosts, scheme)))).to.deep.equal(targets));
  }

  it('ask by the prefix of the stack\'s own, and by that alone', () => {
    const own = { ...PROBING, discovery: { annotations: { prefix: 'watch.example' } } };
    expect(asked(probed(SERVICES, service({ 'probe-port': 'admin' }, WEB, 'watch.example'), own))).to.deep.equal(['module=http_2xx&target=http://web.shop.svc:8081']);
    expect(probed(SERVICES, service(), own)).to.deep.equal([]);
    expect(probed(SERVICES, service({}, WEB, 'watch.example'))).to.deep.equal([]);
  });

  it('are spread over shards by what is probed, not by the exporter that all share', () => {
    for (const job of jobs({ ...PROBING, prometheus: { shards: 2 } }).values()) {
      const [hash, kept] = job.relabel_configs?.slice(-2) ?? [];
      expect(hash).to.include({ action: 'hashmod', modulus: 2 }).and.deep.include({ source_labels: ['__param_target'] });
      expect(kept).to.include({ action: 'keep', regex: '0' });
    }
  });
});
