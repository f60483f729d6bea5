import { keyOf } from '../api/kube-object.ts';
import type { ScrapeTarget } from '../api/scrape-target.ts';
import type { Cluster } from '../kube/cluster.ts';
import { ownerOf } from '../render/owner.ts';
import { rewritesJob } from '../render/scrape-target/rewrites-job.ts';
import type { FiringAlert } from '../status/alert-policy-status.ts';
import type { ScrapeError } from '../status/health.ts';
import { sameStatus } from '../status/same-status.ts';
import { guiltyRule } from './guilty-rule.ts';
import { readLastWords, type LastWords } from './last-words.ts';
import { queryVector, readActiveTargets, readDroppedTargets, type ActiveTarget, type Replica, type Sample } from './prometheus-api.ts';
import { groupErrors } from './scrape-errors.ts';

/** Counts of one ScrapeTarget in one stack, with a few of its errors. */
export interface TargetCounts {
  readonly up: number;
  readonly down: number;
  readonly errors: readonly ScrapeError[];
  /** Found by discovery and dropped again; only looked at where nothing is left. */
  readonly dropped?: number;
  /** The rule that drops all, where one of the user's does. */
  readonly droppedBy?: string;
}

/** What a stack's Prometheus says of its targets and alerts. */
export interface Health {
  /** False until every shard answered once. */
  readonly known: boolean;
  /** Why one did not answer. */
  readonly error?: string;
  /** By `namespace/name` of the ScrapeTarget. Looks at a few go on with the same map: it may hold thousands. */
  readonly targets: Map<string, TargetCounts>;
  /** Keys of those whose numbers this look moved. */
  readonly moved: readonly string[];
  /** By `namespace/alertname`. */
  readonly firing: ReadonlyMap<string, FiringAlert>;
  /** Of containers that crash, where the stack looks at such. */
  readonly lastWords?: readonly LastWords[];
  readonly up?: number;
  readonly down?: number;
  /**
   * Each ScrapeTarget's number of those that are up, squared and added: it moves where one has more and another has less.
   * Of one shard only: the squares of parts do not add up to those of the whole.
   */
  readonly squares?: number;
}

/** What a look at a stack's health needs to know of it. */
export interface HealthQuestion {
  readonly replicas: readonly Replica[];
  readonly shards: number;
  readonly agent: boolean;
  /** It has rules about crashing containers. */
  readonly crashes?: boolean;
  readonly targets: readonly ScrapeTarget[];
  /** These are all there are. Otherwise only they are looked at, and all else stays as it was. */
  readonly isAll?: boolean;
  /** All was looked at a moment ago: where sums say that nothing moved since, that is enough. */
  readonly mayBeAsBefore?: boolean;
  /** job_names by `ScrapeTarget/namespace/name`. */
  readonly jobs: ReadonlyMap<string, readonly string[]>;
  /** The text of a ScrapeTarget's scrape configs as written. */
  readonly jobText: (owner: string) => string | undefined;
  readonly before: Health;
}

/** How many ScrapeTargets are looked at closely in one round, whatever their number: health has a bounded cost. */
const CLOSE_LOOKS = 20;

/**
 * Asks one replica of each shard how the targets are: two aggregated queries, whatever the number of targets, and a close
 * look at a few that are down or missing. Never rejects: what could not be learned is said in the answer.
 */
export async function readHealth(cluster: Cluster, question: HealthQuestion): Promise<Health> {
  try {
    const shards = oneReplicaPerShard(question);
    if (question.isAll === false) return await readSome(cluster, question, shards);
    if (question.mayBeAsBefore && await isAsBefore(cluster, question, shards)) return { ...question.before, moved: [], ...await readAlerts(cluster, question, shards) };
    const counts = question.agent ? new Map<string, TargetCounts>() : await readCounts(cluster, shards);
    const alerts = await readAlerts(cluster, question, shards);
    const targets = await lookClosely(cluster, question, { shards, counts });
    return { known: true, targets, ...alerts, moved: movedKeys(targets, question.before), ...(question.agent ? {} : sum(counts.values())) };
  } catch (error) {
    return { ...question.before, moved: [], known: false, error: error instanceof Error ? error.message : String(error) };
  }
}

async function readAlerts(cluster: Cluster, { agent, crashes }: HealthQuestion, shards: readonly Replica[]): Promise<Pick<Health, 'firing' | 'lastWords'>> {
  if (agent) return { firing: new Map() };
  const firing = await readFiring(cluster, shards);
  return crashes ? { firing, lastWords: await readLastWords(cluster, shards) } : { firing };
}

