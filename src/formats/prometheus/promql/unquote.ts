const SIMPLE: Readonly<Record<string, string>> = { a: '\u0007', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\u000b', '\\': '\\' };

const ESCAPE = /\\(?:[0-7]{3}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[\s\S])/g;

/**
 * The value of a string literal, or what is wrong with it (strutil.Unquote and lexEscape of Prometheus: Go's escapes). Bytes that are no
 * UTF-8 become lone surrogates, so that the value is not well-formed.
 */
export function unquote(literal: string): { readonly value: string } | { readonly problem: string } {
  const quote = literal[0] ?? '';
  const inside = literal.slice(1, -1);
  if (quote === '`' || !inside.includes('\\')) return { value: inside };
  let unknown: string | undefined;
  const value = inside.replace(ESCAPE, (escape) => {
    const character = unescape(escape.slice(1), quote);
    if (character === undefined) unknown ??= escape;
    return character ?? '';
  });
  return unknown === undefined ? { value: joinBytes(value) } : { problem: `the escape ${unknown} is unknown: write \\\\ for a backslash` };
}

/** What stands for the escape without its backslash; undefined for one that there is not. */
function unescape(escape: string, quote: string): string | undefined {
  if (escape.length === 1) return escape === quote ? quote : SIMPLE[escape];
  if (/^u/i.test(escape)) return characterOf(Number.parseInt(escape.slice(1), 16));
  const byte = escape.startsWith('x') ? Number.parseInt(escape.slice(1), 16) : Number.parseInt(escape, 8);
  if (byte > 0xff) return undefined;
  return String.fromCharCode(byte > 0x7f ? BYTES + byte : byte);
}

function characterOf(code: number): string | undefined {
  return code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ? undefined : String.fromCodePoint(code);
}

/** Stands for single bytes until they are joined to characters: lone surrogates, which no text has. */
const BYTES = 0xdc00;

function joinBytes(text: string): string {
  return text.replace(/[\udc80-\udcff]+/gu, (run) => {
    const bytes = Uint8Array.from(run, (byte) => byte.charCodeAt(0) - BYTES);
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      return run;
    }
  });
}
