const SIMPLE: Readonly<Record<string, string>> = { a: '\u0007', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\u000b', '\\': '\\' };

const ESCAPE = /\\(?:([abfnrtv\\])|(["'])|([0-7]{3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([\s\S]))/g;

/**
 * The value of a string literal, or what is wrong with it (strutil.Unquote and lexEscape of Prometheus: Go's escapes). Bytes that are no
 * UTF-8 become lone surrogates, so that the value is not well-formed.
 */
export function unquote(literal: string): { readonly value: string } | { readonly problem: string } {
  const quote = literal[0] ?? '';
  const inside = literal.slice(1, -1);
  if (quote === '`' || !inside.includes('\\')) return { value: inside };
  let problem: string | undefined;
  let hasBytes = false;
  const value = inside.replace(ESCAPE, (escape, simple?: string, quoted?: string, octal?: string, ...codes: unknown[]) => {
    const [byte, short, long] = codes as (string | undefined)[];
    if (simple !== undefined) return SIMPLE[simple] ?? '';
    if (quoted === quote) return quoted;
    const code = octal === undefined ? Number.parseInt(byte ?? short ?? long ?? '', 16) : Number.parseInt(octal, 8);
    const isByte = octal !== undefined || byte !== undefined;
    if (!isCodePoint(code, isByte)) problem = `the escape ${escape} is unknown: write \\\\ for a backslash`;
    hasBytes ||= isByte && code > 0x7f;
    if (problem !== undefined) return '';
    return isByte && code > 0x7f ? String.fromCharCode(BYTES + code) : String.fromCodePoint(code);
  });
  if (problem !== undefined) return { problem };
  return { value: hasBytes ? joinBytes(value) : value };
}

function isCodePoint(code: number, isByte: boolean): boolean {
  return !Number.isNaN(code) && (isByte ? code <= 0xff : code <= 0x10ffff && (code < 0xd800 || code > 0xdfff));
}

/** Stands for single bytes until they are joined to characters: lone surrogates, which no text has. */
const BYTES = 0xdc00;

function joinBytes(text: string): string {
  return text.replace(/[\udc80-\udcff]+/g, (run) => {
    const bytes = Uint8Array.from(run, (byte) => byte.charCodeAt(0) - BYTES);
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      return run;
    }
  });
}