/** Sums over all targets, a line each: who is up, who is down, who went from one to the other, and how those that are up are spread. */
const SUMS = Object.entries({
  up: 'count(up == 1)', down: 'count(up == 0)', changed: 'count(changes(up[1m]) > 0)', squares: 'sum(count by (namespace, job) (up == 1) ^ 2)',
}).map(([is, sum]) => `label_replace(${sum}, "is", "${is}", "", "")`).join(' or ');

/**
 * Whether all targets were up and still are: as many as before, of the same ScrapeTargets as far as sums can tell, and none
 * went down and up again. Thousands of counts need not be read for that. Two that swapped their numbers within one round are
 * found by the next look at all of them.
 */
async function isAsBefore(cluster: Cluster, { before, agent }: HealthQuestion, shards: readonly Replica[]): Promise<boolean> {
  if (agent || !before.known || before.down !== 0) return false;
  const sums = (await Promise.all(shards.map((replica) => queryVector(cluster, replica, SUMS)))).flat();
  const total = (wanted: string): number => sums.reduce((sum, { labels, value }) => (labels['is'] === wanted ? sum + value : sum), 0);
  const isSpreadAsBefore = shards.length > 1 || total('squares') === before.squares;
  return total('up') === before.up && isSpreadAsBefore && total('down') === 0 && total('changed') === 0;
}

/** What was known before, with these few ScrapeTargets looked at again. */
async function readSome(cluster: Cluster, question: HealthQuestion, shards: readonly Replica[]): Promise<Health> {
  const { before, targets, agent } = question;
  if (targets.length === 0) return { ...before, moved: [] };
  const counts = agent ? new Map<string, TargetCounts>() : await readCounts(cluster, shards, selectorOf(targets));
  const looked = await lookClosely(cluster, question, { shards, counts });
  const old = [...looked.keys()].flatMap((key) => before.targets.get(key) ?? []);
  const [was, is] = [sum(old), sum(looked.values())];
  const { up = 0, down = 0, squares = 0 } = before;
  const moved = movedKeys(looked, before);
  for (const [key, counts] of looked) before.targets.set(key, counts);
  return { ...before, moved, ...(agent ? {} : { up: up + is.up - was.up, down: down + is.down - was.down, squares: squares + is.squares - was.squares }) };
}

function movedKeys(looked: ReadonlyMap<string, TargetCounts>, { targets }: Health): string[] {
  const moved: string[] = [];
  for (const [key, counts] of looked) if (!sameStatus(counts, targets.get(key))) moved.push(key);
  return moved;
}

/** The series `up` of these targets, for they have their ScrapeTarget's name as job. Namespaces and names are DNS names: only a dot is special. */
function selectorOf(targets: readonly ScrapeTarget[]): string {
  const anyOf = (names: readonly string[]): string => [...new Set(names)].map((name) => name.replaceAll('.', '[.]')).join('|');
  return `{job=~"${anyOf(targets.map(({ metadata }) => metadata.name))}",namespace=~"${anyOf(targets.map(({ metadata }) => metadata.namespace))}"}`;
}

function oneReplicaPerShard({ replicas, shards }: HealthQuestion): Replica[] {
  return Array.from({ length: shards }, (_, shard) => {
    const candidates = replicas.filter((replica) => replica.shard === shard);
    const replica = candidates.find(({ ready }) => ready) ?? candidates[0];
    if (!replica) throw new Error(shards === 1 ? 'no Prometheus runs' : `no Prometheus of shard ${shard} runs`);
    return replica;
  });
}

async function readCounts(cluster: Cluster, shards: readonly Replica[], selector = ''): Promise<Map<string, TargetCounts>> {
  const counts = new Map<string, TargetCounts>();
  const add = (samples: readonly Sample[], field: 'up' | 'down'): void => {
    for (const { labels, value } of samples) {
      const key = `${labels['namespace'] ?? ''}/${labels['job'] ?? ''}`;
      const { up, down } = counts.get(key) ?? NONE;
      counts.set(key, field === 'up' ? { up: up + value, down, errors: [] } : { up, down: down + value, errors: [] });
    }
  };
  for (const replica of shards) {
    add(await queryVector(cluster, replica, `count by (namespace, job) (up${selector} == 1)`), 'up');
    add(await queryVector(cluster, replica, `count by (namespace, job) (up${selector} == 0)`), 'down');
  }
  return counts;
}

async function readFiring(cluster: Cluster, shards: readonly Replica[]): Promise<Map<string, FiringAlert>> {
  const firing = new Map<string, FiringAlert>();
  for (const replica of shards) {
    for (const { labels, value } of await queryVector(cluster, replica, 'count by (namespace, alertname) (ALERTS{alertstate="firing"})')) {
      const alert = labels['alertname'] ?? '';
      const key = `${labels['namespace'] ?? ''}/${alert}`;
      firing.set(key, { alert, count: (firing.get(key)?.count ?? 0) + value });
    }
  }
  return firing;
}

