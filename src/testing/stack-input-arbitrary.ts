import fc from 'fast-check';
import type { AlertPolicySpec } from '../api/alert-policy.ts';
import type { MonitoringStackSpec } from '../api/monitoring-stack.ts';
import { parseAlertPolicy, parseScrapeTarget } from '../api/parse.ts';
import { keyReferences } from '../api/references.ts';
import type { ScrapeTargetSpec } from '../api/scrape-target.ts';
import { referenceKey, type StackInput } from '../render/stack-input.ts';
import { policySpec, SECRETS } from './alert-policy-arbitrary.ts';
import { aPolicy, aStack, aTarget } from './build.ts';
import { scrapeTargetSpecs } from './scrape-target-arbitrary.ts';

const NAMESPACES = ['shop', 'web'];

const STACKS: readonly MonitoringStackSpec[] = [
  {}, { scope: 'Cluster' }, { prometheus: { version: 'v2.45.6' } }, { scope: 'Cluster', prometheus: { version: 'v2.55.1', shards: 2 } },
  { select: { namespaces: {}, crossNamespace: true }, alertmanager: { routeScope: 'All', defaultReceiver: { webhook: { url: 'http://pager.example' } } } },
  { scope: 'Cluster', prometheus: { scrape: { interval: '15s', limits: { samples: 1000, labels: 30 } }, externalLabels: { cluster: '$POD_NAME' } }, exporters: { node: { systemd: {} }, blackbox: {} } },
  { alertmanager: { enabled: false } }, { prometheus: { remoteWrite: [{ url: 'https://far.example/push', headers: { 'X-Org': 'a' } }] } },
];

const one = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const expr = one('up == 0', 'sum by (job) (rate(a_total[5m])) > 1', 'sum by (', 'rate(up)', 'absent(x)', '"text"', 'a{b="\\""} > 0', '', 'x offset 5m > 1');
const text = one('fine', '{{ $value }}', '{{ broken', '{{ $labels.job | humanize }}', 'a: b', 'two\nlines', '');
const duration = one('5m', '1h30m', '0s', '300y', 'soon');
const texts = fc.dictionary(one('severity', 'summary', 'namespace', 'bad-name', '__name__', 'yes'), text, { maxKeys: 3 });
const alert = fc.record({ alert: one('Down', 'A b', 'x'), expr, for: duration, keepFiringFor: duration, labels: texts, annotations: texts }, { requiredKeys: ['alert', 'expr'] });
const record = fc.record({ record: one('job:up:sum', 'bad name', 'a:b'), expr, labels: texts }, { requiredKeys: ['record', 'expr'] });
const rules = fc.record({
  alerts: fc.array(alert, { maxLength: 2 }),
  records: fc.array(record, { maxLength: 2 }),
  groups: fc.array(fc.record({ name: one('g', 'h', 'a/b'), interval: duration, rules: fc.array(alert, { maxLength: 2 }) }, { requiredKeys: ['name', 'rules'] }), { maxLength: 2 }),
  slos: fc.array(fc.record({ name: one('availability', 'latency'), objective: one('99.9', '0', '99'), errors: fc.record({ good: one('rate(good_total[$window])', 'rate(good_total)'), total: one('rate(all_total[$window])', 'sum(') }) }), { maxLength: 1 }),
}, { requiredKeys: [] });

/** Rules alone, receivers and routes alone, or both: half of them good. */
const policies = fc.oneof(rules, policySpec, fc.tuple(rules, policySpec).map(([some, others]) => ({ ...some, ...others }))) as fc.Arbitrary<AlertPolicySpec>;

const named = <T>(spec: fc.Arbitrary<T>) => fc.record({ name: fc.nat({ max: 40 }).map((number) => `r${number}`), namespace: one(...NAMESPACES), spec });
const distinct = { selector: ({ name, namespace }: { readonly name: string; readonly namespace: string }) => `${namespace}/${name}` };

/** Nearly every key that a resource names is there: one in seven is not. */
function valuesFor(namespace: string, spec: ScrapeTargetSpec): Map<string, string> {
  const found = keyReferences(spec).filter(({ name, key }) => (name.length + key.length) % 7 !== 0);
  return new Map(found.map(({ kind, name, key }) => [referenceKey(kind, namespace, name, key), Buffer.from('some value').toString('base64')]));
}

const secrets = new Map(Object.entries(SECRETS).flatMap(([key, value]) => NAMESPACES.map((namespace) => [`Secret/${key.replace(/^shop/, namespace)}`, Buffer.from(value).toString('base64')])));

/** Whole stacks: any settings, ScrapeTargets of all selections, AlertPolicies with all that they can have; about half of the resources are broken somehow. */
export const stackInputs: fc.Arbitrary<StackInput> = fc
  .record({ stack: one(...STACKS), targets: fc.uniqueArray(named(scrapeTargetSpecs), { maxLength: 15, size: 'max', ...distinct }), policies: fc.uniqueArray(named(policies), { maxLength: 8, size: 'max', ...distinct }) })
  .map((drawn) => {
    const targets = drawn.targets.map(({ name, namespace, spec }) => ({ target: aTarget(name, spec, { namespace }), references: valuesFor(namespace, spec) }));
    const all = drawn.policies.map(({ name, namespace, spec }) => ({ policy: aPolicy(name, spec, { namespace }), references: secrets }));
    return {
      stack: aStack('shop', drawn.stack),
      targets: targets.filter(({ target }) => parseScrapeTarget(target).problems === undefined),
      policies: all.filter(({ policy }) => parseAlertPolicy(policy).problems === undefined),
      facts: { namespaces: new Map(NAMESPACES.map((namespace) => [namespace, {}])), references: new Map(), grafanaPassword: 'secret', userDashboards: new Map() },
      operator: { namespace: 'belfry-system' },
    };
  });
