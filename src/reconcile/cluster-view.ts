import type { AlertPolicy } from '../api/alert-policy.ts';
import type { KubeObject, StringMap } from '../api/kube-object.ts';
import type { MonitoringStack } from '../api/monitoring-stack.ts';
import type { Problem } from '../api/rejection.ts';
import type { ScrapeTarget } from '../api/scrape-target.ts';
import type { LabelSelector } from '../lib/label-selector.ts';
import type { ClusterSurvey } from '../render/cluster-survey.ts';
import type { ServicePorts } from '../render/stack-input.ts';
import type { NamespaceLabels } from './select.ts';

/** A resource of ours that does not fit its schema: all that is sure about it is its metadata. */
export interface Misfit {
  readonly object: KubeObject;
  readonly problems: readonly Problem[];
}

/** A Service as far as we look at it. */
export interface ServiceFacts extends ServicePorts {
  readonly labels: StringMap;
}

/**
 * The cluster as gathering sees it: from informers in the operator, from lists in the command line. Unchanged things
 * keep their identity from one look to the next.
 */
export interface ClusterView {
  stacks(): Iterable<MonitoringStack>;
  targets(): Iterable<ScrapeTarget>;
  policies(): Iterable<AlertPolicy>;
  misfits(): Iterable<Misfit>;
  namespaces(): NamespaceLabels;
  /** The Services of a namespace. */
  services(namespace: string): Iterable<ServiceFacts>;
  /** Those of them that a selector selects. */
  servicesMatching(namespace: string, selector: LabelSelector): readonly ServiceFacts[];
  /** Moves whenever a Service of the namespace does; of any namespace where none is given. */
  servicesVersion(namespace?: string): number;
  /** Moves whenever the Secret or ConfigMap does; undefined where there is none. */
  version(kind: 'Secret' | 'ConfigMap', namespace: string, name: string): string | undefined;
  /** The annotations of a ConfigMap; undefined where there is none. */
  configMapAnnotations(namespace: string, name: string): StringMap | undefined;
  /** The data of a Secret or ConfigMap, base64 in both cases; undefined where there is none. */
  readData(kind: 'Secret' | 'ConfigMap', namespace: string, name: string): Promise<StringMap | undefined>;
  /** ConfigMaps labelled as dashboards that are not ours, in one namespace. */
  userDashboards(namespace: string): Iterable<{ readonly namespace: string; readonly name: string }>;
  storageClasses(): readonly string[];
  kubernetesVersion(): string | undefined;
  /** What kind of platform the cluster is, for stacks of scope Cluster. */
  survey(): Promise<ClusterSurvey>;
}
