/** Every action of a relabel rule, as Prometheus spells it. */
export const RELABEL_ACTIONS = [
  'replace', 'keep', 'drop', 'keepequal', 'dropequal', 'hashmod', 'labelmap', 'labeldrop', 'labelkeep', 'lowercase', 'uppercase',
] as const;

/** What a relabel rule does; default `replace`. */
export type RelabelAction = (typeof RELABEL_ACTIONS)[number];

/**
 * A relabel rule (Prometheus' `relabel_config`). A field left out has Prometheus' default: action replace, separator `;`,
 * regex `(.*)`, replacement `$1`.
 */
export interface RelabelRule {
  readonly action?: RelabelAction;
  readonly source_labels?: readonly string[];
  readonly separator?: string;
  /** RE2, anchored at both ends by Prometheus. */
  readonly regex?: string;
  readonly modulus?: number;
  readonly target_label?: string;
  readonly replacement?: string;
}
