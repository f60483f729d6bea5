import type { Condition } from '../api/conditions.ts';
import { plural } from '../lib/plural.ts';
import type { Finding } from './conditions.ts';
import { CONFIRM_DEADLINE_MS, unconfirmed } from './liveness.ts';
import { cut } from './cut.ts';
import { waitingFor } from './patience.ts';

/** Who runs the config that was written. */
export interface ConfigFacts {
  /** Hash of the whole config. */
  readonly hash: string;
  /** Replicas of Prometheus and Alertmanager that should have it. */
  readonly replicas: number;
  /** Replicas that proved that they do. */
  readonly confirmed: number;
  /** Names of the others. */
  readonly missing: readonly string[];
  /** When it was written. */
  readonly since?: Date;
  /** What one of the others answered. */
  readonly error?: string;
  /** What a Prometheus or Alertmanager says against the whole, in its own words. */
  readonly refused?: string;
}

interface Context {
  readonly current: readonly Condition[];
  readonly generation: number;
  readonly now: Date;
  /** Pods are still starting: who is not there cannot have refused. */
  readonly isStarting: boolean;
}

/** ConfigLive: every replica proved that it runs the config that was written. Nothing is inferred from silence. */
export function configLive(config: ConfigFacts, { isStarting, ...context }: Context): Finding {
  const { hash, replicas, confirmed, missing, since, error, refused } = config;
  if (refused !== undefined && confirmed < replicas) return { type: 'ConfigLive', status: 'False', reason: 'ConfigRefused', message: cut(refused, 600) };
  if (confirmed >= replicas) return { type: 'ConfigLive', status: 'True', reason: 'ConfigConfirmed', message: `${plural(replicas, 'replica')} ${replicas === 1 ? 'runs' : 'run'} config ${hash}` };
  const message = `${confirmed} of ${plural(replicas, 'replica')}: ${unconfirmed({ missing, hash, ...(since ? { since } : {}), ...(error ? { error } : {}) })}`;
  const deadlineMs = isStarting ? Number.POSITIVE_INFINITY : CONFIRM_DEADLINE_MS;
  return waitingFor({ type: 'ConfigLive', reason: 'ConfigNotConfirmed', failedReason: 'ConfigNotConfirmed', message, deadlineMs }, context);
}
