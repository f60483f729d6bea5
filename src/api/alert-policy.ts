import type { Static } from 'typebox';
import { duration, flag, integer, list, map, object, optional, text } from './schema.ts';
import { exactlyOneOf, type CelRule } from './cel-rule.ts';
import type { Condition } from './conditions.ts';
import { conditionsSchema } from './conditions.ts';
import type { ObjectMeta } from './kube-object.ts';
import { receiverSchema } from './receiver.ts';

const labels = (description: string) => optional(map(description, text()));

const alertSchema = object('An alerting rule.', {
  alert: text('Name, put on the alert as the label alertname.', { minLength: 1 }),
  expr: text('PromQL; every series it returns is an alert.', { minLength: 1 }),
  for: optional(duration('How long it must hold before it fires.')),
  keepFiringFor: optional(duration('How long it goes on firing after it has ceased to hold (Prometheus 2.42).')),
  labels: labels('severity is what routes look at.'),
  annotations: labels('Texts; Go templates with $labels and $value.'),
});

const recordSchema = object('A recording rule.', {
  record: text('Name of the new series, level:metric:operations.', { minLength: 1 }),
  expr: text('', { minLength: 1 }),
  labels: labels(''),
});

const groupSchema = object('A rule group in Prometheus\' words.', {
  name: text('', { minLength: 1 }),
  interval: optional(duration('Default: the stack\'s evaluation interval.')),
  limit: optional(integer('', { minimum: 0 })),
  queryOffset: optional(duration('Prometheus 2.53.')),
  labels: labels('Added to each rule (Prometheus 3).'),
  rules: list(
    '',
    object(
      '',
      {
        alert: optional(text()),
        record: optional(text()),
        expr: text('', { minLength: 1 }),
        for: optional(duration('')),
        keepFiringFor: optional(duration('')),
        labels: labels(''),
        annotations: labels(''),
      },
      { cel: [exactlyOneOf(['alert', 'record'], 'a rule is either an alert or a record: set exactly one of the two')] },
    ),
  ),
});

const matchers = (description: string) => list(description || 'Alertmanager matchers, like severity="critical" or team=~"a|b".', text('', { minLength: 1 }));

