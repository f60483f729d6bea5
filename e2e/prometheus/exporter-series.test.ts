import { expect } from 'chai';
import { createSocket } from 'node:dgram';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { everyRule } from '../../src/testing/every-rule.ts';
import { createAuthority, createCertificate } from '../support/certificates.ts';
import { expectOk } from '../support/expect-ok.ts';
import { freePorts, startProgram, type Program } from '../support/process.ts';
import { ensureTools } from '../support/tools.ts';
import { waitFor } from '../support/wait-for.ts';
import { ExposedSeries, seriesAskedFor } from './exposed-series.ts';

/** Packs about the programs that run here by themselves. */
const GROUPS = everyRule().filter(({ name }) => ['etcd', 'coredns', 'blackbox', 'pushgateway', 'node-problems'].includes(name.replace('belfry/', '')));

/** There only with several members, or with an option; read in the programs' source. */
const ONLY_THEN = [
  'etcd_network_peer_round_trip_time_seconds_bucket', // with several members
  'grpc_server_handling_seconds_bucket', // etcd --metrics=extensive
];

describe('rules about exporters and what else runs by itself, on the real programs', function () {
  this.timeout(120_000);
  const programs: Program[] = [];
  const series = new ExposedSeries();
  let directory: string;

  async function start(name: string, command: readonly string[], ready: string): Promise<void> {
    programs.push(await startProgram({ name, command, logFile: join(directory, `${name}.log`), ready: () => expectOk(ready) }));
  }
  const get = async (url: string): Promise<string> => (await fetch(url)).text();

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'belfry-exporter-series-'));
    const [etcd = '', coredns = '', blackbox = '', pushgateway = '', npd = ''] = await ensureTools(['etcd', 'coredns', 'blackbox_exporter', 'pushgateway', 'nodeproblemdetector']);
    const [client, peer, dns, upstream, dnsMetrics, probe, push, problems] = await freePorts(8);
    // The first upstream server is not there, the second is CoreDNS too.
    const forward = `forward . 127.0.0.1:1 127.0.0.1:${upstream} {\n    policy sequential\n  }`;
    await writeFile(join(directory, 'Corefile'), `.:${dns} {\n  bind 127.0.0.1\n  prometheus 127.0.0.1:${dnsMetrics}\n  ${forward}\n}\n.:${upstream} {\n  bind 127.0.0.1\n  whoami\n}\n`);
    await writeFile(join(directory, 'blackbox.yml'), 'modules: { tls: { prober: http, http: { tls_config: { insecure_skip_verify: true } } } }\n');
    await writeFile(join(directory, 'kernel.log'), '');
    await writeFile(join(directory, 'kernel.json'), JSON.stringify({
      plugin: 'filelog', pluginConfig: { timestamp: '^.{15}', message: 'kernel: (.*)', timestampFormat: 'Jan _2 15:04:05' }, logPath: join(directory, 'kernel.log'), lookback: '5m', bufferSize: 10, source: 'kernel',
      metricsReporting: true, conditions: [{ type: 'ReadonlyFilesystem', reason: 'FilesystemIsNotReadOnly', message: 'fine' }],
      rules: [{ type: 'temporary', reason: 'IOError', pattern: 'Buffer I/O error .*' }, { type: 'permanent', condition: 'ReadonlyFilesystem', reason: 'FilesystemIsReadOnly', pattern: 'Remounting filesystem read-only' }],
    }));
    await Promise.all([
      start('etcd', [etcd, '--data-dir', join(directory, 'etcd'), '--unsafe-no-fsync', '--listen-client-urls', `http://127.0.0.1:${client}`, '--advertise-client-urls', `http://127.0.0.1:${client}`,
        '--listen-peer-urls', `http://127.0.0.1:${peer}`, '--initial-advertise-peer-urls', `http://127.0.0.1:${peer}`, '--initial-cluster', `default=http://127.0.0.1:${peer}`], `http://127.0.0.1:${client}/health`),
      start('coredns', [coredns, '-conf', join(directory, 'Corefile')], `http://127.0.0.1:${dnsMetrics}/metrics`),
      start('blackbox', [blackbox, '--config.file', join(directory, 'blackbox.yml'), '--web.listen-address', `127.0.0.1:${probe}`], `http://127.0.0.1:${probe}/-/healthy`),
      start('pushgateway', [pushgateway, '--web.listen-address', `127.0.0.1:${push}`], `http://127.0.0.1:${push}/-/healthy`),
      start('npd', [npd, '--enable-k8s-exporter=false', '--hostname-override', 'node', '--prometheus-address', '127.0.0.1', '--prometheus-port', `${problems}`, '--port', '0', '--config.system-log-monitor', join(directory, 'kernel.json')], `http://127.0.0.1:${problems}/metrics`),
    ]);
    await askDns(Number(dns));
    await fetch(`http://127.0.0.1:${push}/metrics/job/backup`, { method: 'POST', body: 'done 1\n' });
    // A second type for the same name is what the Pushgateway refuses.
    await fetch(`http://127.0.0.1:${push}/metrics/job/other`, { method: 'POST', body: '# TYPE done counter\ndone 1\n' });
    series.add(await withTls(directory, (url) => get(`http://127.0.0.1:${probe}/probe?module=tls&target=${encodeURIComponent(url)}`)));
    await waitFor('answers of CoreDNS to be counted', async () => {
      for (const port of [client, dnsMetrics, push, problems]) series.add(await get(`http://127.0.0.1:${port}/metrics`));
      return series.has('coredns_dns_responses_total') && series.has('coredns_proxy_healthcheck_failures_total');
    }, { timeoutMs: 20_000 });
  });

  after(async () => {
    await Promise.all(programs.map((program) => program.stop()));
    await rm(directory, { recursive: true, force: true });
  });

  it('ask only for series that the programs have', () => {
    const names = seriesAskedFor(GROUPS);
    expect(names.length).to.be.greaterThan(20);
    expect(names.filter((name) => !series.has(name))).to.have.members(ONLY_THEN);
  });

  it('ask only for labels that these series have', () => {
    expect(series.unknownLabels(GROUPS)).to.deep.equal([]);
  });
});

/** Asks for example., type A, and waits for the answer. */
async function askDns(port: number): Promise<void> {
  const socket = createSocket('udp4');
  const answered = new Promise((resolve) => socket.once('message', resolve));
  socket.send(Buffer.from('000101000001000000000000076578616d706c650000010001', 'hex'), port, '127.0.0.1');
  await answered;
  socket.close();
}

/** What `probe` gives of a server with a certificate. */
async function withTls(directory: string, probe: (url: string) => Promise<string>): Promise<string> {
  const authority = await createAuthority(directory, 'probe');
  const { cert, key } = await createCertificate(authority, directory, 'server', { user: 'server', hosts: ['127.0.0.1'] });
  const server = createServer({ cert: await readFile(cert), key: await readFile(key) }, (_, response) => response.end('ok'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await probe(`https://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  } finally {
    server.close();
  }
}
