import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import type { MonitoringStackSpec } from '../../src/api/monitoring-stack.ts';
import type { ScrapeTargetSpec } from '../../src/api/scrape-target.ts';
import { stackParts } from '../../src/render/stack-parts.ts';
import { prometheusConfig, type PrometheusConfigOutput } from '../../src/render/prometheus-config/prometheus-config.ts';
import type { TargetInput } from '../../src/render/stack-input.ts';
import { stackInput, stackOf, targetInput } from '../../src/testing/scrape-target-case.ts';
import { createAuthority, createCertificate, type KeyPair } from '../support/certificates.ts';
import { expectOk } from '../support/expect-ok.ts';
import { freePorts, startProgram, type Program } from '../support/process.ts';
import { startPrometheus, type RunningPrometheus } from '../support/prometheus.ts';
import { ensureTool } from '../support/tools.ts';
import { waitFor } from '../support/wait-for.ts';

const METRICS = ['# TYPE shop_orders gauge', 'shop_orders{namespace="kube-system",kind="new"} 1', 'shop_orders{kind="old"} 2', 'go_threads 7', ''].join('\n');

/** Exposes METRICS, and answers what a discovery by HTTP would. */
const answer: RequestListener = (request, response) => {
  const { authorization } = request.headers;
  if (request.url?.startsWith('/targets')) {
    if (authorization !== 'Bearer let-me-in') return void response.writeHead(401).end();
    const targets = [{ targets: [request.headers.host], labels: { namespace: 'kube-system', job: 'other', rack: 'r1' } }];
    return void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(targets));
  }
  if (request.url?.startsWith('/private') && authorization !== `Basic ${Buffer.from('scraper:secret').toString('base64')}`) return void response.writeHead(401).end();
  response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(METRICS);
};

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const STACK: MonitoringStackSpec = { prometheus: { scrape: { interval: '1s', timeout: '1s' } }, alertmanager: { enabled: false }, grafana: { enabled: false }, discovery: { annotations: { enabled: false } } };

