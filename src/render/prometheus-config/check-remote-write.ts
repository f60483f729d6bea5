import type { RemoteWriteSpec } from '../../api/monitoring-stack.ts';
import type { Problem } from '../../api/rejection.ts';
import type { RelabelRuleSpec } from '../../api/scrape-target.ts';
import { durationProblem, parseDuration } from '../../formats/prometheus/duration.ts';
import { relabelProblems } from '../../formats/prometheus/relabel-problems.ts';
import type { Version } from '../../formats/prometheus/version.ts';
import { nearest } from '../../lib/nearest.ts';
import { relabelRule, SPEC_FIELDS } from '../scrape-target/relabel-rule.ts';
import { urlProblem } from '../scrape-target/url-problem.ts';

/** What Prometheus would refuse in one remote write that fits its schema; `path` is where it stands. */
export function checkRemoteWrite(remote: RemoteWriteSpec, path: string, version: Version | undefined): Problem[] {
  const { url, remoteTimeout, basic, bearerToken, headers = {}, queue = {}, writeRelabel = [] } = remote;
  return [
    ...problem('AddressInvalid', `${path}.url`, urlProblem(url)),
    ...problem('DurationInvalid', `${path}.remoteTimeout`, remoteTimeout === undefined ? undefined : durationProblem(remoteTimeout)),
    ...problem('Invalid', `${path}.basic`, basic && bearerToken ? 'set one of basic and bearerToken, not both' : undefined),
    ...Object.keys(headers).flatMap((name) => problem('Invalid', `${path}.headers.${name}`, headerProblem(name))),
    ...checkQueue(queue, `${path}.queue`),
    ...writeRelabel.flatMap((rule, index) => checkRule(rule, `${path}.writeRelabel[${index}]`, version)),
  ];
}

function problem(reason: Problem['reason'], path: string, message: string | undefined): Problem[] {
  return message === undefined ? [] : [{ path, reason, message }];
}

/** Headers that Prometheus sets itself (config/config.go, reservedHeaders). */
const RESERVED_HEADERS: ReadonlySet<string> = new Set([
  'host', 'content-encoding', 'content-length', 'content-type', 'user-agent', 'connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization',
  'www-authenticate', 'accept-encoding', 'x-prometheus-remote-write-version', 'x-prometheus-remote-read-version', 'x-amz-date', 'x-amz-security-token', 'x-amz-content-sha256',
]);

function headerProblem(name: string): string | undefined {
  if (name.toLowerCase() === 'authorization') return 'credentials do not belong into a config that others can read: use basic or bearerToken';
  return RESERVED_HEADERS.has(name.toLowerCase()) ? `${name} is set by Prometheus itself: leave it out` : undefined;
}

const QUEUE_FIELDS: Readonly<Record<string, 'count' | 'duration' | 'flag'>> = {
  capacity: 'count', max_shards: 'count', min_shards: 'count', max_samples_per_send: 'count', retry_on_http_429: 'flag',
  batch_send_deadline: 'duration', min_backoff: 'duration', max_backoff: 'duration', sample_age_limit: 'duration',
};

function checkQueue(queue: Readonly<Record<string, unknown>>, path: string): Problem[] {
  const mistaken = Object.entries(queue).flatMap(([field, value]) => problem('Invalid', `${path}.${field}`, queueProblem(field, value)));
  if (mistaken.length > 0) return mistaken;
  // Against Prometheus' own defaults where one of a pair is not said (config/config.go, DefaultQueueConfig).
  const { min_shards: fewest = 1, max_shards: most = 50, min_backoff: shortest = '30ms', max_backoff: longest = '5s' } = queue as Record<string, number & string>;
  const isBackwards = (parseDuration(shortest) ?? 0) > (parseDuration(longest) ?? 0);
  return [
    ...problem('Invalid', `${path}.min_shards`, fewest > most ? `min_shards ${fewest} is more than max_shards ${most}: lower it, or raise max_shards` : undefined),
    ...problem('Invalid', `${path}.min_backoff`, isBackwards ? `min_backoff ${shortest} is longer than max_backoff ${longest}: shorten it, or raise max_backoff` : undefined),
  ];
}

function queueProblem(field: string, value: unknown): string | undefined {
  const kind = Object.hasOwn(QUEUE_FIELDS, field) ? QUEUE_FIELDS[field] : undefined;
  if (kind === undefined) return `Prometheus' queue_config has no field ${field}: ${unknown(field, Object.keys(QUEUE_FIELDS))}`;
  if (kind === 'count') return Number.isSafeInteger(value) && Number(value) > 0 ? undefined : `${field} must be a whole number from 1 on, not ${JSON.stringify(value)}`;
  if (kind === 'flag') return typeof value === 'boolean' ? undefined : `${field} must be true or false, not ${JSON.stringify(value)}`;
  return typeof value === 'string' ? durationProblem(value) : `${field} must be a duration like 5s, not ${JSON.stringify(value)}`;
}

function unknown(name: string, known: readonly string[]): string {
  const guess = nearest(name, known);
  return guess === undefined ? `use one of ${known.join(', ')}` : `did you mean ${guess}?`;
}

// The schema of a stack leaves these rules open to keep its CRD small.
function checkRule(rule: Readonly<Record<string, unknown>>, path: string, version: Version | undefined): Problem[] {
  const shape = Object.entries(rule).flatMap(([field, value]) => problem('RelabelRuleInvalid', `${path}.${field}`, fieldProblem(field, value)));
  if (shape.length > 0) return shape;
  return relabelProblems(relabelRule(rule as RelabelRuleSpec), 'utf8', version).map(({ field, message }) => ({ path: `${path}.${SPEC_FIELDS[field]}`, reason: 'RelabelRuleInvalid', message }));
}

function fieldProblem(field: string, value: unknown): string | undefined {
  const known: readonly string[] = Object.values(SPEC_FIELDS);
  if (!known.includes(field)) return `a relabel rule has no field ${field}: ${unknown(field, known)}`;
  if (field === 'sourceLabels') return Array.isArray(value) && value.every((label) => typeof label === 'string') ? undefined : 'sourceLabels must be a list of label names';
  if (field === 'modulus') return typeof value === 'number' ? undefined : 'modulus must be a number';
  return typeof value === 'string' ? undefined : `${field} must be a text`;
}
