import type { Static, TObject, TOptional, TSchema } from 'typebox';
import { anyObject, choice, duration, flag, integer, list, map, object, optional, text } from './schema.ts';

/**
 * What a field of a receiver holds, which decides how it is checked and written:
 * `plain` as it stands; `url` and `templateUrl` (which may hold a Go template) checked; `secret`, `secretUrl` the value of a
 * Secret's key; `goDuration` in Go's notation, which has no days; `item` an object, `items` a list of such.
 */
export type FieldKind = 'plain' | 'url' | 'templateUrl' | 'secret' | 'secretUrl' | 'goDuration' | 'item' | 'items';

/** One field of a receiver: its schema, and where it goes in Alertmanager's config. */
export interface ReceiverField<S extends TSchema = TSchema> {
  readonly kind: FieldKind;
  readonly schema: S;
  /** Alertmanager's name, with dots for fields within fields; default: our name in snake_case. */
  readonly wire?: string;
  /** The fields of an item or of each of its items. */
  readonly fields?: ReceiverFields;
}
export type ReceiverFields = Readonly<Record<string, ReceiverField>>;

function required<S extends TSchema>(kind: FieldKind, schema: S): ReceiverField<S> {
  return { kind, schema };
}

function may<S extends TSchema>(kind: FieldKind, schema: S) {
  return { kind, schema: optional(schema) };
}

/** The same field under another name in Alertmanager's config. */
function as<F extends ReceiverField>(wire: string, field: F): F {
  return { ...field, wire };
}

type SchemasOf<F> = { [K in keyof F]: F[K] extends { readonly schema: infer S extends TSchema } ? S : never };

function schemaOf<F extends ReceiverFields>(fields: F, description = '') {
  return object(description, Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.schema])) as SchemasOf<F>);
}

/**
 * Typed here, checked by the operator and by `validate`, but open in the CRD: the receivers, spelt out down to the last
 * button of a message, would be most of it.
 */
function openInCrd<S extends TSchema>(schema: S): S {
  return { ...schema, 'x-belfry-open-in-crd': true };
}

function item<F extends ReceiverFields>(fields: F) {
  return { ...may('item', schemaOf(fields)), fields };
}

function items<F extends ReceiverFields>(fields: F) {
  return { ...may('items', list('', openInCrd(schemaOf(fields)))), fields };
}

// Shorter than the one in schema.ts: there are fifty of them.
const secretKey = object('', { name: text(), key: text() });

const tlsSchema = object('', {
  ca: optional(object('', { secret: optional(secretKey), configMap: optional(secretKey) })),
  cert: optional(secretKey),
  key: optional(secretKey),
  serverName: optional(text()),
  insecureSkipVerify: optional(flag()),
});

const str = may('plain', text());
const bool = may('plain', flag());
const int = may('plain', integer());
const strings = may('plain', list('', text()));
const strMap = may('plain', map('', text()));
const url = may('url', text());
const time = may('goDuration', duration(''));
const secret = may('secret', secretKey);
const secretUrl = may('secretUrl', secretKey);

const mustHave = {
  str: required('plain', text('', { minLength: 1 })),
  int: required('plain', integer()),
  url: required('url', text()),
  secret: required('secret', secretKey),
  secretUrl: required('secretUrl', secretKey),
};

const attachmentFields = items({ title: mustHave.str, value: mustHave.str, short: bool });

/**
 * Every integration of Alertmanager 0.31 (config/notifiers.go) but for its `*_file` fields, whose place Secrets take.
 * This table makes the schema, the types and the rendering. All of them also have `sendResolved`; `http` is the receiver's.
 */