for (const version of ['v3.15.0', 'v2.55.1']) {
  describe(`ScrapeTargets on a real Prometheus ${version}`, function suite() {
    this.timeout(120_000);
    let dir = '';
    let plain: Server;
    let secure: Server;
    let address = '';
    let secureAddress = '';
    let blackboxAddress = '';
    let authority: KeyPair;
    let blackbox: Program;
    let prometheus: RunningPrometheus;
    let rendered: PrometheusConfigOutput;

    const target = (name: string, spec: ScrapeTargetSpec, references?: Readonly<Record<string, string>>): TargetInput => targetInput({ target: { name, spec }, ...(references ? { references } : {}) });

    function render(targets: readonly TargetInput[], stack: MonitoringStackSpec = STACK): PrometheusConfigOutput {
      const { settings, ...input } = stackInput(stackOf({ ...stack, prometheus: { ...stack.prometheus, version } }), targets);
      return prometheusConfig(input, settings, { policyPieces: [], builtinGroups: [], parts: stackParts(input.stack, settings, input.facts) });
    }

    /** Writes what the pod would see. The exporter's Service name does not resolve here, so its address takes its place. */
    async function write({ objects }: PrometheusConfigOutput, folder: string): Promise<void> {
      for (const { kind, data } of objects) {
        for (const [file, text] of Object.entries(data as Record<string, string>)) {
          const path = join(folder, kind === 'Secret' ? `credentials/${file}` : file);
          await mkdir(dirname(path), { recursive: true });
          await writeFile(path, kind === 'Secret' ? Buffer.from(text, 'base64') : text.replaceAll('blackbox-exporter-main.monitoring.svc:9115', blackboxAddress));
        }
      }
    }

    const orders = (job: string): Promise<readonly Readonly<Record<string, string>>[]> =>
      waitFor(`samples of ${job}`, async () => {
        const samples = await prometheus.query(`shop_orders{job="${job}"}`);
        return samples.length > 0 && samples.map(({ metric }) => metric);
      });

    async function ordersOf(job: string): Promise<readonly object[]> {
      const found = await orders(job);
      const sorted = found.toSorted((a, b) => ((a['kind'] ?? '') < (b['kind'] ?? '') ? -1 : 1));
      return sorted.map((labels) => Object.fromEntries(Object.entries(labels).filter(([name]) => name !== '__name__')));
    }

    const hasMarkers = ({ buckets }: PrometheusConfigOutput): Promise<boolean> =>
      waitFor('all markers', async (seen) => {
        const { groups } = await prometheus.api<{ groups: { name: string }[] }>('/rules');
        seen(groups);
        return buckets.every(({ marker }) => groups.some(({ name }) => name === marker));
      });

    before(async () => {
      dir = await mkdtemp(join(tmpdir(), 'belfry-scrape-'));
      authority = await createAuthority(join(dir, 'tls'), 'shop-ca');
      const server = await createCertificate(authority, join(dir, 'tls'), 'server', { user: 'shop', hosts: ['shop.example'] });
      plain = createServer(answer);
      secure = createTlsServer({ cert: await readFile(server.cert), key: await readFile(server.key) }, answer);
      address = await listen(plain);
      secureAddress = await listen(secure);
      const [port = 0] = await freePorts(1);
      blackboxAddress = `127.0.0.1:${port}`;
      await writeFile(join(dir, 'blackbox.yml'), 'modules: {http_2xx: {prober: http, http: {preferred_ip_protocol: ip4}}}\n');
      blackbox = await startProgram({
        name: 'blackbox_exporter',
        command: [await ensureTool('blackbox_exporter'), '--config.file', join(dir, 'blackbox.yml'), '--web.listen-address', blackboxAddress],
        cwd: dir,
        logFile: join(dir, 'blackbox.log'),
        ready: () => expectOk(`http://${blackboxAddress}/-/healthy`),
      });
      const references = {
        'Secret/shop/login/user': Buffer.from('scraper').toString('base64'),
        'Secret/shop/login/pass': Buffer.from('secret\n').toString('base64'),
        'Secret/shop/login/token': Buffer.from('let-me-in').toString('base64'),
        'ConfigMap/shop/ca/ca.crt': (await readFile(authority.cert)).toString('base64'),
      };
      const fixed = { static: { targets: [address] } };
      rendered = render([
        target('plain', { ...fixed, labels: { team: 'a$b' } }),
        target('renamed', {
          static: { ...fixed.static, labels: { rack: 'r1' } },
          endpoints: [{
            relabel: [{ targetLabel: 'namespace', replacement: 'kube-system' }, { sourceLabels: ['rack'], regex: '(.)1', targetLabel: 'shelf', replacement: '${1}2' }],
            metricRelabel: [{ action: 'drop', sourceLabels: ['__name__'], regex: 'go_.*' }, { targetLabel: 'namespace', replacement: 'other' }],
          }],
        }),
        target('honored', { ...fixed, endpoints: [{ honorLabels: true }] }),
        target('discovered', { http: { url: `http://${address}/targets`, refreshInterval: '1s', auth: { bearerToken: { name: 'login', key: 'token' } } } }, references),
        target('signed-in', {
          static: { targets: [secureAddress] },
          endpoints: [{
            path: '/private', scheme: 'https', tls: { ca: { configMap: { name: 'ca', key: 'ca.crt' } }, serverName: 'shop.example' },
            auth: { basic: { username: { name: 'login', key: 'user' }, password: { name: 'login', key: 'pass' } } },
          }],
        }, references),
        target('anonymous', { static: { targets: [secureAddress] }, endpoints: [{ path: '/private', scheme: 'https', tls: { insecureSkipVerify: true } }] }),
        target('probed', { probe: { module: 'http_2xx', of: { static: { targets: [`http://${address}/`, `http://${address}/private`] } } } }),
        target('too-much', { ...fixed, limits: { samples: 2 } }),
        target('twice', { ...fixed, endpoints: [{}, { path: '/other' }] }),
        target('broken', { static: { targets: ['http://not/an/address'] } }),
      ]);
      await write(rendered, join(dir, 'config'));
      prometheus = await startPrometheus({ configDir: join(dir, 'config'), version });
      // The first targets of a discovery reach the scraper some five seconds after the config is loaded.
    });
    after(async () => {
      await prometheus?.stop();
      await blackbox?.stop();
      plain?.closeAllConnections();
      secure?.closeAllConnections();
      plain?.close();
      secure?.close();
      await rm(dir, { recursive: true, force: true });
    });

    const base = (job: string, instance = address) => ({ job, namespace: 'shop', instance });

    it('has loaded exactly what was written, as the markers prove, although one ScrapeTarget is broken', async () => {
      expect(rendered.rejections.map(({ object }) => object.name)).to.deep.equal(['broken']);
      await hasMarkers(rendered);
    });

    it('scrapes fixed addresses, and labels what comes', async () => {
      expect(await ordersOf('plain')).to.deep.equal([
        { ...base('plain'), team: 'a$b', kind: 'new', exported_namespace: 'kube-system' },
        { ...base('plain'), team: 'a$b', kind: 'old' },
      ]);
    });

    it('applies the rules of the user, and lets none of them change the namespace', async () => {
      expect(await ordersOf('renamed')).to.deep.equal([
        { ...base('renamed'), rack: 'r1', shelf: 'r2', kind: 'new', exported_namespace: 'kube-system' },
        { ...base('renamed'), rack: 'r1', shelf: 'r2', kind: 'old' },
      ]);
      expect(await prometheus.query('go_threads{job="renamed"}')).to.deep.equal([]);
      expect(await ordersOf('honored')).to.deep.equal([{ ...base('honored'), kind: 'new' }, { ...base('honored'), kind: 'old' }]);
      expect(await prometheus.query('{namespace!="shop",__name__=~"shop_.*|up",job!~"belfry.*"}')).to.deep.equal([]);
    });

    it('asks a discovery with the token that it was given, and believes neither its job nor its namespace', async () => {
      expect(await ordersOf('discovered')).to.deep.equal([
        { ...base('discovered'), rack: 'r1', kind: 'new', exported_namespace: 'kube-system' },
        { ...base('discovered'), rack: 'r1', kind: 'old' },
      ]);
    });

    it('signs in over TLS with credentials from files, and nowhere without being told', async () => {
      expect((await ordersOf('signed-in')).length).to.equal(2);
      const target401 = await waitFor('the anonymous target', async () => (await prometheus.activeTargets()).find(({ scrapePool, health }) => scrapePool === 'scrapetarget/shop/anonymous/0' && health === 'down'));
      expect(target401.lastError).to.contain('401');
    });

    it('probes URLs through the exporter, each under its own name', async () => {
      const probes = await waitFor('probes', async () => {
        const samples = await prometheus.query('probe_success{job="probed"}');
        return samples.length === 2 && samples;
      });
      const results = new Map(probes.map(({ metric, value }) => [metric['instance'], value[1]]));
      expect(results).to.deep.equal(new Map([[`http://${address}/`, '1'], [`http://${address}/private`, '0']]));
      expect(probes[0]?.metric).to.include({ job: 'probed', namespace: 'shop' });
    });

    it('refuses more samples than a ScrapeTarget may have', async () => {
      const limited = await waitFor('the limited target', async () => (await prometheus.activeTargets()).find(({ scrapePool, health }) => scrapePool === 'scrapetarget/shop/too-much/0' && health === 'down'));
      expect(limited.lastError).to.contain('sample limit exceeded');
    });

    it('tells two paths of one port apart', async () => {
      const up = await waitFor('both', async () => {
        const samples = await prometheus.query('up{job="twice"}');
        return samples.length === 2 && samples;
      });
      expect(new Set(up.map(({ metric }) => metric['metrics_path']))).to.deep.equal(new Set(['/metrics', '/other']));
    });

    it('proves a change of one ScrapeTarget by the marker of its bucket alone', async () => {
      const changed = render([target('plain', { static: { targets: [address] }, labels: { team: 'second' } })]);
      await rm(join(dir, 'config'), { recursive: true });
      await write(changed, join(dir, 'config'));
      await prometheus.reload();
      await hasMarkers(changed);
      const others = changed.buckets.filter(({ owners }) => owners.length > 0);
      expect(others).to.have.length(1);
      expect(rendered.buckets.map(({ marker }) => marker)).not.to.include(others[0]?.marker);
      await waitFor('the new label', async () => (await prometheus.query('shop_orders{team="second"}')).length > 0);
    });

    it('proves by a scrape pool what an agent has loaded', async () => {
      const agent = render([target('plain', { static: { targets: [address] } })], { ...STACK, prometheus: { mode: 'Agent', remoteWrite: [{ url: 'http://127.0.0.1:1/' }] } });
      await write(agent, join(dir, 'agent'));
      const [port = 0] = await freePorts(1);
      const program = await startProgram({
        name: 'prometheus-agent',
        command: [await ensureTool(`prometheus@${version}`), ...(version.startsWith('v2') ? ['--enable-feature=agent'] : ['--agent']), '--config.file', join(dir, 'agent/prometheus.yml'), '--storage.agent.path', join(dir, 'agent-data'), '--web.listen-address', `127.0.0.1:${port}`],
        cwd: join(dir, 'agent'),
        logFile: join(dir, 'agent.log'),
        ready: () => expectOk(`http://127.0.0.1:${port}/-/ready`),
      });
      try {
        await waitFor('the agent\'s markers', async (seen) => {
          const pools = await (await fetch(`http://127.0.0.1:${port}/api/v1/scrape_pools`)).json() as { data: { scrapePools: string[] } };
          seen(pools);
          return agent.buckets.every(({ marker }) => pools.data.scrapePools.includes(marker));
        });
      } finally {
        await program.stop();
      }
    });
  });
}
