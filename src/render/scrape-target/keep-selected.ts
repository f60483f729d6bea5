import type { LabelSelector } from '../../lib/label-selector.ts';
import { requirements } from '../../lib/label-selector.ts';
import { drop, keep, literal, metaName, type RelabelRule } from '../../formats/prometheus/relabel.ts';

/** Kinds whose labels Prometheus' discovery puts on targets. */
export type LabelledKind = 'service' | 'pod' | 'node' | 'ingress';

/** The meta label that holds a Kubernetes label. */
export function metaLabel(kind: LabelledKind, key: string): string {
  return `__meta_kubernetes_${kind}_label_${metaName(key)}`;
}

/** Rules that keep the targets whose object has labels that fit the selector: one for each requirement. */
export function keepSelected(kind: LabelledKind, selector: LabelSelector): RelabelRule[] {
  return requirements(selector).map(({ key, operator, values = [] }) => {
    // The "present" label tells a label that is empty from one that is missing.
    const labels = [metaLabel(kind, key), `__meta_kubernetes_${kind}_labelpresent_${metaName(key)}`];
    switch (operator) {
      case 'In':
        return keep(labels, `${anyOf(values)};true`);
      case 'NotIn':
        return drop(labels, `${anyOf(values)};true`);
      case 'Exists':
        return keep(labels.slice(1), 'true');
      case 'DoesNotExist':
        return drop(labels.slice(1), 'true');
    }
  });
}

function anyOf(values: readonly string[]): string {
  return values.length === 1 ? literal(values[0] ?? '') : `(?:${values.map(literal).join('|')})`;
}
