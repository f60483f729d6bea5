import { nearest } from '../../../lib/nearest.ts';
import { isAtLeast, printVersion, type Version } from '../version.ts';
import { TEMPLATE_FUNCTIONS } from './functions.ts';
import type { Token } from './lexer.ts';
import { isLiteral, isNumber } from './literal.ts';
import { TemplateSyntaxError, TokenReader, unexpected } from './token-reader.ts';

/** What stands at the start of every template of a rule. */
const VARIABLES = ['$', '$labels', '$externalLabels', '$externalURL', '$value'];

/** How a list of pieces ended. */
interface Ended {
  readonly by: Token;
  /** Holds more than white space. */
  readonly isEmpty: boolean;
}

/** What an operand is, as far as it decides what may follow. */
type Operand = 'literal' | 'nil' | 'dot' | 'variable' | 'field' | 'function' | 'pipeline';

/** Parses a template as text/template/parse/parse.go does. Throws TemplateSyntaxError where that gives up. */
export class TemplateParser {
  readonly #tokens: TokenReader;
  readonly #version: Version | undefined;
  readonly #defined = new Set<string>();
  #variables: string[] = [...VARIABLES];
  #ranges = 0;

  constructor(text: string, version: Version | undefined) {
    this.#tokens = new TokenReader(text);
    this.#version = version;
  }

  parse(): void {
    while (this.#tokens.peek().type !== 'end') {
      if (this.#tokens.peek().type === 'left delimiter' && this.#wordAfterDelimiter() === 'define') this.#definition();
      else this.#outerPiece();
    }
  }

  #wordAfterDelimiter(): string {
    let ahead = 1;
    while (this.#tokens.peek(ahead).type === 'space') ahead++;
    const { type, text } = this.#tokens.peek(ahead);
    return type === 'keyword' ? text : '';
  }

  #outerPiece(): void {
    const ender = this.#textOrAction();
    if (ender) throw new TemplateSyntaxError(`{{${ender.text}}} has nothing to ${ender.text === 'end' ? 'end' : 'be the alternative of'}: it needs {{if}}, {{range}} or {{with}} before it`, ender.start);
  }

