/** Authorization header of a request (Prometheus' `authorization`). */
export interface Authorization {
  /** Default `Bearer`. */
  readonly type?: string;
  readonly credentials?: string;
  readonly credentials_file?: string;
}

/** User name and password of a request (Prometheus' `basic_auth`). */
export interface BasicAuth {
  readonly username?: string;
  readonly username_file?: string;
  readonly password?: string;
  readonly password_file?: string;
}

/** A TLS version as Prometheus spells it. */
export type TlsVersion = 'TLS10' | 'TLS11' | 'TLS12' | 'TLS13';

/** Prometheus' `tls_config`. */
export interface TlsConfig {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly ca_file?: string;
  readonly cert_file?: string;
  readonly key_file?: string;
  readonly server_name?: string;
  readonly insecure_skip_verify?: boolean;
  readonly min_version?: TlsVersion;
  readonly max_version?: TlsVersion;
}

/** How to reach a server through a proxy; fields of what holds it, not a block of their own. */
export interface ProxyConfig {
  readonly proxy_url?: string;
  readonly no_proxy?: string;
  readonly proxy_from_environment?: boolean;
  readonly proxy_connect_header?: Readonly<Record<string, readonly string[]>>;
}

/** Prometheus' `oauth2`. */
export interface OAuth2 extends ProxyConfig {
  readonly client_id?: string;
  readonly client_secret?: string;
  readonly client_secret_file?: string;
  readonly client_certificate_key_id?: string;
  readonly client_certificate_key?: string;
  readonly client_certificate_key_file?: string;
  readonly grant_type?: string;
  readonly signature_algorithm?: string;
  readonly iss?: string;
  readonly audience?: string;
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly scopes?: readonly string[];
  readonly token_url?: string;
  readonly endpoint_params?: Readonly<Record<string, string>>;
  readonly tls_config?: TlsConfig;
}

/** One extra header of a request (Prometheus' `http_headers`). */
export interface HttpHeader {
  readonly values?: readonly string[];
  readonly secrets?: readonly string[];
  readonly files?: readonly string[];
}

/** What every part of Prometheus that speaks HTTP can be told (`HTTPClientConfig` of prometheus/common). */
export interface HttpClientConfig extends ProxyConfig {
  readonly basic_auth?: BasicAuth;
  readonly authorization?: Authorization;
  readonly oauth2?: OAuth2;
  readonly bearer_token?: string;
  readonly bearer_token_file?: string;
  readonly tls_config?: TlsConfig;
  readonly follow_redirects?: boolean;
  readonly enable_http2?: boolean;
  readonly http_headers?: Readonly<Record<string, HttpHeader>>;
}
