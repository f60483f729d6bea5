import { tokensOf, type Token } from './lexer.ts';

/** A template that Prometheus would refuse. Caught where parsing starts. */
export class TemplateSyntaxError extends Error {
  readonly position: number;

  constructor(message: string, position: number) {
    super(message);
    this.position = position;
  }
}

/** The tokens of a template, with any lookahead. */
export class TokenReader {
  readonly #tokens: readonly Token[];
  #index = 0;

  constructor(text: string) {
    this.#tokens = tokensOf(text);
  }

  /** The token `ahead` places after the next. Throws on one that could not be cut. */
  peek(ahead = 0): Token {
    const token = this.#tokens[Math.min(this.#index + ahead, this.#tokens.length - 1)];
    if (token === undefined) throw new Error('a template without an end');
    if (token.type === 'error') throw new TemplateSyntaxError(token.text, token.start);
    return token;
  }

  take(): Token {
    const token = this.peek();
    this.#index++;
    return token;
  }

  skipSpace(): void {
    while (this.peek().type === 'space') this.#index++;
  }

  /** The next token that is no space. */
  peekWord(): Token {
    this.skipSpace();
    return this.peek();
  }

  takeWord(): Token {
    this.skipSpace();
    return this.take();
  }

  expect(type: Token['type'], where: string): Token {
    const token = this.takeWord();
    if (token.type !== type) throw unexpected(token, where);
    return token;
  }
}

/** The token has no business in `where`. */
export function unexpected({ type, text, start }: Token, where: string): TemplateSyntaxError {
  const what = type === 'end' ? 'end of the text' : type === 'space' ? 'space' : text;
  return new TemplateSyntaxError(`unexpected ${what} in ${where}`, start);
}
