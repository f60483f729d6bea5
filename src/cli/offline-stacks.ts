import { GROUP, LABEL_PART, PART_DASHBOARD, API_VERSION } from '../api/group.ts';
import { keyOf, refKey, refOf, type KubeObject, type StringMap } from '../api/kube-object.ts';
import { parseResource, RESOURCE_KINDS, type ResourceByKind, type ResourceKind } from '../api/parse.ts';
import type { Rejection } from '../api/rejection.ts';
import { nearest } from '../lib/nearest.ts';
import { sortBy } from '../lib/sort-by.ts';
import { selectResources } from '../reconcile/select.ts';
import type { StackInput } from '../render/stack-input.ts';
import type { Finding } from './finding.ts';
import { OPERATOR_NAMESPACE } from './install-defaults.ts';
import { offlineReferences, type LookUp } from './offline-references.ts';
import type { Manifest, ManifestFiles } from './read-files.ts';

type Resources = { readonly [K in ResourceKind]: readonly ResourceByKind[K][] };

/** The resources of some files: what a cluster would hold after they were applied to an empty one. */
export interface OfflineStacks {
  /** One for each MonitoringStack, by namespace and name. */
  readonly inputs: readonly StackInput[];
  readonly resources: Resources;
  /** What is wrong before anything is rendered. */
  readonly findings: readonly Finding[];
  /** Documents of other groups, by kind: nobody looked at them. */
  readonly ignored: ReadonlyMap<string, number>;
  /** What the files hold of the Secrets and ConfigMaps that a resource names. */
  readonly references: LookUp;
  /** Where a rejection of rendering is in the files. */
  readonly locate: (rejection: Rejection) => Finding;
}

/** Rendering asks for a password; without a cluster there is none to ask for, and none to leak. */
const GRAFANA_PASSWORD = 'made-by-the-operator-in-the-cluster';

/** Makes the input of rendering from files, as the operator does from the cluster. `namespace` is for documents that name none. */
export function offlineStacks({ manifests, problems }: ManifestFiles, namespace: string): OfflineStacks {
  const placed = manifests.map((manifest) => inNamespace(manifest, namespace));
  const ours = placed.filter(({ object }) => groupOf(object) === GROUP);
  const { first: byKey, findings: repeated } = uniqueByKey(ours);
  const { resources, findings } = parseAll([...byKey.values()]);
  const namespaces = namespaceLabels(placed);
  const userDashboards = dashboards(placed);
  const references = offlineReferences(placed.map(({ object }) => object));
  const inputs = sortBy(resources.MonitoringStack, keyOf).map((stack) => stackInput(stack, { resources, namespaces, userDashboards, references }));
  const fileFindings = problems.map(({ file, line, kind, message }): Finding => ({ file, line, object: '', path: '', reason: kind, message }));
  return {
    inputs,
    resources,
    findings: [...fileFindings, ...findings, ...repeated],
    ignored: countKinds(placed.filter(({ object }) => groupOf(object) !== GROUP && !isUsed(object))),
    references,
    locate: (rejection) => locate(rejection, byKey),
  };
}

/** What surrounds the stacks in the files. */
export interface OfflineFacts {
  readonly resources: Omit<Resources, 'MonitoringStack'>;
  readonly namespaces: ReadonlyMap<string, StringMap>;
  readonly userDashboards: ReadonlyMap<string, StringMap>;
  readonly references: LookUp;
}

/** The input of one stack. */
export function stackInput(stack: ResourceByKind['MonitoringStack'], { resources, namespaces, userDashboards, references }: OfflineFacts): StackInput {
  const selected = selectResources(stack, { targets: resources.ScrapeTarget, policies: resources.AlertPolicy, namespaces });
  return {
    stack,
    targets: selected.targets.map((target) => ({ target, references: references(target) })),
    policies: selected.policies.map((policy) => ({ policy, references: references(policy) })),
    facts: { namespaces: selected.namespaces, references: references(stack), grafanaPassword: GRAFANA_PASSWORD, userDashboards },
    operator: { namespace: OPERATOR_NAMESPACE },
  };
}

function inNamespace(manifest: Manifest, namespace: string): Manifest {
  const { object } = manifest;
  if (object.metadata.namespace !== undefined || (groupOf(object) !== GROUP && !isHolder(object))) return manifest;
  return { ...manifest, object: { ...object, metadata: { ...object.metadata, namespace } } };
}

