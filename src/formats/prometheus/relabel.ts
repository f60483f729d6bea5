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

/** The fields of a relabel rule, in the order Prometheus documents them. */
export const RELABEL_FIELDS = ['source_labels', 'separator', 'target_label', 'regex', 'modulus', 'replacement', 'action'] as const;
export type RelabelField = (typeof RELABEL_FIELDS)[number];

/** Goes on only with targets whose labels, joined by `;`, match. */
export function keep(sourceLabels: readonly string[], regex: string): RelabelRule {
  return { source_labels: sourceLabels, regex, action: 'keep' };
}

/** Drops targets whose labels, joined by `;`, match. */
export function drop(sourceLabels: readonly string[], regex: string): RelabelRule {
  return { source_labels: sourceLabels, regex, action: 'drop' };
}

/** Goes on only with targets whose labels, joined by `;`, are what `targetLabel` is (Prometheus 2.41). */
export function keepEqual(sourceLabels: readonly string[], targetLabel: string): RelabelRule {
  return { source_labels: sourceLabels, target_label: targetLabel, action: 'keepequal' };
}

/** Drops targets whose labels, joined by `;`, are what `targetLabel` is (Prometheus 2.41). */
export function dropEqual(sourceLabels: readonly string[], targetLabel: string): RelabelRule {
  return { source_labels: sourceLabels, target_label: targetLabel, action: 'dropequal' };
}

/** Gives a label a fixed value; `$` in it is only a dollar. An empty value removes the label. */
export function set(targetLabel: string, value: string): RelabelRule {
  return { target_label: targetLabel, replacement: value.replaceAll('$', '$$$$') };
}

/** Removes one label. */
export function remove(label: string): RelabelRule {
  return set(label, '');
}

/** Copies one label to another; an empty source leaves an existing target label alone. */
export function copy(from: string, to: string): RelabelRule {
  return { source_labels: [from], regex: '(.+)', target_label: to };
}

/** Where the labels, joined by `;`, match: sets `targetLabel` to `replacement`, in which `$1` or `${1}` are groups. */
export function replace(sourceLabels: readonly string[], regex: string, targetLabel: string, replacement = '$1'): RelabelRule {
  return { source_labels: sourceLabels, regex, target_label: targetLabel, replacement };
}

/** Sets `targetLabel` to the hash of the labels, joined by `;`, modulo `modulus`: how targets are spread over shards. */
export function hashMod(sourceLabels: readonly string[], modulus: number, targetLabel: string): RelabelRule {
  return { source_labels: sourceLabels, modulus, target_label: targetLabel, action: 'hashmod' };
}

/** Copies every label whose name matches to the name that `replacement` makes of it. */
export function labelMap(regex: string, replacement = '$1'): RelabelRule {
  return { regex, replacement, action: 'labelmap' };
}

/** Removes every label whose name matches. */
export function labelDrop(regex: string): RelabelRule {
  return { regex, action: 'labeldrop' };
}

/** Removes every label whose name does not match; mind `__address__` and its like. */
export function labelKeep(regex: string): RelabelRule {
  return { regex, action: 'labelkeep' };
}

/** Sets `targetLabel` to the labels, joined by `;`, in lower case (Prometheus 2.36). */
export function lowercase(sourceLabels: readonly string[], targetLabel: string): RelabelRule {
  return { source_labels: sourceLabels, target_label: targetLabel, action: 'lowercase' };
}

/** Sets `targetLabel` to the labels, joined by `;`, in upper case (Prometheus 2.36). */
export function uppercase(sourceLabels: readonly string[], targetLabel: string): RelabelRule {
  return { source_labels: sourceLabels, target_label: targetLabel, action: 'uppercase' };
}

/** Quotes RE2 metacharacters: label values may hold dots, and "v1.2" must not match "v1x2". */
export function literal(value: string): string {
  return value.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&');
}

/** A Kubernetes label or annotation key the way it stands in a meta label: what is no letter, digit or `_` becomes `_`. */
export function metaName(key: string): string {
  return key.replace(/[^a-zA-Z0-9_]/gu, '_');
}
