const PREFIXES = ['K', 'M', 'G', 'T', 'P', 'E'] as const;

/** Reads a size like `50MB`, `1.5GiB` or `1GB512MB` as bytes; all units are powers of 1024. Undefined for what Prometheus refuses (alecthomas/units). */
export function parseByteSize(text: string): number | undefined {
  const bytes = parse(text, 'iB') ?? parse(text, 'B');
  return bytes === undefined || bytes < -(2 ** 63) || bytes > 2 ** 63 ? undefined : Math.trunc(bytes);
}

/** What is wrong with a size, as a sentence that names it and the mend; undefined where nothing is. */
export function byteSizeProblem(text: string): string | undefined {
  if (parseByteSize(text) !== undefined) return undefined;
  const plain = /^[0-9.]+$/.test(text) ? `${text}B` : '50MB';
  return `"${text}" is no size: write a number and one of B, KB, MB, GB, TB, PB, EB (powers of 1024), like ${plain}`;
}

const SIZE = /^([-+]?)((?:[0-9]+(?:\.[0-9]*)?[^0-9.]+|\.[0-9]+[^0-9.]+)+)$/;

// A size is in units of one family: either KiB, MiB ... or KB, MB ...; B is in both.
function parse(text: string, suffix: 'iB' | 'B'): number | undefined {
  if (/^[-+]?0$/.test(text)) return 0;
  const [, sign, size] = SIZE.exec(text) ?? [];
  if (size === undefined) return undefined;
  const parts = [...size.matchAll(/([0-9.]+)([^0-9.]+)/g)].map(([, count, unit]) => Number(count) * factorOf(unit ?? '', suffix));
  const total = parts.reduce((sum, part) => sum + part, 0);
  return Number.isNaN(total) ? undefined : sign === '-' ? -total : total;
}

/** NaN for a unit that there is not. */
function factorOf(unit: string, suffix: string): number {
  if (unit === 'B') return 1;
  const index = PREFIXES.findIndex((prefix) => unit === `${prefix}${suffix}`);
  return index < 0 ? Number.NaN : 1024 ** (index + 1);
}
