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
  for (const character of text) result += map(character);
  return result;
}

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
