import type { Endpoint, ScrapeTarget } from '../../api/scrape-target.ts';
import { parseDuration } from '../../formats/prometheus/duration.ts';
import type { ScrapeConfig } from '../../formats/prometheus/scrape-config.ts';
import { compact } from '../../lib/compact.ts';
import { authorization } from './authorization.ts';
import { endpointsOf } from './endpoints.ts';
import { limits } from './limits.ts';
import { metricRelabelRules } from './metric-relabel-rules.ts';
import { relabelRules } from './relabel-rules.ts';
import { serviceDiscovery } from './service-discovery.ts';
import type { TargetSettings } from './target-settings.ts';
import { tlsConfig } from './tls-config.ts';

/** The jobs of a ScrapeTarget that passed its checks: one for each endpoint, in their order. */
export function scrapeConfigs(target: ScrapeTarget, settings: TargetSettings): ScrapeConfig[] {
  return endpointsOf(target).map((endpoint, index) => scrapeConfig(target, endpoint, jobName(target, index), settings));
}

/** `scrapetarget/<namespace>/<name>/<number of the endpoint>`: others rely on it. */
function jobName({ metadata }: Pick<ScrapeTarget, 'metadata'>, endpoint: number): string {
  return `scrapetarget/${metadata.namespace}/${metadata.name}/${endpoint}`;
}

function scrapeConfig(target: ScrapeTarget, endpoint: Endpoint, name: string, settings: TargetSettings): ScrapeConfig {
  const metricRules = metricRelabelRules(target, endpoint, settings);
  return {
    job_name: name,
    ...(compact({
      scrape_interval: endpoint.interval,
      scrape_timeout: scrapeTimeout(endpoint, settings),
      honor_labels: endpoint.honorLabels,
      honor_timestamps: endpoint.honorTimestamps,
      fallback_scrape_protocol: endpoint.fallbackScrapeProtocol,
    }) satisfies Partial<ScrapeConfig>),
    ...address(target, endpoint),
    ...(target.spec.probe ? {} : connection(endpoint, target.metadata.namespace)),
    ...limits(target.spec.limits ?? {}, settings.limits),
    ...serviceDiscovery(target),
    relabel_configs: relabelRules(target, endpoint, settings),
    ...(metricRules.length > 0 ? { metric_relabel_configs: metricRules } : {}),
  };
}

/** Prometheus refuses a timeout above the interval, so the stack's timeout gives way to a shorter interval of the endpoint. */
function scrapeTimeout({ interval, timeout }: Endpoint, settings: TargetSettings): string | undefined {
  if (timeout !== undefined || interval === undefined) return timeout;
  return (parseDuration(interval) ?? 0) < (parseDuration(settings.timeout) ?? 0) ? interval : undefined;
}

/** Path, scheme and parameters; for a probe those of the exporter, since the probed URL is made by relabel rules. */
function address({ spec }: ScrapeTarget, { path, scheme, tls, params }: Endpoint): Partial<ScrapeConfig> {
  if (spec.probe) return { params: sortedParams({ ...params, module: [spec.probe.module] }), metrics_path: '/probe' };
  return compact({
    params: params && sortedParams(params),
    metrics_path: spec.ingress ? undefined : path,
    scheme: scheme ?? (tls ? 'https' : undefined),
  });
}

function sortedParams(params: Readonly<Record<string, readonly string[]>>): Record<string, readonly string[]> {
  return Object.fromEntries(Object.entries(params).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function connection({ auth, tls, proxyUrl, followRedirects, enableHttp2 }: Endpoint, namespace: string): Partial<ScrapeConfig> {
  return {
    ...authorization(auth, namespace),
    ...compact({
      tls_config: tls && tlsConfig(tls, namespace),
      proxy_url: proxyUrl,
      follow_redirects: followRedirects,
      enable_http2: enableHttp2,
    }),
  };
}
