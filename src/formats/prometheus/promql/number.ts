const DECIMAL = /[0-9]/;
const HEXADECIMAL = /[0-9a-fA-F]/;

interface Scan {
  readonly input: string;
  position: number;
}

/**
 * Where the number or duration that starts at `start` ends, and which of both it is, exactly as Prometheus cuts it
 * (promql/parser/lex.go, scanNumber and acceptRemainingDuration). Without a type it is neither.
 */
export function scanNumber(input: string, start: number): { end: number; type: 'number' | 'duration' | undefined } {
  const scan = { input, position: start };
  if (scanPlainNumber(scan)) return { end: scan.position, type: 'number' };
  const isDuration = scanDuration(scan);
  return { end: scan.position, type: isDuration ? 'duration' : undefined };
}

function scanPlainNumber(scan: Scan): boolean {
  const isHexadecimal = accept(scan, /0/) && accept(scan, /[xX]/);
  if (isHexadecimal) accept(scan, /_/);
  const digits = isHexadecimal ? HEXADECIMAL : DECIMAL;
  accept(scan, /\./);
  accept(scan, digits);
  const seen = { dot: false, exponent: false };
  while (is(scan, digits) || is(scan, /[._eE]/)) {
    if (!scanPart(scan, digits, seen)) return false;
  }
  return !is(scan, /[A-Za-z0-9_]/);
}

function scanPart(scan: Scan, digits: RegExp, seen: { dot: boolean; exponent: boolean }): boolean {
  if (accept(scan, /\./)) {
    if (seen.dot || accept(scan, /[_.]/) || digits === HEXADECIMAL) return false;
    seen.dot = true;
    return true;
  }
  if (accept(scan, /[eE]/)) {
    if (seen.exponent) return false;
    seen.exponent = true;
    accept(scan, /[+-]/);
    return goesOn(scan);
  }
  if (accept(scan, /_/)) return goesOn(scan);
  while (accept(scan, digits));
  return true;
}

function scanDuration(scan: Scan): boolean {
  if (!accept(scan, /[smhdwy]/)) return false;
  accept(scan, /s/);
  while (accept(scan, DECIMAL)) {
    while (accept(scan, DECIMAL));
    if (!accept(scan, /[smhdw]/)) return false;
    accept(scan, /s/);
  }
  return !is(scan, /[A-Za-z0-9_]/);
}

function is({ input, position }: Scan, pattern: RegExp): boolean {
  return position < input.length && pattern.test(input[position] ?? '');
}

function accept(scan: Scan, pattern: RegExp): boolean {
  if (!is(scan, pattern)) return false;
  scan.position++;
  return true;
}

/** Neither the end of the input nor another sign follows. */
function goesOn(scan: Scan): boolean {
  return !accept(scan, /[._eE]/) && scan.position < scan.input.length;
}

/** The value of a number literal, as Go's ParseInt (base 0) or else ParseFloat has it; undefined for one that neither takes. */
export function parseNumber(text: string): number | undefined {
  const lower = text.toLowerCase();
  if (lower === 'inf') return Infinity;
  if (lower === 'nan') return NaN;
  if (lower.startsWith('0x')) return parseHexadecimal(lower);
  if (/(?:^|[^0-9])_|_(?:[^0-9]|$)/.test(lower)) return undefined;
  const digits = lower.replaceAll('_', '');
  if (/^0[0-7]+$/.test(digits)) return Number.parseInt(digits, 8);
  const isFloat = /^(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?$/.test(digits);
  const value = Number(digits);
  return isFloat && Number.isFinite(value) ? value : undefined;
}

function parseHexadecimal(text: string): number | undefined {
  if (!/^0x(?:_?[0-9a-f])+$/.test(text)) return undefined;
  const value = BigInt(text.replaceAll('_', ''));
  return value < 2n ** 63n ? Number(value) : undefined;
}
