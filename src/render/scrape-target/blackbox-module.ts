/** The modules that every stack's blackbox exporter has, with what they speak. */
export const BUILTIN_MODULES = {
  http_2xx: 'http',
  http_post_2xx: 'http',
  tcp_connect: 'tcp',
  icmp: 'icmp',
  dns_udp: 'dns',
  grpc: 'grpc',
  ssh_banner: 'tcp',
} as const;