const NONE: TargetCounts = { up: 0, down: 0, errors: [] };

interface Looks {
  readonly shards: readonly Replica[];
  readonly counts: ReadonlyMap<string, TargetCounts>;
}

/** Fills in what queries cannot tell, for a bounded number of targets a round; the others keep what was seen before. */
async function lookClosely(cluster: Cluster, question: HealthQuestion, { shards, counts }: Looks): Promise<Map<string, TargetCounts>> {
  const targets = new Map<string, TargetCounts>();
  let looks = 0;
  for (const target of question.targets) {
    const { key } = factsOf(target);
    const count = counts.get(key) ?? NONE;
    const jobs = jobsToLookAt(question, target, count);
    if (jobs.length === 0) {
      targets.set(key, sameAs(question.before.targets.get(key), count));
      continue;
    }
    // Those whose numbers moved come first; half of the looks go to repeating others.
    const seen = seenBefore(question.before, key, count);
    if (looks < (seen ? CLOSE_LOOKS / 2 : CLOSE_LOOKS)) {
      looks += 1;
      targets.set(key, await look(cluster, shards, { target, jobs, count, jobText: question.jobText }));
    } else {
      targets.set(key, seen ?? count);
    }
  }
  return targets;
}

/** What an earlier look told, where the numbers have not moved since. */
function seenBefore({ targets }: Health, key: string, { up, down }: TargetCounts): TargetCounts | undefined {
  const before = targets.get(key);
  return before?.up === up && before.down === down ? before : undefined;
}

/** The jobs of a ScrapeTarget that is not simply up; none where the numbers say all. */
function jobsToLookAt({ agent, jobs }: HealthQuestion, target: ScrapeTarget, { up, down }: TargetCounts): readonly string[] {
  const { owner, hidesItsJob } = factsOf(target);
  const isWell = down === 0 && up > 0 && !agent && !hidesItsJob;
  return isWell ? [] : (jobs.get(owner) ?? []);
}

/** What was there before where it says the same: then nobody has to compare it again. */
function sameAs(before: TargetCounts | undefined, count: TargetCounts): TargetCounts {
  if (before?.up !== count.up || before.down !== count.down) return count;
  return before.errors.length === 0 && before.dropped === undefined ? before : count;
}

interface TargetFacts {
  readonly key: string;
  readonly owner: string;
  readonly hidesItsJob: boolean;
}

const known = new WeakMap<ScrapeTarget, TargetFacts>();

function factsOf(target: ScrapeTarget): TargetFacts {
  let facts = known.get(target);
  if (!facts) {
    const key = keyOf(target);
    facts = { key, owner: ownerOf(target), hidesItsJob: hidesItsJob(target) };
    known.set(target, facts);
  }
  return facts;
}

/** The user's own rules may set `job`, or it reaches into other namespaces: `up` cannot be told apart by them. */
function hidesItsJob(target: ScrapeTarget): boolean {
  return target.spec.namespaces !== undefined || rewritesJob(target);
}

interface Look {
  readonly target: ScrapeTarget;
  readonly jobs: readonly string[];
  readonly count: TargetCounts;
  readonly jobText: (owner: string) => string | undefined;
}

async function look(cluster: Cluster, shards: readonly Replica[], { target, jobs, count, jobText }: Look): Promise<TargetCounts> {
  const active: ActiveTarget[] = [];
  for (const replica of shards) for (const job of jobs) active.push(...(await readActiveTargets(cluster, replica, job)));
  const up = active.filter(({ health }) => health === 'up').length;
  const failing = active.filter(({ health }) => health === 'down');
  const hides = factsOf(target).hidesItsJob;
  const base = { up: Math.max(up, hides ? 0 : count.up), down: Math.max(failing.length, hides ? 0 : count.down), errors: groupErrors(failing) };
  if (active.length > 0) return base;
  const dropped = await readDroppedTargets(cluster, shards[0] as Replica, jobs[0] ?? '');
  const droppedBy = guiltyRule(target, jobText(ownerOf(target)), dropped);
  return { ...base, dropped: dropped.length, ...(droppedBy === undefined ? {} : { droppedBy }) };
}

function sum(counts: Iterable<TargetCounts>): { up: number; down: number; squares: number } {
  const total = { up: 0, down: 0, squares: 0 };
  for (const { up, down } of counts) {
    total.up += up;
    total.down += down;
    total.squares += up ** 2;
  }
  return total;
}
