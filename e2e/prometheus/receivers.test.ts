import { expect } from 'chai';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stackSettings } from '../../src/api/defaults.ts';
import type { MonitoringStackSpec } from '../../src/api/monitoring-stack.ts';
import { prometheusFlags } from '../../src/render/prometheus-server/flags.ts';
import { renderStack } from '../../src/render/render-stack.ts';
import { stackInput } from '../../src/testing/stack-case.ts';
import { startPrometheus, type RunningPrometheus } from '../support/prometheus.ts';
import { waitFor } from '../support/wait-for.ts';

type Receive = NonNullable<NonNullable<MonitoringStackSpec['prometheus']>['receive']>;

/** Flags that let samples in, as a stack renders them; all others belong to a pod. */
const receiverFlags = (version: string, receive: Receive): string[] =>
  prometheusFlags(stackSettings({ spec: { prometheus: { version, receive } } })).filter((flag) => /receiver/.test(flag));

/** A gauge of a service, in OTLP's JSON. */
const metrics = (name: string, value: number): object => ({
  resourceMetrics: [{
    resource: { attributes: [{ key: 'service.name', value: { stringValue: 'checkout' } }, { key: 'deployment.environment', value: { stringValue: 'prod' } }] },
    scopeMetrics: [{ scope: { name: 'test' }, metrics: [{ name, gauge: { dataPoints: [{ asDouble: value, timeUnixNano: `${Date.now()}000000`, attributes: [] }] } }] }],
  }],
});
const push = (url: string, name: string, value: number): Promise<Response> =>
  fetch(`${url}/api/v1/otlp/v1/metrics`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(metrics(name, value)) });

describe('samples that others push, on a real Prometheus', function () {
  this.timeout(120_000);
  const running: RunningPrometheus[] = [];
  const folders: string[] = [];

  async function folderWith(text: string): Promise<string> {
    const dir = await mkdtemp(join(tmpdir(), 'belfry-receivers-'));
    folders.push(dir);
    await writeFile(join(dir, 'prometheus.yml'), text);
    return dir;
  }
  /** A Prometheus with the config and the flags that a stack renders, without its jobs: there is no API server to discover in. */
  async function receiver(version: string, receive: Receive): Promise<RunningPrometheus> {
    const { objects } = renderStack(stackInput({ spec: { prometheus: { version, receive }, alertmanager: { enabled: false }, discovery: { annotations: { enabled: false } } } }));
    const map = objects.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'prometheus-shop');
    const text = (map?.['data'] as Record<string, string> | undefined)?.['prometheus.yml'] ?? '';
    const prometheus = await startPrometheus({ configDir: await folderWith(text.slice(0, text.indexOf('scrape_configs:'))), version: version.slice(1), args: receiverFlags(version, receive) });
    running.push(prometheus);
    return prometheus;
  }
  afterEach(async () => {
    await Promise.all(running.splice(0).map((prometheus) => prometheus.stop()));
    await Promise.all(folders.splice(0).map((dir) => rm(dir, { recursive: true, force: true })));
  });

  for (const version of ['v3.15.0', 'v3.5.1', 'v2.55.1']) {
    it(`takes in OpenTelemetry metrics, with attributes as labels (${version})`, async () => {
      const prometheus = await receiver(version, { otlp: { promoteResourceAttributes: ['deployment.environment'] } });
      const answer = await push(prometheus.url, 'queue_length', 42);
      expect(answer.status, await answer.text()).to.equal(200);
      const [sample] = await waitFor('the sample', async () => {
        const found = await prometheus.query('queue_length');
        return found.length > 0 ? found : undefined;
      });
      expect(sample?.value[1]).to.equal('42');
      expect(sample?.metric).to.include({ job: 'checkout', deployment_environment: 'prod' });
    });

    it(`takes in remote write of another Prometheus (${version})`, async () => {
      const prometheus = await receiver(version, { remoteWrite: {} });
      const sender = await startPrometheus({
        configDir: await folderWith(`global: { scrape_interval: 1s, external_labels: { from: sender } }\nremote_write: [{ url: "${prometheus.url}/api/v1/write" }]\nscrape_configs: [{ job_name: far, static_configs: [{ targets: ["${prometheus.url.slice('http://'.length)}"] }] }]\n`),
      });
      running.push(sender);
      const found = await waitFor('what the other one scraped', async () => {
        const samples = await prometheus.query('up{job="far",from="sender"}');
        return samples.length > 0 ? samples : undefined;
      }, { timeoutMs: 60_000 });
      expect(found).to.have.length(1);
    });
  }

  it('takes in nothing unless a stack says so', async () => {
    expect(receiverFlags('v3.15.0', {})).to.deep.equal([]);
    const prometheus = await receiver('v3.15.0', {});
    expect((await push(prometheus.url, 'queue_length', 1)).status).to.equal(404);
    expect((await fetch(`${prometheus.url}/api/v1/write`, { method: 'POST' })).status).to.equal(404);
  });

  it('takes samples that come late, within the window', async () => {
    const prometheus = await receiver('v3.15.0', { otlp: {} });
    const at = (minutesAgo: number): Promise<Response> => {
      const body = JSON.stringify(metrics('late', minutesAgo)).replace(/"timeUnixNano":"\d+"/, `"timeUnixNano":"${Date.now() - minutesAgo * 60_000}000000"`);
      return fetch(`${prometheus.url}/api/v1/otlp/v1/metrics`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    };
    expect((await at(0)).status).to.equal(200);
    expect((await at(20)).status).to.equal(200);
    expect((await at(90)).ok).to.equal(false);
    const [series] = (await prometheus.api<{ result: { values: [number, string][] }[] }>('/query', { query: 'late[1h]' })).result;
    expect(series?.values.map(([, value]) => value).sort()).to.deep.equal(['0', '20']);
  });
});
