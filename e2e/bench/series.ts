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

/** What Prometheus says of itself, asked directly: it may be too busy to scrape itself. */
async function readNumbers(prometheus: RunningPrometheus): Promise<(name: string) => number> {
  const text = await (await fetch(`${prometheus.url}/metrics`)).text();
  return (name) => Number(text.split('\n').find((line) => line.startsWith(`${name} `))?.slice(name.length) ?? Number.NaN);
}

async function main(): Promise<void> {
  const server = createServer((request, response) => response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(page(Number(request.url?.split('/').at(-1) ?? 0))));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const configDir = await mkdtemp(join(tmpdir(), 'belfry-series-'));
  const write = (jobs: string): Promise<void> => writeFile(join(configDir, 'prometheus.yml'), `global: { scrape_interval: ${interval}s, scrape_timeout: ${interval}s }\nscrape_configs:\n${jobs}`);
  await write('  - { job_name: none }\n');
  const prometheus = await startPrometheus({ configDir });
  try {
    const before = (await readNumbers(prometheus))('process_resident_memory_bytes');
    await write(Array.from({ length: targets }, (_, target) => `  - { job_name: "${target}", metrics_path: "/${target}", static_configs: [{ targets: ["127.0.0.1:${port}"] }] }\n`).join(''));
    await prometheus.reload();
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    const number = await readNumbers(prometheus);
    const [active, resident, heap] = [number('prometheus_tsdb_head_series'), number('process_resident_memory_bytes'), number('go_memstats_next_gc_bytes')];
    const samples = number('prometheus_tsdb_head_samples_appended_total{type="float"}');
    const [wal, cpu] = [number('prometheus_tsdb_wal_storage_size_bytes'), number('process_cpu_seconds_total')];
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
