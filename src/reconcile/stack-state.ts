import type { ObjectRef } from '../api/kube-object.ts';
import type { MonitoringStack } from '../api/monitoring-stack.ts';
import type { Rejection } from '../api/rejection.ts';
import type { Rendered } from '../render/rendered.ts';
import { DuplicateIndex } from '../render/scrape-target/duplicate-targets.ts';
import type { StackInput } from '../render/stack-input.ts';
import type { DriftFound } from './drift-watch.ts';
import { emptyMemory, type GatherMemory, type KeptText } from './gather-memory.ts';
import type { Health } from './health.ts';
import type { Move } from './resharding.ts';
import { Quarantine } from './quarantine.ts';

/** What we know of our last successful apply of one object. */
export interface AppliedObject {
  readonly ref: ObjectRef;
  readonly desiredHash: string;
  /** Fingerprint of the API server's answer. */
  readonly fingerprint: string;
  /** Fingerprint of what was there before: the watch may go on showing that for a moment. */
  readonly before?: string;
}

/** A write that failed, in the user's words. */
export interface ApplyFailure {
  readonly object: ObjectRef;
  readonly message: string;
  readonly kind: 'forbidden' | 'invalid' | 'conflict' | 'transient';
  /** How long the API server asks to wait. */
  readonly retryAfterMs?: number;
}

/** How the last pass over a stack went. */
export interface PassReport {
  readonly generation: number;
  readonly failures: readonly ApplyFailure[];
  /** The problems of the stack itself, for which nothing was written. */
  readonly stackRejections: readonly Rejection[];
  readonly suspended: boolean;
}

/** What the reconciler keeps of one stack between passes. Lost at a restart, and then worked out again. */
export interface StackState {
  readonly key: string;
  readonly uid: string;
  stack: MonitoringStack;
  readonly memory: GatherMemory & { readonly kept: Map<string, KeptText> };
  readonly applied: Map<string, AppliedObject>;
  /** uids of objects whose deletion was told during the pass under way. */
  readonly deleted: Set<string>;
  /** Resources that a Prometheus or Alertmanager refused though we found no fault. */
  readonly quarantine: Quarantine;
  input?: StackInput;
  /** What is written, or was being written when the last pass failed. */
  rendered?: Rendered;
  pass?: PassReport;
  /** Targets move to another number of shards. */
  move?: Move | undefined;
  drift: readonly DriftFound[];
  health: Health;
  /** ScrapeTargets that surely scrape the same addresses as others, by owner. */
  readonly duplicates: DuplicateIndex;
  /** Owners whose own text changed since the config was last confirmed. */
  readonly changed: Set<string>;
  /** Owners that the last pass saw for the first time, or anew. */
  moved: readonly string[];
  /** How many replicas showed each marker when statuses were told of it last; Infinity where all of them did. */
  readonly shown: Map<string, number>;
  /** Everything was live once since this process began. */
  wasLive: boolean;
  /** Why a Prometheus or Alertmanager refuses the config as a whole, while nobody has been found guilty. */
  refusal?: string;
  /** Rejected resources whose last good version has been looked for, by owner, with the generation that was rejected. */
  readonly searched: Map<string, number>;
}

/** The state of a stack that was not seen before. */
export function newStackState(stack: MonitoringStack): StackState {
  const { namespace, name, uid = '' } = stack.metadata;
  const kept = new Map<string, KeptText>();
  return {
    key: `${namespace}/${name}`,
    uid,
    stack,
    memory: { ...emptyMemory(kept), kept },
    applied: new Map(),
    deleted: new Set(),
    quarantine: new Quarantine(),
    drift: [],
    health: { known: false, targets: new Map(), firing: new Map(), moved: [] },
    duplicates: new DuplicateIndex(),
    changed: new Set(),
    moved: [],
    shown: new Map(),
    wasLive: false,
    searched: new Map(),
  };
}
