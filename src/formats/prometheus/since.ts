import type { AlertmanagerConfig, GlobalConfig, OtlpConfig, PrometheusConfig, QueueConfig, RemoteReadConfig, RemoteWriteConfig, SigV4Config, StorageConfig } from './config.ts';
import type { BasicAuth, HttpClientConfig, OAuth2 } from './http-client.ts';
import type { RuleGroup } from './rule-group.ts';
import type { ScrapeConfig } from './scrape-config.ts';
import type { AttachMetadata, KubernetesSdConfig } from './service-discovery.ts';
import type { Version } from './version.ts';

const HTTP_CLIENT = {
  http_headers: [2, 53, 0],
} as const satisfies Since<HttpClientConfig>;

/** The fields of any block to the releases that brought them. */
type Since<T> = Partial<Record<keyof T, Version>>;

const SCRAPE_CONFIG = {
  keep_dropped_targets: [2, 47, 0],
  track_timestamps_staleness: [2, 48, 0],
  scrape_protocols: [2, 49, 0],
  enable_compression: [2, 49, 0],
  native_histogram_min_bucket_factor: [2, 50, 0],
  scrape_failure_log_file: [2, 55, 0],
  metric_name_validation_scheme: [2, 55, 0],
  convert_classic_histograms_to_nhcb: [3, 0, 0],
  fallback_scrape_protocol: [3, 0, 0],
  metric_name_escaping_scheme: [3, 4, 0],
  scrape_native_histograms: [3, 8, 0],
  extra_scrape_metrics: [3, 10, 0],
  ...HTTP_CLIENT,
} as const satisfies Since<ScrapeConfig>;

const GLOBAL = {
  keep_dropped_targets: [2, 47, 0],
  scrape_protocols: [2, 49, 0],
  rule_query_offset: [2, 53, 0],
  scrape_failure_log_file: [2, 55, 0],
  metric_name_validation_scheme: [2, 55, 0],
  metric_name_escaping_scheme: [3, 4, 0],
  convert_classic_histograms_to_nhcb: [3, 4, 0],
  always_scrape_classic_histograms: [3, 5, 0],
  scrape_native_histograms: [3, 8, 0],
  extra_scrape_metrics: [3, 10, 0],
} as const satisfies Since<GlobalConfig>;

const REMOTE_WRITE = {
  protobuf_message: [2, 54, 0],
  google_iam: [2, 55, 0],
  round_robin_dns: [3, 1, 0],
  failed_request_logging: [3, 15, 0],
  ...HTTP_CLIENT,
} as const satisfies Since<RemoteWriteConfig>;

const OAUTH2 = {
  client_certificate_key_id: [3, 8, 0],
  client_certificate_key: [3, 8, 0],
  client_certificate_key_file: [3, 8, 0],
  grant_type: [3, 8, 0],
  signature_algorithm: [3, 8, 0],
  iss: [3, 8, 0],
  audience: [3, 8, 0],
  claims: [3, 8, 0],
} as const satisfies Since<OAuth2>;

const OTLP = {
  translation_strategy: [3, 0, 0],
  keep_identifying_resource_attributes: [3, 1, 0],
  convert_histograms_to_nhcb: [3, 4, 0],
  promote_all_resource_attributes: [3, 5, 0],
  ignore_resource_attributes: [3, 5, 0],
  promote_scope_metadata: [3, 6, 0],
  label_name_underscore_sanitization: [3, 8, 0],
  label_name_preserve_multiple_underscores: [3, 8, 0],
} as const satisfies Since<OtlpConfig>;

