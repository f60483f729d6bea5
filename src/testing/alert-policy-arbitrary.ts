import fc from 'fast-check';
import type { AlertPolicySpec } from '../api/alert-policy.ts';
import { INTEGRATIONS, type Integration, type ReceiverField, type ReceiverFields } from '../api/receiver.ts';

/** Texts that YAML, Go templates or Alertmanager might take for something else. */
const TEXTS = [
  'team', 'yes', 'y', 'null', '~', '0777', '1e3', '2026-01-01', '12:30', 'a: b', '# c', '- d', '*x', '&x', '!x', '{{ .Status }}', '{{ broken', '[', '{', '"q"', "'q'", '\\', '\t',
  'two\nlines', ' lead', 'trail ', '\u{e4}\u{20ac}\u{1f600}', '\u0085', '\u2028', '\ufeffbom', '%', '@x', '`x`', '|', '>', '...', '---', 'x'.repeat(200), '\u007f', 'a\r\nb', '',
];
const URLS = [
  'https://hooks.example', 'http://a:80/b?c=d#e', 'https://u:p@h.example/x', 'http://[::1]:9093/', 'ftp://x', 'x', '', 'http://', 'http:///x', 'https://a b', 'https://a/%zz', 'https://a:b',
  'http://\u{fc}.example', 'https://h/{{ .X }}', 'https://h/{{ .CommonLabels.team | urlquery }}', 'HTTPS://UPPER.example', 'https://h:99999', 'https://h_x.example', 'http://h/\u{fc}', 'https://?x',
];
const DURATIONS = ['30s', '1h30m', '2d', '0', '0s', '1y', '300y', '500ms', '5m'];
const LABELS = ['team', 'severity', 'namespace', '...', '', 'dotted.name', '\u{fc}'];

/** What stands in the Secret `s` of the namespace shop. */
export const SECRETS: Readonly<Record<string, string>> = {
  'shop/s/url': 'https://hooks.example/secret\n', 'shop/s/token': 'a-token', 'shop/s/odd': 'yes: [no', 'shop/s/empty': ' \n', 'shop/s/lines': 'one\ntwo', 'shop/s/broken-url': 'not an address',
};

const usually = <T>(good: readonly T[], any: readonly T[]): fc.Arbitrary<T> => fc.oneof({ weight: 60, arbitrary: fc.constantFrom(...good) }, { weight: 1, arbitrary: fc.constantFrom(...any) });
const text = fc.constantFrom(...TEXTS);
const filledText = fc.constantFrom(...TEXTS.filter((each) => each !== ''));
const secret = (good: readonly string[]): fc.Arbitrary<object> => usually(good, ['url', 'token', 'odd', 'empty', 'lines', 'broken-url', 'missing']).map((key) => ({ name: 's', key }));

function valueOf(field: ReceiverField): fc.Arbitrary<unknown> {
  const schema = field.schema as { type?: string; enum?: string[]; minLength?: number };
  switch (field.kind) {
    case 'secretUrl': return secret(['url']);
    case 'secret': return secret(['token', 'odd', 'url']);
    case 'url': return usually(URLS.slice(0, 4), URLS);
    case 'templateUrl': return usually(URLS.slice(0, 4), URLS);
    case 'goDuration': return usually(DURATIONS.slice(0, 3), DURATIONS);
    case 'item': return fieldsOf(field.fields ?? {});
    case 'items': return fc.array(fieldsOf(field.fields ?? {}), { maxLength: 2 });
    case 'plain': return plainValue(schema);
  }
}

function plainValue(schema: { type?: string; enum?: string[]; minLength?: number; pattern?: string }): fc.Arbitrary<unknown> {
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.pattern) return usually(DURATIONS.slice(0, 3), DURATIONS);
  if (schema.type === 'boolean') return fc.boolean();
  if (schema.type === 'integer') return usually([1, 5, 100], [0, -3, 2 ** 53, 1e21]);
  if (schema.type === 'array') return fc.array(text, { maxLength: 2 });
  if (schema.type === 'object') return fc.dictionary(fc.constantFrom('Subject', 'References', 'a', 'routing_key', 'yes'), text, { maxKeys: 2 });
  return schema.minLength ? filledText : text;
}

function fieldsOf(fields: ReceiverFields): fc.Arbitrary<object> {
  const needed = Object.keys(fields).filter((name) => isRequired(fields[name]));
  return fc.record(Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, valueOf(field)])), { requiredKeys: needed });
}

function isRequired(field: ReceiverField | undefined): boolean {
  return field !== undefined && !Object.getOwnPropertyNames(field.schema).includes('~optional');
}

/** Values that nearly always fit, for fields in which a random text never does. */
const FITTING: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  smarthost: usually(['mail.example:587', '[::1]:25'], ['mail', ':25', 'a:b:c', '']),
  responders: fc.array(fc.record({ id: text, type: usually(['team', 'USER'], ['x', '']) }), { maxLength: 2 }),
};

/** A fitting value for each of the fields of which exactly one must be there. */
const WAYS: Readonly<Record<string, unknown>> = {
  webhookUrl: { name: 's', key: 'url' }, appToken: { name: 's', key: 'token' }, urlSecret: { name: 's', key: 'url' }, url: 'https://hooks.example/{{ .CommonLabels.team }}',
  topicArn: 'arn:aws:sns:eu-west-1:1:a', targetArn: 'arn:aws:sns:eu-west-1:1:b', phoneNumber: '+1555', html: true, monospace: true,
};

