import type { Static } from 'typebox';
import { choice, integer, list, object, optional, text } from './schema.ts';

const conditionSchema = object('', {
  type: text(),
  status: choice('', ['True', 'False', 'Unknown']),
  reason: text(),
  message: text(),
  observedGeneration: optional(integer()),
  lastTransitionTime: text('', {}),
});

export const conditionsSchema = list('Ready says it all; the others say why.', conditionSchema, { mapKeys: ['type'] });

export type Condition = Readonly<Static<typeof conditionSchema>>;
export type ConditionStatus = Condition['status'];

/** Every condition type there is, with what True means. Public contract. */
export const CONDITION_TYPES = {
  Ready: 'Everything asked for is live and works.',
  Reconciling: 'Work is under way; nobody needs to act (kstatus, abnormal-true).',
  Stalled: 'Only a change by the user can help (kstatus, abnormal-true).',
  Applied: 'Every object of the stack is written as rendered.',
  ConfigLive: 'Every replica of Prometheus and Alertmanager confirmed the config that was written.',
  ComponentsReady: 'Every component has the replicas it should have.',
  Accepted: 'The resource is valid, and rendered.',
  Selected: 'At least one MonitoringStack selects it.',
  Live: 'Every replica of every stack that selects it confirmed the config that holds it.',
  Healthy: 'Its targets are found and answer.',
  TestsPassed: 'The tests of the policy pass.',
  Quiet: 'None of its alerts fires.',
} as const;
export type ConditionType = keyof typeof CONDITION_TYPES;

/** Every reason there is, with what it means and what helps. Public contract: docs/reference/conditions.md comes from here. */
export const REASONS = {
  // all kinds
  Ready: 'All is well.',
  Progressing: 'A rollout or a first start is under way.',
  Invalid: 'The resource does not fit its schema; the message names the field, the value and the mend.',
  Suspended: 'spec.suspend is true, or the resource carries belfry.dev/paused: nothing is written until that ends.',
  Waiting: 'Something else must happen first; the message says what.',
  // MonitoringStack
  Applied: 'Every object is written.',
  ApplyFailed: 'The API server refused an object; the message names it and quotes the answer. Retried with backoff.',
  PermissionMissing: 'The operator may not do what the stack needs; the message names verb and resource.',
  NamespaceTerminating: 'The namespace is going away.',
  VersionUnsupported: 'The Prometheus release asked for is unknown, or too old for this operator.',
  VersionWithdrawn: 'The Prometheus release asked for has a fault that breaks what we write; the message names a better one.',
  NameTooLong: 'A name that follows from the resource\'s name would be longer than Kubernetes allows.',
  StorageClassMissing: 'spec.prometheus.storage.className names a StorageClass that is not there; the message lists those that are.',
  ImmutableField: 'The change needs a field that Kubernetes does not let anyone change; the message says what to do.',
  SecretInvalid: 'A Secret that the stack itself refers to does not hold what it must.',
  ConfigConfirmed: 'Every replica runs the config that was written.',
  ConfigNotConfirmed: 'At least one replica has not confirmed the config that was written; the message names it.',
  ConfigRefused: 'A Prometheus or Alertmanager refused the config as a whole; the message quotes it.',
  ComponentsReady: 'Every component is ready.',
  ComponentNotReady: 'A component has fewer ready replicas than it should; the message names it and why.',
  DriftYielded: 'Another manager keeps changing a field of ours; it is left alone now, and listed in status.drift.',
  // ScrapeTarget and AlertPolicy: acceptance
  Accepted: 'The resource is valid.',
  RelabelRuleInvalid: 'Prometheus would refuse a relabel rule.',
  PortNameUnknown: 'Services match, but none of them has a port of that name; the message lists the names there are.',
  SecretMissing: 'A Secret, or a key of it, is not there.',
  ConfigMapMissing: 'A ConfigMap, or a key of it, is not there.',
  DurationInvalid: 'A duration or a combination of durations that Prometheus would refuse.',
  LabelInvalid: 'A label name that Prometheus would refuse, or one that is not the user\'s to set.',
  AddressInvalid: 'An address that Prometheus would refuse.',
  NamespaceNotAllowed: 'The target looks into other namespaces, and the stack does not allow that.',
  TooLarge: 'The config of one resource would be larger than half a mebibyte.',
  ExpressionInvalid: 'PromQL that Prometheus would refuse.',
  TemplateInvalid: 'An annotation or label template that Prometheus would refuse.',
  RuleInvalid: 'A rule that Prometheus would refuse for another reason than its expression.',
  MatcherInvalid: 'A matcher that Alertmanager would refuse.',
  ReceiverInvalid: 'A receiver that Alertmanager would refuse.',
  ReceiverUnknown: 'A route names a receiver that the policy does not define.',
  RouteInvalid: 'A route that Alertmanager would refuse.',
  TimeIntervalInvalid: 'A time interval that Alertmanager would refuse.',
  SilenceInvalid: 'A silence that Alertmanager would refuse.',
  TestsFailed: 'A test of the policy failed; the message says which and what came out.',
  RefusedByPrometheus: 'Prometheus refused the config while this resource was in it, and took it without.',
  // selection
  Selected: 'At least one stack selects it.',
  NoStack: 'There is no MonitoringStack that could select it.',
  NamespaceNotSelected: 'The namespace\'s labels do not fit spec.select.namespaces of any stack.',
  LabelsNotSelected: 'The resource\'s labels do not fit spec.select of any stack.',
  // liveness
  Live: 'Every replica confirmed it.',
  NotAccepted: 'It is not accepted, so no stack takes it and it cannot be live.',
  NotSelected: 'No stack selects it, so it cannot be live.',
  LastGoodKept: 'The newest version is not accepted; the last good one stays live.',
  // health
  TargetsUp: 'All its targets answer.',
  NoServiceMatches: 'No Service carries the labels; the message names the nearest.',
  NoPodMatches: 'No Pod carries the labels; the message names the nearest.',
  NoNodeMatches: 'No Node carries the labels.',
  NoIngressMatches: 'No Ingress carries the labels.',
  NoEndpoints: 'Services match, but no ready Pod stands behind them.',
  NoTargets: 'Discovery found nothing.',
  AllTargetsDropped: 'Relabel rules drop every target; the message says which rule.',
  DuplicateTarget: 'Another ScrapeTarget scrapes the same addresses; the message names it.',
  ScrapeFailing: 'Some targets do not answer; status.errors has examples.',
  HealthUnknown: 'No Prometheus answered yet.',
  // AlertPolicy
  TestsPassed: 'All tests pass.',
  NoTests: 'The policy has no tests.',
  AlertsFiring: 'Alerts of this policy fire; status.firing lists them.',
  NothingFires: 'No alert of this policy fires.',
} as const;
export type Reason = keyof typeof REASONS;
