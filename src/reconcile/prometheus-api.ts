import type { Cluster } from '../kube/cluster.ts';

/** One running pod of a component, and where it can be reached. */
export interface Replica {
  readonly namespace: string;
  readonly pod: string;
  readonly uid: string;
  readonly podIp?: string;
  readonly port: number;
  /** The shard it belongs to; 0 for everything but Prometheus. */
  readonly shard: number;
  /** What tells one life of its containers from the next: a restarted program has lost what it had confirmed. */
  readonly incarnation: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly ready: boolean;
}

/** An answer of Prometheus' that is an error, or none at all. */
export class PrometheusError extends Error {}

/** One series of an instant query. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A target as /api/v1/targets shows it. */
export interface ActiveTarget {
  readonly scrapeUrl: string;
  readonly health: 'up' | 'down' | 'unknown';
  readonly lastError: string;
  readonly discoveredLabels: Readonly<Record<string, string>>;
}

const TIMEOUT_MS = 5_000;
/** A reload of a large config takes its time, and Prometheus answers only after it. */
const RELOAD_TIMEOUT_MS = 30_000;
/** How many group names go into one request: a URL has to stay short of 8 KiB. */
const MARKERS_A_REQUEST = 60;

/** Those of the markers that this replica shows as loaded: names of rule groups, or of scrape pools of an agent. */
export async function readLoadedMarkers(
  cluster: Cluster,
  replica: Replica,
  { markers, agent }: { readonly markers: readonly string[]; readonly agent: boolean },
): Promise<Set<string>> {
  const wanted = new Set(markers);
  const loaded = new Set<string>();
  for (let start = 0; start < markers.length; start += MARKERS_A_REQUEST) {
    const names = agent ? await readScrapePools(cluster, replica) : await readRuleGroups(cluster, replica, markers.slice(start, start + MARKERS_A_REQUEST));
    for (const name of names) if (wanted.has(name)) loaded.add(name);
    if (agent) break;
  }
  return loaded;
}

async function readRuleGroups(cluster: Cluster, replica: Replica, names: readonly string[]): Promise<string[]> {
  const query = names.map((name) => `rule_group[]=${encodeURIComponent(name)}`).join('&');
  const { groups } = await get<{ groups: { name: string }[] }>(cluster, replica, `/api/v1/rules?exclude_alerts=true&${query}`);
  return groups.map(({ name }) => name);
}

async function readScrapePools(cluster: Cluster, replica: Replica): Promise<string[]> {
  const { scrapePools } = await get<{ scrapePools: string[] }>(cluster, replica, '/api/v1/scrape_pools');
  return scrapePools;
}

/** Asks a replica to read its config again. Answers with Prometheus' words if it refused, with undefined if it took it. */
export async function reload(cluster: Cluster, replica: Replica): Promise<string | undefined> {
  const { status, body } = await cluster.podRequest({ ...address(replica), method: 'POST', path: '/-/reload', timeoutMs: RELOAD_TIMEOUT_MS });
  return status === 200 ? undefined : body.trim().slice(0, 2_000) || `HTTP ${status}`;
}

/** An instant query's series. Rejects with a PrometheusError for anything else than a vector. */
export async function queryVector(cluster: Cluster, replica: Replica, expr: string): Promise<Sample[]> {
  const { resultType, result } = await get<{ resultType: string; result: { metric: Record<string, string>; value: [number, string] }[] }>(
    cluster,
    replica,
    `/api/v1/query?query=${encodeURIComponent(expr)}`,
  );
  if (resultType !== 'vector') throw new PrometheusError(`${replica.pod} answered a ${resultType} to ${expr}`);
  return result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
}

/** The active targets of one job. */
export async function readActiveTargets(cluster: Cluster, replica: Replica, job: string): Promise<ActiveTarget[]> {
  const { activeTargets } = await get<{ activeTargets?: ActiveTarget[] }>(cluster, replica, `/api/v1/targets?state=active&scrapePool=${encodeURIComponent(job)}`);
  return activeTargets ?? [];
}

/** Discovered labels of the targets that one job's relabel rules drop. */
export async function readDroppedTargets(cluster: Cluster, replica: Replica, job: string): Promise<ActiveTarget['discoveredLabels'][]> {
  const { droppedTargets } = await get<{ droppedTargets?: { discoveredLabels: Record<string, string> }[] }>(
    cluster,
    replica,
    `/api/v1/targets?state=dropped&scrapePool=${encodeURIComponent(job)}`,
  );
  return (droppedTargets ?? []).map(({ discoveredLabels }) => discoveredLabels);
}

async function get<T>(cluster: Cluster, replica: Replica, path: string): Promise<T> {
  const { status, body } = await cluster.podRequest({ ...address(replica), method: 'GET', path, timeoutMs: TIMEOUT_MS });
  const answer = parseJson<{ status?: string; data?: T; error?: string }>(body);
  if (status !== 200 || answer?.status !== 'success' || answer.data === undefined) {
    throw new PrometheusError(`${replica.pod} answered ${status} to ${path.split('?')[0]}: ${answer?.error ?? body.slice(0, 200)}`);
  }
  return answer.data;
}

/** Parses JSON that came from a pod; undefined where it is none. */
export function parseJson<T>(text: string): T | undefined {
  try {
    return JSON.parse(text) as T;
  } catch {
    return undefined; // whoever asked says what came instead
  }
}

/** The part of a PodRequest that says where to. */
export function address({ namespace, pod, podIp, port }: Replica): { namespace: string; pod: string; port: number; podIp?: string } {
  return podIp === undefined ? { namespace, pod, port } : { namespace, pod, podIp, port };
}
