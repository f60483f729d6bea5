/** Units from the largest to the smallest: Prometheus wants them in this order, each at most once (prometheus/common, model/time.go). */
const UNITS = [
  ['y', 365n * 24n * 3_600_000n], ['w', 7n * 24n * 3_600_000n], ['d', 24n * 3_600_000n], ['h', 3_600_000n], ['m', 60_000n], ['s', 1000n], ['ms', 1n],
] as const;

/** Go holds durations as nanoseconds in 63 bits. */
const LIMIT_MS = (2n ** 63n - 1n) / 1_000_000n;

/** Reads a duration in Prometheus' notation, like `1h30m` or `0`, as milliseconds; undefined for what Prometheus refuses. */
export function parseDuration(text: string): number | undefined {
  const parsed = parse(text);
  return typeof parsed === 'string' ? undefined : parsed;
}

/** What is wrong with a duration, as a sentence that names it and the mend; undefined where nothing is. */
export function durationProblem(text: string): string | undefined {
  const parsed = parse(text);
  return typeof parsed === 'string' ? parsed : undefined;
}

/** Writes milliseconds the way Prometheus does: `1h30m`, `0s`; weeks and years only where nothing is left over. */
export function printDuration(milliseconds: number): string {
  let rest = BigInt(Math.trunc(milliseconds));
  if (rest === 0n) return '0s';
  let text = '';
  for (const [unit, size] of UNITS) {
    if ((unit === 'y' || unit === 'w') && rest % size !== 0n) continue;
    const count = rest / size;
    if (count > 0n) text += `${count}${unit}`;
    rest -= count * size;
  }
  return text;
}

function parse(text: string): number | string {
  if (text === '0') return 0;
  const parts = [...text.matchAll(/([0-9]+)([^0-9]+)/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) return malformed(text);
  const units = parts.map(([, , unit = '']) => UNITS.findIndex(([name]) => name === unit));
  const unknown = units.indexOf(-1);
  if (unknown >= 0 && text.includes('.')) return `the duration "${text}" has a fraction: use a smaller unit, like 1500ms or 1m30s`;
  if (unknown >= 0) return `"${parts[unknown]?.[2]}" in the duration "${text}" is no unit: use ms, s, m, h, d, w or y`;
  if (units.some((unit, index) => index > 0 && unit <= (units[index - 1] ?? -1))) {
    return `the units of the duration "${text}" must go from the largest to the smallest, each once, like 1h30m`;
  }
  const total = parts.reduce((sum, [, digits = ''], index) => sum + BigInt(digits) * (UNITS[units[index] ?? 0]?.[1] ?? 0n), 0n);
  return total > LIMIT_MS ? `the duration "${text}" is longer than 292 years, which is more than Prometheus can hold` : Number(total);
}

function malformed(text: string): string {
  if (text.startsWith('-')) return `the duration "${text}" is negative: leave the minus out`;
  if (/^[0-9]+$/.test(text)) return `the duration "${text}" has no unit: write ${text}s for seconds`;
  return `"${text}" is no duration: write a number and a unit, like 30s or 1h30m`;
}
