import type { HttpClientConfig } from './http-client.ts';

/** What kubernetes_sd makes targets of. */
export type KubernetesRole = 'node' | 'service' | 'pod' | 'endpoints' | 'endpointslice' | 'ingress';

/** Labels of other objects to add; each needs rights to list and watch them. */
export interface AttachMetadata {
  readonly node?: boolean;
  readonly namespace?: boolean;
  readonly deployment?: boolean;
  readonly job?: boolean;
  readonly cronjob?: boolean;
}

/** A label or field selector for one role. */
export interface KubernetesSelector {
  readonly role: KubernetesRole;
  readonly label?: string;
  readonly field?: string;
}

/** Prometheus' `kubernetes_sd_config`. */
export interface KubernetesSdConfig extends HttpClientConfig {
  readonly role: KubernetesRole;
  readonly api_server?: string;
  readonly kubeconfig_file?: string;
  readonly namespaces?: { readonly own_namespace?: boolean; readonly names?: readonly string[] };
  readonly selectors?: readonly KubernetesSelector[];
  readonly attach_metadata?: AttachMetadata;
}

/** Prometheus' `static_config`. */
export interface StaticConfig {
  readonly targets?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
}

/** Prometheus' `http_sd_config`. */
export interface HttpSdConfig extends HttpClientConfig {
  readonly url: string;
  readonly refresh_interval?: string;
}

/** Prometheus' `dns_sd_config`. */
export interface DnsSdConfig {
  readonly names: readonly string[];
  readonly type?: 'SRV' | 'A' | 'AAAA' | 'MX' | 'NS';
  readonly port?: number;
  readonly refresh_interval?: string;
}

/** Prometheus' `file_sd_config`. */
export interface FileSdConfig {
  readonly files: readonly string[];
  readonly refresh_interval?: string;
}

/** Where targets come from: fields of a scrape config, or of an Alertmanager. */
export interface ServiceDiscovery {
  readonly kubernetes_sd_configs?: readonly KubernetesSdConfig[];
  readonly static_configs?: readonly StaticConfig[];
  readonly http_sd_configs?: readonly HttpSdConfig[];
  readonly dns_sd_configs?: readonly DnsSdConfig[];
  readonly file_sd_configs?: readonly FileSdConfig[];
}