function integration(name: Integration): fc.Arbitrary<object> {
  const exclusive: Readonly<Partial<Record<Integration, readonly string[]>>> = {
    slack: ['webhookUrl', 'appToken'], sns: ['topicArn', 'targetArn', 'phoneNumber'], webhook: ['url', 'urlSecret'], pushover: ['html', 'monospace'],
  };
  const fields: ReceiverFields = INTEGRATIONS[name];
  return fc.tuple(fieldsOf(fields), fc.nat({ max: 20 }), fc.record(FITTING)).map(([value, choice, fitting]) => {
    const used: Record<string, unknown> = { ...value };
    for (const [field, fit] of Object.entries(fitting)) if (field in used) used[field] = fit;
    const ways = exclusive[name] ?? [];
    const [way = ''] = ways.slice(choice % ways.length);
    // Once in a while they stay as they came: several, or none.
    if (choice > 0) for (const other of ways) delete used[other];
    return choice > 0 && way !== '' ? { ...used, [way]: WAYS[way] } : used;
  });
}

const signIn = fc.oneof(
  { weight: 8, arbitrary: fc.oneof(
    fc.constant({ basic: { username: { name: 's', key: 'token' }, password: { name: 's', key: 'odd' } } }),
    secret(['token']).map((bearerToken) => ({ bearerToken })),
    fc.record({ oauth2: fc.record({ clientId: filledText, clientSecret: secret(['token']), tokenUrl: usually(URLS.slice(0, 2), URLS), scopes: fc.array(text, { maxLength: 2 }) }) }),
  ) },
  { weight: 8, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: fc.constant({ bearerToken: { name: 's', key: 'token' }, basic: { username: { name: 's', key: 'token' }, password: { name: 's', key: 'token' } } }) },
);
const proxy = fc.oneof(
  { weight: 8, arbitrary: fc.record({ proxyUrl: usually(['http://proxy:3128', 'socks5://p:1080'], URLS), noProxy: text }, { requiredKeys: ['proxyUrl'] }) },
  { weight: 1, arbitrary: fc.record({ noProxy: text }) },
);
const http = fc.tuple(signIn, proxy, fc.record({
  tls: fc.record({ serverName: text, insecureSkipVerify: fc.boolean() }, { requiredKeys: [] }),
  followRedirects: fc.boolean(),
  enableHttp2: fc.boolean(),
  headers: fc.dictionary(usually(['X-A', 'x-b'], ['Host', 'bad header', '']), text, { maxKeys: 2 }),
  secretHeaders: fc.dictionary(usually(['X-C', 'x-d'], ['X-A', 'content-type']), secret(['token']), { maxKeys: 1 }),
}, { requiredKeys: [] })).map(([one, two, rest]) => ({ ...one, ...two, ...rest }));

const receiver = fc.tuple(fc.constantFrom(...Object.keys(INTEGRATIONS) as Integration[]), fc.option(http, { freq: 3, nil: undefined })).chain(([name, settings]) =>
  integration(name).map((used) => ({ [name]: used, ...(settings ? { http: settings } : {}) })));

const matcher = usually(['severity="critical"', 'team=~"a|b"', 'a!=b', '"dotted.name"="x"', '{a="b",c!~"d"}', 'path=~"C:\\\\.*"', 'a="\\""'], ['a', 'a=~"("', '=b', '']);
const matchers = fc.array(matcher.filter((each) => each !== ''), { maxLength: 3 });
const time = usually(['night', 'weekend'], ['noon']);
const route = (depth: number): fc.Arbitrary<object> => fc.record({
  receiver: usually(['r0', 'r1'], ['r9']),
  matchers,
  groupBy: usually<string[]>([[], ['team'], ['...'], ['team', 'dotted.name']], [LABELS, ['', 'a'], ['a', 'a']]),
  groupWait: usually(DURATIONS.slice(0, 3), DURATIONS), groupInterval: usually(DURATIONS.slice(0, 3), DURATIONS), repeatInterval: usually(DURATIONS.slice(0, 3), DURATIONS),
  continue: fc.boolean(), activeTimes: fc.array(time, { maxLength: 1 }), muteTimes: fc.array(time, { maxLength: 2 }),
  ...(depth > 1 ? { routes: fc.array(route(depth - 1), { maxLength: 2 }) } : {}),
}, { requiredKeys: [] });

const times = fc.record({
  times: usually([[{ start: '22:00', end: '24:00' }]], [[{ start: '22:00', end: '06:00' }], []]),
  weekdays: usually([['monday:friday'], ['Sunday']], [['saturday:sunday'], ['mon'], []]),
  daysOfMonth: usually([['1:7', '-3:-1']], [['0'], ['31:30'], ['-1:1']]),
  months: usually([['january', '2:3']], [['13'], ['december:january'], ['x']]),
  years: usually([['2026', '2027:2030']], [['2030:2026'], ['soon']]),
  location: usually(['Europe/Berlin', 'UTC', 'America/New_York', 'Asia/Kolkata'], ['europe/berlin', 'Mars/Base', '+01:00', '']),
}, { requiredKeys: [] });

/** Specs of AlertPolicies that fit their schema: most of their fields are good, and in many something is not. */
export const policySpec = fc.record({
  receivers: fc.tuple(receiver, receiver).map((both) => both.map((each, index) => ({ name: `r${index}`, ...each }))),
  routes: fc.array(route(3), { maxLength: 3 }),
  inhibit: fc.array(fc.record({ sourceMatchers: matchers, targetMatchers: matchers, equal: fc.array(usually(['team', 'zone.x'], LABELS), { maxLength: 2 }) }), { maxLength: 2 }),
  mute: fc.tuple(times, times, matchers).map(([night, weekend, fits]) => [{ name: 'night', times: [night] }, { name: 'weekend', times: [weekend], matchers: fits }]),
}) as unknown as fc.Arbitrary<AlertPolicySpec>;
