import type { Rule } from '../../formats/prometheus/rule-group.ts';

export type Severity = 'critical' | 'warning' | 'info' | 'none';

interface AlertWords {
  readonly severity: Severity;
  readonly expr: string;
  /** How long it must hold; Prometheus' notation. */
  readonly for?: string;
  /** One line for a phone. May use {{ $labels.x }} and {{ $value }}. */
  readonly summary: string;
  /** What it means and where to look. */
  readonly description: string;
}

/** An alerting rule of a pack: every one has a severity, a summary and a description. */
export function alert(name: string, { severity, expr, for: hold, summary, description }: AlertWords): Rule {
  return { alert: name, expr, ...(hold === undefined ? {} : { for: hold }), labels: { severity }, annotations: { summary, description } };
}
