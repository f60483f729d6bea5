import fc from 'fast-check';
import { API_VERSION, LABEL_PART, PART_DASHBOARD } from '../api/group.ts';
import type { KubeObject, ObjectRef } from '../api/kube-object.ts';
import type { KubeErrorKind } from '../kube/errors.ts';
import type { Fault, Verb } from './fake-cluster.ts';

/** One thing that a user does. */
export type Step =
  | { readonly do: 'put'; readonly object: KubeObject }
  | { readonly do: 'remove'; readonly ref: ObjectRef }
  | Trouble;

/** One thing that goes wrong. */
export type Trouble =
  | { readonly do: 'fail'; readonly verb: Verb; readonly fault: Fault; readonly times: number }
  | { readonly do: 'dropWatches'; readonly error: KubeErrorKind | undefined }
  | { readonly do: 'loseEvents'; readonly count: number }
  | { readonly do: 'compact' }
  | { readonly do: 'restart' }
  /** Somebody changes, or deletes, one of the operator's own objects. */
  | { readonly do: 'meddle'; readonly which: number; readonly removes: boolean };

/** What is done, and how long it is quiet afterwards, in milliseconds. */
export interface TimedStep {
  readonly step: Step;
  readonly pauseMs: number;
}

const NAMESPACES = ['shop', 'pay', 'monitoring'] as const;

const STACK_SPECS: readonly object[] = [
  {},
  { grafana: { enabled: false }, alertmanager: { enabled: false } },
  { prometheus: { version: 'v2.40.0' } },
  { suspend: true },
  // Two that want metrics-server are a matter of who was first.
  { scope: 'Cluster', metricsApi: { resource: { enabled: false } } },
  { scope: 'Cluster', metricsApi: { resource: { enabled: false } }, select: { namespaces: { matchLabels: { team: 'a' } }, crossNamespace: true } },
  { select: { namespaces: { matchLabels: { team: 'a' } } } },
  { select: { targets: { matchLabels: { tier: 'x' } }, policies: { matchExpressions: [{ key: 'tier', operator: 'DoesNotExist' }] } } },
  { prometheus: { shards: 2, version: 'v2.55.1' }, grafana: { dashboards: { fromNamespaces: true } } },
  { prometheus: { remoteWrite: [{ url: 'https://mimir.example', bearerToken: { name: 's', key: 'token' } }] } },
  { alertmanager: { routeScope: 'All', defaultReceiver: { webhook: { urlSecret: { name: 's', key: 'url' } } } } },
  { rulePacks: { disable: ['Watchdog'] }, discovery: { annotations: { enabled: false } } },
  { overrides: [{ kind: 'StatefulSet', name: 'nothing-of-this-name', patch: { spec: { replicas: 1 } } }] },
  { scope: 'Neither' },
];

const TARGET_SPECS: readonly object[] = [
  { pod: { matchLabels: { app: 'one' } } },
  { pod: { matchLabels: { app: 'two' } }, endpoints: [{ port: 9090 }, { port: 9090, path: '/slow', interval: '5m' }] },
  { service: { matchLabels: { app: 'web' } }, endpoints: [{ port: 'metrics' }] },
  { service: { matchLabels: { app: 'web' } }, endpoints: [{ port: 'http', auth: { bearerToken: { name: 's', key: 'token' } } }] },
  { static: { targets: ['10.0.0.1:9100'] }, labels: { team: 'a' } },
  { static: { targets: ['10.0.0.1:9100'] }, endpoints: [{ auth: { basic: { username: { name: 's', key: 'token' }, password: { name: 's', key: 'url' } } } }] },
  { node: {} },
  { probe: { module: 'http_2xx', of: { static: { targets: ['https://shop.example'] } } } },
  { probe: { module: 'none', of: { ingress: {} } } },
  { dns: { names: ['srv.example'], type: 'A', port: 80 }, endpoints: [{ tls: { ca: { configMap: { name: 'ca', key: 'ca.crt' } } } }] },
  { http: { url: 'http://discovery.example/targets' } },
  { pod: {}, endpoints: [{ relabel: [{ action: 'keep', sourceLabels: ['a'], regex: '(' }] }] },
  { pod: {}, namespaces: { matchLabels: { team: 'a' } } },
  { pod: {}, service: {} },
];

const alerts = [{ alert: 'Down', expr: 'up == 0', for: '5m', labels: { severity: 'critical' } }];
const POLICY_SPECS: readonly object[] = [
  { alerts },
  { alerts, records: [{ record: 'job:up:sum', expr: 'sum by (job) (up)' }] },
  { alerts: [{ alert: 'Broken', expr: 'sum by (' }] },
  { alerts, receivers: [{ name: 'team', webhook: { urlSecret: { name: 's', key: 'url' } } }], routes: [{ receiver: 'team', matchers: ['severity="critical"'] }] },
  { receivers: [{ name: 'team', webhook: { url: 'http://pager.example' } }], routes: [{ receiver: 'nobody' }] },
  { receivers: [{ name: 'team', webhook: { url: 'http://pager.example' } }], routes: [{ receiver: 'team', muteTimes: ['night'] }], mute: [{ name: 'night', times: [{ times: [{ start: '20:00', end: '24:00' }] }] }] },
  { slos: [{ name: 'availability', objective: '99.9', errors: { good: 'rate(good_total[$window])', total: 'rate(all_total[$window])' } }] },
  { silences: [{ matchers: ['alertname="Down"'], start: '2026-01-01T00:00:00Z', end: '2027-01-01T00:00:00Z' }] },
  { inhibit: [{ sourceMatchers: ['a="b"'], targetMatchers: ['c=~"d("'] }] },
  { alerts: 'none' },
];

