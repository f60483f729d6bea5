import type { ScrapeTargetSpec } from '../../api/scrape-target.ts';
import { copy, metaName, type RelabelRule } from '../../formats/prometheus/relabel.ts';
import { metaLabel, type LabelledKind } from './keep-selected.ts';

const KINDS = ['service', 'pod', 'node', 'ingress'] as const satisfies readonly LabelledKind[];

/** Rules that copy Kubernetes labels to every series, by the names that they have as labels of Prometheus. */
export function copyLabels({ copyLabels: copied = {} }: Pick<ScrapeTargetSpec, 'copyLabels'>): RelabelRule[] {
  return KINDS.flatMap((kind) => (copied[kind] ?? []).map((key) => copy(metaLabel(kind, key), labelName(key))));
}

/** A Kubernetes label key as a label name: `app.kubernetes.io/version` becomes `app_kubernetes_io_version`. */
export function labelName(key: string): string {
  return metaName(key).replace(/^[0-9]/, '_$&');
}
