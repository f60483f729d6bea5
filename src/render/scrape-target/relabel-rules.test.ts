import { expect } from 'chai';
import type { MonitoringStackSpec } from '../../api/monitoring-stack.ts';
import type { Endpoint, ScrapeTargetSpec } from '../../api/scrape-target.ts';
import type { Labels } from '../../formats/prometheus/relabel-eval.ts';
import { endpointSliceTargets, metaLabels, podTargets, type DiscoveredPod } from '../../testing/discovered.ts';
import { settingsOf, targetOf } from '../../testing/scrape-target-case.ts';
import { allScraped, type Scraped } from '../../testing/scraped.ts';
import { scrapeConfigs } from './scrape-config.ts';

/** What the first job of a ScrapeTarget shop/checkout scrapes of discovered targets. */
function scrape(spec: ScrapeTargetSpec, discovered: readonly Labels[], stack: MonitoringStackSpec = {}): Scraped[] {
  const [job] = scrapeConfigs(targetOf({ spec }), settingsOf({ stack }));
  return job ? allScraped(job, discovered) : [];
}

const pod: DiscoveredPod = {
  name: 'checkout-1',
  labels: { app: 'checkout', version: 'v1.2' },
  containers: { app: [['http', 8080], ['metrics', 9090]], sidecar: [['admin', 15000], ['dns', 53, 'UDP']], plain: [] },
};
const service = { name: 'checkout', labels: { app: 'checkout', tier: 'gold', empty: '' }, ports: { web: 8080, metrics: 9090 }, pods: [pod] };
const ofPod = { job: 'checkout', namespace: 'shop', pod: 'checkout-1', node: 'node-1' };
const ofService = { ...ofPod, service: 'checkout' };

const urls = (targets: readonly Scraped[]): string[] => targets.map(({ url }) => url).sort();

