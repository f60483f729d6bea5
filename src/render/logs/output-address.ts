import type { LogOutput } from '../../api/log-settings.ts';

/** An URL in the parts that Fluent Bit and Fluentd want. */
export interface OutputAddress {
  readonly scheme: 'http' | 'https';
  /** An IPv6 address without its brackets. */
  readonly host: string;
  readonly port: number;
  /** Without a slash at its end: empty for the root. */
  readonly path: string;
}

/** The parts of an output's URL; its schema promises that it is one. */
export function outputAddress({ url }: Pick<LogOutput, 'url'>): OutputAddress {
  const { protocol, hostname, port, pathname } = new URL(url);
  const isTls = protocol === 'https:';
  return {
    scheme: isTls ? 'https' : 'http',
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (isTls ? 443 : 80) : Number(port),
    path: pathname.replace(/\/+$/, ''),
  };
}

/** A data stream that Elasticsearch has a template for; OpenSearch makes an index of it. */
export const DEFAULT_INDEX = 'logs-kubernetes-default';
