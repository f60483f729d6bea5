/** A rule as Prometheus reads it: an alert or a record. Durations in Prometheus' notation. */
export interface Rule {
  readonly alert?: string;
  readonly record?: string;
  /** PromQL. */
  readonly expr: string;
  readonly for?: string;
  readonly keep_firing_for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Rules that are evaluated together, one after the other. */
export interface RuleGroup {
  readonly name: string;
  readonly interval?: string;
  readonly query_offset?: string;
  readonly limit?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly rules: readonly Rule[];
}
