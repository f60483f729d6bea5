/** A piece of a template as Go's text/template cuts it. */
export interface Token {
  readonly type:
    | 'text' | 'left delimiter' | 'right delimiter' | 'space' | 'assign' | 'declare' | 'pipe' | 'string' | 'variable' | 'character' | 'dot' | 'field' | 'number'
    | 'identifier' | 'keyword' | 'bool' | 'left paren' | 'right paren' | 'sign' | 'end' | 'error';
  /** As it was written; of an error, what is wrong. */
  readonly text: string;
  readonly start: number;
}

const KEYWORDS: ReadonlySet<string> = new Set(['block', 'break', 'continue', 'define', 'else', 'end', 'if', 'range', 'nil', 'template', 'with']);

const SPACE = ' \\t\\r\\n';
const NUMBER = /[+-]?(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9_]*)?|0[oO][0-7_]*(?:\.[0-7_]*)?|0[bB][01_]*(?:\.[01_]*)?|[0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9_]*)?)i?(?![\p{L}\p{Nd}_])/uy;
/** What may follow a word, a field or a variable. */
const TERMINATOR = new RegExp(`(?=[${SPACE}.,|:)(]|\\}\\}|$)`, 'uy');

/** What starts how, in the order in which it is tried. */
const INSIDE: readonly (readonly [Token['type'], RegExp])[] = [
  ['declare', /:=/y], ['assign', /=/y], ['pipe', /\|/y],
  ['string', /"(?:[^"\\\n]|\\[^\n])*"|`[^`]*`/uy],
  ['character', /'(?:[^'\\\n]|\\[^\n])*'/uy],
  ['variable', /\$[\p{L}\p{Nd}_]*/uy],
  ['field', /\.(?![0-9])[\p{L}\p{Nd}_]+/uy],
  ['dot', /\.(?![0-9])/uy],
  ['number', NUMBER],
  ['identifier', /(?![0-9])[\p{L}\p{Nd}_]+/uy],
  ['left paren', /\(/y], ['right paren', /\)/y],
  ['sign', /[!-~]/y],
];

const WORDS: ReadonlySet<Token['type']> = new Set(['identifier', 'field', 'variable', 'dot']);

const FAULTS: Readonly<Record<string, string>> = {
  '"': 'a string has no end: close it with "', '`': 'a string has no end: close it with `', '\'': 'a character has no end: close it with \'', ':': 'a : must be followed by =',
};

/** Cuts a template exactly as text/template/parse/lex.go does. After an error nothing follows. */
export function tokensOf(input: string): Token[] {
  const lexer = new Lexer(input);
  const tokens: Token[] = [];
  for (;;) {
    const token = lexer.next();
    if (token === undefined) continue;
    tokens.push(token);
    if (token.type === 'end' || token.type === 'error') return tokens;
  }
}

class Lexer {
  readonly #input: string;
  #position = 0;
  #parens = 0;
  #isInside = false;

  constructor(input: string) {
    this.#input = input;
  }

  /** Undefined for a comment. */
  next(): Token | undefined {
    return this.#isInside ? this.#inside() : this.#outside();
  }

  #outside(): Token | undefined {
    if (this.#position >= this.#input.length) return { type: 'end', text: '', start: this.#position };
    const text = this.#match(/(?:(?!\{\{)[\s\S])+/y);
    if (text !== undefined) return this.#token('text', text);
    const comment = this.#match(/\{\{(?:-[ \t\r\n])?\/\*/y);
    if (comment !== undefined) return this.#comment(comment);
    const delimiter = this.#match(/\{\{(?:-(?=[ \t\r\n]))?/y) ?? '';
    this.#isInside = true;
    this.#parens = 0;
    return this.#token('left delimiter', delimiter);
  }

  #comment(opening: string): Token | undefined {
    const start = this.#position - opening.length;
    if (this.#match(/[\s\S]*?\*\//y) === undefined) return { type: 'error', text: 'a comment has no end: close it with */}}', start };
    if (this.#match(/(?:[ \t\r\n]-)?\}\}/y) === undefined) return { type: 'error', text: 'a comment must stand alone: write {{/* ... */}}', start };
    return undefined;
  }

  #inside(): Token {
    const delimiter = this.#match(/(?:[ \t\r\n]-)?\}\}/y);
    if (delimiter !== undefined) return this.#close(delimiter);
    if (this.#position >= this.#input.length) return this.#error('{{ has no closing }}');
    // The last space before -}} belongs to it.
    const space = this.#match(/[ \t\r\n]+(?=[ \t\r\n]-\}\})|[ \t\r\n]+/y);
    if (space !== undefined) return this.#token('space', space);
    for (const [type, pattern] of INSIDE) {
      const text = this.#match(pattern);
      if (text !== undefined && text !== '') return this.#found(type, text);
    }
    return this.#error(FAULTS[this.#input[this.#position] ?? ''] ?? `unexpected ${JSON.stringify(String.fromCodePoint(this.#input.codePointAt(this.#position) ?? 0))} in {{ }}`);
  }

  #found(type: Token['type'], text: string): Token {
    const token = this.#token(type, text);
    if (WORDS.has(type)) return this.#word(token);
    if (type === 'number') return this.#number(token);
    return type === 'sign' ? this.#sign(token) : this.#paren(token);
  }

  #sign(token: Token): Token {
    const fault = FAULTS[token.text] ?? (/[0-9+-]/.test(token.text) ? `${token.text} is no number here: put spaces around signs and behind numbers` : undefined);
    return fault === undefined ? token : this.#errorAt(fault, token);
  }

  #paren(token: Token): Token {
    if (token.type === 'left paren') this.#parens++;
    if (token.type === 'right paren' && --this.#parens < 0) return this.#errorAt('a ) has no opening (', token);
    return token;
  }

  /** A number with a sign right behind it is complex, like 1+2i, or wrong. */
  #number(token: Token): Token {
    if (!/[+-]/.test(this.#input[this.#position] ?? '')) return token;
    const text = token.text + (this.#match(NUMBER) ?? '');
    return text.endsWith('i') ? { ...token, text } : this.#errorAt(`${text} is no number: templates do not calculate`, token);
  }

  #word(token: Token): Token {
    if (this.#match(TERMINATOR) === undefined) {
      const next = String.fromCodePoint(this.#input.codePointAt(this.#position) ?? 0);
      return this.#errorAt(`${JSON.stringify(next)} cannot follow ${token.text}: put a space between`, token);
    }
    if (token.type !== 'identifier') return token;
    if (KEYWORDS.has(token.text)) return { ...token, type: 'keyword' };
    return token.text === 'true' || token.text === 'false' ? { ...token, type: 'bool' } : token;
  }

  #close(delimiter: string): Token {
    const token = this.#token('right delimiter', delimiter);
    if (this.#parens > 0) return this.#errorAt('a ( has no closing ) before }}', token);
    this.#isInside = false;
    return token;
  }

  #error(text: string): Token {
    return { type: 'error', text, start: this.#position };
  }

  #errorAt(text: string, { start }: Token): Token {
    return { type: 'error', text, start };
  }

  #token(type: Token['type'], text: string): Token {
    return { type, text, start: this.#position - text.length };
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#position;
    const match = pattern.exec(this.#input)?.[0];
    if (match !== undefined) this.#position += match.length;
    return match;
  }
}
