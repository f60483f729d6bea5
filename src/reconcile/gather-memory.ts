import type { StringMap } from '../api/kube-object.ts';
import type { MonitoringStack } from '../api/monitoring-stack.ts';
import type { ScrapeTarget } from '../api/scrape-target.ts';
import type { Spread } from '../render/scrape-target/shard-rules.ts';
import type { PolicyInput, TargetInput } from '../render/stack-input.ts';

/** Texts of a resource's last good version that are live. */
export interface KeptText {
  readonly scrape?: string;
  /** The files that `scrape` reads: name to content, base64. */
  readonly files?: ReadonlyMap<string, string>;
  readonly rules?: string;
  readonly alertmanager?: string;
}

/** What a look at all ScrapeTargets found, and what it depends on besides them. */
export interface TargetsLook {
  readonly stack: MonitoringStack;
  readonly isSelected: ReadonlyMap<string, boolean>;
  readonly services: number;
  readonly kept: ReadonlyMap<string, KeptText>;
  readonly all: readonly ScrapeTarget[];
  /** Of each of them: its input, or that it is not selected; undefined where it has to be looked at again each time. */
  readonly found: readonly (TargetInput | 'not selected' | undefined)[];
}

/**
 * What gathering remembers of a stack between two looks, so that only what moved is looked at again. Owned by the
 * reconciler; empty to begin with.
 */
export interface GatherMemory {
  /** Last good versions to keep, by owner (`ScrapeTarget/namespace/name`). */
  readonly kept: ReadonlyMap<string, KeptText>;
  readonly targets: Map<string, { readonly signature: string; readonly input: TargetInput }>;
  readonly policies: Map<string, { readonly signature: string; readonly input: PolicyInput }>;
  /** Inputs of selected targets that name no Secret or ConfigMap, with the version of the Services that they looked at. */
  readonly settled: WeakMap<ScrapeTarget, { readonly input: TargetInput; readonly services: number | undefined }>;
  /** Owners that were gathered anew or are selected no longer: whoever renders empties it. */
  readonly moved: Set<string>;
  /** What the last look at all ScrapeTargets found. */
  look?: TargetsLook;
  /** Over how many shards targets are spread, as the last look decided; whoever proves that a move is over shortens it. */
  spread?: Spread;
  /** Grafana's password once it is known or made: a Secret just written may not have come back by a watch yet. */
  password?: string;
  /** Data of Secrets and ConfigMaps by `kind/namespace/name`, only the keys that somebody names. */
  readonly data: Map<string, { readonly version: string; readonly data: StringMap }>;
}

/** A memory that holds nothing yet. */
export function emptyMemory(kept: ReadonlyMap<string, KeptText> = new Map()): GatherMemory {
  return { kept, targets: new Map(), policies: new Map(), data: new Map(), settled: new WeakMap(), moved: new Set() };
}
