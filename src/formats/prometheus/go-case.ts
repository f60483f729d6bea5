/** Lower case the way Go's strings.ToLower has it: character by character, each to exactly one. */
export function goLowerCase(text: string): string {
  return mapCharacters(text, lower);
}

/** Upper case the way Go's strings.ToUpper has it: character by character, each to exactly one. */
export function goUpperCase(text: string): string {
  return mapCharacters(text, upper);
}

function mapCharacters(text: string, map: (character: string) => string): string {
  let result = '';
  for (const character of text) result += NEWER_THAN_GO.test(character) ? character : map(character);
  return result;
}

/** Letters that got another case with Unicode 16 and 17, which Go 1.26 does not know yet. */
const NEWER_THAN_GO = /[\u019b\u0264\u1c89\u1c8a\ua7cb-\ua7cf\ua7d2-\ua7d5\ua7da-\ua7dc\u{10d50}-\u{10d65}\u{10d70}-\u{10d85}\u{16ea0}-\u{16eb8}\u{16ebb}-\u{16ed3}]/u;

// The only character that JavaScript lower-cases to two is I with a dot.
function lower(character: string): string {
  return character === '\u0130' ? 'i' : character.toLowerCase();
}

/** Greek letters with iota below: JavaScript writes the iota beside the capital, Unicode's simple mapping has one character. */
const IOTA_BELOW = /[\u1f80-\u1f87\u1f90-\u1f97\u1fa0-\u1fa7]/;
const IOTA_BELOW_LONG = /[\u1fb3\u1fc3\u1ff3]/;

function upper(character: string): string {
  const mapped = character.toUpperCase();
  if (isOneCharacter(mapped)) return mapped;
  const code = character.codePointAt(0) ?? 0;
  if (IOTA_BELOW.test(character)) return String.fromCodePoint(code + 8);
  if (IOTA_BELOW_LONG.test(character)) return String.fromCodePoint(code + 9);
  return character;
}

function isOneCharacter(text: string): boolean {
  return text.length === ((text.codePointAt(0) ?? 0) > 0xffff ? 2 : 1);
}
