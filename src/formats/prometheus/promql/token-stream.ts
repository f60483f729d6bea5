import type { PromqlDialect, PromqlProblem } from './ast.ts';
import { Lexer, PromqlSyntaxError, type Token } from './lexer.ts';
import { isAtLeast, printVersion, type Version } from '../version.ts';

/** The tokens of an expression with one of lookahead, and the faults that do not end parsing. */
export class TokenStream {
  readonly #lexer: Lexer;
  readonly #dialect: PromqlDialect;
  #lookahead: Token | undefined;
  #previousEnd = 0;
  readonly problems: PromqlProblem[] = [];

  constructor(input: string, dialect: PromqlDialect) {
    this.#lexer = new Lexer(input);
    this.#dialect = dialect;
  }

  peek(): Token {
    return (this.#lookahead ??= this.#lexer.next());
  }

  /** Where the last token that was taken ends. */
  get end(): number {
    return this.#previousEnd;
  }

  take(): Token {
    const token = this.peek();
    this.#lookahead = undefined;
    this.#previousEnd = token.end;
    return token;
  }

  isSymbol(text: string): boolean {
    return this.peek().type === 'symbol' && this.peek().text === text;
  }

  isKeyword(...texts: readonly string[]): boolean {
    return this.peek().type === 'keyword' && texts.includes(this.peek().text);
  }

  /** Takes the symbol if it comes next. */
  accept(text: string): boolean {
    if (!this.isSymbol(text)) return false;
    this.take();
    return true;
  }

  /** Takes the symbol, which must come next in `where`. */
  expect(text: string, where: string): Token {
    if (!this.isSymbol(text)) throw this.unexpected(where, JSON.stringify(text));
    return this.take();
  }

  /** The token that comes next has no business in `where`. */
  unexpected(where: string, expected?: string): PromqlSyntaxError {
    const { type, text, start } = this.peek();
    const what = type === 'end' ? 'end of the expression' : type === 'string' ? text : JSON.stringify(text);
    return new PromqlSyntaxError(`unexpected ${what} in ${where}${expected === undefined ? '' : `: expected ${expected}`}`, start);
  }

  report(message: string, position: number): void {
    this.problems.push({ message, position });
  }

  /** Reports syntax that the release does not have yet. */
  needs(since: Version, what: string, position: number): void {
    if (!isAtLeast(this.#dialect.version, since)) this.report(`${what} need Prometheus ${printVersion(since)}`, position);
  }

  isSince(since: Version): boolean {
    return isAtLeast(this.#dialect.version, since);
  }

  hasFeature(name: string): boolean {
    return this.#dialect.features?.has(name) ?? false;
  }

  /** Reports what needs a feature flag that is not set. */
  needsFeature(name: string, what: string, position: number): void {
    if (!this.hasFeature(name)) this.report(`${what} is experimental: start Prometheus with --enable-feature=${name}, or do without`, position);
  }
}
