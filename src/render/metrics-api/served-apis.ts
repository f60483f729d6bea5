import type { StackSettings } from '../../api/defaults.ts';
import type { MonitoringStack } from '../../api/monitoring-stack.ts';
import type { ClusterSurvey } from '../cluster-survey.ts';
import type { Omission } from '../rendered.ts';

/** The APIService that kubectl top and HPAs on CPU and memory ask. */
const RESOURCE_METRICS_API = 'v1beta1.metrics.k8s.io';
/** Both versions that HPAs may ask for metrics of objects. */
const CUSTOM_METRICS_APIS = ['v1beta1.custom.metrics.k8s.io', 'v1beta2.custom.metrics.k8s.io'] as const;
/** The APIService for metrics of anything else. */
const EXTERNAL_METRICS_API = 'v1beta1.external.metrics.k8s.io';
/** Every APIService that a stack may bring. */
export const METRICS_APIS: readonly string[] = [RESOURCE_METRICS_API, ...CUSTOM_METRICS_APIS, EXTERNAL_METRICS_API];

/** Which APIServices a stack brings, and which it leaves to whoever has them already. */
export interface ServedApis {
  readonly resourceMetrics: readonly string[];
  readonly customMetrics: readonly string[];
  readonly omitted: readonly Omission[];
}

/** The aggregated APIs of a stack: those that it asks for and nobody else serves. */
export function servedApis(stack: MonitoringStack, settings: StackSettings, survey: ClusterSurvey | undefined): ServedApis {
  const { metricsServer, prometheusAdapter } = settings;
  const resource = freeOf(metricsServer ? [RESOURCE_METRICS_API] : [], 'metricsApi.resource', stack, survey);
  const wanted = [
    ...(prometheusAdapter && prometheusAdapter.rules.length > 0 ? CUSTOM_METRICS_APIS : []),
    ...(prometheusAdapter && prometheusAdapter.external.length > 0 ? [EXTERNAL_METRICS_API] : []),
  ];
  const custom = freeOf(wanted, 'metricsApi.custom', stack, survey);
  const nothing = prometheusAdapter && wanted.length === 0 ? [{ object: '', field: 'metricsApi.custom', why: 'it has neither rules nor external, so there is nothing to serve: add one' }] : [];
  return { resourceMetrics: resource.free, customMetrics: custom.free, omitted: [...resource.omitted, ...custom.omitted, ...(custom.free.length > 0 ? parted(settings) : []), ...nothing] };
}

/** Without a querier the adapter asks the first shard. */
function parted({ prometheus: { shards, thanos } }: StackSettings): Omission[] {
  if (shards === 1 || thanos?.querier) return [];
  return [{ object: '', field: 'metricsApi.custom', why: `of ${shards} shards the adapter asks the first, so it knows a part of the series: let it ask a querier (remove enabled: false from prometheus.thanos), or use one shard` }];
}

function freeOf(apis: readonly string[], field: string, stack: MonitoringStack, survey: ClusterSurvey | undefined): { free: string[]; omitted: Omission[] } {
  const taken = apis.flatMap((api) => {
    const served = survey?.apis.get(api);
    return served && served.owner !== stack.metadata.uid ? [{ api, service: served.service }] : [];
  });
  const free = apis.filter((api) => !taken.some((one) => one.api === api));
  const [first] = taken;
  if (!first) return { free, omitted: [] };
  const names = taken.map(({ api }) => api).join(' and ');
  return { free, omitted: [{ object: '', field, why: `${names} is served by ${first.service} already, and left to it; set enabled: false here, or remove the other one` }] };
}
