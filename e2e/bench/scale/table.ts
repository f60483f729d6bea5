/** Measurements side by side. */
import type { Measurement } from './measure.ts';

interface Row {
  readonly label: string;
  readonly value: (measurement: Measurement) => number;
  readonly print: (value: number) => string;
}

const ms = (value: number): string => (value < 1000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(2)} s`);
const seconds = (value: number): string => `${value.toFixed(value < 10 ? 2 : 1)} s`;
const mib = (value: number): string => `${(value / 1024 / 1024).toFixed(value < 10 * 1024 * 1024 ? 1 : 0)} MiB`;
const number = (value: number): string => (Number.isInteger(value) ? `${value}` : value.toFixed(2));

const ROWS: readonly Row[] = [
  { label: 'config', value: ({ configBytes }) => configBytes, print: mib },
  { label: 'load: last create to config', value: ({ load }) => load.lastCreateToConfigMs, print: ms },
  { label: 'load: CPU until the config holds all', value: ({ load }) => load.cpuUntilConfig, print: seconds },
  { label: 'load: CPU until rest, statuses included', value: ({ load }) => load.cpuUntilRest, print: seconds },
  { label: 'load: API writes', value: ({ load }) => load.writes.total, print: number },
  { label: 'one change: time to config (median)', value: ({ change }) => change.medianMs, print: ms },
  { label: 'one change: time to config (slowest)', value: ({ change }) => Math.max(...change.toConfigMs), print: ms },
  { label: 'one change: CPU', value: ({ change }) => change.cpuMs, print: ms },
  { label: 'one change: API writes', value: ({ change }) => change.writes, print: number },
  { label: 'at rest: CPU, percent of a core', value: ({ rest }) => rest.cpuPercent, print: (value) => value.toFixed(2) },
  { label: 'at rest: API writes', value: ({ rest }) => rest.writes.total, print: number },
  { label: 'memory, empty', value: ({ memory }) => memory.idle, print: mib },
  { label: 'memory, steady', value: ({ memory }) => memory.steady, print: mib },
  { label: 'memory, peak', value: ({ memory }) => memory.peak, print: mib },
  { label: 'restart: start to a change in the config', value: ({ restart }) => restart.toConfigMs, print: ms },
  { label: 'restart: CPU', value: ({ restart }) => restart.cpu, print: seconds },
  { label: 'restart: memory, peak', value: ({ restart }) => restart.peak, print: mib },
  { label: 'restart, nothing changed: API writes', value: ({ restart }) => restart.writes.total, print: number },
];

/** A Markdown table: a row for each figure, a column for each operator, and how much less the first one needs. */
export function scaleTable(measurements: readonly Measurement[]): string {
  const [first, second] = measurements;
  if (!first) return '';
  const size = `${first.size.toLocaleString('en')} targets`;
  const header = [size, ...measurements.map(({ name, version }) => `${name === 'belfry' ? 'Belfry' : name} ${version}`), ...(second ? ['ratio'] : [])];
  const body = ROWS.map(({ label, value, print }) => [
    label,
    ...measurements.map((measurement) => print(value(measurement))),
    ...(second ? [ratio(value(first), value(second))] : []),
  ]);
  const live = first.live ? [`\nA real Prometheus that reads the written config has ${first.live.scrapePools} of ${first.live.expected} jobs, ${ms(first.live.loadMs)} after its start.\n`] : [];
  return `${markdown([header, ...body])}${live.join('')}`;
}

function ratio(first: number, second: number): string {
  if (first === 0 || second === 0) return first === second ? '1' : '-';
  const times = second / first;
  return times >= 1 ? `1/${times.toFixed(times < 10 ? 1 : 0)}` : (first / second).toFixed(1);
}

function markdown([header = [], ...rows]: readonly (readonly string[])[]): string {
  const widths = header.map((cell, column) => Math.max(cell.length, ...rows.map((row) => (row[column] ?? '').length)));
  const line = (cells: readonly string[]): string => `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join(' | ')} |\n`;
  const rule = `|${widths.map((width, column) => (column === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|\n`;
  return line(header) + rule + rows.map(line).join('');
}
