import type { Problem } from '../../api/rejection.ts';
import type { Auth, Endpoint, RelabelRuleSpec, ScrapeTarget, Tls } from '../../api/scrape-target.ts';
import { durationProblem, parseDuration } from '../../formats/prometheus/duration.ts';
import { relabelProblems } from '../../formats/prometheus/relabel-problems.ts';
import { FIELDS } from '../../formats/prometheus/since.ts';
import { isAtLeast, parseVersion, printVersion, type Version } from '../../formats/prometheus/version.ts';
import { endpointsOf } from './endpoints.ts';
import { relabelRule, SPEC_FIELDS } from './relabel-rule.ts';
import type { TargetSettings } from './target-settings.ts';

/** What Prometheus would refuse in the endpoints of a ScrapeTarget, and in how it discovers. */
export function checkEndpoints(target: ScrapeTarget, settings: TargetSettings): Problem[] {
  const { http, dns } = target.spec;
  const version = parseVersion(settings.version);
  return [
    ...checkDuration('spec.http.refreshInterval', http?.refreshInterval),
    ...checkDuration('spec.dns.refreshInterval', dns?.refreshInterval),
    ...checkTls('spec.http.tls', http?.tls),
    ...checkAuth(http?.auth, 'spec.http.auth', version),
    ...checkRecordType(dns?.type, version),
    ...endpointsOf(target).flatMap((endpoint, index) => checkEndpoint(endpoint, `spec.endpoints[${index}]`, settings, version)),
    ...checkRepeated(endpointsOf(target)),
  ];
}

function checkEndpoint(endpoint: Endpoint, path: string, settings: TargetSettings, version: Version | undefined): Problem[] {
  return [
    ...checkTimes(endpoint, path, settings),
    ...checkScheme(endpoint, path),
    ...checkTls(`${path}.tls`, endpoint.tls),
    ...checkAuth(endpoint.auth, `${path}.auth`, version),
    ...checkRules(endpoint.relabel, `${path}.relabel`, version),
    ...checkRules(endpoint.metricRelabel, `${path}.metricRelabel`, version),
  ];
}

function checkTimes({ interval, timeout }: Endpoint, path: string, settings: TargetSettings): Problem[] {
  const malformed = [...checkDuration(`${path}.interval`, interval), ...checkDuration(`${path}.timeout`, timeout)];
  if (malformed.length > 0 || timeout === undefined) return malformed;
  const effective = interval ?? settings.interval;
  if ((parseDuration(timeout) ?? 0) <= (parseDuration(effective) ?? 0)) return [];
  const whose = interval === undefined ? `the stack's interval ${effective}` : `the interval ${effective}`;
  return [
    {
      path: `${path}.timeout`,
      reason: 'DurationInvalid',
      message: `the timeout ${timeout} is longer than ${whose}, which Prometheus refuses: use at most ${effective}, or set a longer interval`,
    },
  ];
}

function checkDuration(path: string, duration: string | undefined): Problem[] {
  if (duration === undefined) return [];
  const problem = durationProblem(duration) ?? (parseDuration(duration) === 0 ? `a duration of ${duration} is none: use 30s, or leave it out for the default` : undefined);
  return problem === undefined ? [] : [{ path, reason: 'DurationInvalid', message: problem }];
}

function checkScheme({ scheme, tls }: Endpoint, path: string): Problem[] {
  if (!tls || scheme !== 'http') return [];
  return [{ path: `${path}.scheme`, reason: 'Invalid', message: 'scheme http speaks no TLS: use scheme: https, or leave tls out' }];
}

// The config holds no credentials, so a user name that cannot come from a file cannot come at all.
function checkAuth(auth: Auth | undefined, path: string, version: Version | undefined): Problem[] {
  const since = FIELDS.basic_auth.username_file;
  const tls = checkTls(`${path}.oauth2.tls`, auth?.oauth2?.tls);
  if (!auth?.basic || isAtLeast(version, since)) return tls;
  const message = `this Prometheus cannot read a user name from a file: the stack needs ${printVersion(since)} or newer for basic authentication`;
  return [...tls, { path: `${path}.basic`, reason: 'VersionUnsupported', message }];
}

/** discovery/dns/dns.go at each release. */
const NS_SINCE: Version = [2, 49, 0];

function checkRecordType(type: string | undefined, version: Version | undefined): Problem[] {
  if (type !== 'NS' || isAtLeast(version, NS_SINCE)) return [];
  return [{ path: 'spec.dns.type', reason: 'VersionUnsupported', message: `this Prometheus does not know DNS records of type NS: the stack needs ${printVersion(NS_SINCE)} or newer` }];
}

function checkTls(path: string, tls: Tls | undefined): Problem[] {
  if (!tls || (tls.cert === undefined) === (tls.key === undefined)) return [];
  const [there, missing] = tls.cert ? ['cert', 'key'] : ['key', 'cert'];
  return [{ path: `${path}.${there}`, reason: 'Invalid', message: `a client certificate is a pair: set ${missing} beside ${there}, or leave both out` }];
}

function checkRules(rules: readonly RelabelRuleSpec[] = [], path: string, version: Version | undefined): Problem[] {
  return rules.flatMap((rule, index) =>
    relabelProblems(relabelRule(rule), 'utf8', version).map(
      ({ field, message }): Problem => ({ path: `${path}[${index}].${SPEC_FIELDS[field]}`, reason: 'RelabelRuleInvalid', message }),
    ),
  );
}

/** Two endpoints that scrape the same and name it the same would write the same series twice. */
function checkRepeated(endpoints: readonly Endpoint[]): Problem[] {
  const first = new Map<string, number>();
  return endpoints.flatMap((endpoint, index): Problem[] => {
    const { port, path = '/metrics', scheme = 'http', params = {}, relabel = [] } = endpoint;
    const key = JSON.stringify([port ?? null, path, scheme, params, relabel]);
    const earlier = first.get(key);
    first.set(key, earlier ?? index);
    if (earlier === undefined) return [];
    return [{ path: `spec.endpoints[${index}]`, reason: 'Invalid', message: `this endpoint scrapes the same as spec.endpoints[${earlier}], and would write the same series: leave one of them out` }];
  });
}