const timeRangeSchema = object('When: all that is set must hold (Alertmanager\'s time_interval).', {
  times: optional(list('', object('', { start: text('HH:MM', { pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$' }), end: text('HH:MM, exclusive; up to 24:00', { pattern: '^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$' }) }))),
  weekdays: optional(list('monday, or monday:friday', text())),
  daysOfMonth: optional(list('1, 1:7, or -3:-1 from the end', text())),
  months: optional(list('january, 1, or 1:3', text())),
  years: optional(list('2026, or 2026:2028', text())),
  location: optional(text('Time zone, like Europe/Berlin; default UTC.')),
});

/** Routes nest this deep in the CRD, which cannot recurse. */
const ROUTE_DEPTH = 4;

const routeFields = {
  receiver: optional(text('One of receivers; default: the parent\'s.')),
  matchers: optional(matchers('')),
  groupBy: optional(list('', text())),
  groupWait: optional(duration('')),
  groupInterval: optional(duration('')),
  repeatInterval: optional(duration('')),
  continue: optional(flag('Go on to the next route after this one matched.')),
  activeTimes: optional(list('Names under mute: notify only then.', text())),
  muteTimes: optional(list('Names under mute: do not notify then.', text())),
};

/** A route and its children. */
export interface RouteSpec extends Static<ReturnType<typeof leafRoute>> {
  routes?: RouteSpec[];
}

const leafRoute = () => object('', routeFields);

function routeSchema(depth: number): ReturnType<typeof leafRoute> {
  if (depth === 1) return leafRoute();
  return object('', { ...routeFields, routes: optional(list('', routeSchema(depth - 1))) }) as unknown as ReturnType<typeof leafRoute>;
}

const RFC_3339 = '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})$';

const sloSchema = object(
  'A service level objective: four burn-rate alerts and their records (SRE workbook, alerting on SLOs).',
  {
    name: text('', { pattern: '^[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?$' }),
    objective: text('Percent, as text: "99.9".', { pattern: '^[0-9]{1,2}([.][0-9]+)?$' }),
    window: optional(duration('Default 30d.')),
    errors: object(
      'Counters: total, and either good or bad. Write $window where the range goes, like rate(http_requests_total[$window]).',
      { good: optional(text()), bad: optional(text()), total: text('', { minLength: 1 }) },
      { cel: [exactlyOneOf(['good', 'bad'], 'set exactly one of good and bad beside total')] },
    ),
    labels: labels(''),
    annotations: labels(''),
  },
);

const isOnePeer: CelRule = {
  rule: '[has(self.workload) || has(self.namespace), has(self.nodes) && self.nodes, has(self.outside) && self.outside].filter(x, x).size() == 1',
  message: 'name one peer: a workload, a namespace or both, or nodes: true, or outside: true',
  holds: ({ workload, namespace, nodes, outside }) => [workload !== undefined || namespace !== undefined, nodes === true, outside === true].filter((isSet) => isSet).length === 1,
};

const NAME = '^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$';

const peerSchema = object(
  'One side of allowed traffic.',
  {
    workload: optional(text('Like the Deployment, StatefulSet, DaemonSet or CronJob of the pods. Default: any of the namespace.', { pattern: NAME, maxLength: 253 })),
    namespace: optional(text('Default: that of the policy.', { pattern: NAME, maxLength: 63 })),
    nodes: optional(flag('The nodes and what uses their network, like the API server.')),
    outside: optional(flag('All addresses that are none of the cluster\'s.')),
  },
  { cel: [isOnePeer] },
);

const trafficSchema = object(
  'The traffic of a workload that is meant to be; all other fires UnexpectedTraffic. Needs a stack with exporters.networkFlows.',
  {
    workload: text('In the namespace of the policy.', { pattern: NAME, maxLength: 253 }),
    from: optional(list('Who may open connections to it; [] is nobody, absent is anybody. Nodes may: kubelets probe.', peerSchema, { maxItems: 100 })),
    to: optional(list('What it may open connections to; [] is nothing, absent is anything. Name the DNS server too.', peerSchema, { maxItems: 100 })),
    for: optional(duration('How long it must be seen before the alert fires. Default: at once; for outside 15m, what ended less than 5m ago counting as seen.')),
    labels: labels('Default severity: warning.'),
    annotations: labels(''),
  },
  { cel: [{ rule: 'has(self.from) || has(self.to)', message: 'set from, to or both: without either nothing is watched', holds: ({ from, to }) => from !== undefined || to !== undefined }] },
);

const inhibitSchema = object('While a source alert fires, target alerts are not notified.', {
  sourceMatchers: matchers(''),
  targetMatchers: matchers(''),
  equal: optional(list('Labels that must be equal on both.', text())),
});

const silenceSchema = object('Kept in Alertmanager for as long as it stands here.', {
  matchers: matchers(''),
  start: text('RFC 3339', { pattern: RFC_3339 }),
  end: text('RFC 3339', { pattern: RFC_3339 }),
  comment: optional(text()),
});

const muteSchema = object('Named times; with matchers, alerts that match are not notified then.', {
  name: text('', { minLength: 1 }),
  times: list('', timeRangeSchema, { minItems: 1 }),
  matchers: optional(matchers('')),
});

export const alertPolicySpecSchema = object('Rules, and who is told.', {
  alerts: optional(list('', alertSchema)),
  records: optional(list('', recordSchema)),
  groups: optional(list('', groupSchema)),
  slos: optional(list('', sloSchema)),
  traffic: optional(list('', trafficSchema, { maxItems: 100 })),
  receivers: optional(list('', receiverSchema)),
  routes: optional(list('', routeSchema(ROUTE_DEPTH))),
  inhibit: optional(list('', inhibitSchema)),
  silences: optional(list('', silenceSchema)),
  mute: optional(list('', muteSchema)),
});

export const alertPolicyStatusSchema = object('', {
  observedGeneration: optional(integer()),
  conditions: optional(conditionsSchema),
  stacks: optional(list('The stacks that selected it.', object('', { name: text(), namespace: text() }))),
  rules: optional(integer('Rules that came out of it.')),
  firing: optional(list('Alerts that fire now; at most 20.', object('', { alert: text(), count: integer(), since: optional(text()) }), { maxItems: 20 })),
  firingCount: optional(integer('Alerts that fire now.')),
  injected: optional(list('What was added to its routes, such as a matcher on the namespace.', text())),
});

export type AlertSpec = Static<typeof alertSchema>;
export type RecordSpec = Static<typeof recordSchema>;
export type RuleGroupSpec = Static<typeof groupSchema>;
export type SloSpec = Static<typeof sloSchema>;
export type TrafficSpec = Static<typeof trafficSchema>;
export type TrafficPeerSpec = Static<typeof peerSchema>;
export type InhibitSpec = Static<typeof inhibitSchema>;
export type SilenceSpec = Static<typeof silenceSchema>;
export type MuteSpec = Static<typeof muteSchema>;
export type TimeRangeSpec = Static<typeof timeRangeSchema>;
export type AlertPolicySpec = Omit<Static<typeof alertPolicySpecSchema>, 'routes'> & { routes?: RouteSpec[] };
export type AlertPolicyStatus = Omit<Static<typeof alertPolicyStatusSchema>, 'conditions'> & { readonly conditions?: readonly Condition[] };

/** An AlertPolicy that passed its schema. */
export interface AlertPolicy {
  readonly apiVersion: string;
  readonly kind: 'AlertPolicy';
  readonly metadata: ObjectMeta & { readonly namespace: string };
  readonly spec: AlertPolicySpec;
  readonly status?: AlertPolicyStatus;
}

