/** Names of the ports on Prometheus' containers and Services. */
export const WEB = 'web';
export const THANOS_GRPC = 'grpc';
export const THANOS_HTTP = 'http';
