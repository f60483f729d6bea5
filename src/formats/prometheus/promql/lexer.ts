import { scanNumber } from './number.ts';

/** A word or sign of an expression. */
export interface Token {
  readonly type: 'end' | 'identifier' | 'metric' | 'keyword' | 'number' | 'duration' | 'string' | 'symbol';
  /** As it was written, but a keyword in lower case. */
  readonly text: string;
  readonly raw: string;
  readonly start: number;
  readonly end: number;
}

/** An expression that Prometheus cannot even cut into words, or not parse. Caught where parsing starts. */
export class PromqlSyntaxError extends Error {
  readonly position: number;

  constructor(message: string, position: number) {
    super(message);
    this.position = position;
  }
}

const KEYWORDS = new Set([
  'and', 'or', 'unless', 'atan2', 'sum', 'avg', 'count', 'min', 'max', 'group', 'stddev', 'stdvar', 'topk', 'bottomk', 'count_values', 'quantile', 'limitk', 'limit_ratio',
  'offset', 'smoothed', 'anchored', 'by', 'without', 'on', 'ignoring', 'group_left', 'group_right', 'fill', 'fill_left', 'fill_right', 'bool',
  'start', 'end', 'step', 'range', 'max_of', 'min_of',
]);
const NUMBER_WORDS = new Set(['inf', 'nan']);
const DURATION_WORDS = new Set(['step', 'range', 'max_of', 'min_of']);
/** Only keywords when a parenthesis follows. */
const FILL_WORDS = new Set(['fill', 'fill_left', 'fill_right']);

/**
 * Cuts an expression into tokens exactly as Prometheus does (promql/parser/lex.go): what is a word depends on whether braces or
 * brackets are open. Throws PromqlSyntaxError.
 */
export class Lexer {
  readonly #input: string;
  #position = 0;
  #parens = 0;
  #inBraces = false;
  #inBrackets = false;
  /** Between `[` and the first number only arithmetic of durations is read. */
  #beforeDuration = false;
  #sawColon = false;
  #sawDuration = false;

  constructor(input: string) {
    this.#input = input;
  }

  next(): Token {
    this.#skip();
    if (this.#inBraces) return this.#insideBraces();
    return this.#beforeDuration ? this.#insideBrackets() : this.#statement();
  }

  #skip(): void {
    // Comments may stand everywhere but between [ and the first number.
    this.#match(this.#beforeDuration ? /[ \t\r\n]*/y : /(?:[ \t\r\n]+|#[^\r\n]*)*/y);
  }

