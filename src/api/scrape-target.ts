import type { Static } from 'typebox';
import { byteSize, choice, duration, flag, integer, intOrString, labelSelector, list, map, object, optional, secretKey, text } from './schema.ts';
import { exactlyOneOf } from './cel-rule.ts';
import type { Condition } from './conditions.ts';
import { conditionsSchema } from './conditions.ts';
import type { ObjectMeta } from './kube-object.ts';

const RELABEL_ACTIONS = [
  'replace', 'keep', 'drop', 'keepequal', 'dropequal', 'hashmod', 'labelmap', 'labeldrop', 'labelkeep', 'lowercase', 'uppercase',
] as const;

/** One relabel rule, in Prometheus' words but camelCase (Prometheus' configuration page, relabel_config). */
const relabelRuleSchema = object('', {
  action: optional(choice('', RELABEL_ACTIONS)),
  sourceLabels: optional(list('', text())),
  separator: optional(text()),
  regex: optional(text()),
  modulus: optional(integer('', { minimum: 1 })),
  targetLabel: optional(text()),
  replacement: optional(text()),
});

export const tlsSchema = object('TLS of the connection to the target.', {
  ca: optional(
    object(
      'Certificate authority that signed the target\'s certificate: a key of a Secret or a ConfigMap.',
      { secret: optional(secretKey('')), configMap: optional(secretKey('')) },
      { cel: [exactlyOneOf(['secret', 'configMap'])] },
    ),
  ),
  cert: optional(secretKey('Client certificate.')),
  key: optional(secretKey('Key of the client certificate.')),
  serverName: optional(text('Name to expect in the certificate.')),
  insecureSkipVerify: optional(flag('Accept any certificate.')),
  minVersion: optional(choice('', ['TLS10', 'TLS11', 'TLS12', 'TLS13'])),
});
export type Tls = Static<typeof tlsSchema>;

const authSchema = object(
  'How to sign in at the target: exactly one of basic, bearerToken, oauth2.',
  {
    basic: optional(object('', { username: secretKey(''), password: secretKey('') })),
    bearerToken: optional(secretKey('')),
    oauth2: optional(
      object('OAuth 2.0, client credentials.', {
        clientId: text(),
        clientSecret: secretKey(''),
        tokenUrl: text('', { pattern: '^https?://.+' }),
        scopes: optional(list('', text())),
        endpointParams: optional(map('', text())),
        tls: optional(tlsSchema),
      }),
    ),
  },
  { cel: [exactlyOneOf(['basic', 'bearerToken', 'oauth2'])] },
);

export const limitsSchema = object('Where Prometheus stops accepting: past a limit the scrape fails as a whole, and says so.', {
  samples: optional(integer('Samples a scrape.', { minimum: 1 })),
  targets: optional(integer('Targets a job.', { minimum: 1 })),
  labels: optional(integer('Labels a sample.', { minimum: 1 })),
  labelNameLength: optional(integer('', { minimum: 1 })),
  labelValueLength: optional(integer('', { minimum: 1 })),
  bodySize: optional(byteSize('Uncompressed size of a scrape, like 50MB.')),
});
export type ScrapeLimits = Static<typeof limitsSchema>;

const endpointSchema = object(
  'One thing to scrape on what was selected.',
  {
    port: optional(intOrString('Name or number of the port. Left out: every port of a pod or Service; of a node the kubelet\'s.')),
    path: optional(text('Default /metrics.', { pattern: '^/' })),
    scheme: optional(choice('Default http.', ['http', 'https'])),
    interval: optional(duration('Default: the stack\'s.')),
    timeout: optional(duration('Default: the stack\'s, but never more than the interval.')),
    params: optional(map('URL parameters.', list('', text()))),
    tls: optional(tlsSchema),
    auth: optional(authSchema),
    proxyUrl: optional(text('', { pattern: '^(https?|socks5)://.+' })),
    relabel: optional(list('Applied to each target after ours, which name it.', relabelRuleSchema)),
    metricRelabel: optional(list('Applied to each sample.', relabelRuleSchema)),
    honorLabels: optional(flag('On a clash the target\'s own label wins.')),
    honorTimestamps: optional(flag()),
    followRedirects: optional(flag()),
    enableHttp2: optional(flag()),
    fallbackScrapeProtocol: optional(
      choice('Format to assume when the target sends no valid Content-Type (Prometheus 3).', [
        'PrometheusProto', 'OpenMetricsText0.0.1', 'OpenMetricsText1.0.0', 'PrometheusText0.0.4', 'PrometheusText1.0.0',
      ]),
    ),
  },
  {
    cel: [
      {
        rule: '!has(self.tls) || !has(self.scheme) || self.scheme == "https"',
        message: 'tls needs scheme: https',
        holds: ({ tls, scheme }) => tls === undefined || scheme === undefined || scheme === 'https',
      },
    ],
  },
);

const staticSchema = object('Fixed addresses.', {
  targets: list('host:port', text('', { minLength: 1 }), { minItems: 1 }),
  labels: optional(map('', text())),
});

