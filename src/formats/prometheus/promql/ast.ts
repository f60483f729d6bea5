/** Where a piece of an expression stands: offsets in characters, the end exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** What an expression evaluates to, in PromQL's own words. */
export type ValueType = 'scalar' | 'string' | 'instant vector' | 'range vector';

/** `label="value"` in a selector. */
export interface LabelMatcher extends Span {
  readonly name: string;
  readonly op: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

/** A duration that is a plain literal, in seconds, or one that is only known when the query runs. */
export type DurationValue = { readonly seconds: number } | 'computed';

/** `offset` and `@` of a selector or subquery. */
export interface TimeModifiers {
  offset?: DurationValue;
  /** Seconds since the epoch, or the start or end of the query. */
  at?: number | 'start' | 'end';
}

export interface NumberLiteral extends Span {
  readonly kind: 'number';
  readonly value: number;
}

export interface StringLiteral extends Span {
  readonly kind: 'string';
  readonly value: string;
}

/** An instant vector selector. */
export interface VectorSelector extends Span, TimeModifiers {
  readonly kind: 'selector';
  /** The metric's name where it stands before the braces. */
  readonly name?: string;
  readonly matchers: readonly LabelMatcher[];
}

/** A range vector selector. */
export interface MatrixSelector extends Span {
  readonly kind: 'range';
  readonly selector: Expr;
  readonly range: DurationValue;
}

export interface Subquery extends Span, TimeModifiers {
  readonly kind: 'subquery';
  readonly expr: Expr;
  readonly range: DurationValue;
  readonly step?: DurationValue;
}

export interface Call extends Span {
  readonly kind: 'call';
  readonly name: string;
  readonly args: readonly Expr[];
}

export interface Aggregate extends Span {
  readonly kind: 'aggregate';
  readonly op: string;
  readonly args: readonly Expr[];
  readonly grouping?: { readonly without: boolean; readonly labels: readonly string[] };
}

/** How series of both sides are matched. */
export interface VectorMatching {
  readonly on: boolean;
  readonly labels: readonly string[];
  readonly group?: 'group_left' | 'group_right';
  readonly include: readonly string[];
}

export interface Binary extends Span {
  readonly kind: 'binary';
  readonly op: string;
  readonly left: Expr;
  readonly right: Expr;
  readonly bool: boolean;
  readonly matching?: VectorMatching;
  readonly fills: boolean;
}

export interface Unary extends Span {
  readonly kind: 'unary';
  readonly op: '+' | '-';
  readonly expr: Expr;
}

export interface Paren extends Span {
  readonly kind: 'paren';
  readonly expr: Expr;
}

/** A parsed PromQL expression. */
export type Expr = NumberLiteral | StringLiteral | VectorSelector | MatrixSelector | Subquery | Call | Aggregate | Binary | Unary | Paren;

/** What Prometheus would refuse in an expression. */
export interface PromqlProblem {
  /** A sentence that names the offending part and the mend. */
  readonly message: string;
  /** Where in the expression, in characters from 0. */
  readonly position?: number;
}

/** Whose grammar applies; default: the newest release known, without feature flags. */
export interface PromqlDialect {
  readonly version?: readonly [major: number, minor: number, patch: number];
  /** What `--enable-feature` holds, such as promql-experimental-functions. */
  readonly features?: ReadonlySet<string>;
}
