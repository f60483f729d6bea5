import type { Integration, ReceiverHttp } from '../../api/receiver.ts';
import type { Finding } from './check-receivers.ts';
import type { IntegrationSettings } from './receiver.ts';

type Rule = (used: IntegrationSettings, http: ReceiverHttp) => readonly (Finding | undefined)[];

/** What Alertmanager asks of each integration beyond the kinds of its fields (config/notifiers.go, UnmarshalYAML). */
const RULES: Readonly<Partial<Record<Integration, Rule>>> = {
  email: (used) => [
    smarthost(String(used['smarthost'])),
    ...headerClashes(used),
    used['threadByDate'] !== undefined ? threadingClash(used) : undefined,
  ],
  incidentio: (used, http) => [
    notNegative(used, 'maxAlerts'),
    used['alertSourceToken'] === undefined && http.bearerToken === undefined ? ['.alertSourceToken', 'incidentio needs alertSourceToken, or http.bearerToken'] : undefined,
  ],
  opsgenie: (used) => items(used, 'responders').flatMap((responder, index) => [
    anyOf(responder, ['id', 'name', 'username']) ? undefined : [`.responders[${index}]`, 'a responder needs one of id, name and username'] as const,
    /^(team|teams|user|escalation|schedule)$/i.test(String(responder['type'])) ? undefined
      : [`.responders[${index}].type`, `"${responder['type']}" is no type of responder: write team, teams, user, escalation or schedule`] as const,
  ]),
  pagerduty: (used) => [anyOf(used, ['routingKey', 'serviceKey']) ? undefined : ['.routingKey', 'pagerduty needs routingKey (Events API v2) or serviceKey (v1)']],
  pushover: (used) => [used['html'] === true && used['monospace'] === true ? ['.monospace', 'html and monospace exclude each other'] : undefined],
  slack: (used) => [
    exactlyOne(used, ['webhookUrl', 'appToken']),
    ...items(used, 'actions').map((action, index) => (anyOf(action, ['url', 'name']) ? undefined : [`.actions[${index}]`, 'an action needs url or name'] as const)),
  ],
  sns: (used) => [
    exactlyOne(used, ['topicArn', 'targetArn', 'phoneNumber']),
    (used['accessKey'] === undefined) === (used['secretKey'] === undefined) ? undefined : ['.accessKey', 'accessKey and secretKey belong together: set both or neither'],
  ],
  telegram: (used) => [used['chatId'] === 0 ? ['.chatId', '0 is no chat: write its number, negative for a group'] : undefined],
  victorops: (used) => Object.keys((used['customFields'] ?? {}) as object)
    .filter((name) => VICTOROPS_FIELDS.has(name))
    .map((name) => [`.customFields.${name}`, `${name} is a field of VictorOps' own: set it outside of customFields`] as const),
  webhook: (used) => [exactlyOne(used, ['url', 'urlSecret']), notNegative(used, 'maxAlerts')],
};

const VICTOROPS_FIELDS = new Set(['routing_key', 'message_type', 'state_message', 'entity_display_name', 'monitoring_tool', 'entity_id', 'entity_state']);

/** What is wrong with an integration as a whole; fields are relative to the receiver. */
export function integrationRules(integration: Integration, used: IntegrationSettings, http: ReceiverHttp = {}): Finding[] {
  const findings = RULES[integration]?.(used, http) ?? [];
  return findings.flatMap((finding) => (finding ? [[`.${integration}${finding[0]}`, finding[1]] as const] : []));
}

function items(used: IntegrationSettings, name: string): readonly IntegrationSettings[] {
  return (used[name] ?? []) as readonly IntegrationSettings[];
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== '';
}

function anyOf(used: IntegrationSettings, names: readonly string[]): boolean {
  return names.some((name) => isSet(used[name]));
}

function exactlyOne(used: IntegrationSettings, names: readonly string[]): Finding | undefined {
  const set = names.filter((name) => isSet(used[name]));
  if (set.length === 1) return undefined;
  const all = `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
  return [set.length === 0 ? '' : `.${set.at(-1)}`, set.length === 0 ? `set exactly one of ${all}` : `${set.join(' and ')} are set: keep exactly one of ${all}`];
}

function notNegative(used: IntegrationSettings, name: string): Finding | undefined {
  return Number(used[name] ?? 0) < 0 ? [`.${name}`, `${name} is negative: write 0 for no limit`] : undefined;
}

function smarthost(address: string): Finding | undefined {
  if (/^(?:\[[0-9a-fA-F:.%]+\]|[^:[\]\s]+):[^:[\]\s]+$/.test(address)) return undefined;
  return ['.smarthost', `"${address}" is not host and port: write it like mail.example:587`];
}

// Go's CanonicalMIMEHeaderKey, as far as clashes are concerned.
function headerClashes(used: IntegrationSettings): Finding[] {
  const names = Object.keys((used['headers'] ?? {}) as object);
  return names
    .filter((name, index) => names.findIndex((other) => other.toLowerCase() === name.toLowerCase()) < index)
    .map((name) => [`.headers.${name}`, `the header ${name} stands there twice, for case does not count: keep one`] as const);
}

function threadingClash(used: IntegrationSettings): Finding | undefined {
  const name = Object.keys((used['headers'] ?? {}) as object).find((header) => /^(references|in-reply-to)$/i.test(header));
  return name === undefined ? undefined : [`.headers.${name}`, `threadByDate sets the header ${name} itself: leave one of the two out`];
}
