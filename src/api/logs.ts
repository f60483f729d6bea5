import type { Static } from 'typebox';
import { exactlyOneOf } from './cel-rule.ts';
import { podSchema } from './pod-settings.ts';
import { choice, flag, labelSelector, list, NODE_DIRECTORY_PATTERN, object, optional, secretKey, text } from './schema.ts';

/** Where log lines can go; exactly one is set. */
export const LOG_OUTPUTS = ['loki', 'elasticsearch', 'opensearch'] as const;
/** One of them, called as its field in the spec. */
export type LogOutputKind = (typeof LOG_OUTPUTS)[number];

const tls = optional(
  object('', {
    ca: optional(object('Authority that signed its certificate.', { secret: optional(secretKey('')), configMap: optional(secretKey('')) }, { cel: [exactlyOneOf(['secret', 'configMap'])] })),
    cert: optional(secretKey('Client certificate.')),
    key: optional(secretKey('')),
    serverName: optional(text('Name to expect in the certificate.')),
    insecureSkipVerify: optional(flag('Accept any certificate.')),
  }),
);

const auth = optional(
  object(
    'How to sign in.',
    { basic: optional(object('', { username: secretKey(''), password: secretKey('') })), bearerToken: optional(secretKey('')) },
    { cel: [exactlyOneOf(['basic', 'bearerToken'])] },
  ),
);

const url = (description: string) => text(description, { pattern: '^https?://[^/?#@]+(/[^?#]*)?$' });
const search = {
  url: url('Like http://es.logging:9200.'),
  index: optional(text('Index or data stream. Lower case.', { pattern: '^[a-z0-9][a-z0-9._-]*$' })),
  tls,
  auth,
};

const outputSchema = object(
  '',
  {
    loki: optional(object('', { url: url('Without /loki/api or /otlp.'), tenant: optional(text('X-Scope-OrgID.', { pattern: '^[A-Za-z0-9._-]+$' })), tls, auth })),
    elasticsearch: optional(object('', search)),
    opensearch: optional(object('', search)),
  },
  { cel: [exactlyOneOf(LOG_OUTPUTS, 'set exactly one of loki, elasticsearch and opensearch under logs.output')] },
);

const fileSchema = object(
  'Exactly one of volume and hostPath.',
  {
    volume: optional(text('Name of an emptyDir of pods. Needs OpenTelemetry.', { pattern: '^[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?$' })),
    hostPath: optional(text('Directory of the nodes.', { pattern: NODE_DIRECTORY_PATTERN })),
    path: text('Glob below it, like *.log or **/*.log.', { pattern: '^[A-Za-z0-9_@.*?-]+(/[A-Za-z0-9_@.*?-]+)*$' }),
  },
  { cel: [exactlyOneOf(['volume', 'hostPath'])] },
);

/** What collects the log lines of containers, and where they go. */
export const logsSchema = object(
  'Log lines of containers, from every node.',
  {
    enabled: optional(flag()),
    collector: optional(choice('Default OpenTelemetry.', ['OpenTelemetry', 'FluentBit', 'Fluentd'])),
    version: optional(text('Release of the collector.', { minLength: 1 })),
    output: optional(outputSchema),
    namespaces: optional(labelSelector('Labels of namespaces. Default all; scope Namespace: its own, always.')),
    files: optional(list('Logs in files beside what containers print. Needs scope Cluster.', fileSchema, { maxItems: 20 })),
    pod: optional(podSchema),
  },
  {
    cel: [
      {
        rule: 'has(self.output) || (has(self.enabled) && !self.enabled)',
        message: 'say where log lines go: logs.output, with one of loki, elasticsearch and opensearch, each with its url',
        holds: ({ output, enabled }) => output !== undefined || enabled === false,
      },
    ],
  },
);

export type LogsSpec = Static<typeof logsSchema>;
export type LogFile = Static<typeof fileSchema>;
export type LogTls = NonNullable<Static<typeof tls>>;
export type LogAuth = NonNullable<Static<typeof auth>>;