/** The first release that reads each field, by the block that holds it (the yaml tags in config/config.go and prometheus/common at each release). */
export const FIELDS = {
  config: { runtime: [2, 53, 0], otlp: [2, 55, 0] } satisfies Since<PrometheusConfig>,
  runtime: { log_level: [3, 15, 0] },
  global: GLOBAL,
  alerting: {},
  alertmanager: { sigv4: [2, 48, 0], alert_relabel_configs: [2, 51, 0], ...HTTP_CLIENT } satisfies Since<AlertmanagerConfig>,
  scrape_config: SCRAPE_CONFIG,
  kubernetes_sd_config: HTTP_CLIENT satisfies Since<KubernetesSdConfig>,
  attach_metadata: { namespace: [3, 6, 0], deployment: [3, 11, 0], job: [3, 11, 0], cronjob: [3, 11, 0] } satisfies Since<AttachMetadata>,
  http_sd_config: HTTP_CLIENT,
  basic_auth: { username_file: [2, 49, 0] } satisfies Since<BasicAuth>,
  oauth2: OAUTH2,
  sigv4: { external_id: [3, 10, 0], use_fips_sts_endpoint: [3, 1, 0], service_name: [3, 5, 0], session_name: [3, 15, 0], tags: [3, 15, 0] } satisfies Since<SigV4Config>,
  storage: {},
  tsdb: { stale_series_compaction_threshold: [3, 10, 0], chunk_encoding: [3, 13, 0], retention: [3, 8, 0] } satisfies Since<NonNullable<StorageConfig['tsdb']>>,
  retention: { percentage: [3, 11, 0] },
  remote_write: REMOTE_WRITE,
  queue_config: { sample_age_limit: [2, 50, 0] } satisfies Since<QueueConfig>,
  remote_read: { chunked_read_limit: [2, 55, 0], ...HTTP_CLIENT } satisfies Since<RemoteReadConfig>,
  otlp: OTLP,
  rule_group: { query_offset: [2, 53, 0], labels: [3, 0, 0] } satisfies Since<RuleGroup>,
} as const satisfies Readonly<Record<string, Readonly<Record<string, Version>>>>;

/** A block of the configuration: the key of FIELDS. */
export type Block = keyof typeof FIELDS;

const HTTP_CLIENT_BLOCKS = { basic_auth: 'basic_auth', oauth2: 'oauth2' } as const;
const DISCOVERY_BLOCKS = { kubernetes_sd_configs: 'kubernetes_sd_config', http_sd_configs: 'http_sd_config' } as const;

/** Which fields of a block hold blocks, or lists of them. */
export const BLOCKS: Partial<Readonly<Record<Block, Readonly<Record<string, Block>>>>> = {
  config: {
    runtime: 'runtime', global: 'global', alerting: 'alerting', scrape_configs: 'scrape_config', storage: 'storage', remote_write: 'remote_write', remote_read: 'remote_read', otlp: 'otlp',
  },
  alerting: { alertmanagers: 'alertmanager' },
  alertmanager: { sigv4: 'sigv4', ...HTTP_CLIENT_BLOCKS, ...DISCOVERY_BLOCKS },
  scrape_config: { ...HTTP_CLIENT_BLOCKS, ...DISCOVERY_BLOCKS },
  kubernetes_sd_config: { attach_metadata: 'attach_metadata', ...HTTP_CLIENT_BLOCKS },
  http_sd_config: HTTP_CLIENT_BLOCKS,
  storage: { tsdb: 'tsdb' },
  tsdb: { retention: 'retention' },
  remote_write: { queue_config: 'queue_config', sigv4: 'sigv4', ...HTTP_CLIENT_BLOCKS },
  remote_read: HTTP_CLIENT_BLOCKS,
};

/** A field that got another name. */
export interface Renaming {
  readonly before: string;
  readonly after: string;
  readonly since: Version;
}

/** Fields that are the same under another name. */
export const RENAMED: Partial<Readonly<Record<Block, readonly Renaming[]>>> = {
  scrape_config: [{ before: 'scrape_classic_histograms', after: 'always_scrape_classic_histograms', since: [3, 0, 0] }],
};

/** The first release that reads a value, by the field that has it, in whatever block. */
export const VALUES: Readonly<Record<string, Readonly<Record<string, Version>>>> = {
  scrape_protocols: { 'PrometheusText1.0.0': [3, 0, 0], 'OpenMetricsText2.0.0': [3, 15, 0] },
  fallback_scrape_protocol: { 'OpenMetricsText2.0.0': [3, 15, 0] },
  // 2.55 reads utf8 only with a feature flag.
  metric_name_validation_scheme: { utf8: [3, 0, 0] },
  translation_strategy: { NoTranslation: [3, 4, 0], UnderscoreEscapingWithoutSuffixes: [3, 6, 0] },
};