export const INTEGRATIONS = {
  discord: { webhookUrl: mustHave.secretUrl, content: str, title: str, message: str, username: str, avatarUrl: str },
  email: {
    to: mustHave.str, from: mustHave.str, smarthost: mustHave.str, hello: str,
    authUsername: str, authPassword: secret, authSecret: secret, authIdentity: str,
    headers: strMap, html: str, text: str, requireTls: bool, forceImplicitTls: bool,
    threadByDate: as('threading.thread_by_date', may('plain', choice('', ['none', 'daily']))),
  },
  incidentio: { url: mustHave.url, alertSourceToken: secret, maxAlerts: int, timeout: time },
  jira: {
    apiUrl: mustHave.url, apiType: may('plain', choice('', ['auto', 'cloud', 'datacenter'])), project: mustHave.str, issueType: mustHave.str,
    summary: as('summary.template', str), updateSummary: as('summary.enable_update', bool),
    description: as('description.template', str), updateDescription: as('description.enable_update', bool),
    labels: strings, priority: str, reopenTransition: str, resolveTransition: str, wontFixResolution: str,
    reopenDuration: may('plain', duration('')), fields: may('plain', anyObject('')),
  },
  mattermost: {
    webhookUrl: mustHave.secretUrl, channel: str, username: str, text: str, iconUrl: str, iconEmoji: str, type: str,
    card: as('props.card', str), priority: as('priority.priority', str),
    requestedAck: as('priority.requested_ack', bool), persistentNotifications: as('priority.persistent_notifications', bool),
    attachments: items({
      fallback: str, color: str, pretext: str, text: str, authorName: str, authorLink: str, authorIcon: str, title: str, titleLink: str,
      fields: attachmentFields, thumbUrl: str, footer: str, footerIcon: str, imageUrl: str,
    }),
  },
  msteams: { webhookUrl: mustHave.secretUrl, title: str, summary: str, text: str },
  msteamsv2: { webhookUrl: mustHave.secretUrl, title: str, text: str },
  opsgenie: {
    apiKey: mustHave.secret, apiUrl: url, message: str, description: str, source: str, details: strMap, entity: str,
    responders: items({ id: str, name: str, username: str, type: mustHave.str }),
    actions: str, tags: str, note: str, priority: str, updateAlerts: bool,
  },
  pagerduty: {
    routingKey: secret, serviceKey: secret, url, client: str, clientUrl: str, description: str, details: strMap,
    images: items({ src: str, alt: str, href: str }), links: items({ href: str, text: str }),
    source: str, severity: str, class: str, component: str, group: str, timeout: time,
  },
  pushover: {
    userKey: mustHave.secret, token: mustHave.secret, title: str, message: str, url: str, urlTitle: str, device: str, sound: str, priority: str,
    retry: time, expire: time, ttl: time, html: bool, monospace: bool,
  },
  rocketchat: {
    apiUrl: url, tokenId: mustHave.secret, token: mustHave.secret, channel: str, color: str, title: str, titleLink: str, text: str,
    // Alertmanager gives these no YAML names, so they go by Go's: all lower case.
    fields: items({ title: mustHave.str, value: mustHave.str, short: bool }), shortFields: bool,
    emoji: str, iconUrl: str, imageUrl: str, thumbUrl: str, linkNames: bool,
    actions: items({
      type: str, text: str, url: str, imageUrl: as('imageurl', str), isWebView: as('iswebview', bool),
      webviewHeightRatio: as('webviewheightratio', str), msg: str, msgInChatWindow: as('msginchatwindow', bool),
      msgProcessingType: as('msgprocessingtype', str),
    }),
  },
  slack: {
    webhookUrl: as('api_url', secretUrl), appToken: secret, appUrl: url,
    channel: str, username: str, color: str, title: str, titleLink: str, pretext: str, text: str, messageText: str,
    fields: attachmentFields, shortFields: bool, footer: str, fallback: str, callbackId: str,
    iconEmoji: str, iconUrl: str, imageUrl: str, thumbUrl: str, linkNames: bool, mrkdwnIn: strings,
    actions: items({
      type: mustHave.str, text: mustHave.str, url: str, style: str, name: str, value: str,
      confirm: item({ text: mustHave.str, title: str, okText: str, dismissText: str }),
    }),
    timeout: time,
  },
  sns: {
    apiUrl: str, topicArn: str, targetArn: str, phoneNumber: str, subject: str, message: str, attributes: strMap,
    region: as('sigv4.region', str), accessKey: as('sigv4.access_key', secret), secretKey: as('sigv4.secret_key', secret),
    profile: as('sigv4.profile', str), roleArn: as('sigv4.role_arn', str),
  },
  telegram: {
    botToken: mustHave.secret, chatId: mustHave.int, apiUrl: url, messageThreadId: int, message: str, disableNotifications: bool,
    parseMode: may('plain', choice('', ['Markdown', 'MarkdownV2', 'HTML', ''])),
  },
  victorops: {
    apiKey: mustHave.secret, routingKey: mustHave.str, apiUrl: url, messageType: str, stateMessage: str, entityDisplayName: str,
    monitoringTool: str, customFields: strMap,
  },
  webex: { botToken: as('http_config.authorization.credentials', mustHave.secret), roomId: mustHave.str, apiUrl: url, message: str },
  webhook: {
    url: may('templateUrl', text('For addresses that are no secret.')), urlSecret: as('url', secretUrl), maxAlerts: int, timeout: time,
  },
  wechat: {
    apiSecret: mustHave.secret, corpId: mustHave.str, apiUrl: url, message: str, toUser: str, toParty: str, toTag: str, agentId: str,
    messageType: may('plain', choice('', ['text', 'markdown'])),
  },
} as const satisfies Readonly<Record<string, ReceiverFields>>;

export type Integration = keyof typeof INTEGRATIONS;

/** How the integrations of a receiver speak HTTP (http_config of Alertmanager). */
const httpSchema = object('How all integrations of the receiver sign in and connect; of email only tls counts.', {
  basic: optional(object('', { username: secretKey, password: secretKey })),
  bearerToken: optional(secretKey),
  oauth2: optional(object('', {
    clientId: text(), clientSecret: secretKey, tokenUrl: text(), scopes: optional(list('', text())), endpointParams: optional(map('', text())),
  })),
  tls: optional(tlsSchema),
  proxyUrl: optional(text()),
  noProxy: optional(text()),
  followRedirects: optional(flag()),
  enableHttp2: optional(flag()),
  headers: optional(map('', text())),
  secretHeaders: optional(map('Headers whose values are keys of Secrets.', secretKey)),
});

/** Few use these and their fields are many: the CRD has their names only. */
const OPEN: ReadonlySet<string> = new Set<Integration>(['jira', 'mattermost', 'rocketchat', 'sns', 'victorops', 'wechat']);

type IntegrationSchemas = {
  [I in Integration]: TOptional<TObject<SchemasOf<(typeof INTEGRATIONS)[I] & { readonly sendResolved: typeof bool }>>>;
};

const integrations = Object.fromEntries(
  Object.entries(INTEGRATIONS).map(([name, fields]) => {
    const schema = schemaOf({ ...fields, sendResolved: bool });
    return [name, optional(OPEN.has(name) ? openInCrd(schema) : schema)];
  }),
) as unknown as IntegrationSchemas;

const settings = { ...integrations, http: optional(httpSchema) };

/** A receiver without its name: which integrations are told, each once. */
export const receiverSettings = (description: string) => openInCrd(object(description, settings));

export const receiverSchema = object('Who is told. Several of one kind are several receivers.', { name: text('', { minLength: 1 }), ...settings });
export type ReceiverSettings = Static<ReturnType<typeof receiverSettings>>;
export type ReceiverHttp = Static<typeof httpSchema>;
