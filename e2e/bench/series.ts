/**
 * What an active series costs a real Prometheus: memory, and bytes on disk for each sample.
 *
 *   node e2e/bench/series.ts [--series 200000] [--targets 20] [--interval 5] [--seconds 90]
 *
 * Serves synthetic targets on loopback whose values change at each scrape, lets Prometheus scrape them, and prints its resident memory less that
 * of the same Prometheus with nothing to scrape, by series. Labels are as long as those of Kubernetes' own series.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startPrometheus, type RunningPrometheus } from '../support/prometheus.ts';
import { waitFor } from '../support/wait-for.ts';

const { values } = parseArgs({
  options: {
    series: { type: 'string', default: '200000' }, targets: { type: 'string', default: '20' }, interval: { type: 'string', default: '5' }, seconds: { type: 'string', default: '90' },
  },
});
const [series, targets, interval, seconds] = [values.series, values.targets, values.interval, values.seconds].map(Number) as [number, number, number, number];
const each = Math.floor(series / targets);

let scrapes = 0;

/** One target's page: counters that grow, with the labels that a container's series have. */
function page(target: number): string {
  const lines: string[] = [];
  scrapes += 1;
  for (let index = 0; index < each; index++) {
    const pod = `checkout-${target}-${Math.floor(index / 50)}-7d9c8b6f5d`;
    lines.push(`container_example_${index % 50}_total{namespace="shop-${index % 20}",pod="${pod}",container="app",image="registry.example/shop/checkout:v1.2.3",node="node-${target}"} ${scrapes * 7 + index * 13}`);
  }
  return `${lines.join('\n')}\n`;
}

async function number(prometheus: RunningPrometheus, expr: string): Promise<number> {
  return Number((await prometheus.query(expr))[0]?.value[1] ?? Number.NaN);
}

const own = (url: string): string => `  - { job_name: self, scrape_interval: 2s, static_configs: [{ targets: ["${url}"] }] }\n`;

async function main(): Promise<void> {
  const server = createServer((request, response) => response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(page(Number(request.url?.split('/').at(-1) ?? 0))));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const configDir = await mkdtemp(join(tmpdir(), 'belfry-series-'));
  const write = (jobs: string): Promise<void> => writeFile(join(configDir, 'prometheus.yml'), `global: { scrape_interval: ${interval}s, scrape_timeout: ${interval}s }\nscrape_configs:\n${jobs}`);
  await write('  - { job_name: none }\n');
  const prometheus = await startPrometheus({ configDir });
  try {
    const self = own(prometheus.url.slice('http://'.length));
    await write(self);
    await prometheus.reload();
    const before = await waitFor('its own metrics', async () => {
      const found = await number(prometheus, 'process_resident_memory_bytes');
      return Number.isNaN(found) ? undefined : found;
    });
    const jobs = Array.from({ length: targets }, (_, target) => `  - { job_name: "${target}", metrics_path: "/${target}", static_configs: [{ targets: ["127.0.0.1:${port}"] }] }\n`);
    await write(self + jobs.join(''));
    await prometheus.reload();
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    const active = await number(prometheus, 'prometheus_tsdb_head_series');
    const resident = await number(prometheus, 'process_resident_memory_bytes');
    const heap = await number(prometheus, 'go_memstats_next_gc_bytes');
    const samples = await number(prometheus, 'prometheus_tsdb_head_samples_appended_total{type="float"}');
    const wal = await number(prometheus, 'prometheus_tsdb_wal_storage_size_bytes');
    const cpu = await number(prometheus, 'process_cpu_seconds_total');
    const kib = (resident - before) / active / 1024;
    process.stdout.write([
      `series ${active}, targets ${targets}, every ${interval} s, for ${seconds} s`,
      `resident memory ${Math.round(resident / 2 ** 20)} MiB, ${Math.round(before / 2 ** 20)} MiB of it with nothing to scrape; next collection at ${Math.round(heap / 2 ** 20)} MiB`,
      `a series: ${kib.toFixed(2)} KiB; a GiB: ${Math.round(2 ** 20 / kib)} series`,
      `samples ${samples}; write-ahead log ${(wal / samples).toFixed(2)} bytes a sample; CPU ${(cpu / samples * 1e6).toFixed(2)} s for a million samples`,
      '',
    ].join('\n'));
  } finally {
    await prometheus.stop();
    server.close();
    await rm(configDir, { recursive: true, force: true });
  }
}

await main();