  #statement(): Token {
    if (this.#position >= this.#input.length) return this.#end();
    const character = this.#input[this.#position] ?? '';
    if (/[0-9]/.test(character) || this.#looksAt(/\.[0-9]/y)) return this.#number();
    if (/["'`]/.test(character)) return this.#string();
    if (/[A-Za-z_:]/.test(character)) return this.#inBrackets ? this.#wordInBrackets() : this.#word();
    const symbol = this.#match(/==|!=|<=|<\/|<|>=|>\/|>|=(?!~)|[,*/%+^()@{[\]-]/y);
    if (symbol === undefined) throw this.#unexpected();
    this.#follow(symbol);
    return this.#token('symbol', symbol);
  }

  #end(): Token {
    if (this.#parens !== 0) throw new PromqlSyntaxError('a ( has no closing )', this.#position);
    if (this.#inBrackets) throw new PromqlSyntaxError('a [ has no closing ]', this.#position);
    return { type: 'end', text: '', raw: '', start: this.#position, end: this.#position };
  }

  #follow(symbol: string): void {
    const at = this.#position - symbol.length;
    if (symbol === '(') this.#parens++;
    if (symbol === ')' && --this.#parens < 0) throw new PromqlSyntaxError('a ) has no opening (', at);
    if (symbol === '{') this.#inBraces = true;
    if (symbol === '[') this.#openBracket(at);
    if (symbol === ']') this.#closeBracket(at);
  }

  #openBracket(at: number): void {
    if (this.#inBrackets) throw new PromqlSyntaxError('a [ stands inside of [ ]', at);
    this.#sawColon = false;
    this.#inBrackets = true;
    this.#beforeDuration = true;
  }

  #closeBracket(at: number): void {
    if (!this.#inBrackets) throw new PromqlSyntaxError('a ] has no opening [', at);
    this.#inBrackets = false;
    this.#beforeDuration = false;
  }

  #insideBrackets(): Token {
    if (this.#position >= this.#input.length) throw new PromqlSyntaxError('a [ has no closing ]', this.#position);
    if (this.#looksAt(/[0-9]|\.[0-9]/y)) return this.#number();
    if (this.#looksAt(/[A-Za-z_]/y)) return this.#wordInBrackets();
    const symbol = this.#match(/[\]:()+*/%^,-]/y);
    if (symbol === undefined) throw this.#unexpected();
    if (symbol === ':') this.#colon();
    this.#follow(symbol);
    return this.#token('symbol', symbol);
  }

  #colon(): void {
    if (this.#beforeDuration && !this.#sawDuration) throw new PromqlSyntaxError('a : in [ ] stands behind the range, like [1h:5m]', this.#position - 1);
    if (this.#sawColon) throw new PromqlSyntaxError('there can be only one : in [ ]', this.#position - 1);
    this.#sawColon = true;
  }

  #wordInBrackets(): Token {
    if (this.#match(/:/y) !== undefined) {
      this.#colon();
      return this.#token('symbol', ':');
    }
    const word = this.#match(/[A-Za-z_]+/y) ?? '';
    if (DURATION_WORDS.has(word.toLowerCase())) return { ...this.#token('keyword', word), text: word.toLowerCase() };
    throw new PromqlSyntaxError(`"${word}" is no duration: write a number and a unit, like [5m]`, this.#position - word.length);
  }

  #word(): Token {
    const word = this.#match(/[A-Za-z_:][A-Za-z0-9_:]*/y) ?? '';
    const lower = word.toLowerCase();
    if (NUMBER_WORDS.has(lower)) return this.#token('number', word);
    const isKeyword = KEYWORDS.has(lower) && (!FILL_WORDS.has(lower) || this.#looksAt(/[ \t\r\n]*\(/y));
    if (isKeyword) return { ...this.#token('keyword', word), text: lower };
    return this.#token(word.includes(':') ? 'metric' : 'identifier', word);
  }

  #insideBraces(): Token {
    if (this.#position >= this.#input.length) throw new PromqlSyntaxError('a { has no closing }', this.#position);
    const word = this.#match(/[A-Za-z_][A-Za-z0-9_]*/y);
    if (word !== undefined) return this.#token('identifier', word);
    if (this.#looksAt(/["'`]/y)) return this.#string();
    const symbol = this.#match(/=~|=|!~|!=|,|\}/y);
    if (symbol === undefined) throw this.#unexpected();
    if (symbol === '}') this.#inBraces = false;
    return this.#token('symbol', symbol);
  }

  #number(): Token {
    const start = this.#position;
    const { end, type } = scanNumber(this.#input, start);
    this.#position = end;
    if (type === undefined) {
      this.#match(/[\w.]*/y);
      throw new PromqlSyntaxError(`${this.#input.slice(start, this.#position)} is no number and no duration`, start);
    }
    if (this.#beforeDuration) {
      this.#beforeDuration = false;
      this.#sawDuration = true;
    }
    return this.#token(type, this.#input.slice(start, end));
  }

  #string(): Token {
    const start = this.#position;
    const text = this.#match(/"(?:[^"\\\n\ufffd]|\\[\s\S])*"|'(?:[^'\\\n\ufffd]|\\[\s\S])*'|`[^`\ufffd]*`/y);
    if (text === undefined) throw new PromqlSyntaxError(`a string has no end: close it with ${this.#input[start]}`, start);
    return this.#token('string', text);
  }

  #unexpected(): PromqlSyntaxError {
    const character = String.fromCodePoint(this.#input.codePointAt(this.#position) ?? 0);
    return new PromqlSyntaxError(`unexpected ${JSON.stringify(character)}${this.#inBraces ? ' inside of { }' : this.#inBrackets ? ' inside of [ ]' : ''}`, this.#position);
  }

  #token(type: Token['type'], text: string): Token {
    return { type, text, raw: text, start: this.#position - text.length, end: this.#position };
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#position;
    const match = pattern.exec(this.#input)?.[0];
    if (match !== undefined) this.#position += match.length;
    return match;
  }

  #looksAt(pattern: RegExp): boolean {
    pattern.lastIndex = this.#position;
    return pattern.test(this.#input);
  }
}
