import type { Cluster } from '../kube/cluster.ts';
import { address, parseJson, type Replica } from './prometheus-api.ts';

/** An answer of Alertmanager's that is an error, or none at all. */
export class AlertmanagerError extends Error {}

const TIMEOUT_MS = 5_000;

/** The hash of the config that a replica runs, from its metric `alertmanager_config_hash`; undefined before it loaded one. */
export async function readConfigHash(cluster: Cluster, replica: Replica): Promise<number | undefined> {
  const { status, body } = await cluster.podRequest({ ...address(replica), method: 'GET', path: '/metrics', timeoutMs: TIMEOUT_MS });
  if (status !== 200) throw new AlertmanagerError(`${replica.pod} answered ${status} to /metrics`);
  const value = /^alertmanager_config_hash (\S+)$/m.exec(body)?.[1];
  return value === undefined ? undefined : Number(value);
}

/** Asks a replica to read its config again. Answers with Alertmanager's words if it refused, with undefined if it took it. */
export async function reloadAlertmanager(cluster: Cluster, replica: Replica): Promise<string | undefined> {
  const { status, body } = await cluster.podRequest({ ...address(replica), method: 'POST', path: '/-/reload', timeoutMs: 30_000 });
  return status === 200 ? undefined : body.trim().slice(0, 2_000) || `HTTP ${status}`;
}

/** Every silence a replica holds, ended ones included, as /api/v2/silences shows them. */
export async function readSilences<T>(cluster: Cluster, replica: Replica): Promise<T[]> {
  const { status, body } = await cluster.podRequest({ ...address(replica), method: 'GET', path: '/api/v2/silences', timeoutMs: TIMEOUT_MS });
  const silences = parseJson<T[]>(body);
  if (status !== 200 || !Array.isArray(silences)) throw new AlertmanagerError(`${replica.pod} answered ${status} to /api/v2/silences: ${body.slice(0, 200)}`);
  return silences;
}

/** Creates a silence; the other replicas learn of it by gossip. */
export async function createSilence(cluster: Cluster, replica: Replica, silence: object): Promise<void> {
  const { status, body } = await cluster.podRequest({ ...address(replica), method: 'POST', path: '/api/v2/silences', body: silence, timeoutMs: TIMEOUT_MS });
  if (status !== 200) throw new AlertmanagerError(`${replica.pod} refused a silence: ${body.slice(0, 200)}`);
}

/** Ends a silence now. */
export async function expireSilence(cluster: Cluster, replica: Replica, id: string): Promise<void> {
  const { status, body } = await cluster.podRequest({ ...address(replica), method: 'DELETE', path: `/api/v2/silence/${encodeURIComponent(id)}`, timeoutMs: TIMEOUT_MS });
  // 404: it is gone already, which is what was wanted.
  if (status !== 200 && status !== 404) throw new AlertmanagerError(`${replica.pod} refused to end silence ${id}: ${body.slice(0, 200)}`);
}
