import type { SilenceSpec } from '../api/alert-policy.ts';
import type { KubeObject } from '../api/kube-object.ts';
import type { Problem, Rejection } from '../api/rejection.ts';

/** Something that was left out: the release asked for cannot do it, the platform does not show it, or somebody else serves it. */
export interface Omission {
  /** `ScrapeTarget/shop/checkout`, or empty for the stack itself. */
  readonly object: string;
  /** Prometheus' own name of the field, or the path of the stack's own. */
  readonly field: string;
  /** The first release that has it, like v2.50.0; absent where another release would not help. */
  readonly since?: string;
  /** Why else it was left out, and the mend. */
  readonly why?: string;
}

/** What one resource contributes to a config that many share: text, stable for the same input. */
export interface Piece {
  /** `ScrapeTarget/namespace/name` or `AlertPolicy/namespace/name`. */
  readonly owner: string;
  /** YAML list items: scrape configs or rule groups, each line indented as its file needs it. */
  readonly text: string;
  /** job_name of each scrape config, or name of each rule group, in order. */
  readonly names: readonly string[];
}

/** One of the config files' ConfigMaps: what is in it and how a replica proves that it has loaded it. */
export interface Bucket {
  /** Name of the ConfigMap. */
  readonly configMap: string;
  /** Which bucket it is of, by `homeOf` its owners; absent for the file of what comes with the stack. */
  readonly home?: number;
  /** The shard of Prometheus that reads it. */
  readonly shard: number;
  /** Hash of its content; the marker is a rule group whose name holds it. */
  readonly hash: string;
  /** Name of the rule group that proves that this very content is loaded (Prometheus' /api/v1/rules shows it). */
  readonly marker: string;
  /** Owners of the pieces in it. */
  readonly owners: readonly string[];
}

/** What a stack is to consist of, as rendering sees it. */
export interface Rendered {
  readonly objects: readonly KubeObject[];
  readonly rejections: readonly Rejection[];
  readonly omitted: readonly Omission[];
  /** Everything Prometheus reads in ConfigMaps, for proving that it is live. Empty buckets are absent. */
  readonly buckets: readonly Bucket[];
  /** Exact text of Alertmanager's config; undefined when Alertmanager is off. */
  readonly alertmanagerConfig?: string;
  /** job_names by owner, for those that are in the config (last good versions included). */
  readonly jobs: ReadonlyMap<string, readonly string[]>;
  /** What keeps a component from its work that no pod of it says, by component, with the mend. */
  readonly componentProblems?: ReadonlyMap<string, readonly Problem[]>;
  /** Number of rules by owner. */
  readonly rules: ReadonlyMap<string, number>;
  /** Matchers and the like that were added to a policy's routes, by owner, as sentences. */
  readonly injected: ReadonlyMap<string, readonly string[]>;
  /** The silences that accepted policies ask for, by owner (`AlertPolicy/namespace/name`). */
  readonly silences: ReadonlyMap<string, readonly SilenceSpec[]>;
}
