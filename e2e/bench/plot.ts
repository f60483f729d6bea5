/**
 * Draws what `scale.ts` measured at several sizes: docs/benchmarks/scale-*.json to scale.svg beside them.
 *
 *   node e2e/bench/plot.ts [docs/benchmarks]
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Measurement } from './scale/measure.ts';

interface Panel {
  readonly title: string;
  readonly unit: string;
  readonly value: (measurement: Measurement) => number;
}

const PANELS: readonly Panel[] = [
  { title: 'one change: time to the written config', unit: 'ms', value: ({ change }) => change.medianMs },
  { title: 'one change: CPU', unit: 'ms', value: ({ change }) => change.cpuMs },
  { title: 'load: last create to config', unit: 'ms', value: ({ load }) => load.lastCreateToConfigMs },
  { title: 'memory, peak', unit: 'MiB', value: ({ memory }) => memory.peak / 1024 / 1024 },
];
const COLOURS = ['#1f6feb', '#9a6700'];
const WIDTH = 380;
const HEIGHT = 240;
const MARGIN = { left: 60, right: 16, top: 34, bottom: 34 };

const directory = process.argv[2] ?? 'docs/benchmarks';
const measurements = readdirSync(directory).filter((file) => /^scale-\d+\.json$/.test(file))
  .flatMap((file) => (JSON.parse(readFileSync(join(directory, file), 'utf8')) as { measurements: Measurement[] }).measurements)
  .sort((a, b) => a.size - b.size);
const names = [...new Set(measurements.map(({ name }) => name))].sort();
const height = HEIGHT * 2 + 30;
writeFileSync(join(directory, 'scale.svg'), `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH * 2} ${height}" font-family="sans-serif" font-size="11">
<rect width="100%" height="100%" fill="#ffffff"/>
${PANELS.map((panel, index) => `<g transform="translate(${(index % 2) * WIDTH} ${Math.floor(index / 2) * HEIGHT})">\n${drawn(panel)}\n</g>`).join('\n')}
${names.map((name, index) => `<g transform="translate(${60 + index * 200} ${height - 14})"><rect width="12" height="4" y="-5" fill="${colour(index)}"/><text x="18">${name}</text></g>`).join('\n')}
</svg>
`);

function drawn({ title, unit, value }: Panel): string {
  const largest = Math.max(...measurements.map(({ size }) => size));
  const highest = niceAbove(Math.max(...measurements.map(value)));
  const x = (size: number): number => round(MARGIN.left + (size / largest) * (WIDTH - MARGIN.left - MARGIN.right));
  const y = (amount: number): number => round(HEIGHT - MARGIN.bottom - (amount / highest) * (HEIGHT - MARGIN.top - MARGIN.bottom));
  const grid = [0, 0.25, 0.5, 0.75, 1].map((part) => `<line x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${y(part * highest)}" y2="${y(part * highest)}" stroke="#dddddd"/><text x="${MARGIN.left - 6}" y="${y(part * highest) + 4}" text-anchor="end">${(part * highest).toLocaleString('en')}</text>`);
  const sizes = [...new Set(measurements.map(({ size }) => size))].map((size) => `<text x="${x(size)}" y="${HEIGHT - MARGIN.bottom + 16}" text-anchor="middle">${size.toLocaleString('en')}</text>`);
  const lines = names.map((name, index) => {
    const points = measurements.filter((one) => one.name === name).map((one) => ({ x: x(one.size), y: y(value(one)) }));
    const dots = points.map((point) => `<circle cx="${point.x}" cy="${point.y}" r="3" fill="${colour(index)}"/>`);
    return `<polyline points="${points.map((point) => `${point.x},${point.y}`).join(' ')}" fill="none" stroke="${colour(index)}" stroke-width="2"/>${dots.join('')}`;
  });
  return [`<text x="${MARGIN.left}" y="18" font-weight="bold">${title} (${unit})</text>`, ...grid, ...sizes, ...lines].join('\n');
}

function colour(index: number): string {
  return COLOURS[index % COLOURS.length] ?? '';
}

/** The next of 1, 2, 4, 6, 8, 10 times a power of ten. */
function niceAbove(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1)));
  return ([1, 2, 4, 6, 8, 10].find((times) => times * power >= value) ?? 10) * power;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
