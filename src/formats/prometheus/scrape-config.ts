import type { HttpClientConfig } from './http-client.ts';
import type { RelabelRule } from './relabel.ts';
import type { ServiceDiscovery } from './service-discovery.ts';

/** A format of metrics that Prometheus can ask for or fall back to. */
export type ScrapeProtocol =
  | 'PrometheusProto' | 'OpenMetricsText0.0.1' | 'OpenMetricsText1.0.0' | 'OpenMetricsText2.0.0' | 'PrometheusText0.0.4' | 'PrometheusText1.0.0';

/** Which names are valid: any UTF-8, or the character set from before Prometheus 3. */
export type NameValidationScheme = 'utf8' | 'legacy';

/** How names beyond the old character set are asked for. */
export type NameEscapingScheme = 'allow-utf-8' | 'underscores' | 'dots' | 'values';

/** Past a limit a scrape fails as a whole; 0 or absent is no limit. Fields of a scrape config and of `global`. */
export interface ScrapeLimits {
  /** Like `50MB`. */
  readonly body_size_limit?: string;
  readonly sample_limit?: number;
  readonly target_limit?: number;
  readonly label_limit?: number;
  readonly label_name_length_limit?: number;
  readonly label_value_length_limit?: number;
  readonly keep_dropped_targets?: number;
}

/** What a scrape config may say for itself and `global` for all. Durations in Prometheus' notation. */
export interface ScrapeSettings extends ScrapeLimits {
  readonly scrape_interval?: string;
  readonly scrape_timeout?: string;
  readonly scrape_protocols?: readonly ScrapeProtocol[];
  readonly scrape_failure_log_file?: string;
  readonly scrape_native_histograms?: boolean;
  readonly always_scrape_classic_histograms?: boolean;
  readonly convert_classic_histograms_to_nhcb?: boolean;
  readonly extra_scrape_metrics?: boolean;
  readonly metric_name_validation_scheme?: NameValidationScheme;
  readonly metric_name_escaping_scheme?: NameEscapingScheme;
}

/** A job (Prometheus' `scrape_config`), as of release 3.15; `forVersion` writes it for an older one. */
export interface ScrapeConfig extends ScrapeSettings, HttpClientConfig, ServiceDiscovery {
  readonly job_name: string;
  readonly honor_labels?: boolean;
  readonly honor_timestamps?: boolean;
  readonly track_timestamps_staleness?: boolean;
  readonly params?: Readonly<Record<string, readonly string[]>>;
  readonly metrics_path?: string;
  readonly scheme?: 'http' | 'https';
  readonly enable_compression?: boolean;
  readonly fallback_scrape_protocol?: ScrapeProtocol;
  /** The name that releases before 3.0 have for `always_scrape_classic_histograms`. */
  readonly scrape_classic_histograms?: boolean;
  readonly native_histogram_bucket_limit?: number;
  readonly native_histogram_min_bucket_factor?: number;
  readonly relabel_configs?: readonly RelabelRule[];
  readonly metric_relabel_configs?: readonly RelabelRule[];
}
