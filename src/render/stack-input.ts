import type { AlertPolicy } from '../api/alert-policy.ts';
import type { StringMap } from '../api/kube-object.ts';
import type { MonitoringStack } from '../api/monitoring-stack.ts';
import type { ScrapeTarget } from '../api/scrape-target.ts';
import type { ClusterSurvey } from './cluster-survey.ts';
import type { Spread } from './scrape-target/shard-rules.ts';

/**
 * All that rendering may look at. Values are immutable: a changed resource is a new object, an unchanged one is the same
 * object as last time. Rendering memoises on that identity, which is what makes it incremental and still pure.
 */
export interface StackInput {
  readonly stack: MonitoringStack;
  /** The ScrapeTargets that the stack selects and that fit their schema, in any order. */
  readonly targets: readonly TargetInput[];
  /** The AlertPolicies that the stack selects and that fit their schema, in any order. */
  readonly policies: readonly PolicyInput[];
  readonly facts: ClusterFacts;
  /** Where the operator runs, so that NetworkPolicies let it in. */
  readonly operator: { readonly namespace: string };
}

/** A ScrapeTarget with what the cluster holds of the things it names. */
export interface TargetInput {
  readonly target: ScrapeTarget;
  readonly references: ReferenceFacts;
  /** For a selection by service: the ports of the Services that match it now; undefined where nobody looked (the CLI). */
  readonly servicePorts?: readonly ServicePorts[];
  /** The job text of its last good version that is live, to keep when this version is rejected. */
  readonly lastGood?: string;
  /** The files that `lastGood` reads, as they are live: name to content, base64. */
  readonly lastGoodFiles?: ReadonlyMap<string, string>;
}

/** An AlertPolicy with what the cluster holds of the things it names. */
export interface PolicyInput {
  readonly policy: AlertPolicy;
  readonly references: ReferenceFacts;
  /** The text of its last good version that is live: rule groups, and its part of Alertmanager's config. */
  readonly lastGood?: { readonly rules?: string; readonly alertmanager?: string };
}

/**
 * What stands behind the Secret and ConfigMap keys that a resource names: `Secret/namespace/name/key` or
 * `ConfigMap/namespace/name/key` to the value, base64. Absent from the map: not there. The map itself undefined: nobody
 * looked (the CLI without a cluster), and everything counts as there.
 */
export type ReferenceFacts = ReadonlyMap<string, string> | undefined;

export interface ServicePorts {
  readonly namespace: string;
  readonly name: string;
  readonly ports: readonly { readonly name: string; readonly port: number }[];
}

/** What the cluster is like, as far as rendering depends on it. */
export interface ClusterFacts {
  /** Like v1.34.4; undefined without a cluster. */
  readonly kubernetesVersion?: string;
  /** Names of the StorageClasses; undefined without a cluster. */
  readonly storageClasses?: readonly string[];
  /** What was found of the platform; undefined without a cluster, and for stacks that look at a namespace only. */
  readonly survey?: ClusterSurvey;
  /** Over how many shards targets are spread, while they move; undefined at rest: as the stack says. */
  readonly spread?: Spread;
  /** Labels of the selected namespaces by name. */
  readonly namespaces: ReadonlyMap<string, StringMap>;
  /** Values of the Secret keys that the stack itself names, keyed as in ReferenceFacts. */
  readonly references: ReferenceFacts;
  /** Grafana's admin password: the one in use, or a new one made by whoever gathered. */
  readonly grafanaPassword: string;
  /** Dashboards that users brought: namespace/name of the ConfigMap to its data. */
  readonly userDashboards: ReadonlyMap<string, StringMap>;
}

/** The key of ReferenceFacts. */
export function referenceKey(kind: 'Secret' | 'ConfigMap', namespace: string, name: string, key: string): string {
  return `${kind}/${namespace}/${name}/${key}`;
}