const probeSchema = object('Probed by the stack\'s blackbox exporter.', {
  module: text('Module of the blackbox exporter, like http_2xx.', { minLength: 1 }),
  of: object(
    'What to probe: exactly one of service, ingress, static.',
    {
      service: optional(labelSelector('')),
      ingress: optional(labelSelector('')),
      static: optional(object('', { targets: list('URLs, or host:port.', text('', { minLength: 1 }), { minItems: 1 }), labels: optional(map('', text())) })),
    },
    { cel: [exactlyOneOf(['service', 'ingress', 'static'], 'set exactly one of service, ingress and static under probe.of')] },
  ),
});

/** What can be selected; exactly one is set. */
const SELECTIONS = ['service', 'pod', 'node', 'ingress', 'static', 'http', 'dns', 'probe'] as const;
export type Selection = (typeof SELECTIONS)[number];

export const scrapeTargetSpecSchema = object(
  'What to scrape and how.',
  {
    service: optional(labelSelector('Endpoints behind the Services with these labels.')),
    pod: optional(labelSelector('Pods with these labels.')),
    node: optional(labelSelector('Nodes with these labels.')),
    ingress: optional(labelSelector('Hosts and paths of the Ingresses with these labels.')),
    static: optional(staticSchema),
    http: optional(
      object('Asked from an HTTP service discovery endpoint.', {
        url: text('', { pattern: '^https?://.+' }),
        refreshInterval: optional(duration('')),
        auth: optional(authSchema),
        tls: optional(tlsSchema),
      }),
    ),
    dns: optional(
      object(
        'Asked from DNS.',
        {
          names: list('', text('', { minLength: 1 }), { minItems: 1 }),
          type: optional(choice('Default SRV.', ['SRV', 'A', 'AAAA', 'MX', 'NS'])),
          port: optional(integer('Needed unless type is SRV.', { minimum: 1, maximum: 65535 })),
          refreshInterval: optional(duration('')),
        },
        {
          cel: [
            {
              rule: '!has(self.type) || self.type == "SRV" || has(self.port)',
              message: 'type A, AAAA, MX and NS carry no port: set dns.port',
              holds: ({ type, port }) => type === undefined || type === 'SRV' || port !== undefined,
            },
          ],
        },
      ),
    ),
    probe: optional(probeSchema),
    namespaces: optional(
      list('Other namespaces to look in, "*" for all, where the stack allows it (select.crossNamespace). Default: this one.', text('', { minLength: 1 }), { minItems: 1 }),
    ),
    endpoints: optional(list('Default: one, with all defaults.', endpointSchema, { minItems: 1, maxItems: 50 })),
    labels: optional(map('Labels to put on every series.', text())),
    copyLabels: optional(
      object('Kubernetes labels to copy to every series, by their own name.', {
        service: optional(list('', text())),
        pod: optional(list('', text())),
        node: optional(list('', text())),
        ingress: optional(list('', text())),
      }),
    ),
    limits: optional(limitsSchema),
  },
  { cel: [exactlyOneOf(SELECTIONS)] },
);

const count = (description = '') => integer(description, { minimum: 0 });

export const scrapeTargetStatusSchema = object('', {
  observedGeneration: optional(count()),
  conditions: optional(conditionsSchema),
  up: optional(count('Targets that answered, in all stacks.')),
  down: optional(count('Targets that did not, in all stacks.')),
  stacks: optional(
    list('The stacks that selected it.', object('', {
      name: text(), namespace: text(), jobs: optional(list('Their job_name.', text())), up: optional(count()), down: optional(count()), dropped: optional(count('Dropped by relabel rules.')),
    })),
  ),
  errors: optional(list('Scrape errors, grouped; at most 5.', object('', { message: text(), count: count(), example: optional(text('One target that has it.')) }), { maxItems: 5 })),
});

export type RelabelRuleSpec = Static<typeof relabelRuleSchema>;
export type Auth = Static<typeof authSchema>;
export type Endpoint = Static<typeof endpointSchema>;
export type ScrapeTargetSpec = Static<typeof scrapeTargetSpecSchema>;
export type ScrapeTargetStatus = Omit<Static<typeof scrapeTargetStatusSchema>, 'conditions'> & { readonly conditions?: readonly Condition[] };

/** A ScrapeTarget that passed its schema. */
export interface ScrapeTarget {
  readonly apiVersion: string;
  readonly kind: 'ScrapeTarget';
  readonly metadata: ObjectMeta & { readonly namespace: string };
  readonly spec: ScrapeTargetSpec;
  readonly status?: ScrapeTargetStatus;
}

/** Which of the eight selections a ScrapeTarget uses. The schema promises that there is exactly one. */
export function selectionOf(spec: ScrapeTargetSpec): Selection {
  const selection = SELECTIONS.find((name) => spec[name] !== undefined);
  if (!selection) throw new Error('a ScrapeTarget without a selection got past its schema');
  return selection;
}