  #definition(): void {
    this.#tokens.take();
    this.#tokens.takeWord();
    const name = this.#templateName('{{define}}');
    this.#tokens.expect('right delimiter', '{{define}}');
    this.#ownScope(name);
  }

  /** The body of a template of its own, which sees none of the variables around it. */
  #ownScope(name: Token): void {
    const outside = { variables: this.#variables, ranges: this.#ranges };
    this.#variables = ['$'];
    this.#ranges = 0;
    const { by, isEmpty } = this.#list(name);
    if (by.text !== 'end') throw unexpected(by, `the template ${name.text}`);
    if (!isEmpty && this.#defined.has(name.text)) throw new TemplateSyntaxError(`the template ${name.text} is defined twice`, name.start);
    if (!isEmpty) this.#defined.add(name.text);
    this.#variables = outside.variables;
    this.#ranges = outside.ranges;
  }

  #list(opening: Token): Ended {
    let isEmpty = true;
    while (this.#tokens.peekWord().type !== 'end') {
      const piece = this.#tokens.peek();
      const by = this.#textOrAction();
      if (by) return { by, isEmpty };
      if (piece.type !== 'text' || piece.text.trim() !== '') isEmpty = false;
    }
    throw new TemplateSyntaxError(`{{${opening.text}}} has no {{end}}`, opening.start);
  }

  /** `end` or `else` where that is what came. */
  #textOrAction(): Token | undefined {
    const token = this.#tokens.takeWord();
    if (token.type === 'text') return undefined;
    if (token.type !== 'left delimiter') throw unexpected(token, 'the text');
    return this.#action();
  }

  #action(): Token | undefined {
    const token = this.#tokens.peekWord();
    const control = token.type === 'keyword' ? this.#controls[token.text] : undefined;
    if (control === undefined) {
      this.#pipeline('a command', 'right delimiter');
      return undefined;
    }
    this.#tokens.take();
    return control(token);
  }

  readonly #controls: Readonly<Record<string, (token: Token) => Token | undefined>> = {
    if: (token) => this.#control(token),
    with: (token) => this.#control(token),
    range: (token) => this.#control(token),
    break: (token) => this.#leave(token),
    continue: (token) => this.#leave(token),
    block: (token) => this.#block(token),
    template: () => this.#template(),
    end: (token) => {
      this.#tokens.expect('right delimiter', '{{end}}');
      return token;
    },
    else: (token) => {
      const { type, text } = this.#tokens.peekWord();
      const isChained = type === 'keyword' && (text === 'if' || text === 'with');
      if (!isChained) this.#tokens.expect('right delimiter', '{{else}}');
      return token;
    },
  };

  #control(token: Token): undefined {
    const variables = [...this.#variables];
    this.#pipeline(`{{${token.text}}}`, 'right delimiter');
    if (token.text === 'range') this.#ranges++;
    const { by } = this.#list(token);
    if (token.text === 'range') this.#ranges--;
    if (by.text === 'else') this.#alternative(token);
    this.#variables = variables;
    return undefined;
  }

  #alternative(token: Token): void {
    const next = this.#tokens.peek();
    if (token.text !== 'range' && next.type === 'keyword' && next.text === token.text) {
      this.#control(this.#tokens.take());
      return;
    }
    const { by } = this.#list(token);
    if (by.text !== 'end') throw new TemplateSyntaxError(`{{${token.text}}} has a second {{else}}`, by.start);
  }

  #leave(token: Token): undefined {
    this.#tokens.expect('right delimiter', `{{${token.text}}}`);
    if (this.#ranges === 0) throw new TemplateSyntaxError(`{{${token.text}}} stands outside of {{range}}`, token.start);
    return undefined;
  }

  #block(token: Token): undefined {
    const name = this.#templateName('{{block}}');
    this.#pipeline('{{block}}', 'right delimiter');
    this.#ownScope({ ...name, start: token.start });
    return undefined;
  }

  #template(): undefined {
    this.#templateName('{{template}}');
    if (this.#tokens.peekWord().type === 'right delimiter') this.#tokens.take();
    else this.#pipeline('{{template}}', 'right delimiter');
    return undefined;
  }

  #templateName(where: string): Token {
    const name = this.#tokens.takeWord();
    if (name.type !== 'string') throw unexpected(name, where);
    this.#checkLiteral(name);
    return name;
  }

  #pipeline(where: string, closing: 'right delimiter' | 'right paren'): void {
    this.#declarations(where);
    let stage = 0;
    for (;;) {
      const token = this.#tokens.peekWord();
      if (token.type === closing) break;
      if (!OPERANDS.has(token.type) && !isNil(token)) throw unexpected(token, where);
      const first = this.#command();
      stage++;
      if (stage > 1 && (first === 'literal' || first === 'nil' || first === 'dot')) throw new TemplateSyntaxError(`${token.text} is nothing that | can give a value to: a function must stand there`, token.start);
    }
    const end = this.#tokens.take();
    if (stage === 0) throw new TemplateSyntaxError(`${where} lacks a value`, end.start);
  }

  #declarations(where: string, count = 1): void {
    const variable = this.#tokens.peekWord();
    if (variable.type !== 'variable') return;
    let ahead = 1;
    while (this.#tokens.peek(ahead).type === 'space') ahead++;
    const next = this.#tokens.peek(ahead);
    const isList = next.type === 'sign' && next.text === ',';
    if (next.type !== 'assign' && next.type !== 'declare' && !isList) return;
    this.#tokens.takeWord();
    this.#tokens.takeWord();
    this.#variables.push(variable.text);
    if (isList) this.#secondDeclaration(where, count, next);
  }

  #secondDeclaration(where: string, count: number, comma: Token): void {
    if (where !== '{{range}}' || count > 1) throw new TemplateSyntaxError(`${where} takes only ${where === '{{range}}' ? 'two variables' : 'one variable'}`, comma.start);
    const { type, start } = this.#tokens.peekWord();
    if (type !== 'variable' && type !== 'right delimiter' && type !== 'right paren') throw new TemplateSyntaxError('{{range}} takes variables before :=', start);
    this.#declarations(where, count + 1);
  }

  /** What the command starts with. */
  #command(): Operand {
    let first: Operand | undefined;
    for (;;) {
      this.#tokens.skipSpace();
      const operand = this.#operand();
      first ??= operand;
      const token = this.#tokens.peek();
      if (token.type === 'space') {
        this.#tokens.take();
        continue;
      }
      if (token.type === 'pipe') this.#tokens.take();
      else if (token.type !== 'right delimiter' && token.type !== 'right paren') throw unexpected(token, 'a command: put spaces between its parts');
      if (first === undefined) throw new TemplateSyntaxError('a command is empty', token.start);
      return first;
    }
  }

  #operand(): Operand | undefined {
    const start = this.#tokens.peek();
    const operand = this.#term();
    if (operand === undefined || this.#tokens.peek().type !== 'field') return operand;
    if (operand === 'literal' || operand === 'nil' || operand === 'dot') throw new TemplateSyntaxError(`${start.text} has no fields: leave ${this.#tokens.peek().text} out`, this.#tokens.peek().start);
    while (this.#tokens.peek().type === 'field') this.#tokens.take();
    return operand === 'function' ? 'pipeline' : operand;
  }

  #term(): Operand | undefined {
    const token = this.#tokens.peek();
    if (!OPERANDS.has(token.type) && !isNil(token)) return undefined;
    this.#tokens.take();
    return this.#terms[token.type]?.(token);
  }

  readonly #terms: Readonly<Partial<Record<Token['type'], (token: Token) => Operand>>> = {
    keyword: () => 'nil',
    dot: () => 'dot',
    field: () => 'field',
    bool: () => 'literal',
    identifier: (token) => this.#function(token),
    variable: (token) => this.#variable(token),
    number: (token) => {
      if (!isNumber(token.text)) throw new TemplateSyntaxError(`${token.text} is no number`, token.start);
      return 'literal';
    },
    string: (token) => this.#checkLiteral(token),
    character: (token) => this.#checkLiteral(token),
    'left paren': () => {
      this.#pipeline('( )', 'right paren');
      return 'pipeline';
    },
  };

  #checkLiteral(token: Token): 'literal' {
    if (!isLiteral(token.text)) throw new TemplateSyntaxError(`${token.text} is no ${token.type}: write \\\\ for a backslash`, token.start);
    return 'literal';
  }

  #variable({ text, start }: Token): Operand {
    if (this.#variables.includes(text)) return 'variable';
    const guess = nearest(text, this.#variables);
    throw new TemplateSyntaxError(`the variable ${text} is not defined: ${guess === undefined || guess === '$' ? `there are ${VARIABLES.slice(1).join(', ')}` : `did you mean ${guess}?`}`, start);
  }

  #function({ text, start }: Token): Operand {
    const since = TEMPLATE_FUNCTIONS.get(text);
    if (since !== undefined && !isAtLeast(this.#version, since)) throw new TemplateSyntaxError(`the function ${text} needs Prometheus ${printVersion(since)}`, start);
    if (TEMPLATE_FUNCTIONS.has(text)) return 'function';
    const guess = nearest(text, [...TEMPLATE_FUNCTIONS.keys(), ...VARIABLES.slice(1)]);
    throw new TemplateSyntaxError(`there is no function ${text}${guess === undefined ? '' : `: did you mean ${guess}?`}`, start);
  }
}

const OPERANDS: ReadonlySet<Token['type']> = new Set(['bool', 'character', 'dot', 'field', 'identifier', 'number', 'string', 'variable', 'left paren']);

function isNil({ type, text }: Token): boolean {
  return type === 'keyword' && text === 'nil';
}
