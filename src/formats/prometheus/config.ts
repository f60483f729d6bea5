import type { HttpClientConfig, TlsConfig } from './http-client.ts';
import type { RelabelRule } from './relabel.ts';
import type { ScrapeConfig, ScrapeSettings } from './scrape-config.ts';
import type { ServiceDiscovery } from './service-discovery.ts';

/** Prometheus' `global`. */
export interface GlobalConfig extends ScrapeSettings {
  readonly evaluation_interval?: string;
  readonly rule_query_offset?: string;
  readonly query_log_file?: string;
  readonly external_labels?: Readonly<Record<string, string>>;
}

/** Requests signed for Amazon Web Services. */
export interface SigV4Config {
  readonly region?: string;
  readonly access_key?: string;
  readonly secret_key?: string;
  readonly profile?: string;
  readonly role_arn?: string;
  readonly external_id?: string;
  readonly session_name?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly use_fips_sts_endpoint?: boolean;
  readonly service_name?: string;
}

/** Where alerts go (Prometheus' `alertmanager_config`). */
export interface AlertmanagerConfig extends HttpClientConfig, ServiceDiscovery {
  readonly scheme?: 'http' | 'https';
  readonly path_prefix?: string;
  readonly timeout?: string;
  readonly api_version?: 'v2';
  readonly sigv4?: SigV4Config;
  readonly relabel_configs?: readonly RelabelRule[];
  readonly alert_relabel_configs?: readonly RelabelRule[];
}

/** How samples wait to be sent on. */
export interface QueueConfig {
  readonly capacity?: number;
  readonly max_shards?: number;
  readonly min_shards?: number;
  readonly max_samples_per_send?: number;
  readonly batch_send_deadline?: string;
  readonly min_backoff?: string;
  readonly max_backoff?: string;
  readonly retry_on_http_429?: boolean;
  readonly sample_age_limit?: string;
}

/** Where samples are sent on to (Prometheus' `remote_write`). */
export interface RemoteWriteConfig extends HttpClientConfig {
  readonly url: string;
  readonly name?: string;
  readonly remote_timeout?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly protobuf_message?: 'prometheus.WriteRequest' | 'io.prometheus.write.v2.Request';
  readonly send_exemplars?: boolean;
  readonly send_native_histograms?: boolean;
  readonly round_robin_dns?: boolean;
  readonly failed_request_logging?: boolean;
  readonly write_relabel_configs?: readonly RelabelRule[];
  readonly queue_config?: QueueConfig;
  readonly metadata_config?: { readonly send?: boolean; readonly send_interval?: string; readonly max_samples_per_send?: number };
  readonly sigv4?: SigV4Config;
  readonly azuread?: Readonly<Record<string, unknown>>;
  readonly google_iam?: { readonly credentials_file: string };
}

/** Where samples are read from besides the own storage (Prometheus' `remote_read`). */
export interface RemoteReadConfig extends HttpClientConfig {
  readonly url: string;
  readonly name?: string;
  readonly remote_timeout?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly read_recent?: boolean;
  readonly required_matchers?: Readonly<Record<string, string>>;
  readonly filter_external_labels?: boolean;
  readonly chunked_read_limit?: number;
}

/** Prometheus' `storage`. */
export interface StorageConfig {
  readonly tsdb?: {
    readonly out_of_order_time_window?: string;
    readonly stale_series_compaction_threshold?: number;
    readonly chunk_encoding?: { readonly floats?: 'xor' | 'xor2' };
    readonly retention?: { readonly time?: string; readonly size?: string; readonly percentage?: number };
  };
  readonly exemplars?: { readonly max_exemplars?: number };
}

/** Prometheus' `otlp`: how OpenTelemetry metrics are taken in. */
export interface OtlpConfig {
  readonly promote_all_resource_attributes?: boolean;
  readonly promote_resource_attributes?: readonly string[];
  readonly ignore_resource_attributes?: readonly string[];
  readonly translation_strategy?:
    | 'UnderscoreEscapingWithSuffixes' | 'NoUTF8EscapingWithSuffixes' | 'UnderscoreEscapingWithoutSuffixes' | 'NoTranslation';
  readonly keep_identifying_resource_attributes?: boolean;
  readonly convert_histograms_to_nhcb?: boolean;
  readonly promote_scope_metadata?: boolean;
  readonly label_name_underscore_sanitization?: boolean;
  readonly label_name_preserve_multiple_underscores?: boolean;
}

/** Prometheus' `tracing`. */
export interface TracingConfig {
  readonly client_type?: 'grpc' | 'http';
  readonly endpoint: string;
  readonly sampling_fraction?: number;
  readonly insecure?: boolean;
  readonly tls_config?: TlsConfig;
  readonly headers?: Readonly<Record<string, string>>;
  readonly compression?: 'gzip';
  readonly timeout?: string;
}

/** prometheus.yml, as of release 3.15; `forVersion` writes it for an older one. */
export interface PrometheusConfig {
  readonly global?: GlobalConfig;
  readonly runtime?: { readonly gogc?: number; readonly log_level?: 'debug' | 'info' | 'warn' | 'error' };
  readonly alerting?: { readonly alert_relabel_configs?: readonly RelabelRule[]; readonly alertmanagers?: readonly AlertmanagerConfig[] };
  readonly rule_files?: readonly string[];
  readonly scrape_config_files?: readonly string[];
  readonly scrape_configs?: readonly ScrapeConfig[];
  readonly storage?: StorageConfig;
  readonly tracing?: TracingConfig;
  readonly remote_write?: readonly RemoteWriteConfig[];
  readonly remote_read?: readonly RemoteReadConfig[];
  readonly otlp?: OtlpConfig;
}
