/** Single-letter escapes of a Go string. `\'` is none of them within double quotes. */
const LETTERS: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11, '\\': 92, '"': 34 };

const PART = /\\([abfnrtv\\"])|\\x([0-9a-fA-F]{2})|\\([0-7]{3})|\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})|([^\\"\n]+)|([\s\S])/gu;

/**
 * What a double-quoted Go string means (strconv.Unquote); undefined for one that is not valid, or not valid UTF-8 once its
 * escapes are resolved.
 */
export function unquoteGo(quoted: string): string | undefined {
  const bytes: number[] = [];
  for (const match of quoted.slice(1, -1).matchAll(PART)) {
    const part = bytesOf(match);
    if (part === undefined) return undefined;
    bytes.push(...part);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes));
  } catch {
    return undefined; // a TypeError: not UTF-8
  }
}

function bytesOf([, letter, hex, octal, short, long, plain]: RegExpExecArray): readonly number[] | undefined {
  if (plain !== undefined) return [...new TextEncoder().encode(plain)];
  if (letter !== undefined) return [LETTERS[letter] ?? 0];
  if (hex !== undefined) return [Number.parseInt(hex, 16)];
  if (octal !== undefined) return byte(Number.parseInt(octal, 8));
  return codePoint(Number.parseInt(short ?? long ?? '', 16));
}

function codePoint(code: number): readonly number[] | undefined {
  const isCharacter = code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff); // false for NaN, a stray backslash or quote
  return isCharacter ? [...new TextEncoder().encode(String.fromCodePoint(code))] : undefined;
}

function byte(value: number): readonly number[] | undefined {
  return value <= 0xff ? [value] : undefined;
}