describe('render/scrape-target/relabel-rules, on what Prometheus discovers', () => {
  describe('of Services', () => {
    const selector = { matchLabels: { app: 'checkout' } };

    it('keeps a port by the name that the Service has for it, and names all that is known of it', () => {
      expect(scrape({ service: selector, endpoints: [{ port: 'web' }] }, endpointSliceTargets(service))).to.deep.equal([
        { url: 'http://10.1.0.7:8080/metrics', labels: { ...ofService, instance: '10.1.0.7:8080', container: 'app', endpoint: 'web' } },
      ]);
    });

    it('keeps a port by number, also one that only the container declares', () => {
      expect(urls(scrape({ service: selector, endpoints: [{ port: 8080 }] }, endpointSliceTargets(service)))).to.deep.equal(['http://10.1.0.7:8080/metrics']);
      expect(scrape({ service: selector, endpoints: [{ port: 15000 }] }, endpointSliceTargets(service))).to.deep.equal([
        { url: 'http://10.1.0.7:15000/metrics', labels: { ...ofService, instance: '10.1.0.7:15000', container: 'sidecar', endpoint: '15000' } },
      ]);
      expect(scrape({ service: selector, endpoints: [{ port: 808 }] }, endpointSliceTargets(service))).to.deep.equal([]);
    });

    it('takes every port of the Service, and none of the others that its pods declare', () => {
      expect(urls(scrape({ service: selector }, endpointSliceTargets(service)))).to.deep.equal(['http://10.1.0.7:8080/metrics', 'http://10.1.0.7:9090/metrics']);
    });

    it('scrapes a pod once where its Service has addresses of both families', () => {
      const second = { ...service, addressType: 'IPv6' as const, addresses: ['fd00::7'] };
      const both = [...endpointSliceTargets(service), ...endpointSliceTargets(second)];
      expect(urls(scrape({ service: selector, endpoints: [{ port: 'metrics' }] }, both))).to.deep.equal(['http://10.1.0.7:9090/metrics']);
      const onlySix = endpointSliceTargets({ ...second, addresses: ['fd00::7'], pods: [{ ...pod, ip: 'fd00::7' }] });
      expect(urls(scrape({ service: selector, endpoints: [{ port: 'metrics' }] }, onlySix))).to.deep.equal(['http://[fd00::7]:9090/metrics']);
    });

    it('scrapes endpoints that are no pods', () => {
      const external = { __address__: '192.0.2.1:9090', __meta_kubernetes_namespace: 'shop', __meta_kubernetes_service_name: 'db', __meta_kubernetes_endpointslice_address_type: 'IPv6', __meta_kubernetes_endpointslice_port_name: 'metrics', ...metaLabels('service', { app: 'checkout' }) };
      expect(scrape({ service: selector, endpoints: [{ port: 'metrics' }] }, [external])).to.deep.equal([
        { url: 'http://192.0.2.1:9090/metrics', labels: { job: 'checkout', namespace: 'shop', service: 'db', endpoint: 'metrics', instance: '192.0.2.1:9090' } },
      ]);
    });

    it('drops pods that ran to their end', () => {
      for (const phase of ['Succeeded', 'Failed']) expect(scrape({ service: {} }, endpointSliceTargets({ ...service, pods: [{ ...pod, phase }] }))).to.deep.equal([]);
    });

    const SELECTORS: readonly { says: string; selector: NonNullable<ScrapeTargetSpec['service']>; fits: boolean }[] = [
      { says: 'all labels fit', selector: { matchLabels: { app: 'checkout', tier: 'gold' } }, fits: true },
      { says: 'one label does not fit', selector: { matchLabels: { app: 'checkout', tier: 'silver' } }, fits: false },
      { says: 'a dot is no wildcard', selector: { matchLabels: { tier: 'g.ld' } }, fits: false },
      { says: 'an empty label is there', selector: { matchLabels: { empty: '' } }, fits: true },
      { says: 'a missing label is not an empty one', selector: { matchLabels: { missing: '' } }, fits: false },
      { says: 'a value is not a part of another', selector: { matchLabels: { tier: 'gol' } }, fits: false },
      { says: 'In fits one of its values', selector: { matchExpressions: [{ key: 'tier', operator: 'In', values: ['silver', 'gold'] }] }, fits: true },
      { says: 'In fits none of its values', selector: { matchExpressions: [{ key: 'tier', operator: 'In', values: ['silver', 'tin'] }] }, fits: false },
      { says: 'In needs the label', selector: { matchExpressions: [{ key: 'missing', operator: 'In', values: ['', 'x'] }] }, fits: false },
      { says: 'NotIn refuses a value', selector: { matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['gold'] }] }, fits: false },
      { says: 'NotIn refuses an empty value', selector: { matchExpressions: [{ key: 'empty', operator: 'NotIn', values: [''] }] }, fits: false },
      { says: 'NotIn takes a missing label', selector: { matchExpressions: [{ key: 'missing', operator: 'NotIn', values: ['', 'x'] }] }, fits: true },
      { says: 'Exists takes an empty label', selector: { matchExpressions: [{ key: 'empty', operator: 'Exists' }] }, fits: true },
      { says: 'Exists refuses a missing label', selector: { matchExpressions: [{ key: 'missing', operator: 'Exists' }] }, fits: false },
      { says: 'DoesNotExist takes a missing label', selector: { matchExpressions: [{ key: 'missing', operator: 'DoesNotExist' }] }, fits: true },
      { says: 'DoesNotExist refuses an empty label', selector: { matchExpressions: [{ key: 'empty', operator: 'DoesNotExist' }] }, fits: false },
    ];
    for (const { says, selector: chosen, fits } of SELECTORS) {
      it(`${fits ? 'keeps' : 'drops'} a Service: ${says}`, () => {
        expect(scrape({ service: chosen, endpoints: [{ port: 'metrics' }] }, endpointSliceTargets(service))).to.have.length(fits ? 1 : 0);
      });
    }
  });

  describe('of pods', () => {
    it('keeps a port by name', () => {
      expect(scrape({ pod: {}, endpoints: [{ port: 'metrics' }] }, podTargets(pod))).to.deep.equal([
        { url: 'http://10.1.0.7:9090/metrics', labels: { ...ofPod, instance: '10.1.0.7:9090', container: 'app', endpoint: 'metrics' } },
      ]);
    });

    it('scrapes a pod once by number, whether a container declares the port or not', () => {
      for (const port of [9090, 7777]) {
        expect(scrape({ pod: {}, endpoints: [{ port }] }, podTargets(pod))).to.deep.equal([
          { url: `http://10.1.0.7:${port}/metrics`, labels: { ...ofPod, instance: `10.1.0.7:${port}`, endpoint: String(port) } },
        ]);
      }
      expect(urls(scrape({ pod: {}, endpoints: [{ port: 7777 }] }, podTargets({ ...pod, ip: 'fd00::7' })))).to.deep.equal(['http://[fd00::7]:7777/metrics']);
    });

    it('takes every declared TCP port where none is asked for', () => {
      expect(urls(scrape({ pod: {} }, podTargets(pod)))).to.deep.equal(['http://10.1.0.7:15000/metrics', 'http://10.1.0.7:8080/metrics', 'http://10.1.0.7:9090/metrics']);
    });

    it('drops pods that ran to their end', () => {
      expect(scrape({ pod: {}, endpoints: [{ port: 7777 }] }, podTargets({ ...pod, phase: 'Succeeded' }))).to.deep.equal([]);
    });

    it('copies labels by their own name, and leaves out those that are missing', () => {
      const [target] = scrape({ pod: {}, endpoints: [{ port: 'metrics' }], copyLabels: { pod: ['version', 'team'] }, labels: { price: '5$' } }, podTargets(pod));
      expect(target?.labels).to.deep.equal({ ...ofPod, instance: '10.1.0.7:9090', container: 'app', endpoint: 'metrics', version: 'v1.2', price: '5$' });
    });
  });

  it('scrapes nodes under their name, on another port where one is asked for', () => {
    const node = { __address__: '10.0.0.1:10250', instance: 'node-1', __meta_kubernetes_node_name: 'node-1', ...metaLabels('node', { pool: 'db' }) };
    expect(scrape({ node: { matchLabels: { pool: 'db' } }, endpoints: [{ port: 9256 }], copyLabels: { node: ['pool'] } }, [node], { scope: 'Cluster' })).to.deep.equal([
      { url: 'http://10.0.0.1:9256/metrics', labels: { job: 'checkout', namespace: 'shop', node: 'node-1', instance: 'node-1', pool: 'db' } },
    ]);
  });

  describe('of Ingresses', () => {
    const path = (host: string, at: string, scheme = 'https'): Labels => ({
      __address__: host, __meta_kubernetes_namespace: 'shop', __meta_kubernetes_ingress_host: host, __meta_kubernetes_ingress_path: at, __meta_kubernetes_ingress_scheme: scheme,
    });

    it('scrapes below each path, and tells the paths of one host apart', () => {
      expect(scrape({ ingress: {} }, [path('shop.example', '/'), path('shop.example', '/api/'), path('plain.example', '', 'http'), path('*.example', '/'), path('', '/')])).to.deep.equal(
        ['https://shop.example/metrics', 'https://shop.example/api/metrics', 'http://plain.example/metrics'].map((url) => ({ url, labels: { job: 'checkout', namespace: 'shop', instance: url } })),
      );
    });

    it('probes each path', () => {
      const exporter = 'http://blackbox-exporter-main.monitoring.svc:9115/probe';
      const probed = (endpoint: Endpoint, module = 'http_2xx') => scrape({ probe: { module, of: { ingress: {} } }, endpoints: [endpoint] }, [path('shop.example', '/api/')]);
      expect(probed({})).to.deep.equal([
        { url: `${exporter}?module=http_2xx&target=https://shop.example/api/`, labels: { job: 'checkout', namespace: 'shop', instance: 'https://shop.example/api/' } },
      ]);
      expect(probed({ path: '/healthz', scheme: 'http' })[0]?.labels['instance']).to.equal('http://shop.example/api/healthz');
      expect(probed({}, 'tcp_connect')[0]?.labels['instance']).to.equal('shop.example:443');
      expect(probed({ port: 8443 }, 'tcp_connect')[0]?.labels['instance']).to.equal('shop.example:8443');
      expect(probed({}, 'icmp')[0]?.labels['instance']).to.equal('shop.example');
    });
  });

  it('probes the ports of Services, and hosts only once', () => {
    const port = (name: string, number: number): Labels => ({
      __address__: `checkout.shop.svc:${number}`, __meta_kubernetes_namespace: 'shop', __meta_kubernetes_service_name: 'checkout', __meta_kubernetes_service_port_name: name,
      __meta_kubernetes_service_port_number: String(number), __meta_kubernetes_service_port_protocol: 'TCP',
    });
    const ports = [port('http', 80), port('admin', 81)];
    const probed = (module: string, endpoint: Endpoint = {}) => scrape({ probe: { module, of: { service: {} } }, endpoints: [endpoint] }, ports).map(({ labels }) => labels['instance']);
    expect(probed('http_2xx', { port: 'http', path: '/healthz' })).to.deep.equal(['http://checkout.shop.svc:80/healthz']);
    expect(probed('tcp_connect', { port: 81 })).to.deep.equal(['checkout.shop.svc:81']);
    expect(probed('tcp_connect')).to.deep.equal(['checkout.shop.svc:80', 'checkout.shop.svc:81']);
    expect(probed('icmp')).to.deep.equal(['checkout.shop.svc']);
  });

  it('gives fixed addresses a port, or another one, and leaves those in brackets whole', () => {
    const fixed = (address: string, port?: number) => scrape({ static: { targets: [address] }, endpoints: [port === undefined ? {} : { port }] }, [{ __address__: address }])[0]?.url;
    expect(fixed('db.example', 9187)).to.equal('http://db.example:9187/metrics');
    expect(fixed('10.0.0.5:80', 9187)).to.equal('http://10.0.0.5:9187/metrics');
    expect(fixed('[fd00::5]:80', 9187)).to.equal('http://[fd00::5]:9187/metrics');
    expect(fixed('10.0.0.5:80')).to.equal('http://10.0.0.5:80/metrics');
  });

  it('keeps job and namespace, whatever a discovery of the user\'s says', () => {
    const answer = { __address__: '10.0.0.5:80', job: 'other', namespace: 'kube-system', team: 'a' };
    expect(scrape({ http: { url: 'http://x' } }, [answer])[0]?.labels).to.deep.equal({ job: 'checkout', namespace: 'shop', team: 'a', instance: '10.0.0.5:80' });
  });

  const ATTEMPTS: readonly NonNullable<Endpoint['relabel']>[] = [
    [{ targetLabel: 'namespace', replacement: 'kube-system' }],
    [{ action: 'labeldrop', regex: 'name.*' }],
    [{ action: 'labelkeep', regex: '__.*' }],
    [{ action: 'labelmap', regex: '__meta_kubernetes_pod_(name)', replacement: '${1}space' }],
    [{ sourceLabels: ['__meta_kubernetes_pod_name'], regex: '(.*)', targetLabel: 'name${2}space', replacement: 'x' }],
    [{ action: 'uppercase', sourceLabels: ['namespace'], targetLabel: 'namespace' }],
    [{ targetLabel: '__meta_kubernetes_namespace', replacement: 'kube-system' }, { sourceLabels: ['__meta_kubernetes_namespace'], targetLabel: 'namespace' }],
    [{ action: 'hashmod', sourceLabels: ['pod'], modulus: 7, targetLabel: 'namespace' }],
  ];
  for (const relabel of ATTEMPTS) {
    it(`keeps the namespace against ${JSON.stringify(relabel)}`, () => {
      expect(scrape({ pod: {}, endpoints: [{ port: 'metrics', relabel }] }, podTargets(pod)).map(({ labels }) => labels['namespace'])).to.deep.equal(['shop']);
    });
  }

  it('gives every target to exactly one shard', () => {
    const [job] = scrapeConfigs(targetOf({ spec: { static: { targets: [] } } }), settingsOf({ stack: { prometheus: { shards: 3 } } }));
    const rules = job?.relabel_configs ?? [];
    const last = rules.at(-1);
    for (let host = 0; host < 50; host++) {
      const shards = ['0', '1', '2'].filter((shard) => job && last && allScraped({ ...job, relabel_configs: [...rules.slice(0, -1), { ...last, regex: shard }] }, [{ __address__: `10.0.0.${host}:80` }]).length > 0);
      expect(shards).to.have.length(1);
    }
  });
});
