import type { Problem } from '../../api/rejection.ts';
import type { ScrapeTarget, ScrapeTargetSpec } from '../../api/scrape-target.ts';
import { isLabelName } from '../../formats/prometheus/label-name.ts';
import { labelName } from './copy-labels.ts';
import type { LabelledKind } from './keep-selected.ts';

/** Labels that are set for every target and are not the user's to set. */
const RESERVED: Readonly<Record<string, string>> = {
  namespace: 'it is always the namespace that the target is in',
  job: 'it is always the name of the ScrapeTarget; a relabel rule can change it',
};

/** Whether the labels that a ScrapeTarget puts on series have names, and are the user's to set. */
export function checkLabels({ spec }: ScrapeTarget): Problem[] {
  return [
    ...checkNames('spec.labels', spec.labels),
    ...checkNames('spec.static.labels', spec.static?.labels),
    ...checkNames('spec.probe.of.static.labels', spec.probe?.of.static?.labels),
    ...KINDS.flatMap((kind) => checkCopied(kind, spec)),
  ];
}

function checkNames(path: string, labels: Readonly<Record<string, string>> = {}): Problem[] {
  return Object.entries(labels).flatMap(([name, value]) => [
    ...problem(`${path}.${name}`, nameProblem(name)),
    ...problem(`${path}.${name}`, value.isWellFormed() ? undefined : `the value of "${name}" is no valid Unicode`),
  ]);
}

function problem(path: string, message: string | undefined): Problem[] {
  return message === undefined ? [] : [{ path, reason: 'LabelInvalid', message }];
}

function nameProblem(name: string): string | undefined {
  const reserved = Object.hasOwn(RESERVED, name) ? RESERVED[name] : undefined;
  if (reserved !== undefined) return `the label "${name}" cannot be set: ${reserved}`;
  if (!isLabelName(name, 'legacy')) return `"${name}" is no label name: use letters, digits and _, not starting with a digit`;
  return name.startsWith('__') ? `"${name}" is Prometheus' own: labels that start with __ are gone before a series is written; leave the underscores out` : undefined;
}

const KINDS = ['service', 'pod', 'node', 'ingress'] as const satisfies readonly LabelledKind[];

/** Which selections know the labels of each kind. */
const KNOWN: Readonly<Record<LabelledKind, (spec: ScrapeTargetSpec) => unknown>> = {
  service: ({ service, probe }) => service ?? probe?.of.service,
  pod: ({ service, pod }) => service ?? pod,
  node: ({ service, pod, node }) => service ?? pod ?? node,
  ingress: ({ ingress, probe }) => ingress ?? probe?.of.ingress,
};

function checkCopied(kind: LabelledKind, spec: ScrapeTargetSpec): Problem[] {
  const keys = spec.copyLabels?.[kind] ?? [];
  if (keys.length > 0 && !KNOWN[kind](spec)) {
    return [{ path: `spec.copyLabels.${kind}`, reason: 'LabelInvalid', message: `what this ScrapeTarget selects has no ${kind} labels: leave copyLabels.${kind} out` }];
  }
  return keys.flatMap((key, index) => problem(`spec.copyLabels.${kind}[${index}]`, nameProblem(labelName(key))));
}
