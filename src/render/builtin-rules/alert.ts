export type Severity = 'critical' | 'warning' | 'info' | 'none';

/**
 * An expression, and where it compares with a figure that operators differ about, that figure and what it counts (percent,
 * seconds, a share of one ...): a stack can set another.
 */
type Expression =
  | { readonly expr: string; readonly threshold?: undefined; readonly unit?: undefined }
  | { readonly threshold: number; readonly unit: string; readonly expr: (threshold: string) => string };

interface AlertFields {
  /** critical: act now. warning: act on this working day. info: explains others, tells nobody. none: for machines. */
  readonly severity: Severity;
  /** Labels beside severity. */
  readonly labels?: Readonly<Record<string, string>>;
  /** How long it must hold; Prometheus' notation. */
  readonly for?: string;
  /** One line for a phone. May use {{ $labels.x }} and {{ $value }}. */
  readonly summary: string;
  /** What it means and where to look. */
  readonly description: string;
  /**
   * It speaks of all targets of a job. OnFirstShard: the first of several shards has the whole job, and so this alert. Spread:
   * each shard sees a part, and none could speak of all: several shards go without.
   */
  readonly ofAll?: 'OnFirstShard' | 'Spread';
  /** Why it is off unless a stack enables it. */
  readonly off?: string;
}

type AlertWords = AlertFields & Expression;

/** An alert of a pack. What a stack may set otherwise is data here, and becomes a rule in render-rule.ts. */
export type PackAlert = AlertWords & { readonly alert: string };

/** A recording rule of a pack. */
export interface PackRecord {
  readonly record: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Why it is off unless a stack enables it. */
  readonly off?: string;
}

export type PackRule = PackAlert | PackRecord;

/** An alert of a pack: every one has a severity, a summary, a description and a page in docs/runbooks. */
export function alert(name: string, words: AlertWords): PackAlert {
  return { alert: name, ...words };
}

/** What a rule is called, in rulePacks too. */
export function ruleName(rule: PackRule): string {
  return 'alert' in rule ? rule.alert : rule.record;
}