const SECRETS: readonly object[] = [{ token: 'dG9rZW4=', url: 'aHR0cDovL3BhZ2VyLmV4YW1wbGUvaG9vaw==' }, { token: 'b3RoZXI=' }, { url: 'bm90IGEgdXJs', token: '' }];
const PORTS: readonly object[] = [[{ name: 'metrics', port: 9090 }], [{ name: 'http', port: 80 }, { name: 'metrics', port: 9090 }], [{ name: 'admin', port: 81 }]];

const namespace = fc.constantFrom(...NAMESPACES);
const one = <T>(values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const labels = one<Readonly<Record<string, string>>>([{}, { tier: 'x' }]);
const teams = one<Readonly<Record<string, string>>>([{}, { team: 'a' }, { team: 'b' }]);

function resource(kind: string, names: readonly string[], specs: readonly object[]): fc.Arbitrary<KubeObject> {
  return fc.record({ namespace, name: one(names), labels, spec: one(specs) }).map(({ spec, ...metadata }) => ({ apiVersion: API_VERSION, kind, metadata, spec }));
}

function core(kind: string, name: string, body: fc.Arbitrary<object>, more: object = {}): fc.Arbitrary<KubeObject> {
  return fc.tuple(namespace, body).map(([home, fields]) => ({ apiVersion: 'v1', kind, metadata: { namespace: home, name, ...more }, ...fields }));
}

const objects: readonly { readonly weight: number; readonly arbitrary: fc.Arbitrary<KubeObject> }[] = [
  { weight: 3, arbitrary: resource('MonitoringStack', ['main', 'other'], STACK_SPECS) },
  { weight: 6, arbitrary: resource('ScrapeTarget', ['a', 'b', 'c'], TARGET_SPECS) },
  { weight: 4, arbitrary: resource('AlertPolicy', ['p', 'q'], POLICY_SPECS) },
  { weight: 2, arbitrary: core('Secret', 's', one(SECRETS).map((data) => ({ data }))) },
  { weight: 1, arbitrary: core('ConfigMap', 'ca', one(['junk', '']).map((text) => ({ data: { 'ca.crt': text } }))) },
  { weight: 1, arbitrary: core('ConfigMap', 'board', one(['{"title":"One"}', '{"title":"Two"}', '{']).map((text) => ({ data: { 'board.json': text } })), { labels: { [LABEL_PART]: PART_DASHBOARD } }) },
  { weight: 2, arbitrary: fc.tuple(namespace, teams, one(PORTS)).map(([home, team, ports]) => ({ apiVersion: 'v1', kind: 'Service', metadata: { namespace: home, name: 'web', labels: { app: 'web', ...team } }, spec: { ports } })) },
  { weight: 2, arbitrary: fc.tuple(namespace, teams).map(([name, team]) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: team } })) },
];

const object = fc.oneof(...objects);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: object.map((put): Step => ({ do: 'put', object: put })) },
  { weight: 1, arbitrary: object.map(({ apiVersion, kind, metadata: { namespace: home, name } }): Step => ({ do: 'remove', ref: { apiVersion, kind, name, ...(home === undefined ? {} : { namespace: home }) } })) },
);

/** What users do to a cluster: resources of all kinds, half of them broken somehow, and what they depend on, come, change and go. */
export function histories(maxLength: number): fc.Arbitrary<TimedStep[]> {
  return fc.array(fc.record({ step, pauseMs: one([0, 0, 20, 400, 3_000]) }), { minLength: 3, maxLength, size: 'max' });
}

const trouble: fc.Arbitrary<Trouble> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('fail' as const),
      verb: one<Verb>(['apply', 'apply', 'delete', 'writeStatus', 'patchMetadata', 'read', 'list', 'watch', 'create']),
      fault: one<Fault>(['server', 'conflict', 'throttled', 'timeout', 'unreachable', 'lostAnswer', 'forbidden']),
      times: fc.integer({ min: 1, max: 8 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('dropWatches' as const), error: one<KubeErrorKind | undefined>([undefined, 'unreachable', 'gone', 'server', 'throttled']) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('loseEvents' as const), count: fc.integer({ min: 1, max: 5 }) }) },
  { weight: 1, arbitrary: fc.constant({ do: 'compact' as const }) },
  { weight: 2, arbitrary: fc.constant({ do: 'restart' as const }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('meddle' as const), which: fc.nat({ max: 100 }), removes: fc.boolean() }) },
);

/** Histories in which nearly every second thing that happens is trouble. */
export function troubledHistories(maxLength: number): fc.Arbitrary<TimedStep[]> {
  const anything = fc.oneof({ weight: 3, arbitrary: step }, { weight: 2, arbitrary: trouble });
  return fc.array(fc.record({ step: anything, pauseMs: one([0, 0, 20, 400, 3_000]) }), { minLength: 3, maxLength, size: 'max' });
}
