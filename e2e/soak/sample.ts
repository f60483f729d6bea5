import { readdir, readlink } from 'node:fs/promises';

/** How the operator is at one moment. */
export interface Sample {
  /** Seconds since the soak began. */
  readonly at: number;
  readonly rssMb: number;
  /** The least of the time before: what it holds between two collections says nothing of what it keeps. */
  readonly heapMb: number;
  readonly files: number;
  readonly sockets: number;
  readonly passes: number;
  readonly retries: number;
  readonly exceptions: number;
  readonly missed: number;
  readonly restarts: number;
  /** Seconds that 99 of 100 of our writes took to come back by a watch, at most (the bound of a bucket). */
  readonly lagP99: number;
  readonly oldest: number;
}

/** Heap of the process, in MB (2^20 bytes). */
export async function heapOf(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return (lines(text, 'nodejs_heap_size_used_bytes', '')[0]?.value ?? Number.NaN) / 2 ** 20;
}

/** Reads a sample of a process from /proc and from its /metrics; `heapMb` is at most what was seen meanwhile. */
export async function takeSample(pid: number, url: string, { at, leastHeapMb = Infinity }: { readonly at: number; readonly leastHeapMb?: number }): Promise<Sample> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const sum = (name: string, has = ''): number => lines(text, name, has).reduce((total, { value }) => total + value, 0);
  const handles = await openHandles(pid);
  return {
    at,
    rssMb: sum('process_resident_memory_bytes') / 2 ** 20,
    heapMb: Math.min(leastHeapMb, sum('nodejs_heap_size_used_bytes') / 2 ** 20),
    ...handles,
    passes: sum('belfry_reconcile_total'),
    retries: sum('belfry_reconcile_total', 'outcome="retry"'),
    exceptions: sum('belfry_reconcile_total', 'outcome="exception"'),
    missed: sum('belfry_watch_missed_events_total'),
    restarts: sum('belfry_watch_restarts_total'),
    lagP99: quantile(lines(text, 'belfry_watch_lag_seconds_bucket', ''), 0.99),
    oldest: sum('belfry_queue_oldest_seconds'),
  };
}

interface Line {
  readonly labels: string;
  readonly value: number;
}

function lines(text: string, name: string, has: string): Line[] {
  return text.split('\n').flatMap((line) => {
    const match = /^([a-zA-Z_:]+)(?:\{(.*)\})? (\S+)$/.exec(line);
    return match?.[1] === name && (match[2] ?? '').includes(has) ? [{ labels: match[2] ?? '', value: Number(match[3]) }] : [];
  });
}

function quantile(buckets: readonly Line[], q: number): number {
  const bounds = buckets.map(({ labels, value }) => ({ le: Number((/le="([^"]+)"/.exec(labels)?.[1] ?? '').replace('+Inf', 'Infinity')), value }));
  const all = Math.max(0, ...bounds.map(({ value }) => value));
  return bounds.find(({ value }) => value >= q * all)?.le ?? 0;
}

async function openHandles(pid: number): Promise<Pick<Sample, 'files' | 'sockets'>> {
  const targets = await Promise.all((await readdir(`/proc/${pid}/fd`)).map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')));
  return { files: targets.length, sockets: targets.filter((target) => target.startsWith('socket:')).length };
}

/** How much a figure grows in an hour, by the line that fits best. */
export function slopePerHour(samples: readonly Sample[], of: (sample: Sample) => number): number {
  const n = samples.length;
  if (n < 3) return Number.NaN;
  const meanAt = samples.reduce((sum, { at }) => sum + at, 0) / n;
  const mean = samples.reduce((sum, sample) => sum + of(sample), 0) / n;
  const covariance = samples.reduce((sum, sample) => sum + (sample.at - meanAt) * (of(sample) - mean), 0);
  return (covariance / samples.reduce((sum, { at }) => sum + (at - meanAt) ** 2, 0)) * 3600;
}