function groupOf({ apiVersion }: KubeObject): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
}

function parseAll(manifests: readonly Manifest[]): { resources: Resources; findings: Finding[] } {
  const resources: { [K in ResourceKind]: ResourceByKind[K][] } = { MonitoringStack: [], ScrapeTarget: [], AlertPolicy: [] };
  const findings: Finding[] = [];
  for (const manifest of manifests) {
    const kind = RESOURCE_KINDS.find((known) => known === manifest.object.kind);
    if (!kind || manifest.object.apiVersion !== API_VERSION) {
      findings.push(unknownKind(manifest));
      continue;
    }
    const parsed = parseResource(kind)(manifest.object);
    if (parsed.ok) (resources[kind] as unknown[]).push(parsed.ok);
    else findings.push(...parsed.problems.map((problem) => ({ ...placeOf(manifest, problem.path), ...problem })));
  }
  return { resources, findings };
}

function unknownKind(manifest: Manifest): Finding {
  const { apiVersion, kind } = manifest.object;
  if (apiVersion !== API_VERSION) return { ...placeOf(manifest, 'apiVersion'), path: 'apiVersion', reason: 'KindUnknown', message: `"${apiVersion}" is unknown: write ${API_VERSION}` };
  const close = nearest(kind, RESOURCE_KINDS);
  const mend = close ? `did you mean ${close}?` : `there are ${RESOURCE_KINDS.join(', ')}`;
  return { ...placeOf(manifest, 'kind'), path: 'kind', reason: 'KindUnknown', message: `"${kind}" is unknown; ${mend}` };
}

function placeOf(manifest: Manifest, path: string): Pick<Finding, 'file' | 'line' | 'object'> {
  return { file: manifest.file, line: manifest.lineOf(path), object: refKey(refOf(manifest.object)) };
}

/** The first document of each resource; the others are findings, and nothing is made of them. */
function uniqueByKey(manifests: readonly Manifest[]): { first: Map<string, Manifest>; findings: Finding[] } {
  const first = new Map<string, Manifest>();
  const findings: Finding[] = [];
  for (const manifest of manifests) {
    const key = refKey(refOf(manifest.object));
    const earlier = first.get(key);
    if (earlier) findings.push({ ...placeOf(manifest, ''), path: '', reason: 'Duplicate', message: `is in ${earlier.file}:${earlier.line} too: remove one of the two` });
    else first.set(key, manifest);
  }
  return { first, findings };
}

function locate({ object, path, reason, message }: Rejection, byKey: ReadonlyMap<string, Manifest>): Finding {
  const manifest = byKey.get(refKey(object));
  const place = manifest ? placeOf(manifest, path) : { file: '', line: 0, object: refKey(object) };
  return { ...place, path, reason, message };
}

/** Labels of every namespace that the files name; one without a Namespace object has those that Kubernetes gives it. */
function namespaceLabels(manifests: readonly Manifest[]): Map<string, StringMap> {
  const labels = new Map<string, StringMap>();
  for (const { object } of manifests) {
    const name = object.kind === 'Namespace' ? object.metadata.name : object.metadata.namespace;
    if (name === undefined) continue;
    const own = object.kind === 'Namespace' ? object.metadata.labels : labels.get(name);
    labels.set(name, { ...own, 'kubernetes.io/metadata.name': name });
  }
  return labels;
}

function isUsed(object: KubeObject): boolean {
  return (object.apiVersion === 'v1' && object.kind === 'Namespace') || isHolder(object);
}

/** What resources name keys of, and dashboards are brought in. */
function isHolder({ apiVersion, kind }: KubeObject): boolean {
  return apiVersion === 'v1' && (kind === 'Secret' || kind === 'ConfigMap');
}

function isDashboard({ kind, metadata }: KubeObject): boolean {
  return kind === 'ConfigMap' && metadata.labels?.[LABEL_PART] === PART_DASHBOARD;
}

function dashboards(manifests: readonly Manifest[]): Map<string, StringMap> {
  const found = manifests.filter(({ object }) => isDashboard(object));
  return new Map(found.map(({ object }) => [keyOf(object), (object['data'] ?? {}) as StringMap]));
}

function countKinds(manifests: readonly Manifest[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { object } of manifests) counts.set(object.kind, (counts.get(object.kind) ?? 0) + 1);
  return counts;
}
